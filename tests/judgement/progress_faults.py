"""Faults of progress reports: each changes a clean report at known cells."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from contracts.round import Kind
from tests.sample import Value
from tests.sample.progress import CONTRACTS, REPORTED, Report, number_of

BASE, DUE, LAST = CONTRACTS.round.base_year, CONTRACTS.round.due[-1], CONTRACTS.round.target_years[-1]
# Indicator and year of the cell, None for a whole column, row or sheet; any one of them is the right place.
Spot = tuple[str | None, int | None]
Result = tuple[Report, frozenset[Spot]]
Inject = Callable[[Report, random.Random], Result | None]
STOCKS = ("C10", "C11", "C17", "C25", "P11")
INTENSITIES = ("C01", "C02", "P02", "P03")
TIED = (*INTENSITIES, "C03", "C07", "P04", "P05")


@dataclass(frozen=True)
class ProgressFault:
    """A class of faults; `why` a careful person could not see it, if so."""

    name: str
    inject: Inject
    kinds: tuple[Kind, ...] = ("city", "park")
    why: str = ""


def _figures(report: Report, code: str) -> tuple[float, float, float, list[float]] | None:
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


def _choose(
    report: Report, rng: random.Random, fits: Callable[[str, tuple[float, float, float, list[float]]], bool]
) -> str | None:
    codes = [row.code for row in report.rows if (known := _figures(report, row.code)) and fits(row.code, known)]
    return rng.choice(codes) if codes else None


def _is_share(report: Report, code: str) -> bool:
    return report.row(code).unit == "%"


def _improves(code: str, known: tuple[float, float, float, list[float]], least: float = 0.03) -> bool:
    """Whether the due target demands a visible change, in a row that is judged by its direction."""
    base, due, _, _ = known
    sign = {"up": 1, "down": -1, "any": 0}[CONTRACTS.indicators[code].wanted]
    return base > 0 and (due - base) * sign > base * least


def _path(report: Report, code: str, final: float) -> Report:
    """The row's values on the way from the base to `final`, without any note about the row."""
    known = _figures(report, code)
    assert known
    base = known[0]
    for at, year in enumerate(REPORTED, 1):
        report = report.put(code, year, _like(report.row(code).base, base + (final - base) * at / len(REPORTED)))
    return _silent(report, code)


def _silent(report: Report, code: str) -> Report:
    label = report.row(code).label
    return replace(report, notes=tuple(note for note in report.notes if note[0] != label))


def _like(example: Value, value: float) -> float:
    return float(f"{value:.4g}") if isinstance(example, str) or abs(value) < 100 else round(value, 1)


def slip(factor: float, codes: tuple[str, ...], years: int = 1) -> Inject:
    """One actual value, or all of a row, times a factor."""

    def inject(report: Report, rng: random.Random) -> Result | None:
        code = _choose(report, rng, lambda code, _: code in codes and CONTRACTS.indicators[code].unit != "%")
        if code is None or report.row(code).unit == "%":
            return None
        chosen = [rng.choice(REPORTED)] if years == 1 else list(REPORTED)
        for year in chosen:
            report = report.put(code, year, float(f"{float(report.row(code).actuals[year] or 0) * factor:.6g}"))
        return report, frozenset({(code, year) for year in chosen})

    return inject


def fraction(report: Report, rng: random.Random) -> Result | None:
    """A share written as a fraction: 0.253 for 25.3 %."""
    code = _choose(
        report, rng, lambda code, known: report.row(code).unit == "%" and min(known[3]) > 4 and max(known[3]) < 99
    )
    if code is None:
        return None
    year = rng.choice(REPORTED)
    value = float(report.row(code).actuals[year] or 0)
    return report.put(code, year, round(value / 100, 4)), frozenset({(code, year)})


