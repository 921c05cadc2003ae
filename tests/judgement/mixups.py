"""Faults of place: years, rows and columns that stand where others should."""

import random

from tests.judgement.edits import (
    TABLE,
    Fault,
    Inject,
    Injection,
    Spot,
    injection,
    numbers,
    numeric_rows,
    whole_row,
    with_values,
)
from tests.judgement.population import wanted_of
from tests.sample import YEARS, Row, Submission, Value

# Neighbours in the guide whose exchange a person can see: 26 and 2.3 %, 30 % and 50,000 辆.
NEIGHBOURS = (
    ("C01", "C02"),
    ("C02", "C03"),
    ("C08", "C09"),
    ("C10", "C11"),
    ("C11", "C12"),
    ("C12", "C13"),
    ("C14", "C15"),
    ("C16", "C17"),
    ("C17", "C18"),
    ("C22", "C23"),
    ("C24", "C25"),
    ("C25", "C26"),
    ("P02", "P03"),
    ("P04", "P05"),
    ("P08", "P09"),
    ("P09", "P10"),
    ("P10", "P11"),
    ("P13", "P14"),
)
# How far apart both rows must be: CO2 is more than energy wherever most energy is fossil; the rest are shares.
APART = {("C01", "C02"): 1.6, ("C02", "C03"): 1.6, ("P02", "P03"): 1.6, ("P04", "P05"): 1.08}


def years_in_row(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """Two years of one row stand in each other's place, in a row that should rise or fall and does so by 5 %."""
    pairs = []
    for row in numeric_rows(clean):
        counted = numbers(row)
        pairs += [
            (row, one, other)
            for one, other in ((0, 1), (1, 2), (0, 2))
            if wanted_of(row.code) != "any" and abs(counted[one] / counted[other] - 1) > 0.05
        ]
    if not pairs:
        return None
    row, one, other = rng.choice(pairs)
    values = list(row.values)
    values[one], values[other] = values[other], values[one]
    # Of 82, 64, 49 where 49, 64, 82 is meant, any of the three may be pointed at.
    return injection(clean, with_values(clean, row.code, values), whole_row(row.code))


def year_columns(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """Two year columns stand in each other's place from top to bottom."""
    one, other = rng.choice(((0, 1), (1, 2), (0, 2)))
    faulty = clean
    also: set[Spot] = {TABLE, *((None, year) for year in YEARS)}
    for row in clean.rows:
        values = list(row.values)
        values[one], values[other] = values[other], values[one]
        faulty = with_values(faulty, row.code, values)
        also |= whole_row(row.code)
    return injection(clean, faulty, also)


def neighbours(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """The values of two rows that follow each other are exchanged, their units are not."""
    rows = {row.code: row for row in numeric_rows(clean)}
    pairs = [pair for pair in NEIGHBOURS if pair[0] in rows and pair[1] in rows and _apart(rows, pair)]
    if not pairs:
        return None
    one, other = rng.choice(pairs)
    faulty = with_values(with_values(clean, one, rows[other].values), other, rows[one].values)
    return injection(clean, faulty, whole_row(one) | whole_row(other))


def column_shifted(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """In one year's column the values of four to eight rows stand one row too low; the first is there twice."""
    count, at = rng.randint(4, 8), rng.randrange(3)
    start = rng.randrange(1, len(clean.rows) - count)
    block = clean.rows[start - 1 : start + count]
    taken = [row.values[at] for row in block]
    return _write_column(clean, block[1:], at, taken[:-1])


def dragged_down(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """In one year's column one value was pulled down over the next three to five rows."""
    count, at = rng.randint(3, 5), rng.randrange(3)
    start = rng.randrange(len(clean.rows) - count)
    block = clean.rows[start : start + count + 1]
    return _write_column(clean, block[1:], at, [block[0].values[at]] * count)


def _write_column(clean: Submission, rows: tuple[Row, ...], at: int, values: list[Value]) -> Injection | None:
    """Only where at least two of the cells become four times too large or too small: else nobody could see it."""
    faulty, far = clean, 0
    also: set[Spot] = {(None, YEARS[at])}
    for row, value in zip(rows, values, strict=True):
        cells = list(row.values)
        true = cells[at]
        if isinstance(value, int | float) and isinstance(true, int | float) and value > 0 and true > 0:
            far += not 0.25 < value / true < 4
        cells[at] = value
        faulty = with_values(faulty, row.code, cells)
        also |= {(row.code, YEARS[at])}
    return injection(clean, faulty, also) if far >= 2 else None


def _apart(rows: dict[str, Row], pair: tuple[str, str]) -> bool:
    if "%" in rows[pair[0]].unit and rows[pair[1]].unit == "万辆":
        return False  # 30 and 9: only the unit tells them apart
    bases = [numbers(rows[code])[0] for code in pair]
    return max(bases) / min(bases) >= APART.get(pair, 4)


def _mixup(name: str, title: str, inject: Inject) -> Fault:
    return Fault(name, "mixed-up", title, inject)


MIXUPS: tuple[Fault, ...] = (
    _mixup("years-in-row-swapped", "two years of one row exchanged", years_in_row),
    _mixup("year-columns-swapped", "two year columns exchanged", year_columns),
    _mixup("neighbours-swapped", "two neighbouring rows exchanged", neighbours),
    _mixup("column-shifted", "a year's column one row too low over 4 to 8 rows", column_shifted),
    _mixup("value-dragged", "one value pulled down over 3 to 5 rows", dragged_down),
)
