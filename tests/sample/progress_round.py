"""Writes the sample progress round into data/raw; run as `python -m tests.sample.progress_round`; always the same."""

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.sample import Submission, clean_submission
from tests.sample.__main__ import ARRIVALS
from tests.sample.mistakes import with_its_own
from tests.sample.progress import CONTRACTS, REPORTED, ROUND, Report, draw_report, number_of, workbook

TARGET = Path(__file__).parents[2] / "data" / "raw" / ROUND / "submissions"
DUE = CONTRACTS.round.due[-1]
Edit = Callable[[Report], Report]


def part_of_the_way(code: str, part: float) -> Edit:
    """Actual values that go only so far from the base to the due target; the notes stay as they are."""

    def edit(report: Report) -> Report:
        row = report.row(code)
        base, target = (number_of(value, share=row.unit == "%") or 0.0 for value in (row.base, row.targets[DUE]))
        for at, year in enumerate(REPORTED, 1):
            report = report.put(code, year, round(base + (target - base) * part * at / len(REPORTED), 4))
        return report

    return edit


def times(code: str, year: int, factor: float) -> Edit:
    """An actual value in another unit."""
    return lambda report: report.put(code, year, float(report.row(code).actuals[year] or 0) * factor)


def another_base(code: str) -> Edit:
    """A base value other than in the plan."""
    return lambda report: report.change(code, lambda row: replace(row, base=round(float(row.base or 0) * 1.04, 4)))


def lower_target(code: str) -> Edit:
    """A restated target."""

    def edit(report: Report) -> Report:
        row = report.row(code)
        return report.change(
            code, lambda one: replace(one, targets={**row.targets, DUE: round(float(row.base or 0) * 1.02, 2)})
        )

    return edit


def stalled(report: Report) -> Report:
    """A project that was stopped without a cause."""
    (name, _, spent, effect, _), *others = report.projects
    return replace(report, projects=((name, "停工", spent, effect, ""), *others))


def as_planned(report: Report) -> Report:
    """Every actual value of the due year is the target."""
    for row in report.rows:
        report = report.put(row.code, DUE, row.targets[DUE])
    return report


MISTAKES: dict[str, Edit] = {
    "唐山市": part_of_the_way("C18", 0.6),
    "太原市": times("C11", DUE, 1e-4),
    "大连市": another_base("C07"),
    "沈阳市": lower_target("C18"),
    "盐城市": lambda report: report.put("C20", 2024, None),
    "苏州工业园区": as_planned,
    "广州市": stalled,
    "包头市": part_of_the_way("C21", 0.0),
    "长沙市": part_of_the_way("C23", 3.5),
    "青岛市": part_of_the_way("C08", -0.5),
}


@cache
def plans() -> dict[str, Submission]:
    """The plan of each pilot on the roster, as it was meant."""
    places = [(one.province, one.pilot) for one in ARRIVALS if one.pilot != "温州市"]
    return {pilot: clean_submission(province, pilot) for province, pilot in [*places, ("河南省", "信阳市")]}


@cache
def reports() -> dict[str, Report]:
    """The report of each pilot, some with a mistake."""
    return {
        pilot: MISTAKES.get(pilot, lambda one: one)(as_submitted(draw_report(plan), with_its_own(plan)))
        for pilot, plan in plans().items()
    }


def as_submitted(report: Report, plan: Submission) -> Report:
    """The report with base and targets as the pilot's plan has them, mistakes and all; without what it leaves out."""
    given = {row.code: row for row in plan.rows if not row.added}
    rows = tuple(
        replace(
            row, base=given[row.code].values[0], targets=dict(zip(row.targets, given[row.code].values[1:], strict=True))
        )
        for row in report.rows
        if row.code in given
    )
    left_out = tuple((note.label, note.what, note.why) for note in plan.notes if note.what == "删减")
    return replace(report, rows=rows, notes=(*report.notes, *left_out))


def main() -> None:
    """Write every file of the round, over those of an earlier run."""
    for pilot, report in reports().items():
        path = TARGET / report.province / f"{pilot}{DUE}年进展.xlsx"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(workbook(report))
    sys.stdout.write(f"{len(plans())} workbooks in data/raw/{ROUND}/submissions\n")


if __name__ == "__main__":
    main()
