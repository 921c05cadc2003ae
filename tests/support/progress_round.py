"""Plain progress reports → what intake makes of them, without writing a file, and reviews of a few pilots."""

import hashlib
from collections.abc import Iterable
from functools import cache

import polars as pl

from contracts.load import Contracts
from tests.judgement import feed
from tests.judgement.places import CONTRACTS as PLAN
from tests.sample import Submission, Value
from tests.sample.progress import CONTRACTS, Report
from tests.support.saved import saved
from transforms.intake.cells import Cell, Sheet
from transforms.intake.formats import Workbook, read_workbook
from transforms.intake.submission import Submission as Read
from transforms.intake.submission import read_sheets
from transforms.pipeline import Provenance, Review, review_round
from transforms.progress.accepted_plans import accepted_plans
from transforms.reports.template.earlier_submission import PROGRESS_SHEET
from transforms.reports.template.workbook import render_template

FIRST_ROW, FIRST_COLUMN = 3, 5  # of the values in the template


def read(report: Report, contracts: Contracts = CONTRACTS) -> Read:
    """What intake reads from a report."""
    digest = hashlib.sha256(repr(report).encode()).hexdigest()
    return read_sheets(as_workbook(report), f"submissions/{report.pilot}_{digest[:8]}.xlsx", digest, contracts)


@cache
def accepted(plans: tuple[Submission, ...]) -> pl.DataFrame:
    """What the round of plans accepts."""
    return accepted_plans(review_round(feed.read_all(plans), PLAN, Provenance("0", "0")).judged)


def review(reports: Iterable[Report], plans: tuple[Submission, ...], contracts: Contracts = CONTRACTS) -> Review:
    """A review of a progress round; a rule that crashes is an error."""
    reads = [read(report, contracts) for report in reports]
    found = review_round(reads, contracts, Provenance("0", "0"), accepted_plans=accepted(plans))
    if not found.complete:
        raise RuntimeError("; ".join((*found.judged.failed_rules, *found.tracebacks)))
    return found


def place_of(report: Report, code: str, year: int, role: str = "actual") -> str:
    """The address of a value in the template."""
    column = next(at for at, one in enumerate(CONTRACTS.round.columns) if (one.year, one.role) == (year, role))
    row = CONTRACTS.tables[report.kind].by_code[code].number + FIRST_ROW - 1
    return f"{chr(ord('A') + FIRST_COLUMN - 1 + column)}{row}"


def as_workbook(report: Report) -> Workbook:
    """The template of the progress round with the report in it."""
    blank = _blank(report.kind)
    sheets = {sheet.name: Sheet(sheet.name, dict(sheet.cells), merged=sheet.merged) for sheet in blank.sheets}
    cover = sheets["封面"]
    known = {"省份": report.province, "试点名称": report.pilot, "填报日期": report.date, "版本": report.version}
    for cell in [cell for cell in cover.cells.values() if cell.column == 1 and cell.text in known]:
        _put(cover, cell.row, 2, known[cell.text])
    table = sheets[CONTRACTS.tables[report.kind].sheet]
    numbers = {row.name: row.number for row in CONTRACTS.tables[report.kind].indicators}
    for row in report.rows:
        at = FIRST_ROW - 1 + numbers[row.label]
        _put(table, at, FIRST_COLUMN - 1, row.unit)
        for column, one in enumerate(CONTRACTS.round.columns, FIRST_COLUMN):
            held = {"base": {one.year: row.base}, "actual": row.actuals, "target": row.targets}[one.role]
            _put(table, at, column, held.get(one.year))
        _put(table, at, FIRST_COLUMN + len(CONTRACTS.round.columns), row.remark)
    for name, lines in (("说明", report.notes), (PROGRESS_SHEET, report.projects)):
        for at, line in enumerate(lines, FIRST_ROW):
            for column, value in enumerate(line, 1):
                _put(sheets[name], at, column, value)
    return Workbook(tuple(sheets.values()), blank.format)


@cache
def _blank(kind: str) -> Workbook:
    return read_workbook(saved(render_template(CONTRACTS.tables[kind], CONTRACTS.round, pilot="", province="")))


def _put(sheet: Sheet, row: int, column: int, value: Value) -> None:
    sheet.cells.pop((row, column), None)
    if isinstance(value, str) and value.strip():
        sheet.cells[row, column] = Cell(row, column, "text", value)
    elif isinstance(value, int | float):
        sheet.cells[row, column] = Cell(row, column, "number", f"{value:.15g}", value)
