"""What fails costs what it was about and nothing else, is named, and leaves its traceback: nothing is swallowed."""

import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from flows.workers.rendering import NATION, render_package, render_packages
from tests.sample import CONTRACTS
from tests.support.command import SERVICE
from tests.support.few_provinces import few_provinces
from tests.support.paths import COMMAND, SAMPLE
from tests.support.review_book import CITY, PARK, PROVINCE, WORDS, fill_in, key_of, publish, review, take_back
from transforms.decisions.ledger import Ledger
from transforms.decisions.merge import merge_without_failing
from transforms.failures import FAILED, Failure, attempt
from transforms.intake.submission import Submission, read_submission
from transforms.judging.apply_rules import apply_rules
from transforms.pipeline import Provenance, Review, review_round, select_province
from transforms.plans.read_plan import read_plan
from transforms.reports.files.round_files import REPORT, round_files
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.overview.overview import render_overview
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import SheetError, render_review_workbook, render_without_failed_sheets


def submissions() -> list[Submission]:
    from tests.support.review_book import FAULTS, submitted  # noqa: PLC0415

    return [
        read_submission(submitted(pilot, FAULTS), f"submissions/{PROVINCE}/{pilot}.xlsx", CONTRACTS)
        for pilot in (CITY, PARK)
    ]


def with_batch(**changes: Any) -> Review:
    """The round with a part of it that keeps no promise."""
    now = review()
    return replace(now, judged=replace(now.judged, batch=replace(now.judged.batch, **changes)))


def test_a_file_of_which_no_batch_can_be_made_is_told_and_the_other_counts() -> None:
    bad, good = submissions()
    bad = replace(bad, observations=[{**bad.observations[0], "year": "not a year"}])
    now = review_round([bad, good], CONTRACTS, Provenance("0", "0"))
    assert not now.complete
    assert [line.split(": ")[:2] for line in now.not_evaluated] == [["FILE-UNREADABLE", bad.file]]
    assert ["Traceback" in trace for trace in now.tracebacks] == [True]
    told = now.findings.filter((pl.col("file") == bad.file) & (pl.col("rule") != "PLAN-MISSING")).to_dicts()
    assert [(one["rule"], one["status"], one["severity"]) for one in told] == [
        ("FILE-UNREADABLE", "not_evaluated", "info")
    ]
    assert now.judged.batch.counted["file"].to_list() == [good.file]
    render_review_workbook(View(now, PROVINCE))
    # Nothing is asked of a pilot whose file was not read, and it is not named as blocked.
    assert [file for file in render_notices(View(now, PROVINCE)) if PARK not in file] == []
    (quota,) = now.findings.filter(rule="QUOTA-UNDER", province=PROVINCE)["message"]
    assert f"；报送的文件未能读取：{CITY}" in quota
    assert "被阻断" not in quota
    assert select_province(now, "辽宁省").complete  # what failed here is no matter of another province


def test_a_plan_of_which_no_batch_can_be_made_is_told() -> None:
    plan = read_plan(b"", f"submissions/{PROVINCE}/{CITY}/实施方案.docx", CONTRACTS)
    now = review_round(submissions(), CONTRACTS, Provenance("0", "0"), [replace(plan, identity=None)])  # type: ignore[arg-type]
    assert [line.split(": ")[:2] for line in now.not_evaluated] == [["PLAN-UNREADABLE", plan.file]]
    assert len(now.judged.batch.counted) == 2


def test_what_no_file_alone_is_to_blame_for_is_raised() -> None:
    with pytest.raises(AttributeError):
        review_round(submissions(), replace(CONTRACTS, round=None), Provenance("0", "0"))  # type: ignore[arg-type]


def test_a_rule_whose_words_fail_did_not_run_and_the_others_did() -> None:
    rules = {**CONTRACTS.rules}
    rules["VALUE-NOT-NUMBER"] = replace(
        rules["FILE-ODD"], id="VALUE-NOT-NUMBER", at="value", family="value", topic="数值"
    )
    object.__setattr__(rules["VALUE-NOT-NUMBER"], "message", "{no such field}")
    judged = apply_rules(review().judged.batch, replace(CONTRACTS, rules=rules))
    assert [line.split(":")[0] for line in judged.failed_rules] == ["VALUE-NOT-NUMBER"]
    assert ["KeyError" in trace for trace in judged.tracebacks] == [True]
    status = dict(judged.findings.select("rule", "status").iter_rows())
    assert (status["VALUE-NOT-NUMBER"], status["VALUE-BOUNDS"]) == ("not_evaluated", "failed")


