"""Every rule of the catalogue: a clean round has nothing to correct; one broken thing gives one finding there."""

import re

import polars as pl
import pytest

from contracts.schemas.submitted import ROW_RULES, submitted_tables
from tests.support.clean_round import CITY, CONTRACTS, clean_review
from tests.support.messages import messages
from tests.support.plan_cases import PLAN_CASES
from tests.support.rule_cases import CASES, Case
from tests.support.rule_rounds import judged, may_share_a_round
from transforms.rules.registry import RULES


def test_a_clean_round_has_nothing_to_correct() -> None:
    result = clean_review()
    serious = result.findings.filter(pl.col("severity") != "info")
    assert serious.is_empty(), serious.select("rule", "pilot", "cell", "message").to_dicts()
    assert set(result.findings["rule"]) <= {
        "TARGET-FLAT",
    }
    assert result.complete
    assert result.provinces["accepted"].sum() == 35
    assert set(result.provinces["quota_status"]) == {"met"}


def shown(finding: dict[str, object]) -> str:
    """A finding in one line, for whoever reads a failed test."""
    return "{severity} {rule} {pilot} {indicator} {year} {cell} {message}".format(**finding)


EACH_CASE = [
    pytest.param(case, id=case.rule, marks=() if may_share_a_round(case) else pytest.mark.thorough) for case in CASES
]


@pytest.mark.parametrize("case", EACH_CASE)
def test_one_broken_thing_gives_one_finding_there(case: Case) -> None:
    pilot, new, _ = judged(case)
    found = new.filter(~pl.col("rule").is_in(list(case.also))).to_dicts()
    place = {"pilot": pilot, "indicator": case.indicator, "year": case.year, "cell": case.cell}
    wanted = f"expected: {case.rule} {CONTRACTS.rules[case.rule].title}, {place}; found: {list(map(shown, found))}"
    assert [finding["rule"] for finding in found] == [case.rule] * case.count, wanted
    finding = found[0]
    assert {name: finding[name] for name in place} == place, wanted
    assert set(new["rule"]) == {case.rule} | case.also
    assert "{" not in finding["message"] + finding["advice"]
    assert finding["message"] in messages()[case.rule]
    # Nothing that the sentence names is empty.
    assert not re.search("“”|（）|[（ ] *[）]|^[，、的。]|{}", finding["message"]), finding["message"]


def test_every_rule_has_a_case_and_a_line_in_the_catalogue() -> None:
    functions = {rule.__name__.upper().replace("_", "-") for rule in RULES}
    checks = {check.error for check in submitted_tables(CONTRACTS).checks}
    assert checks == ROW_RULES
    assert functions | checks == {rule.id for rule in CONTRACTS.all_rules}
    assert not functions & checks
    # RELATION-PEAK needs a pilot that peaks early: test_emission_path.py.
    assert {case.rule for case in (*CASES, *PLAN_CASES)} | {"RELATION-PEAK"} == set(CONTRACTS.rules)


def test_what_is_in_doubt_does_not_enter_an_aggregate() -> None:
    excluding = [case for case in CASES if CONTRACTS.rules[case.rule].excludes and case.pilot == CITY]
    assert {"VALUE-BOUNDS", "VALUE-FRACTION", "UNIT-UNKNOWN", "TABLE-ROW-TWICE"} <= {case.rule for case in excluding}
    for case in excluding:
        pilot, _, now = judged(case)
        rows = now.observations.filter(
            (pl.col("pilot") == pilot) & (pl.col("indicator") == (case.indicator or pl.col("indicator")))
        )
        doubtful = rows if case.year is None else rows.filter(pl.col("year") == case.year)
        assert not doubtful["usable"].any(), case.rule
