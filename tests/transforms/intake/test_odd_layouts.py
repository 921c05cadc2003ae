"""One table in some sixty layouts: whatever the layout, the review says what it says of the official template."""

import io
from functools import cache

import openpyxl
import polars as pl
import pytest

from tests.sample import CONTRACTS, YEARS, clean_submission
from tests.sample.layouts import official
from tests.support.odd_layouts import LAYOUTS, MANY, build
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round

SENDERS = {"city": ("辽宁省", "大连市"), "park": ("陕西省", "西咸新区")}
OFFICIAL = "official"
SAME = ("indicator", "year", "value", "unit", "qualifier", "usable")

every_layout = pytest.mark.parametrize("layout", LAYOUTS)
every_kind = pytest.mark.parametrize("kind", SENDERS)


@cache
def workbook(layout: str, kind: str) -> bytes:
    sample = clean_submission(*SENDERS[kind])
    return official(sample) if layout == OFFICIAL else build(sample, LAYOUTS[layout])


@cache
def reviewed(layout: str, kind: str) -> Review:
    file = f"submissions/{'/'.join(SENDERS[kind])}.xlsx"
    return review_round([read_submission(workbook(layout, kind), file, CONTRACTS)], CONTRACTS, Provenance("0", "0"))


def observations(layout: str, kind: str) -> list[tuple]:
    """What the review has of the years of the round, in a fixed order."""
    rows = reviewed(layout, kind).observations.filter(pl.col("year").is_in(YEARS))
    return rows.select(SAME).sort("indicator", "year").rows()


def findings(layout: str, kind: str) -> list[tuple[str, str, str | None, int | None]]:
    """Severity, rule, indicator and year of what is found in the file."""
    # How the figures compare with the nation is the same in every layout; projects are not in the table.
    others = pl.col("rule").str.contains("^(?:NATIONAL|PROJECT)-")
    rows = reviewed(layout, kind).findings.filter(pl.col("file").is_not_null() & ~others)
    return rows.select("severity", "rule", "indicator", "year").rows()


def test_there_are_many_layouts() -> None:
    assert len(LAYOUTS) - len(MANY) >= 25
    assert len(MANY) >= 5
    assert min(map(len, MANY.values())) >= 5


@every_kind
def test_the_official_layout_is_good_to_compare_with(kind: str) -> None:
    rows = observations(OFFICIAL, kind)
    assert len(rows) == len(CONTRACTS.tables[kind].indicators) * len(YEARS)
    assert all(usable for *_, usable in rows)
    assert findings(OFFICIAL, kind) == []


@every_kind
@every_layout
def test_a_layout_gives_the_same_observations(layout: str, kind: str) -> None:
    assert observations(layout, kind) == observations(OFFICIAL, kind)


@every_kind
@every_layout
def test_a_layout_is_no_mistake(layout: str, kind: str) -> None:
    assert [found for found in findings(layout, kind) if found[0] != "info"] == []
    # Every layout gives its units: a right value by a lucky guess is no reading.
    assert "UNIT-ASSUMED" not in {rule for _, rule, *_ in findings(layout, kind)}


@every_kind
@every_layout
def test_an_observation_has_the_address_of_its_value(layout: str, kind: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(layout, kind)))
    rows = reviewed(layout, kind).observations
    assert rows.height >= len(CONTRACTS.tables[kind].indicators) * len(YEARS)
    for row in rows.iter_rows(named=True):
        value = book[row["sheet"]][row["cell"]].value
        assert row["raw_value"] == (f"{value:.15g}" if isinstance(value, int | float) else value), row["cell"]


@every_kind
def test_another_year_is_only_noted(kind: str) -> None:
    assert {found[:2] for found in findings("extra_year", kind)} == {("info", "TABLE-YEAR-EXTRA")}