def test_a_copy_that_cannot_be_merged_is_told_and_the_other_counts() -> None:
    content = fill_in(publish(review()), {key_of(WORDS): {"审核意见": "已核实"}})
    good = take_back(content, "good.xlsx")
    bad = replace(good, file="bad.xlsx", sha256="0", decisions=({**good.decisions[0], "year": "not a year"},))
    ledger, failures = merge_without_failing([bad, good], review())
    assert [failure.what for failure in failures] == ["bad.xlsx"]
    assert {copy.file: (copy.code_failed, len(copy.decisions)) for copy in ledger.copies} == {
        "bad.xlsx": (True, 0),
        good.file: (False, 1),
    }


def test_a_sheet_that_cannot_be_made_is_one_line_and_the_others_are_as_they_were() -> None:
    rules = {**CONTRACTS.rules, "FILE-MACRO": None}
    broken = replace(review(), contracts=replace(CONTRACTS, rules=rules))  # type: ignore[arg-type]
    failures: list[Failure] = []
    content = render_without_failed_sheets(View(broken, PROVINCE), failures)
    names = [failure.what.split()[1] for failure in failures]
    assert names == ["规则目录"]
    shown, whole = openpyxl.load_workbook(io.BytesIO(content)), openpyxl.load_workbook(io.BytesIO(publish(review())))
    assert shown.sheetnames == whole.sheetnames
    for sheet in shown:
        if sheet.title in names:
            assert "未能生成" in sheet["A1"].value
        elif sheet.title not in {"封面", "_元数据"}:
            assert list(sheet.values) == list(whole[sheet.title].values)


def test_a_workbook_without_its_list_is_none() -> None:
    broken = replace(review(), findings=review().findings.drop("advice"))
    with pytest.raises(SheetError, match="问题清单"):
        render_without_failed_sheets(View(broken, PROVINCE), [])


def test_a_letter_and_a_copy_that_cannot_be_made_cost_no_other() -> None:
    good = render_notices(View(review(), PROVINCE))
    sheets = dict(review().judged.batch.sheets)
    file = next(name for name in sheets if CITY in name)
    failures: list[Failure] = []
    found = render_notices(View(with_batch(sheets=sheets | {file: ("no sheet",)}), PROVINCE), failures)
    assert [failure.what for failure in failures] == [f"{PROVINCE}/notices/{CITY}问题标注.xlsx"]
    assert found == {name: content for name, content in good.items() if name != f"notices/{CITY}问题标注.xlsx"}
    with pytest.raises(AttributeError):
        render_notices(View(with_batch(sheets=sheets | {file: ("no sheet",)}), PROVINCE))


def test_a_page_that_cannot_be_made_costs_no_other() -> None:
    failures: list[Failure] = []
    parts = review().judged.batch.plans.parts.clear()
    row = dict.fromkeys(parts.columns) | {"province": PROVINCE, "pilot": CITY, "state": "no such state"}
    plans = replace(review().judged.batch.plans, parts=pl.DataFrame([row], schema=parts.schema))
    page = render_overview(with_batch(plans=plans), failures).decode()
    assert [failure.what for failure in failures] == [f"index.html {PROVINCE} {CITY}"]
    assert page.count("本页未能生成") == 1


@pytest.mark.parametrize(
    ("function", "what", "lost"),
    [
        ("flows.workers.rendering.render_report", f"{PROVINCE} {REPORT}", REPORT),
        (
            "transforms.reports.opinions.render_opinions.render_opinion",
            f"{PROVINCE}/opinions/{CITY}评审意见.docx",
            f"opinions/{CITY}",
        ),
        ("transforms.reports.notices.corrections._correction", f"{PROVINCE} {CITY}", f"notices/{CITY}"),
    ],
)
def test_a_document_that_cannot_be_made_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, what: str, lost: str
) -> None:
    module, name = function.rsplit(".", 1)
    good = getattr(import_module(module), name)

    def fail(*arguments: Any) -> Any:
        about = {one if isinstance(one, str) else getattr(one, "pilot", getattr(one, "title", "")) for one in arguments}
        if (PROVINCE if lost == REPORT else CITY) in about:
            raise ZeroDivisionError("made for this test")
        return good(*arguments)

    view = View(review(), PROVINCE)
    whole = render_package(view, tmp_path / "whole")
    assert whole.failures == ()
    monkeypatch.setattr(function, fail)
    part = render_package(view, tmp_path / "part")
    assert [failure.what for failure in part.failures] == [what]
    assert "made for this test" in part.failures[0].trace
    kept = [file for file in whole.files if lost not in file]
    assert len(kept) < len(whole.files)
    assert {file: path.read_bytes() for file, path in part.files.items()} == {
        file: whole.files[file].read_bytes() for file in kept
    }


