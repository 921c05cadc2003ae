"""The sample round: what is committed is what the code writes, every mistake is found, and nothing else is."""

import io
import zipfile
from collections.abc import Iterable
from functools import cache
from typing import Any

import openpyxl
import pytest

from tests.sample import CONTRACTS, SIMULATED, clean_submission
from tests.sample.__main__ import ARRIVALS, DAMAGED, PLANS, TARGET, Arrival, PlanArrival, planned, received
from tests.sample.mistakes import EXCEPTIONS, MISTAKES, PUBLISHED, Mistake
from tests.support.sample_round import content_of, read, reviewed, whole_round
from transforms.pipeline import Review

NOBODY_ASKED = "温州市"  # not on the roster
SILENT = "信阳市"
SERIOUS = ("blocker", "error", "warning")
BY_PILOT = {arrival.pilot: arrival for arrival in ARRIVALS}
READABLE = [arrival for arrival in ARRIVALS if arrival.pilot != DAMAGED]
EVERY_MISTAKE = [(pilot, mistake) for pilot, mistakes in MISTAKES.items() for mistake in mistakes]
# Published targets that are words and no numbers.
IN_WORDS = {
    ("唐山市", "C01", 2025),
    ("唐山市", "C01", 2030),
    ("唐山市", "C02", 2025),
    ("唐山市", "C02", 2030),
    ("唐山市", "C23", 2030),
}

Found = tuple[str, str | None, int | None]


