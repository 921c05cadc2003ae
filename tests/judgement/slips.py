"""Faults of magnitude: a decimal point, a unit, a percentage as a fraction; in one cell or in a whole row."""

import random
from collections.abc import Iterable
from dataclasses import replace

from contracts.round import Kind
from tests.judgement.edits import (
    Fault,
    Inject,
    Injection,
    injection,
    numbers,
    numeric_rows,
    scaled,
    shifted,
    whole_row,
)
from tests.sample import YEARS, Row, Submission, put

GROWTH = {"C22", "P01"}  # a growth rate of 0.4 % is as good as one of 4 %
INTENSITIES = ("C01", "C02", "C03", "P02", "P03", "P09")
STOCKS = ("C10", "C11", "C17", "C25")
BOTH: tuple[Kind, ...] = ("city", "park")
# Shares of which no place has a tenth of what the others have.
LEVEL = ("C06", "C08", "C12", "C15", "C16", "C18", "C19", "C23", "P06", "P07", "P12", "P13")
# In parks either of the two may be the wrong one: their ratio is all that shows it.
PARTNER = {"P02": "P03", "P03": "P02"}


def slip_cell(factor: float) -> Inject:
    """One cell so many times too large or too small, where its own row shows it: three times beyond the other years."""

    def inject(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
        places = [(row, at) for row in numeric_rows(clean) for at in range(3) if _stands_out(row, at, factor)]
        if not places:
            return None
        row, at = rng.choice(places)
        return injection(clean, put(clean, row.code, YEARS[at], shifted(row.values[at], factor)))

    return inject


def slip_row(codes: Iterable[str], factor: float, least: float = 0) -> Inject:
    """A whole row so many times too large or too small; `least`: rows whose base value is smaller are left alone."""

    def inject(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
        rows = [row for row in numeric_rows(clean, codes) if row.unit != "kgce/m²" and numbers(row)[0] >= least]
        rows = [row for row in rows if row.code != "P11" or row.unit != "%"]
        return _scale(clean, rng.choice(rows), factor) if rows else None

    return inject


def slip_stock(factor: float) -> Inject:
    """Installed power or vehicles; not of the smallest places, which so become no larger than the largest."""

    def inject(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
        least = {"千瓦": 5e5, "万千瓦": 50, "兆瓦": 500, "辆": 5000, "万辆": 0.5}
        rows = [row for row in numeric_rows(clean, ["C11", "C17"]) if numbers(row)[0] >= least[row.unit]]
        return _scale(clean, rng.choice(rows), factor) if rows else None

    return inject


def wrong_unit(
    code: str,
    true: str,
    factor_to_printed: float,
    written: str,
    factor_from_printed: float,
    most: float = float("inf"),
) -> Inject:
    """Figures in one unit under the name of another.

    Args:
        code: the row.
        true: the unit that the figures are in.
        factor_to_printed: how many of the printed unit are one of `true`.
        written: the unit that the column says.
        factor_from_printed: how many of `written` are one of the printed unit.
        most: rows whose base value is larger, in `written`, are left alone.
    """

    def inject(clean: Submission, _: random.Random, __: Submission) -> Injection | None:
        rows = [row for row in numeric_rows(clean, [code]) if row.unit in {true, written}]
        if not rows:
            return None
        into_written = factor_to_printed * factor_from_printed
        right = rows[0] if rows[0].unit == written else _converted(rows[0], written, into_written)
        if numbers(right)[0] > most:
            return None
        good = _with_row(clean, right)
        values = tuple(shifted(value, 1 / into_written) for value in right.values)
        return injection(good, _with_row(good, replace(right, values=values)), {(code, None)})

    return inject


def fraction_cell(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """One share as 0.253 where 25.3 is meant."""
    rows = [row for row in numeric_rows(clean) if row.unit == "%" and row.code not in GROWTH]
    places = [(row, at) for row in rows for at in range(3) if _stands_out(row, at, 0.01)]
    if not places:
        return None
    row, at = rng.choice(places)
    return injection(clean, put(clean, row.code, YEARS[at], shifted(row.values[at], 0.01)))


def fraction_row(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """A whole row of shares as fractions; only where no place could have a hundredth of it."""
    rows = [row for row in numeric_rows(clean) if row.unit == "%" and row.code not in GROWTH | {"C24"}]
    rows = [row for row in rows if numbers(row)[0] >= 2]
    return _scale(clean, rng.choice(rows), 0.01) if rows else None


def _stands_out(row: Row, at: int, factor: float) -> bool:
    values = numbers(row)
    others = [value for place, value in enumerate(values) if place != at]
    low, high = min(others) / 3, max(others) * 3
    return row.code not in GROWTH and low <= values[at] <= high and not low <= values[at] * factor <= high


def _scale(clean: Submission, row: Row, factor: float) -> Injection | None:
    partner = PARTNER.get(row.code)
    also = whole_row(row.code) | (whole_row(partner) if partner else set())
    return injection(clean, scaled(clean, row.code, factor), also)


def _converted(row: Row, unit: str, factor: float) -> Row:
    return replace(row, unit=unit, values=tuple(shifted(value, factor) for value in row.values))


def _with_row(submission: Submission, row: Row) -> Submission:
    return replace(submission, rows=tuple(row if one.code == row.code else one for one in submission.rows))


def _cells() -> tuple[Fault, ...]:
    return tuple(
        Fault(
            f"cell-{word}-{amount}",
            "magnitude",
            f"one cell {amount} times too {size}",
            slip_cell(amount if word == "up" else 1 / amount),
            slip=amount,
        )
        for amount in (10, 100, 1000, 10_000)
        for word, size in (("up", "large"), ("down", "small"))
    )


def _slip(name: str, title: str, slip: float, inject: Inject, kinds: tuple[Kind, ...] = BOTH, why: str = "") -> Fault:
    return Fault(name, "magnitude", title, inject, kinds, why, slip, rewrites="-under-" in name)


SIZES = "places differ thirty times in size, and the table does not say how large a place is"
AREAS = "what is planted differs a hundred times between places, and is a year's area or the sum of years"
MANY = 30_000  # hectares: a 667th of it is less than any city plants, of more it could be what a small one does
CARBON = INTENSITIES[:5]
CITY: tuple[Kind, ...] = ("city",)
SLIPS: tuple[Fault, ...] = (
    *_cells(),
    _slip("row-intensity-up-10", "an intensity ten times too large", 10, slip_row(INTENSITIES, 10)),
    _slip("row-intensity-down-10", "an intensity ten times too small", 10, slip_row(INTENSITIES, 0.1)),
    _slip("row-intensity-up-100", "an intensity a hundred times too large", 100, slip_row(INTENSITIES, 100)),
    _slip("row-intensity-down-100", "an intensity a hundred times too small", 100, slip_row(INTENSITIES, 0.01)),
    _slip("row-kg-for-tonne", "kilograms under 吨", 1000, slip_row(CARBON, 1000)),
    _slip("row-tonne-for-kg", "an intensity a thousand times too small", 1000, slip_row(CARBON, 0.001)),
    _slip("row-per-yi-for-wan", "per 亿元 under 万元", 10_000, slip_row(CARBON, 10_000)),
    _slip("row-kgce-for-MJ", "kgce/m² under MJ/m²", 29.3, slip_row(["P09"], 1 / 29.3076), ("park",)),
    _slip("row-share-up-10", "a share ten times too large", 10, slip_row(LEVEL, 10, 12)),
    _slip("row-share-down-10", "a share ten times too small", 10, slip_row(LEVEL, 0.1, 12)),
    _slip("row-stock-up-10", "a stock ten times too large", 10, slip_row(STOCKS, 10), CITY, SIZES),
    _slip("row-stock-down-10", "a stock ten times too small", 10, slip_row(STOCKS, 0.1), CITY, SIZES),
    _slip("row-stock-up-1000", "a stock a thousand times too large", 1000, slip_stock(1000), CITY),
    _slip("row-stock-down-1000", "a stock a thousand times too small", 1000, slip_stock(0.001), CITY),
    _slip("row-vehicles-up-10000", "ten thousand times too many vehicles", 10_000, slip_row(["C17", "P11"], 10_000)),
    _slip("row-kw-under-wan-kw", "千瓦 under 万千瓦", 10_000, wrong_unit("C11", "千瓦", 1, "万千瓦", 1e-4), CITY),
    _slip("row-wan-kw-under-kw", "万千瓦 under 千瓦", 10_000, wrong_unit("C11", "万千瓦", 1e4, "千瓦", 1), CITY),
    _slip("row-wan-cars-under-cars", "万辆 under 辆", 10_000, wrong_unit("C17", "万辆", 1e4, "辆", 1), CITY),
    _slip("row-cars-under-wan-cars", "辆 under 万辆", 10_000, wrong_unit("C17", "辆", 1, "万辆", 1e-4), CITY),
    # 45 hectares of trees are little; 90 could be what a small rich city plants.
    _slip(
        "row-wan-mu-under-ha", "万亩 under 公顷", 667, wrong_unit("C25", "万亩", 10000 / 15, "公顷", 1, 30_000), CITY
    ),
    _slip("row-ha-under-wan-mu", "公顷 under 万亩", 667, wrong_unit("C25", "公顷", 1, "万亩", 15e-4), CITY),
    _slip("row-mu-under-ha", "亩 under 公顷", 15, wrong_unit("C25", "亩", 1 / 15, "公顷", 1), CITY, AREAS),
    _slip("row-ha-under-mu", "公顷 under 亩", 15, wrong_unit("C25", "公顷", 1, "亩", 15), CITY, AREAS),
    _slip("cell-fraction", "one share as a fraction", 100, fraction_cell),
    _slip("row-fraction", "a row of shares as fractions", 100, fraction_row),
)
