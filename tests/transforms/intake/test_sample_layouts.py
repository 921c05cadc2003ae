"""The layouts of the sample are all read alike."""

import inspect
import io
from collections.abc import Callable
from functools import cache

import openpyxl
import pytest

from tests.sample import Submission as Sample
from tests.sample import clean_submission, layouts
from tests.support.table_books import (
    CITY,
    YEARS,
    by_place,
    read,
)


def is_layout(name: str, function: object) -> bool:
    return (
        callable(function)
        and function.__module__ == layouts.__name__
        and not name.startswith("_")
        and inspect.signature(function).return_annotation is bytes
    )


LAYOUTS = [function for name, function in vars(layouts).items() if is_layout(name, function)]
SENDERS = (("湖北省", "襄阳市"), ("安徽省", "合肥高新技术产业开发区"), ("陕西省", "西咸新区"))


@cache
def laid_out(layout: Callable, province: str, pilot: str) -> bytes:
    return layout(clean_submission(province, pilot))


def rounding(sample: Sample, code: str, layout: Callable) -> float:
    """How far a value may be off because the layout writes it in a larger unit with few decimals."""
    if layout is not layouts.other_units or sample.row(code).unit not in layouts.OTHER_UNITS:
        return 0
    _, factor, digits = layouts.OTHER_UNITS[sample.row(code).unit]
    return 0.5001 * 10**-digits / factor


def test_every_layout_is_found() -> None:
    assert len(LAYOUTS) >= 6
    assert layouts.official in LAYOUTS


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize(("province", "pilot"), SENDERS)
def test_a_layout_changes_no_value(layout: Callable, province: str, pilot: str) -> None:
    sample = clean_submission(province, pilot)
    submission = read(laid_out(layout, province, pilot))
    rows = by_place(submission)
    expected = {(row.code, year): value for row in sample.rows for year, value in zip(YEARS, row.values, strict=True)}
    units = {row.code: row.unit for row in sample.rows}
    assert submission.fault is None
    assert rows.keys() == expected.keys()
    for place, value in expected.items():
        assert abs(rows[place]["value"] - value) <= rounding(sample, place[0], layout), place
        assert rows[place]["unit"] == units[place[0]]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_an_observation_has_the_address_of_its_value(layout: Callable) -> None:
    content = laid_out(layout, "湖北省", "襄阳市")
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = read(content).observations
    assert len(rows) == len(CITY.indicators) * len(YEARS)
    for row in rows:
        cell = book[row["sheet"]][row["cell"]]
        text = f"{cell.value:.15g}" if isinstance(cell.value, int | float) else cell.value
        assert row["raw_value"] == text
        assert row["number_format"] == (cell.number_format if isinstance(cell.value, int | float) else None)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize(("province", "pilot"), SENDERS)
def test_a_layout_tells_who_sent_it(layout: Callable, province: str, pilot: str) -> None:
    who = read(laid_out(layout, province, pilot)).identity
    assert (who.province, who.pilot, who.listed, who.contradiction) == (province, pilot, True, None)