def test_a_national_summary_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    broken = replace(review(), findings=review().findings.drop("advice"))
    made = render_packages(broken, Ledger(), [], tmp_path, nation=True)[NATION]
    assert (made.files, [failure.what for failure in made.failures]) == ({}, ["全国"])


def test_a_page_of_the_round_that_cannot_be_made_costs_no_file() -> None:
    failures: list[Failure] = []
    broken = replace(review(), provinces=review().provinces.drop("quota_status"))
    files = round_files(broken, Ledger(), [], [], {}, failures)
    whole = round_files(review(), Ledger(), [], [], {}, [])
    assert [failure.what for failure in failures] == ["index.html"]
    assert files.keys() == whole.keys() - {"index.html"}
    assert json.loads(files["run.json"])["complete"] is False


# One thing of each kind fails in the real command: a letter, a sheet, a whole package, a rule.
SABOTAGE = """
import sys
from flows.cli import main
from flows.cli.prefect_session import quiet_prefect
import transforms.reports.workbook.review_workbook as book
import transforms.reports.notices.render_notices as notices
import transforms.rules.registry as order
def failing(function, where):
    def fail(*arguments):
        if any(where in str(getattr(one, name, "")) for one in arguments for name in ("pilot", "title")):
            raise ZeroDivisionError("made for this test")
        return function(*arguments)
    return fail
# In worker processes too, which import this file.
notices.render_notice = failing(notices.render_notice, "沈阳市")
for sheet, place in (("已销号问题", "湖南省"), ("审核意见", "河北省")):
    purpose, writer = book.SHEETS[sheet]
    book.SHEETS[sheet] = purpose, failing(writer, place)
if __name__ == "__main__":
    quiet_prefect()
    main()
"""


@pytest.mark.usefixtures("served")
def test_the_real_command_publishes_the_rest_and_says_what_is_missing(home: Path, tmp_path: Path) -> None:
    (tmp_path / "sabotage.py").write_text(SABOTAGE, encoding="utf-8")
    raw, out = tmp_path / "raw", tmp_path / "out"
    names = ("河北省", "辽宁省", "湖南省")
    for path in sorted((SAMPLE / "first-batch" / "submissions").iterdir()):
        if path.name in names or "大连" in path.name or "沈阳" in path.name:
            target = raw / "first-batch" / "submissions" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if path.is_dir() else shutil.copyfile)(path, target)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    env = kept | {"HOME": str(home), "PREFECT_API_URL": kept.pop(SERVICE), "PYTHONPATH": str(COMMAND.parent)}
    env |= few_provinces(tmp_path / "contracts", *names)
    command = [sys.executable, tmp_path / "sabotage.py", "run", "--round", "first-batch", "--raw", raw, "--out", out]
    result = subprocess.run(command, env=env, cwd=home, capture_output=True, text=True, check=False, timeout=300)
    assert result.returncode == 3, result.stderr
    assert result.stderr.count("ZeroDivisionError: made for this test") >= 3
    assert "Traceback" in result.stderr
    record = json.loads((out / "first-batch" / "run.json").read_bytes())
    assert record["complete"] is False
    what = ["河北省", "湖南省 已销号问题", "辽宁省/notices/沈阳市补正通知.docx"]
    assert sorted(line.split(":")[0] for line in record["not_made"]) == sorted(what)
    packages = {path.parent.name for path in (out / "first-batch").glob("*/datapackage.json")}
    assert "河北省" not in packages
    assert packages == {"辽宁省", "湖南省"}
    letters = sorted(path.name for path in (out / "first-batch" / "辽宁省" / "notices").iterdir())
    assert letters == ["大连市补正通知.docx", "沈阳市问题标注.xlsx"]
    assert "could not be made: 河北省" in result.stdout
    last = result.stderr.splitlines()[-1]
    assert last.startswith("peak-review: published, but incomplete: could not be made: ")
    assert all(thing in last for thing in what)
    assert "a check could not run" not in last


def test_without_a_list_an_error_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt("x", None, lambda: 1 / 0)
    assert FAILED
