"""One table in some sixty layouts: whatever the layout, the review says what it says of the official template.

Every layout is that of some city and of some park; as many as there are pilots are reviewed together.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

import openpyxl
import polars as pl
import pytest

from contracts.round import Kind
from tests.sample import CONTRACTS, YEARS, clean_submission
from tests.sample.layouts import official
from tests.support.odd_layouts import LAYOUTS, MANY, build
from tests.support.roster import senders
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round

pytestmark = pytest.mark.thorough

KINDS: tuple[Kind, ...] = ("city", "park")
SAME = ("indicator", "year", "value", "unit", "qualifier", "usable")

every_kind = pytest.mark.parametrize("kind", KINDS)


@dataclass(frozen=True)
class Case:
    """A pilot's table in a layout."""

    layout: str
    kind: Kind
    file: str
    content: bytes


def write(layout: str, kind: Kind, number: int) -> Case:
    """A layout, by a pilot of a kind."""
    province, pilot = senders(kind)[number]
    sample = clean_submission(province, pilot)
    content = build(sample, LAYOUTS[layout]) if layout in LAYOUTS else official(sample)
    return Case(layout, kind, f"submissions/{province}/{pilot}.xlsx", content)


def review(cases: list[Case]) -> Review:
    read = [read_submission(case.content, case.file, CONTRACTS) for case in cases]
    return review_round(read, CONTRACTS, Provenance("0", "0"))


@cache
def as_official() -> Review:
    return review([write("official", kind, number) for kind in KINDS for number in range(len(senders(kind)))])


@cache
def reviewed() -> list[tuple[Case, Review]]:
    """Every layout of both kinds, with the review of the round in which it is."""
    by_kind = []
    for kind in KINDS:
        written = [write(layout, kind, at % len(senders(kind))) for at, layout in enumerate(LAYOUTS)]
        by_kind.append([written[at : at + len(senders(kind))] for at in range(0, len(written), len(senders(kind)))])
    rounds = [cities + parks for cities, parks in zip_longest(*by_kind, fillvalue=[])]
    return [(case, result) for cases, result in ((cases, review(cases)) for cases in rounds) for case in cases]


def layouts(kind: Kind) -> Iterator[tuple[Case, Review]]:
    return ((case, result) for case, result in reviewed() if case.kind == kind)


def observations(result: Review, file: str) -> list[tuple]:
    """What the review has of the years of the round, in a fixed order."""
    rows = result.observations.filter((pl.col("file") == file) & pl.col("year").is_in(YEARS))
    return rows.select(SAME).sort("indicator", "year").rows()


def findings(result: Review, file: str) -> list[tuple[str, str, str | None, int | None]]:
    """Severity, rule, indicator and year of what is found in a file, but for its plan."""
    # How the figures compare with the peers is the same in every layout; projects and remarks are not in the table.
    others = pl.col("rule").str.contains("^(?:PEER|PROJECT|PLAN|SCOPE)-")
    rows = result.findings.filter((pl.col("file") == file) & ~others)
    return rows.select("severity", "rule", "indicator", "year").rows()


def test_there_are_many_layouts() -> None:
    assert len(LAYOUTS) - len(MANY) >= 25
    assert len(MANY) >= 5
    assert min(map(len, MANY.values())) >= 5


@every_kind
def test_the_official_layout_is_good_to_compare_with(kind: Kind) -> None:
    for province, pilot in senders(kind):
        file = f"submissions/{province}/{pilot}.xlsx"
        rows = observations(as_official(), file)
        assert len(rows) == len(CONTRACTS.tables[kind].indicators) * len(YEARS), pilot
        assert all(usable for *_, usable in rows), pilot
        assert [found for found in findings(as_official(), file) if found[0] != "info"] == [], pilot


@every_kind
def test_a_layout_gives_the_same_observations(kind: Kind) -> None:
    differing = {}
    for case, result in layouts(kind):
        expected, found = observations(as_official(), case.file), observations(result, case.file)
        if found != expected:
            differing[case.layout] = sorted(set(expected) ^ set(found), key=str)
    assert differing == {}


@every_kind
def test_a_layout_is_no_mistake(kind: Kind) -> None:
    found = {case.layout: findings(result, case.file) for case, result in layouts(kind)}
    assert len(found) == len(LAYOUTS)
    # Every layout gives its units: a right value by a lucky guess is no reading.
    wrong = {
        name: [one for one in all_ if one[0] != "info" or one[1] == "UNIT-ASSUMED"] for name, all_ in found.items()
    }
    assert {name: mistakes for name, mistakes in wrong.items() if mistakes} == {}
    assert ("info", "TABLE-YEAR-EXTRA") in {one[:2] for one in found["extra_year"]}


@every_kind
def test_an_observation_has_the_address_of_its_value(kind: Kind) -> None:
    for case, result in layouts(kind):
        book = openpyxl.load_workbook(io.BytesIO(case.content))
        rows = result.observations.filter(pl.col("file") == case.file)
        assert rows.height >= len(CONTRACTS.tables[kind].indicators) * len(YEARS), case.layout
        for row in rows.iter_rows(named=True):
            value = book[row["sheet"]][row["cell"]].value
            shown = f"{value:.15g}" if isinstance(value, int | float) else value
            assert row["raw_value"] == shown, (case.layout, row["cell"])