def above_hundred(report: Report, rng: random.Random) -> Result | None:
    """A share above 100 %."""
    code = _choose(report, rng, lambda code, known: report.row(code).unit == "%" and known[0] > 15)
    if code is None:
        return None
    year = rng.choice(REPORTED)
    return report.put(code, year, float(report.row(code).actuals[year] or 0) * 10), frozenset({(code, year)})


def missed(report: Report, rng: random.Random) -> Result | None:
    """A target that is missed, and no reason."""
    code = _choose(report, rng, lambda code, known: code not in TIED and _improves(code, known, 0.08))
    if code is None:
        return None
    base, due, _, _ = _figures(report, code) or (0.0, 0.0, 0.0, [])
    return _path(report, code, base + (due - base) * rng.uniform(0.4, 0.75)), frozenset({(code, DUE)})


def no_progress(report: Report, rng: random.Random) -> Result | None:
    """The base value in each year."""
    code = _choose(report, rng, lambda code, known: code not in TIED and _improves(code, known))
    if code is None:
        return None
    base, *_ = _figures(report, code) or (0.0,)
    for year in REPORTED:
        report = report.put(code, year, base)
    return _silent(report, code), frozenset({(code, DUE)})


def backwards(report: Report, rng: random.Random) -> Result | None:
    """Worse than the base, and no reason."""
    code = _choose(report, rng, lambda code, known: code not in TIED and _improves(code, known, 0.08))
    if code is None:
        return None
    base, due, _, _ = _figures(report, code) or (0.0, 0.0, 0.0, [])
    return _path(report, code, base - (due - base) * rng.uniform(0.3, 0.6)), frozenset({(code, DUE)})


def beyond(report: Report, rng: random.Random) -> Result | None:
    """Far beyond the last target."""

    def fits(code: str, known: tuple[float, float, float, list[float]]) -> bool:
        base, _, last, _ = known
        ahead = last + (last - base) * 0.5
        return (
            code not in TIED
            and _improves(code, known)
            and base * 0.3 < ahead < (95 if report.row(code).unit == "%" else ahead + 1)
        )

    code = _choose(report, rng, fits)
    if code is None:
        return None
    base, _, last, _ = _figures(report, code) or (0.0, 0.0, 0.0, [])
    return _path(report, code, last + (last - base) * rng.uniform(0.25, 0.5)), frozenset({(code, DUE)})


def other_base(report: Report, rng: random.Random) -> Result | None:
    """Another base value than in the plan, by which more seems to be achieved."""
    code = _choose(report, rng, lambda code, known: code not in TIED and _improves(code, known) and known[0] < 90)
    if code is None:
        return None
    base, due, _, _ = _figures(report, code) or (0.0, 0.0, 0.0, [])
    value = _like(report.row(code).base, base - (due - base) * rng.uniform(0.2, 0.5))
    return report.change(code, lambda row: replace(row, base=max(value, base * 0.5))), frozenset({(code, BASE)})


def other_target(report: Report, rng: random.Random) -> Result | None:
    """A target lower than in the plan."""
    code = _choose(report, rng, _improves)
    if code is None:
        return None
    base, due, _, _ = _figures(report, code) or (0.0, 0.0, 0.0, [])
    lower = _like(report.row(code).base, base + (due - base) * rng.uniform(0.3, 0.7))
    changed = report.change(code, lambda row: replace(row, targets={**row.targets, DUE: lower}))
    return changed, frozenset({(code, DUE)})


def absent(report: Report, rng: random.Random) -> Result | None:
    """One actual value is missing."""
    code = _choose(report, rng, lambda *_: True)
    if code is None or any(note[0] == report.row(code).label for note in report.notes):
        return None
    year = rng.choice(REPORTED)
    return report.change(code, lambda row: replace(row, actuals={**row.actuals, year: None}, remark="")), frozenset(
        {(code, year)}
    )


