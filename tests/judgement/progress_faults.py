"""Faults of progress reports: each changes a clean report at known cells."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from contracts.round import Kind
from tests.judgement.progress_edits import BASE, DUE, choose, figures, improves, like, path_to, silent
from tests.sample.progress import CONTRACTS, REPORTED, Report

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


def slip(factor: float, codes: tuple[str, ...], years: int = 1) -> Inject:
    """One actual value, or all of a row, times a factor."""

    def inject(report: Report, rng: random.Random) -> Result | None:
        code = choose(report, rng, lambda code, _: code in codes and CONTRACTS.indicators[code].unit != "%")
        if code is None or report.row(code).unit == "%":
            return None
        chosen = [rng.choice(REPORTED)] if years == 1 else list(REPORTED)
        for year in chosen:
            report = report.put(code, year, float(f"{float(report.row(code).actuals[year] or 0) * factor:.6g}"))
        return report, frozenset({(code, year) for year in chosen})

    return inject


def fraction(report: Report, rng: random.Random) -> Result | None:
    """A share written as a fraction: 0.253 for 25.3 %."""
    code = choose(
        report, rng, lambda code, known: report.row(code).unit == "%" and min(known[3]) > 4 and max(known[3]) < 99
    )
    if code is None:
        return None
    year = rng.choice(REPORTED)
    value = float(report.row(code).actuals[year] or 0)
    return report.put(code, year, round(value / 100, 4)), frozenset({(code, year)})


def above_hundred(report: Report, rng: random.Random) -> Result | None:
    """A share above 100 %."""
    code = choose(report, rng, lambda code, known: report.row(code).unit == "%" and known[0] > 15)
    if code is None:
        return None
    year = rng.choice(REPORTED)
    return report.put(code, year, float(report.row(code).actuals[year] or 0) * 10), frozenset({(code, year)})


def missed(report: Report, rng: random.Random) -> Result | None:
    """A target that is missed, and no reason."""
    code = choose(report, rng, lambda code, known: code not in TIED and improves(code, known, 0.08))
    if code is None:
        return None
    base, due, _, _ = figures(report, code) or (0.0, 0.0, 0.0, [])
    return path_to(report, code, base + (due - base) * rng.uniform(0.4, 0.75)), frozenset({(code, DUE)})


def no_progress(report: Report, rng: random.Random) -> Result | None:
    """The base value in each year."""
    code = choose(report, rng, lambda code, known: code not in TIED and improves(code, known))
    if code is None:
        return None
    base, *_ = figures(report, code) or (0.0,)
    for year in REPORTED:
        report = report.put(code, year, base)
    return silent(report, code), frozenset({(code, DUE)})


def backwards(report: Report, rng: random.Random) -> Result | None:
    """Worse than the base, and no reason."""
    code = choose(report, rng, lambda code, known: code not in TIED and improves(code, known, 0.08))
    if code is None:
        return None
    base, due, _, _ = figures(report, code) or (0.0, 0.0, 0.0, [])
    return path_to(report, code, base - (due - base) * rng.uniform(0.3, 0.6)), frozenset({(code, DUE)})


def beyond(report: Report, rng: random.Random) -> Result | None:
    """Far beyond the last target."""

    def fits(code: str, known: tuple[float, float, float, list[float]]) -> bool:
        base, _, last, _ = known
        ahead = last + (last - base) * 0.5
        return (
            code not in TIED
            and improves(code, known)
            and base * 0.3 < ahead < (95 if report.row(code).unit == "%" else ahead + 1)
        )

    code = choose(report, rng, fits)
    if code is None:
        return None
    base, _, last, _ = figures(report, code) or (0.0, 0.0, 0.0, [])
    return path_to(report, code, last + (last - base) * rng.uniform(0.25, 0.5)), frozenset({(code, DUE)})


def other_base(report: Report, rng: random.Random) -> Result | None:
    """Another base value than in the plan, by which more seems to be achieved."""
    code = choose(report, rng, lambda code, known: code not in TIED and improves(code, known) and known[0] < 90)
    if code is None:
        return None
    base, due, _, _ = figures(report, code) or (0.0, 0.0, 0.0, [])
    value = like(report.row(code).base, base - (due - base) * rng.uniform(0.2, 0.5))
    return report.change(code, lambda row: replace(row, base=max(value, base * 0.5))), frozenset({(code, BASE)})


def other_target(report: Report, rng: random.Random) -> Result | None:
    """A target lower than in the plan."""
    code = choose(report, rng, improves)
    if code is None:
        return None
    base, due, _, _ = figures(report, code) or (0.0, 0.0, 0.0, [])
    lower = like(report.row(code).base, base + (due - base) * rng.uniform(0.3, 0.7))
    changed = report.change(code, lambda row: replace(row, targets={**row.targets, DUE: lower}))
    return changed, frozenset({(code, DUE)})


def absent(report: Report, rng: random.Random) -> Result | None:
    """One actual value is missing."""
    code = choose(report, rng, lambda *_: True)
    if code is None or any(note[0] == report.row(code).label for note in report.notes):
        return None
    year = rng.choice(REPORTED)
    return report.change(code, lambda row: replace(row, actuals={**row.actuals, year: None}, remark="")), frozenset(
        {(code, year)}
    )


def words(report: Report, rng: random.Random) -> Result | None:
    """Words in place of an actual value."""
    code = choose(report, rng, lambda *_: True)
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
    code = choose(report, rng, lambda code, _: code in {"C02", "P03"})
    if code is None:
        return None
    year = rng.choice(REPORTED)
    return report.put(code, year, like(0.0, float(report.row(code).actuals[year] or 0) * 2.4)), frozenset(
        {(code, year), ("C01" if code == "C02" else "P02", year)}
    )


def part_larger(report: Report, rng: random.Random) -> Result | None:
    """More renewable energy than non-fossil energy."""
    whole, part = figures(report, "P04"), figures(report, "P05")
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
