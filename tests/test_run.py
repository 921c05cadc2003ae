"""The main job as a person starts it: the command, its output, its exit codes, and what it leaves on disk."""

import csv
import hashlib
import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import polars as pl
import pytest

from contracts.load import load_contracts
from flows.publication.input_fingerprint import LAST_RUN
from flows.publication.lock import hold_lock
from tests.support.command import peak_review, tree
from tests.support.paths import ROOT, SAMPLE

DALIAN = "submissions/附件2：大连市碳达峰试点指标表（报送稿）.xlsx"


@pytest.fixture(scope="module")
def ran(home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    out = tmp_path_factory.mktemp("out")
    return peak_review(home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", out), out / "first-batch"


def test_a_good_run_is_quiet_and_says_what_it_did(ran: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    result, _ = ran
    assert result.returncode == 0, result.stderr
    for noise in ("Traceback", "Warning", "WARNING", "ERROR", "Error"):
        assert noise not in result.stderr + result.stdout
    steps = [line.split(" | ")[1].split()[0] for line in result.stderr.splitlines() if " | " in line]
    assert [step for step in steps if step in {"take", "read", "judge", "render", "publish"}] == [
        "take",
        "read",
        "judge",
        "render",
        "publish",
    ]
    assert "15 packages written" in result.stdout
    for province in ("浙江省", "河南省", "湖南省"):
        assert province in result.stdout


def test_the_output_is_what_the_design_lists(ran: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, out = ran
    packages = sorted(path.name for path in out.iterdir() if path.is_dir() and not path.name.startswith("."))
    assert len(packages) == 15
    assert {path.name for path in out.iterdir() if path.is_file()} == {
        "run.json",
        "全国汇总.xlsx",
        "index.html",
        *(f"{name}.{form}" for name in ("findings", "observations", "provinces") for form in ("csv", "parquet")),
    }
    for name in packages:
        assert (out / name / f"{name}评审工作簿.xlsx").is_file()
    assert sorted(path.name for path in (out / "辽宁省" / "notices").iterdir()) == [
        "沈阳市补正通知.docx",
        "沈阳市问题标注.xlsx",
    ]
    for name in ("findings", "observations", "provinces"):
        text = (out / f"{name}.csv").read_bytes()
        assert text.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
        frame = pl.read_parquet(out / f"{name}.parquet")
        assert rows[0] == frame.columns
        assert len(rows) == frame.height + 1
    provinces = pl.read_parquet(out / "provinces.parquet")
    assert provinces["quota"].sum() == 35
    status = dict(provinces.select("province", "quota_status").iter_rows())
    assert {name: status.pop(name) for name in ("浙江省", "河南省", "湖南省")} == {
        "浙江省": "over",
        "河南省": "under",
        "湖南省": "under",
    }
    assert set(status.values()) == {"met"}


def test_the_manifest_lists_every_file(ran: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, out = ran
    for package in (path for path in out.iterdir() if path.is_dir() and not path.name.startswith(".")):
        files = tree(package)
        manifest = json.loads(files.pop("datapackage.json"))
        listed = {resource["path"]: resource for resource in manifest["resources"]}
        assert listed.keys() == files.keys()
        for name, content in files.items():
            assert listed[name]["bytes"] == len(content)
            assert listed[name]["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_submissions_are_copied_byte_for_byte_to_their_province_alone(
    ran: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    _, out = ran
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["complete"]
    assert len(record["inputs"]) == 35
    for item in record["inputs"]:
        copies = [path for path in out.glob(f"*/{item['file']}") if path.is_file()]
        assert [copy.relative_to(out).parts[0] for copy in copies] == [item["province"]]
        assert copies[0].read_bytes() == (SAMPLE / "first-batch" / item["file"]).read_bytes()


def test_the_record_holds_no_path_and_no_contact(ran: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, out = ran
    text = (out / "run.json").read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert str(out) not in text
    assert "模拟联系人" not in text


@pytest.mark.usefixtures("served")
def test_running_again_changes_no_byte(home: Path, ran: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, out = ran
    before = tree(out)
    (out / LAST_RUN).unlink()  # all of it again, and not only what has to be done
    result = peak_review(home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", out.parent)
    assert result.returncode == 0
    assert "0 packages written, 15 unchanged" in result.stdout
    assert tree(out) == before


@pytest.mark.usefixtures("served")
def test_an_unreadable_file_costs_its_own_pilot_only(
    home: Path, tmp_path: Path, ran: tuple[subprocess.CompletedProcess[str], Path]
) -> None:
    _, good = ran
    raw = shutil.copytree(SAMPLE, tmp_path / "raw")
    (raw / "first-batch" / DALIAN).write_bytes(b"PK\x03\x04 and then nothing")
    result = peak_review(home, "run", "--round", "first-batch", "--raw", raw, "--out", tmp_path / "out")
    assert result.returncode == 0
    out = tmp_path / "out" / "first-batch"
    before, after = pl.read_parquet(good / "findings.parquet"), pl.read_parquet(out / "findings.parquet")
    new = after.join(before, on="finding_key", how="anti")
    assert sorted(new["rule"]) == ["FILE-UNREADABLE", "QUOTA-UNDER"]
    assert set(new["province"]) == {"辽宁省"}
    observations = [
        pl.read_parquet(folder / "observations.parquet").filter(pl.col("pilot") != "大连市") for folder in (good, out)
    ]
    assert observations[0].equals(observations[1])


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "--round", "no-such-round"], 2, "unknown round no-such-round; known: first-batch"),
        (["run", "--round", "first-batch", "--raw", "nowhere"], 2, "no folder nowhere"),
        (["run", "--round", "first-batch", "--wrong"], 2, "--wrong"),
        (["run", "--round", "first-batch", "--out", "s3://bucket/out"], 2, "must be a folder on this machine"),
        (["run"], 2, "--round"),
        (["check", "nowhere.xlsx"], 2, "cannot read nowhere.xlsx"),
        (["rules", "--format", "xml"], 2, "xml is none of text, json, md"),
        (["template", "--kind", "town", "--pilot", "A", "--province", "B", "-o", "x"], 2, "town is none of city, park"),
    ],
)
def test_wrong_use_is_one_clear_line(home: Path, arguments: list[str], code: int, says: str) -> None:
    result = peak_review(home, *arguments)
    assert result.returncode == code
    assert says in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("served")
def test_an_unwritable_output_leaves_everything_whole(
    home: Path, tmp_path: Path, ran: tuple[subprocess.CompletedProcess[str], Path]
) -> None:
    _, good = ran
    out = tmp_path / "out"
    shutil.copytree(good, out / "first-batch")
    # A file where the staging folder should be: root may write anywhere, so permissions would prove nothing.
    (out / "first-batch" / ".staging").write_text("in the way")
    before = tree(out)
    result = peak_review(home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", out, "--force")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert result.stderr.strip().splitlines()[-1].startswith("peak-review: nothing published: ")
    assert tree(out) == before


@pytest.mark.usefixtures("served")
def test_an_unknown_province_or_pilot_is_named(home: Path, tmp_path: Path) -> None:
    result = peak_review(
        home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", tmp_path, "--province", "海南省"
    )
    assert result.returncode == 2
    assert "unknown province 海南省" in result.stderr
    assert "Traceback" not in result.stderr
    assert not tree(tmp_path)


@pytest.mark.usefixtures("served")
def test_one_province_alone(home: Path, tmp_path: Path, ran: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, good = ran
    result = peak_review(home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", tmp_path, "--pilot", "大连市")
    assert result.returncode == 0
    assert tree(tmp_path / "first-batch" / "辽宁省") == tree(good / "辽宁省")
    assert [path.name for path in (tmp_path / "first-batch").iterdir()] == ["辽宁省"]


@pytest.mark.usefixtures("served")
def test_an_earlier_night_is_reproduced(
    home: Path, tmp_path: Path, ran: tuple[subprocess.CompletedProcess[str], Path]
) -> None:
    _, good = ran
    raw = shutil.copytree(SAMPLE, tmp_path / "raw") / "first-batch"
    for path in (path for form in ("*.xlsx", "*.docx") for path in raw.rglob(form)):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    # It came later, and its receipt says so, whatever its date is.
    late = shutil.copy2(raw / DALIAN, raw / "submissions" / "大连市（更正）.xlsx")
    Path(late).write_bytes(b"corrected")
    os.utime(late, (1_600_000_000, 1_600_000_000))
    sha256 = hashlib.sha256(b"corrected").hexdigest()
    receipt = json.dumps({"sha256": sha256, "taken": "2024-01-01T00:00:00+00:00"})
    (raw / "receipts.jsonl").write_text(receipt + "\n", encoding="utf-8")
    options = ["run", "--round", "first-batch", "--raw", raw.parent, "--out", tmp_path / "out"]
    result = peak_review(home, *options, "--as-of", "2023-12-31")
    assert result.returncode == 0, result.stderr
    then, now = tree(tmp_path / "out" / "first-batch"), tree(good)
    record = json.loads(now["run.json"])
    assert record["as_of"] is None
    assert json.loads(then["run.json"]) == record | {"as_of": "2023-12-31T23:59:59.999999+08:00"}
    assert then | {"run.json": b""} == now | {"run.json": b""}
    mixed = peak_review(home, *options[:-1], good.parent, "--as-of", "2023-12-31")
    assert (mixed.returncode, "give this an --out of its own" in mixed.stderr) == (2, True)
    assert tree(good) == now
    for as_of, says in (("2020-01-01", "nothing had been received"), ("soon", "a date (2026-01-31)")):
        refused = peak_review(home, *options, "--as-of", as_of)
        assert (refused.returncode, says in refused.stderr) == (2, True)
    assert tree(tmp_path / "out" / "first-batch") == then


@pytest.mark.usefixtures("served")
def test_a_second_run_is_told_who_is_at_it(home: Path, tmp_path: Path) -> None:
    with hold_lock(tmp_path / "out", "first-batch"):
        result = peak_review(home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", tmp_path / "out")
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith(f"peak-review: nothing published: another run is at this round (process {os.getpid()} on ")
    assert "Traceback" not in result.stderr


def test_check_tells_a_submitter_what_to_correct(home: Path) -> None:
    folder = SAMPLE / "first-batch" / "submissions"
    clean = peak_review(home, "check", folder / "附件2：大连市碳达峰试点指标表（报送稿）.xlsx")
    assert (clean.returncode, clean.stdout) == (0, "未发现问题。\n")
    faulty = peak_review(home, "check", folder / "附件2：沈阳市碳达峰试点指标表（报送稿）.xlsx", "--format", "json")
    assert faulty.returncode == 4
    (finding,) = json.loads(faulty.stdout)
    assert (finding["rule"], finding["raw_value"]) == ("VALUE-NOT-NUMBER", "见附件")


def test_the_template_is_written_and_checks_as_empty(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "t.xlsx"
    made = peak_review(home, "template", "--kind", "park", "--pilot", "西咸新区", "--province", "陕西省", "-o", file)
    assert made.returncode == 0
    result = peak_review(home, "check", file, "--format", "json")
    assert [finding["rule"] for finding in json.loads(result.stdout)] == ["FILE-NO-TABLE"]


def test_the_template_starts_from_an_earlier_submission(home: Path, tmp_path: Path) -> None:
    file, sent = tmp_path / "t.xlsx", SAMPLE / "first-batch" / DALIAN
    whose = ["template", "--kind", "city", "--province", "辽宁省", "-o", file, "--from", sent, "--pilot"]
    made = peak_review(home, *whose, "大连市")
    assert (made.returncode, made.stderr) == (0, "")
    checked = peak_review(home, "check", file)
    assert (checked.returncode, checked.stdout) == (0, "未发现问题。\n")
    refused = peak_review(home, *whose, "沈阳市")
    assert refused.returncode == 2
    assert "其报送单位是大连市" in refused.stderr


@pytest.mark.parametrize("form", ["text", "json", "md"])
def test_the_catalogue_names_every_rule(home: Path, form: str) -> None:
    result = peak_review(home, "rules", "--format", form, COLUMNS="200")
    assert result.returncode == 0
    for rule in load_contracts("first-batch").rules:
        assert rule in result.stdout