@cache
def dump(content: bytes) -> dict[str, Any]:
    """Everything in a workbook that matters to a reader of it."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {
        sheet.title: {
            "cells": {
                cell.coordinate: (cell.value, cell.number_format)
                for row in sheet.iter_rows()
                for cell in row
                if cell.value is not None
            },
            "merged": sorted(map(str, sheet.merged_cells.ranges)),
        }
        for sheet in book.worksheets
    }


def ids(arrivals: Iterable[Arrival]) -> list[str]:
    return [arrival.path for arrival in arrivals]


def found_in(review: Review, arrival: Arrival, severities: Iterable[str] = (*SERIOUS, "info")) -> list[Found]:
    """Rule, indicator and year of the findings about one file; most pilots of the sample send no plan."""
    return [
        (row["rule"], row["indicator"], row["year"])
        for row in review.findings.iter_rows(named=True)
        if row["file"] == f"submissions/{arrival.path}"
        and row["severity"] in severities
        and row["rule"] != "PLAN-MISSING"
    ]


def as_found(mistake: Mistake) -> Found:
    return mistake.rule, mistake.code or None, mistake.year


@pytest.mark.parametrize("arrival", READABLE, ids=ids(READABLE))
def test_the_committed_file_is_what_the_code_writes(arrival: Arrival) -> None:
    assert dump((TARGET / arrival.path).read_bytes()) == dump(content_of(arrival))


def test_the_damaged_file_is_damaged() -> None:
    committed = (TARGET / BY_PILOT[DAMAGED].path).read_bytes()
    assert committed.startswith(b"PK")
    assert not zipfile.is_zipfile(io.BytesIO(committed))
    assert not zipfile.is_zipfile(io.BytesIO(content_of(BY_PILOT[DAMAGED])))


def test_34_of_35_pilots_and_one_more_submit() -> None:
    review = whole_round()
    roster = {pilot.name for _, pilot in CONTRACTS.round.roster}
    sent = set(review.judged.batch.files["pilot"])
    assert len(ARRIVALS) == 35
    assert len(roster) == 35
    assert (roster - sent, sent - roster) == ({SILENT}, {NOBODY_ASKED})


def test_provinces_are_as_the_sample_says() -> None:
    for row in whole_round().judged.batch.files.iter_rows(named=True):
        (arrival,) = (one for one in ARRIVALS if f"submissions/{one.path}" == row["file"])
        assert row["province"] == arrival.province
        assert row["standing"] == ("faulty" if arrival.pilot == DAMAGED else "counts")


def test_the_sample_shows_many_layouts() -> None:
    assert len({arrival.layout for arrival in ARRIVALS}) >= 6
    assert len({arrival.path for arrival in ARRIVALS}) == len(ARRIVALS)
    assert len({arrival.path.count("/") for arrival in ARRIVALS}) >= 3  # any nesting


@pytest.mark.parametrize("arrival", READABLE, ids=ids(READABLE))
def test_every_workbook_says_that_it_is_simulated(arrival: Arrival) -> None:
    texts = [str(value) for sheet in dump(content_of(arrival)).values() for value, _ in sheet["cells"].values()]
    assert any(SIMULATED in text for text in texts)
    assert SIMULATED == "模拟数据，仅供演示"


def test_writing_twice_gives_the_same_bytes() -> None:
    assert [received(arrival) for arrival in ARRIVALS[:4]] == [content_of(arrival) for arrival in ARRIVALS[:4]]


@pytest.mark.slow
@pytest.mark.parametrize(("pilot", "mistake"), EVERY_MISTAKE, ids=lambda part: getattr(part, "rule", part))
def test_a_mistake_by_itself_yields_its_finding_and_no_other(pilot: str, mistake: Mistake) -> None:
    arrival = BY_PILOT[pilot]
    content = arrival.layout(mistake.edit(clean_submission(arrival.province, pilot)))
    review = reviewed([read(content, arrival)])
    assert found_in(review, arrival, SERIOUS) == [as_found(mistake)]
    assert mistake.rule in CONTRACTS.rules


@pytest.mark.parametrize("pilot", MISTAKES)
def test_in_the_round_a_pilot_has_its_mistakes_and_no_other(pilot: str) -> None:
    expected = sorted(map(str, map(as_found, MISTAKES[pilot])))
    assert sorted(map(str, found_in(whole_round(), BY_PILOT[pilot], SERIOUS))) == expected


CLEAN = [arrival for arrival in READABLE if arrival.pilot not in {*MISTAKES, *PUBLISHED, NOBODY_ASKED}]


@pytest.mark.parametrize("arrival", CLEAN, ids=ids(CLEAN))
def test_a_clean_pilot_has_nothing_to_correct(arrival: Arrival) -> None:
    assert found_in(whole_round(), arrival, SERIOUS) == []


@pytest.mark.parametrize("pilot", PUBLISHED)
def test_published_targets_raise_no_alarm_but_for_words(pilot: str) -> None:
    found = found_in(whole_round(), BY_PILOT[pilot], SERIOUS)
    assert sorted(found) == sorted(("VALUE-IN-WORDS", code, year) for name, code, year in IN_WORDS if name == pilot)


@pytest.mark.parametrize("pilot", EXCEPTIONS)
def test_what_the_guide_allows_is_at_most_a_note(pilot: str) -> None:
    assert found_in(whole_round(), BY_PILOT[pilot], SERIOUS) == []


def test_the_damaged_and_the_uninvited_are_told() -> None:
    review = whole_round()
    assert found_in(review, BY_PILOT[DAMAGED]) == [("FILE-UNREADABLE", None, None)]
    assert found_in(review, BY_PILOT[NOBODY_ASKED], SERIOUS) == [("ROSTER-UNKNOWN", None, None)]


def test_provinces_are_told_of_their_quota() -> None:
    findings = whole_round().findings
    quota = [(row["rule"], row["province"]) for row in findings.iter_rows(named=True) if row["file"] is None]
    assert sorted(quota) == [("QUOTA-UNDER", "河南省"), ("QUOTA-UNDER", "湖南省")]
    (missing,) = [
        row["message"] for row in findings.iter_rows(named=True) if row["province"] == "河南省" and not row["file"]
    ]
    assert SILENT in missing


def test_without_their_mistakes_all_are_clean() -> None:
    """The figures themselves are clean in the layout in which they come; those of the others are above."""
    own = {*MISTAKES, *PUBLISHED, *EXCEPTIONS, DAMAGED}
    submissions = [
        read(arrival.layout(clean_submission(arrival.province, arrival.pilot)), arrival)
        for arrival in ARRIVALS
        if arrival.pilot in own
    ]
    findings = reviewed(submissions).findings
    told = [row["message"] for row in findings.iter_rows(named=True) if row["file"] and row["severity"] in SERIOUS]
    assert [message for message in told if not message.startswith("未收到")] == []


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.path)
def test_the_committed_plan_is_what_the_code_writes(plan: PlanArrival) -> None:
    committed, made = (
        zipfile.ZipFile(io.BytesIO(content)) for content in ((TARGET / plan.path).read_bytes(), planned(plan))
    )
    assert {name: committed.read(name) for name in committed.namelist()} == {
        name: made.read(name) for name in made.namelist()
    }
    assert SIMULATED in committed.read("word/document.xml").decode()


def test_plans_have_their_gaps_and_no_other() -> None:
    rows = whole_round().findings.iter_rows(named=True)
    found = [(row["pilot"], row["rule"]) for row in rows if row["file"] and row["file"].endswith(".docx")]
    assert sorted(found, key=lambda one: one[1]) == [
        ("杭州市", "PLAN-PART-ABSENT"),
        ("杭州市", "PLAN-PART-COPIED"),
        ("杭州市", "PLAN-PART-THIN"),
        ("杭州市", "PLAN-TABLE-DIFFERS"),
        ("杭州市", "PLAN-TARGET-CONTRADICTS"),
        # A note for the reviewer: a target that rises steeply, and two projects that are for others.
        ("克拉玛依市", "PROJECT-BEHIND"),
    ]


def test_every_rule_has_run() -> None:
    assert whole_round().complete
