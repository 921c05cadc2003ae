"""What a finding asks for agrees with its severity, and what is only ambitious or unusual stays in the aggregates."""

from typing import Any

import polars as pl
import pytest

from contracts.load import load_contracts
from tests.judgement.feed import read_all
from tests.sample import Submission, change, clean_submission
from transforms.batch import build_batch
from transforms.judging.apply_rules import JudgedBatch, apply_rules

CONTRACTS = load_contracts("first-batch")
PARK = clean_submission("江苏省", "苏州工业园区")
CITY = clean_submission("辽宁省", "大连市")


def judged(one: Submission) -> JudgedBatch:
    return apply_rules(build_batch(read_all([one]), CONTRACTS), CONTRACTS, alone=True)


def found(one: Submission) -> list[dict[str, Any]]:
    return [row for row in judged(one).findings.to_dicts() if row["severity"] != "info"]


def test_an_error_accepts_no_explanation_in_place_of_a_correction() -> None:
    severe = [rule for rule in CONTRACTS.rules.values() if rule.severity in {"blocker", "error"}]
    assert not [rule.id for rule in severe if "写明理由" in rule.advice or "经核实" in rule.advice]
    assert CONTRACTS.rules["COMPLETE-BASE"].severity == "warning"
    assert "写明" in CONTRACTS.rules["COMPLETE-BASE"].advice


@pytest.mark.parametrize(
    ("values", "severity", "expected"),
    [
        ((460, 610, 890), "error", "460万、610万、890万千瓦"),  # 万千瓦
        ((4_600_000, 610_000, 8_900_000), "warning", "610万千瓦"),  # a decimal point
    ],
)
def test_a_slip_of_a_thousand_that_fits_when_corrected_is_an_error(
    values: tuple[int, ...], severity: str, expected: str
) -> None:
    (row,) = found(change(CITY, "C11", values=values))
    assert (row["rule"], row["severity"]) == ("UNIT-SIZE", severity)
    assert ("经核实" in row["advice"]) == (severity == "warning")
    assert row["expected"] == expected


def test_an_open_target_is_quoted_with_its_bound() -> None:
    (row,) = found(change(CITY, "C21", values=(95.1, "保持在95%以上", "约96")))
    assert row["message"].startswith("“大宗固废综合利用率”2025年目标95%以上，较2022年的95.1%")
    (row,) = found(change(CITY, "C03", values=(2.3, 2.1, "控制在0.4以内")))
    assert row["message"].startswith(
        "“单位工业增加值二氧化碳排放量”2030年目标0.4吨/万元以下，较2025年的2.1吨/万元变化幅度偏大"
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((7.6, 15.012, 26.725), "7.6万、15.012万、26.725万辆"),  # 万辆
        ((76_000, 15_012.5, 267_250), "15.0125万辆"),  # a tenth: no fraction of a vehicle is explained away
        ((7.6e10, 1.5e11, 2.6725e11 + 0.5), None),
    ],
)
def test_a_slip_explains_that_vehicles_are_not_whole(values: tuple[float, ...], expected: str | None) -> None:
    (row,) = found(change(CITY, "C17", values=values))
    assert (row["rule"], row["severity"]) == ("UNIT-SIZE" if expected else "VALUE-EXTREME", "error")
    assert not expected or row["expected"] == expected


def test_a_zero_carbon_target_is_no_impossibility() -> None:
    """0.2 tonnes of CO2 per tonne of coal equivalent is what a zero-carbon park must reach."""
    green = change(PARK, "P02", values=(0.2, 0.18, 0.15))
    green = change(green, "P03", values=(0.35, 0.15, 0.03))
    green = change(green, "P04", values=(22.0, 60.0, 93.0))
    green = change(green, "P05", values=(20.0, 58.0, 90.0))
    result = judged(green)
    assert not [row for row in result.findings.to_dicts() if row["rule"].startswith("RELATION-CARBON")]
    carbon = result.batch.observations.filter(pl.col("indicator") == "P03")
    assert carbon["usable"].all()


@pytest.mark.parametrize(
    ("values", "rule", "usable"),
    [
        ((2.2, 1.98, 1.65), "RELATION-CARBON-HIGH", True),  # 3.6: process emissions, power sent out
        ((3.1, 2.8, 2.3), "RELATION-CARBON", False),  # 5.1: beyond any fuel
        ((0.24, 0.21, 0.17), "RELATION-CARBON", False),  # 0.4 with 20 % non-fossil
    ],
)
def test_beyond_the_usual_is_told_and_beyond_the_possible_kept_out(
    values: tuple[float, ...], rule: str, usable: bool
) -> None:
    result = judged(change(change(CITY, "C02", values=values), "C03", values=tuple(2 * one for one in values)))
    (row,) = [row for row in result.findings.to_dicts() if row["rule"].startswith("RELATION-CARBON")]
    assert row["rule"] == rule
    rows = result.batch.observations.filter((pl.col("indicator") == row["indicator"]) & (pl.col("year") == row["year"]))
    assert rows["usable"].to_list() == [usable]
