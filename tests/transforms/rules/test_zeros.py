"""A zero among positive values: at most findings at its own cell, and no argument through a factor, pace or ratio."""

import polars as pl
import pytest

from tests.judgement.feed import read_all
from tests.judgement.places import CONTRACTS
from tests.sample import Submission, change, clean_submission, put
from tests.support.roster import own_name
from transforms.batch import build_batch
from transforms.judging.apply_rules import JudgedBatch, apply_rules

YEARS = CONTRACTS.round.years
# What compares a value with the value beside it, or with its pilot's own figures elsewhere: true of a zero too.
TRUE_OF_A_ZERO = {"VALUE-IMPLAUSIBLE", "DIRECTION-BASE", "DIRECTION-LATER", "TARGET-FLAT", "RELATION-PART"}


def judged(*submissions: Submission) -> JudgedBatch:
    return apply_rules(build_batch(read_all(submissions), CONTRACTS), CONTRACTS)


def clean(kind: str) -> dict[str, Submission]:
    """A submission of each pilot of a kind, by its name on the roster."""
    pilots = [(province, pilot.name) for province, pilot in CONTRACTS.round.roster if pilot.kind == kind]
    return {pilot: clean_submission(province, own_name(pilot)) for province, pilot in pilots}


DALIAN = clean("city")["大连市"]


@pytest.mark.parametrize("kind", ["city", "park"])
def test_a_zero_is_reported_at_its_own_cell_alone(kind: str) -> None:
    pilots = clean(kind)
    rows = [row.code for row in CONTRACTS.tables[kind].indicators if row.code not in {"C22", "P01"}]  # growth rates
    zeros = [(code, year) for code in rows for year in YEARS]
    for start in range(0, len(zeros), len(pilots)):
        some = zeros[start : start + len(pilots)]
        where = dict(zip(pilots, some, strict=False))
        result = judged(*(put(one, *where[name], 0) if name in where else one for name, one in pilots.items()))
        of_values = result.findings.filter((pl.col("severity") != "info") & pl.col("indicator").is_not_null())
        for row in of_values.to_dicts():
            code, year = where[row["pilot"]]
            assert row["rule"] in TRUE_OF_A_ZERO, (code, year, row["message"])
            # After a base of zero every target of an intensity is a rise.
            assert row["year"] == year or row["rule"].startswith("DIRECTION"), (code, year, row["message"])
            assert "inf" not in row["message"]
        doubted = result.batch.observations.filter(~pl.col("usable"))
        assert doubted.is_empty(), doubted.select("pilot", "indicator", "year", "value").to_dicts()


def test_a_zero_base_is_usual_where_nothing_was_built_yet() -> None:
    city = put(DALIAN, "C13", YEARS[0], 0)
    assert judged(city).findings.filter((pl.col("indicator") == "C13") & (pl.col("severity") != "info")).is_empty()


def test_a_factor_is_of_the_cells_that_are_not_zero() -> None:
    """万千瓦 from a base of 0: the two targets are 610万 and 890万 kW."""
    rows = judged(change(DALIAN, "C11", values=(0, 610, 890))).findings.filter(pl.col("rule") == "UNIT-SIZE")
    (row,) = rows.to_dicts()
    assert (row["year"], row["expected"]) == (YEARS[1], "610万、890万千瓦")


def test_out_of_range_is_said_of_the_years_that_are() -> None:
    """Only the targets are too small; the reading of all years as 平方公里 is the one that fits."""
    rows = judged(change(DALIAN, "C25", values=(57.5, 12.1, 1.39))).findings.filter(pl.col("rule") == "UNIT-SIZE")
    assert "即57.5公顷，而2025、2030年超出合理范围50～20万公顷；按平方公里计，" in rows["message"].item()


def test_a_reading_that_leaves_a_share_too_small_is_none() -> None:
    """A hundredth of the whole row would be 0.004 % in the base year."""
    rows = judged(change(DALIAN, "C26", values=(0.417, 12.2, 1.33))).findings.filter(pl.col("indicator") == "C26")
    assert ("VALUE-IMPLAUSIBLE", 2025) in rows.select("rule", "year").rows()
    assert "UNIT-SIZE" not in set(rows["rule"])
