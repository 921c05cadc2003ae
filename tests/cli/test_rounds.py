"""`rounds`, and the template and the run of a progress round."""

import json
from pathlib import Path

import openpyxl

from contracts.load import load_contracts, round_names
from tests.sample.progress import ROUND
from tests.support.command import peak_review
from tests.support.paths import SAMPLE

PLANS = SAMPLE / "first-batch"


def test_every_round_is_listed_with_years_counts_and_deadline(home: Path, tmp_path: Path) -> None:
    record = {"complete": True, "counts": {"submissions": 35, "accepted": 33, "quota": 35}}
    (tmp_path / "first-batch").mkdir()
    (tmp_path / "first-batch" / "run.json").write_text(json.dumps(record), encoding="utf-8")
    listed = peak_review(home, "rounds", "--raw", SAMPLE, "--out", tmp_path, "--format", "json")
    assert listed.returncode == 0, listed.stderr
    rows = {row["round"]: row for row in json.loads(listed.stdout)}
    assert list(rows) == round_names()
    first = rows["first-batch"]
    assert (first["state"], first["files"], first["submissions"], first["accepted"]) == ("published", 38, 35, 33)
    assert (first["base_year"], first["target_years"], first["pilots"], first["quota"]) == (2022, [2025, 2030], 35, 35)
    progress = rows[ROUND]
    assert (progress["kind"], progress["of"], progress["due"]) == ("progress", "first-batch", [2025])
    assert progress["reported_years"] == [2023, 2024, 2025]
    assert (rows["second-batch"]["pilots"], rows["second-batch"]["quota"]) == (None, None)
    assert rows["second-batch"]["state"] == "empty"
    text = peak_review(home, "rounds", "--raw", SAMPLE, "--out", tmp_path).stdout
    assert "progress of first-batch: base 2022, reported 2023 2024 2025, due 2025, targets 2025 2030" in text
    assert "roster open, quota not published, deadline not set" in text


def test_a_faulty_round_is_listed_with_its_fault(home: Path, tmp_path: Path) -> None:
    (tmp_path / "rounds").mkdir()
    (tmp_path / "rounds" / "third.yaml").write_text("round: third\n", encoding="utf-8")
    listed = peak_review(home, "rounds", "--raw", tmp_path, "--out", tmp_path, PEAK_REVIEW_CONTRACTS=str(tmp_path))
    assert listed.returncode == 1
    assert "third: faulty: " in listed.stdout


def test_the_template_starts_with_what_was_accepted_of_the_plan(home: Path, tmp_path: Path) -> None:
    """From the whole round of plans, and from the pilot's own plan workbook."""
    whose = ("template", "--kind", "city", "--pilot", "大连市", "--province", "辽宁省", "--round", ROUND)
    sent = PLANS / "submissions/附件2：大连市碳达峰试点指标表（报送稿）.xlsx"
    for name, source in {"plans": ("--plans", PLANS), "from": ("--from", sent)}.items():
        file = tmp_path / f"{name}.xlsx"
        made = peak_review(home, *whose, "-o", file, *source)
        assert made.returncode == 0, made.stderr
        rows = list(openpyxl.load_workbook(file)["表1"].iter_rows(min_row=2, max_row=9, values_only=True))
        years = ("2022年", "2023年实际值", "2024年实际值", "2025年实际值", "2025年目标值", "2030年目标值")
        assert rows[0][4:10] == years
        assert rows[7][4:10] == (19.6, None, None, None, 23, 30)
        projects = [
            row[0] for row in openpyxl.load_workbook(file)["重点工程进展"].iter_rows(min_row=3, values_only=True)
        ]
        assert projects[0] == "大连市屋顶分布式光伏"
    refused = peak_review(
        home,
        *whose[:3],
        "--pilot",
        "信阳市",
        "--province",
        "河南省",
        "--round",
        ROUND,
        "-o",
        tmp_path / "x.xlsx",
        "--plans",
        PLANS,
    )
    assert refused.returncode == 2
    assert "no accepted plan" in refused.stderr


def test_a_template_of_a_round_with_an_open_roster_warns_of_nothing(home: Path, tmp_path: Path) -> None:
    whose = ("--kind", "city", "--pilot", "宜宾市", "--province", "四川", "-o", tmp_path / "x.xlsx")
    made = peak_review(home, "template", "--round", "second-batch", *whose)
    assert (made.returncode, made.stderr) == (0, "")


def test_plans_are_for_progress_rounds_alone(home: Path, tmp_path: Path) -> None:
    whose = ("template", "--kind", "city", "--pilot", "大连市", "--province", "辽宁省", "-o", tmp_path / "x.xlsx")
    refused = peak_review(home, *whose, "--plans", PLANS)
    assert refused.returncode == 2
    assert "first-batch is none" in refused.stderr
    assert load_contracts(ROUND).round.of == "first-batch"
