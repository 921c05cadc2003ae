"""What faults of progress reports are made of: rows with figures, and values on another path."""

import random
from collections.abc import Callable
from dataclasses import replace

from tests.sample import Value
from tests.sample.progress import CONTRACTS, REPORTED, Report, number_of

BASE, DUE, LAST = CONTRACTS.round.base_year, CONTRACTS.round.due[-1], CONTRACTS.round.target_years[-1]


def figures(report: Report, code: str) -> tuple[float, float, float, list[float]] | None:
    """Base, due target, last target and actual values of a row with numbers in all of them."""
    row = next((row for row in report.rows if row.code == code), None)
    if row is None:
        return None
    share = row.unit == "%"
    stated = [number_of(value, share=share) for value in (row.base, row.targets[DUE], row.targets[LAST])]
    actual = [value for value in row.actuals.values() if isinstance(value, int | float)]
    if None in stated or len(actual) < len(REPORTED):
        return None
    base, due, last = (float(value or 0) for value in stated)
    return base, due, last, [float(value) for value in actual]


def choose(
    report: Report, rng: random.Random, fits: Callable[[str, tuple[float, float, float, list[float]]], bool]
) -> str | None:
    codes = [row.code for row in report.rows if (known := figures(report, row.code)) and fits(row.code, known)]
    return rng.choice(codes) if codes else None


def is_share(report: Report, code: str) -> bool:
    return report.row(code).unit == "%"


def improves(code: str, known: tuple[float, float, float, list[float]], least: float = 0.03) -> bool:
    """Whether the due target demands a visible change, in a row that is judged by its direction."""
    base, due, _, _ = known
    sign = {"up": 1, "down": -1, "any": 0}[CONTRACTS.indicators[code].wanted]
    return base > 0 and (due - base) * sign > base * least


def path_to(report: Report, code: str, final: float) -> Report:
    """The row's values on the way from the base to `final`, without any note about the row."""
    known = figures(report, code)
    assert known
    base = known[0]
    for at, year in enumerate(REPORTED, 1):
        report = report.put(code, year, like(report.row(code).base, base + (final - base) * at / len(REPORTED)))
    return silent(report, code)


def silent(report: Report, code: str) -> Report:
    label = report.row(code).label
    return replace(report, notes=tuple(note for note in report.notes if note[0] != label))


def like(example: Value, value: float) -> float:
    return float(f"{value:.4g}") if isinstance(example, str) or abs(value) < 100 else round(value, 1)
