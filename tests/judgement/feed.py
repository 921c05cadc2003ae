"""Plain submissions → what intake makes of them, without writing a file: the cells of the template, filled in."""

import hashlib
from collections.abc import Iterable
from functools import cache

from contracts.load import Contracts
from tests.judgement.places import CONTRACTS
from tests.sample import Submission, Value
from tests.support.saved import saved
from transforms.intake.cells import Cell, Sheet
from transforms.intake.formats import Workbook, read_workbook
from transforms.intake.submission import Submission as Read
from transforms.intake.submission import read_sheets
from transforms.reports.template.workbook import render_template


def read(submission: Submission, contracts: Contracts = CONTRACTS, file: str = "") -> Read:
    """What intake reads from the submission; `file` is by default named after pilot, version and content."""
    digest = hashlib.sha256(repr(submission).encode()).hexdigest()
    name = file or f"submissions/{submission.pilot}_V{submission.version}_{digest[:8]}.xlsx"
    return read_sheets(as_workbook(submission), name, digest, contracts)


def read_all(submissions: Iterable[Submission], contracts: Contracts = CONTRACTS) -> tuple[Read, ...]:
    """The same of many."""
    return tuple(read(submission, contracts) for submission in submissions)


def as_workbook(submission: Submission) -> Workbook:
    """The template with the submission in it, as `tests.sample.layouts.official` would save it."""
    blank = _blank(submission.kind)
    table = CONTRACTS.tables[submission.kind].sheet
    fill = {"封面": _fill_cover, table: _fill_table, "说明": _fill_notes}
    sheets = [Sheet(sheet.name, dict(sheet.cells), merged=sheet.merged) for sheet in blank.sheets]
    for sheet in sheets:
        if sheet.name in fill:
            fill[sheet.name](sheet, submission)
    return Workbook(tuple(sheets), blank.format)


@cache
def _blank(kind: str) -> Workbook:
    """The template itself, so that its layout is written down in one place only."""
    return read_workbook(saved(render_template(CONTRACTS.tables[kind], CONTRACTS.round, pilot="", province="")))


def _fill_cover(sheet: Sheet, submission: Submission) -> None:
    answers = submission.cover()
    labels = [cell for cell in sheet.cells.values() if cell.column == 1 and cell.text in answers]
    for cell in labels:
        _put(sheet, cell.row, 2, answers[cell.text])


def _fill_table(sheet: Sheet, submission: Submission) -> None:
    printed = {cell.text: cell.row for cell in sheet.cells.values() if cell.column == 3 and cell.row > 2}
    for row in submission.rows:
        at = printed.pop(row.label, None)
        if at is None:
            at = max(row for row, _ in sheet.cells) + 1
        for column, value in enumerate((row.label, row.unit, *row.values, row.remark), 3):
            _put(sheet, at, column, value)


def _fill_notes(sheet: Sheet, submission: Submission) -> None:
    for at, note in enumerate(submission.notes, 3):
        for column, value in enumerate((note.label, note.what, note.why), 1):
            _put(sheet, at, column, value)


def _put(sheet: Sheet, row: int, column: int, value: Value) -> None:
    sheet.cells.pop((row, column), None)
    if isinstance(value, str) and value.strip():
        sheet.cells[row, column] = Cell(row, column, "text", value)
    elif isinstance(value, int | float):
        sheet.cells[row, column] = Cell(row, column, "number", f"{value:.15g}", value)
