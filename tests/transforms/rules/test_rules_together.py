"""Rules together: one slip is one finding, keys are stable, the order of files is nothing, a crash is contained."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest
from openpyxl.workbook import Workbook

from tests.support.clean_round import (
    CITY,
    CONTRACTS,
    FILE,
    PROVINCE,
    Files,
    brought_about,
    clean_review,
    good_round,
    review,
    usual,
    workbook,
)
from tests.support.round_edits import as_a_park, cell, decided, edited, row, with_cover
from tests.support.self_checked import check_workbook
from transforms.judging.apply_rules import apply_rules
from transforms.rules.registry import FILE_RULES

pytestmark = pytest.mark.thorough


def test_a_slip_is_told_once_without_what_it_breaks() -> None:
    """All three years are wrong together: one finding, and none about the ratio that goes wrong with them."""
    slip = row("E3", 0.0061, 0.0055, 0.0047)
    (finding,) = brought_about(review(slip(good_round())).findings, "").to_dicts()
    assert (finding["rule"], finding["indicator"], finding["year"]) == ("UNIT-SIZE", "C01", 2022)
    assert finding["expected"] == "0.61、0.55、0.47吨标准煤/万元"


def test_of_a_ratio_out_of_range_the_likelier_side_is_told() -> None:
    """Energy ten times too large is still plausible by itself; CO2 goes well with that of industry."""
    slip = row("E3", 2.9, 2.7, 2.5)
    low = row("E4", 0.61, 0.55, 0.47)
    (finding,) = brought_about(review(slip(low(good_round()))).findings, "").to_dicts()
    assert (finding["rule"], finding["indicator"], finding["cell"]) == ("RELATION-CARBON", "C01", "E3")


def test_a_rule_that_lacks_a_number_says_that_it_did_not_look() -> None:
    findings = review(cell("F3", "完成省下达目标")(good_round())).findings.filter(pl.col("status") == "not_evaluated")
    about = {finding["rule"]: finding for finding in findings.to_dicts()}
    assert set(about) == {"RELATION-CARBON"}
    assert about["RELATION-CARBON"]["pilot"] == CITY
    assert about["RELATION-CARBON"]["message"].startswith("未核对：")
    assert about["RELATION-CARBON"]["message"].endswith("（缺“单位 GDP 能源消费量”2025年数值）。")
    assert about["RELATION-CARBON"]["advice"] == "补齐数值后自动核对，无需单独处理。"
    assert about["RELATION-CARBON"]["severity"] == "info"


def test_few_pilots_have_no_peers_and_the_round_is_complete() -> None:
    few = {file: content for file, content in good_round().items() if "大连" in file or "沈阳" in file}
    result = review(few)
    assert result.complete
    silent = result.findings.filter(pl.col("status") == "not_evaluated")
    assert set(silent["rule"]) == {"PEER-LEVEL"}
    assert "少于8个" in silent["message"][0]


def test_a_blocked_pilot_is_kept_out_and_the_others_stay() -> None:
    before, after = clean_review(), review(as_a_park(good_round()))
    rows = after.observations.filter(pl.col("usable"))
    assert CITY not in rows["pilot"]
    assert rows.height == before.observations.filter(pl.col("usable") & (pl.col("pilot") != CITY)).height


def test_a_person_settles_what_the_rules_cannot() -> None:
    rival = with_cover(workbook(PROVINCE, CITY), B7="大连市人民政府")
    files = good_round() | {"submissions/b.xlsx": rival}
    assert "SUBMISSION-CONFLICT" in set(review(files).findings["rule"])
    for decision in (decided(rival), decided(files[FILE], counts=False)):
        result = review(files, decision)
        assert "SUBMISSION-CONFLICT" not in set(result.findings["rule"])
        assert result.judged.batch.counted.filter(pl.col("pilot") == CITY)["file"].to_list() == ["submissions/b.xlsx"]


def test_a_single_workbook_says_nothing_about_the_round() -> None:
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, decisions=(decided(b"another file"),)))
    found = check_workbook(good_round()[FILE], "a.xlsx", contracts)
    assert {finding["severity"] for finding in found} <= {"info"}
    assert {finding["level"] for finding in found} <= {4}


def test_a_finding_keeps_its_key_when_rows_and_files_move() -> None:
    def key(change: Callable[[Files], Files]) -> str:
        return brought_about(review(change(good_round())).findings, "")["finding_key"].item()

    def moved(book: Workbook) -> None:
        book["表1"]["E9"].value = "见附件"
        book["表1"].insert_rows(1)

    assert key(cell("E9", "见附件")) == key(cell("E9", "另附")) == key(edited(moved))
    assert key(cell("E9", "见附件")) != key(cell("F9", "见附件"))


def test_the_order_of_files_does_not_matter() -> None:
    files = cell("E9", "见附件")(good_round())
    one, other = review(files), review(dict(reversed(files.items())))
    assert one.findings.equals(other.findings)
    assert one.observations.equals(other.observations)


def test_a_rule_that_crashes_says_so_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def complete_base(*_: object) -> pl.DataFrame:
        raise ZeroDivisionError("made for this test")

    batch = review(cell("E9", "见附件")(good_round())).judged.batch
    rules = [complete_base, *(rule for rule in FILE_RULES if rule.__name__ != "complete_base")]
    monkeypatch.setattr("transforms.judging.apply_rules.FILE_RULES", rules)
    judged = apply_rules(batch, CONTRACTS)
    assert judged.failed_rules == ("COMPLETE-BASE: ZeroDivisionError: made for this test",)
    assert ["made for this test" in trace for trace in judged.tracebacks] == [True]
    new = judged.findings.filter(~pl.col("finding_key").is_in(sorted(usual()))).to_dicts()
    by_status = {
        finding["status"]: finding for finding in new if finding["rule"] in {"VALUE-NOT-NUMBER", "COMPLETE-BASE"}
    }
    assert by_status["failed"]["rule"] == "VALUE-NOT-NUMBER"
    assert "未核对" in by_status["not_evaluated"]["message"]
