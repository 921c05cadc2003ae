"""The hidden sheet by which a filled-in workbook is matched to its findings, and the protection of the sheets."""

from typing import Any

from openpyxl.workbook import Workbook

from contracts.review_form import FORMS, METADATA, Form
from transforms.decisions.merge import current_file
from transforms.decisions.metadata import PublishedWorkbook, pilot_key, to_rows
from transforms.decisions.sheet_grid import Grid, find_form, grid_of_new, mark, row_marks, rows_below
from transforms.reports.rows.pilot_status import pilot_statuses
from transforms.reports.sheet_parts.cells import put
from transforms.reports.view import View


def write_metadata(book: Workbook, view: View) -> None:
    """Write a hidden sheet about the content of all other sheets, which must be complete."""
    read = {sheet.title: grid_of_new(sheet) for sheet in book.worksheets}
    grids = {title: grid for title, grid in read.items() if grid is not None}
    findings_shown, pilots_shown = (_as_shown(grids.pop(form.sheet), form) for form in FORMS)
    findings = {row["finding_key"]: row for row in view.findings.iter_rows(named=True)}
    about = ("pilot", "rule", "indicator", "year", "raw_value", "value", "message")
    files = current_file(view.review)
    known = [(row["province"], row["pilot"]) for row in pilot_statuses(view) if row["province"] and row["pilot"]]
    pilots = {pilot_key(*pilot): pilot for pilot in known}
    published = PublishedWorkbook(
        round=view.contracts.round.round,
        province=view.title,
        content=view.content,
        contracts=view.review.provenance.contracts,
        contains=tuple(copy.sha256 for copy in view.ledger.copies if copy.sha256 and copy.province == view.province),
        findings={key: {name: findings[key][name] for name in about} | row for key, row in findings_shown.items()},
        pilots={
            key: {"pilot": pilots[key][1], "raw_value": files.get(pilots[key])} | row
            for key, row in pilots_shown.items()
        },
        sheets={name: row_marks(grid) for name, grid in grids.items()},
        comments=tuple(
            mark(cell.comment.text)
            for sheet in book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.comment
        ),
    )
    hidden = book.create_sheet(METADATA)
    hidden.sheet_state = "hidden"
    for at, row in enumerate(to_rows(published), 1):
        for column, text in enumerate(row, 1):
            put(hidden, at, column, text or None)


def protect(book: Workbook) -> None:
    """Protect every sheet against slips, without a password; filtering, sorting, widths and heights stay allowed."""
    for sheet in book.worksheets:
        guard = sheet.protection
        guard.sheet = True
        # True means forbidden.
        guard.autoFilter = guard.sort = guard.formatColumns = guard.formatRows = False


def _as_shown(grid: Grid, form: Form) -> dict[str, dict[str, Any]]:
    """Return by key the texts of the fields to fill in, and the hashes of all other cells by title."""
    place = find_form(grid, form)
    if place is None:
        return {}
    shown: dict[str, dict[str, Any]] = {}
    for row in rows_below(grid, place):
        texts = {title: grid.get((row, column), "") for title, column in place.columns.items()}
        if key := texts.pop(form.key):
            fields = {name: texts.pop(title) for name, title in form.fields.items()}
            shown[key] = {"shown": fields, "marks": {title: mark(text) for title, text in texts.items()}}
    return shown
