"""An upgrade of the contracts: decisions, conclusions and history of a package published before follow.

Each test publishes a workbook with the contracts of today, has a reviewer fill it in, and reviews the same submissions
with other contracts.
"""

from dataclasses import replace
from functools import cache
from typing import TypeVar

import polars as pl
import pytest

from contracts.load import Contracts
from contracts.review_form import FALSE_ALARM, REOPENED
from tests.sample import CONTRACTS
from tests.support.review_book import (
    CITY,
    FAULTS,
    FULL,
    HUGE,
    NEGATIVE,
    PARK,
    PROVINCE,
    VERDICT,
    fill_in,
    key_of,
    submitted,
)
from transforms.aggregation.finding_changes import compare_findings
from transforms.decisions.ledger import Ledger
from transforms.decisions.merge import merge_copies
from transforms.decisions.read_review import read_review
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook
from transforms.rules.registry import RULES, rule_id

pytestmark = pytest.mark.thorough

NEW_CITY = "并州市"
T = TypeVar("T")


@cache
def content_of(pilot: str) -> bytes:
    return submitted(pilot, FAULTS)


def reviewed(contracts: Contracts) -> Review:
    read = [
        read_submission(content_of(pilot), f"submissions/{PROVINCE}/{pilot}.xlsx", contracts) for pilot in (CITY, PARK)
    ]
    return review_round(read, contracts, Provenance("0", "0"))


def varied(entry: T, **changes: object) -> T:
    """Replace fields of an entry; `replace` would refuse the empty texts that are defaults."""
    made = object.__new__(type(entry))
    for name in type(entry).__dataclass_fields__:  # type: ignore[attr-defined]
        object.__setattr__(made, name, changes.get(name, getattr(entry, name)))
    return made


def with_rule(rule: str, **changes: object) -> Contracts:
    changed = varied(CONTRACTS.rules[rule], **changes)
    return replace(CONTRACTS, rules={one.id: one for one in ({**CONTRACTS.rules, rule: changed}).values()})


def with_pilot(**changes: object) -> Contracts:
    provinces = tuple(
        replace(place, pilots=tuple(varied(one, **changes) if one.name == CITY else one for one in place.pilots))
        for place in CONTRACTS.round.provinces
    )
    return replace(CONTRACTS, round=replace(CONTRACTS.round, provinces=provinces))


def decided(before: Review) -> bytes:
    keys = {key_of(fault, before): FULL for fault in (NEGATIVE, HUGE)}
    return fill_in(render_review_workbook(View(before, PROVINCE)), keys, {CITY: VERDICT})


def merged(content: bytes, now: Review) -> Ledger:
    return merge_copies([read_review(content, f"reviews/{PROVINCE}/a.xlsx", now.contracts)], now)


def test_decisions_follow_a_rule_with_another_id(monkeypatch: pytest.MonkeyPatch) -> None:
    before, old, new = reviewed(CONTRACTS), "PLAN-MISSING", "PLAN-NOT-SENT"
    (key,) = before.findings.filter(rule=old, pilot=CITY)["finding_key"]
    content = fill_in(decided(before), {key: FULL})
    (function,) = [rule for rule in RULES if rule_id(rule) == old]
    monkeypatch.setattr(function, "__name__", "plan_not_sent")
    now = reviewed(with_rule(old, id=new, formerly=(old,)))
    assert now.findings.filter(finding_key=key)["rule"].to_list() == [new]
    ledger = merged(content, now)
    assert ledger.finding_decisions[key].state is FALSE_ALARM
    assert not ledger.orphaned
    assert compare_findings(before.findings, now.findings, now.contracts.rules) == []
    # Renamed once more, the oldest name stays in the keys.
    again = reviewed(with_rule(old, id=new, formerly=(old, "PLAN-NEITHER")))
    assert merged(content, again).finding_decisions == ledger.finding_decisions
    # Without the earlier name the decision is about a finding that is gone.
    lost = merged(content, reviewed(with_rule(old, id=new)))
    assert [one.row["finding_key"] for one in lost.orphaned] == [key]


def test_decisions_conclusions_and_submissions_follow_a_pilot_with_another_name() -> None:
    before = reviewed(CONTRACTS)
    content = decided(before)
    now = reviewed(with_pilot(name=NEW_CITY, formerly=(CITY,)))
    assert set(now.judged.batch.counted["pilot"]) == {NEW_CITY, PARK}
    fault = (NEW_CITY, *NEGATIVE[1:])
    ledger = merged(content, now)
    assert ledger.finding_decisions[key_of(fault, now)].state is FALSE_ALARM
    assert ledger.pilot_decisions[PROVINCE, NEW_CITY].texts["conclusion"] == "通过"
    assert ledger.pilot_decisions[PROVINCE, NEW_CITY].note == ""
    assert not ledger.orphaned
    assert compare_findings(before.findings, now.findings, now.contracts.rules) == []
    # What was published with the new name says so everywhere, and is read back itself.
    second = fill_in(render_review_workbook(View(now, PROVINCE, ledger)), pilots={NEW_CITY: {"结论": "退回补正"}})
    copies = [
        read_review(one, f"reviews/{PROVINCE}/{at}.xlsx", now.contracts) for at, one in enumerate((content, second))
    ]
    assert merge_copies(copies, now).pilot_decisions[PROVINCE, NEW_CITY].texts["conclusion"] == "退回补正"
    lost = merged(content, reviewed(with_pilot(name=NEW_CITY)))
    assert (PROVINCE, NEW_CITY) not in lost.pilot_decisions


def with_bound(most: float) -> Contracts:
    """The contracts with another maximum of the share that is 150 % in the submission."""
    city = CONTRACTS.tables["city"]
    code = HUGE[1]
    rows = [
        varied(row, scales={unit: varied(one, hard=(0.0, most)) for unit, one in row.scales.items()})
        if row.code == code
        else row
        for row in city.indicators
    ]
    return replace(CONTRACTS, tables=CONTRACTS.tables | {"city": replace(city, indicators=tuple(rows))})


def test_another_limit_reopens_no_decision_about_the_same_figures() -> None:
    before = reviewed(CONTRACTS)
    content = decided(before)
    key = key_of(HUGE, before)
    now = replace(reviewed(with_bound(120.0)), provenance=Provenance("0", "1"))
    assert "0～120%" in now.findings.filter(finding_key=key)["message"].item()
    assert merged(content, now).finding_decisions[key].state is FALSE_ALARM
    # Another figure in the same finding, or another limit with the same contracts: looked at again.
    other = now.findings.with_columns(message=pl.col("message").str.replace("150%", "151%"))
    for changed in (replace(now, findings=other), replace(now, provenance=before.provenance)):
        ledger = merged(content, changed)
        assert ledger.finding_decisions[key].state is REOPENED
        assert ledger.finding_decisions[key_of(NEGATIVE, before)].state is FALSE_ALARM
    # Within the new limit the finding is gone, and the decision is kept as one about a finding that is gone.
    gone = merged(content, reviewed(with_bound(200.0)))
    assert [one.row["finding_key"] for one in gone.orphaned] == [key]