def words(report: Report, rng: random.Random) -> Result | None:
    """Words in place of an actual value."""
    code = _choose(report, rng, lambda *_: True)
    if code is None or any(note[0] == report.row(code).label for note in report.notes):
        return None
    year = rng.choice(REPORTED)
    return report.put(code, year, rng.choice(("见附件", "持续提高", "已完成", "统计中"))), frozenset({(code, year)})


def as_targets(report: Report, _: random.Random) -> Result | None:
    """The due year's column is that of the targets."""
    for row in report.rows:
        if row.targets[DUE] is not None:
            report = report.put(row.code, DUE, row.targets[DUE])
    return report, frozenset({(None, DUE)})


def column_copied(report: Report, rng: random.Random) -> Result | None:
    """The column of a year is that of the year before."""
    year = rng.choice(REPORTED[1:])
    for row in report.rows:
        report = report.put(row.code, year, row.actuals[year - 1])
    return report, frozenset({(None, year), *((row.code, year) for row in report.rows)})


def columns_exchanged(report: Report, _: random.Random) -> Result | None:
    """First and last reported year are exchanged."""
    first, last = REPORTED[0], REPORTED[-1]
    for row in report.rows:
        report = report.put(row.code, first, row.actuals[last]).put(row.code, last, row.actuals[first])
    places = {(row.code, year) for row in report.rows for year in (first, last)}
    return report, frozenset({(None, first), (None, last), *places})


def stalled(report: Report, rng: random.Random) -> Result | None:
    """A project that does not go on, without a cause."""
    if not report.projects:
        return None
    (name, _, spent, effect, _), *others = report.projects
    state = rng.choice(("停工", "未开工", "暂缓实施", "已取消", ""))
    return replace(report, projects=((name, state, spent, effect, ""), *others)), frozenset({(None, None)})


def carbon(report: Report, rng: random.Random) -> Result | None:
    """CO2 per tonne of coal equivalent that no fuel has."""
    code = _choose(report, rng, lambda code, _: code in {"C02", "P03"})
    if code is None:
        return None
    year = rng.choice(REPORTED)
    return report.put(code, year, _like(0.0, float(report.row(code).actuals[year] or 0) * 2.4)), frozenset(
        {(code, year), ("C01" if code == "C02" else "P02", year)}
    )


def part_larger(report: Report, rng: random.Random) -> Result | None:
    """More renewable energy than non-fossil energy."""
    whole, part = _figures(report, "P04"), _figures(report, "P05")
    if not (whole and part) or whole[3][-1] > 80:
        return None
    year = rng.choice(REPORTED)
    value = round(float(report.row("P04").actuals[year] or 0) * rng.uniform(1.15, 1.4), 1)
    return report.put("P05", year, value), frozenset({("P05", year), ("P04", year)})


FAULTS: tuple[ProgressFault, ...] = (
    ProgressFault("slip of 万 in one year", slip(1e-4, STOCKS)),
    ProgressFault("slip of 万 in each year", slip(1e-4, STOCKS, years=3)),
    ProgressFault("slip of 10 in one year", slip(10, (*STOCKS, *INTENSITIES))),
    ProgressFault("slip of 1000 in one year", slip(1e3, (*STOCKS, *INTENSITIES))),
    ProgressFault("share as a fraction", fraction),
    ProgressFault("share above 100", above_hundred),
    ProgressFault("missed without a reason", missed),
    ProgressFault("no progress", no_progress),
    ProgressFault("backwards", backwards),
    ProgressFault("beyond the last target", beyond),
    ProgressFault("another base", other_base),
    ProgressFault("another target", other_target),
    ProgressFault("actual value missing", absent),
    ProgressFault("words for a value", words),
    ProgressFault("targets as actual values", as_targets),
    ProgressFault("column copied", column_copied),
    ProgressFault("columns exchanged", columns_exchanged),
    ProgressFault("project stalled", stalled),
    ProgressFault("carbon of no fuel", carbon),
    ProgressFault("part larger than whole", part_larger, ("park",)),
)
