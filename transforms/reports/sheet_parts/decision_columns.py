"""The columns of 问题清单 that a reviewer fills in; the national summary shows the states only."""

from collections.abc import Sequence

from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import DISPUTED, FINDINGS, NOTHING_TO_DO, OPEN, REOPENED, WRITTEN
from transforms.reports.sheet_parts.tables import Column, Row
from transforms.reports.view import View

_WIDTHS = {"status": 11, "opinion": 30, "person": 9, "date": 11}
_NOTE = "复核提示"
_GREY_FILL, _GREY_TEXT = PatternFill("solid", fgColor="F2F2F2"), Font(name="微软雅黑", size=9, color="7F7F7F")


def decision_columns(view: View) -> list[Column]:
    """Return the columns to fill in and 复核提示; for the nation, the state only."""

    def state(row: Row) -> str:
        state = view.entry(row["finding_key"]).state
        return NOTHING_TO_DO if state is OPEN and row["severity"] == "info" else state.title

    def texts(name: str) -> Column:
        return Column(
            FINDINGS.fields[name], _WIDTHS[name], lambda row: view.entry(row["finding_key"]).texts.get(name), "填写"
        )

    if view.province is None:
        return [Column(FINDINGS.fields["status"], 11, state, "居中")]

    def style(row: Row) -> str:
        return "填写-留意" if view.entry(row["finding_key"]).state in {REOPENED, DISPUTED} else "填写"

    return [
        Column(FINDINGS.fields["status"], _WIDTHS["status"], state, style),
        *(texts(name) for name in ("opinion", "person", "date")),
        Column(_NOTE, 24, lambda row: view.entry(row["finding_key"]).note or None),
    ]


def key_columns(view: View) -> list[Column]:
    """Return the hidden column with the key by which a decision is matched to its finding."""
    return [Column(FINDINGS.key, 18, lambda row: row["finding_key"], "代码")] if view.province else []


def prepare_decision_columns(sheet: Worksheet, view: View, columns: Sequence[Column], rows: Sequence[Row]) -> None:
    """Grey out dismissed findings, add the dropdown of states, and hide the keys."""
    for at, row in enumerate(rows, 2):
        if row["finding_key"] in view.dismissed:
            _grey(sheet, at)
    if view.province is None:
        return
    letters = {column.title: get_column_letter(number) for number, column in enumerate(columns, 1)}
    sheet.column_dimensions[letters[FINDINGS.key]].hidden = True
    if rows:
        offer(sheet, f"{letters[FINDINGS.fields['status']]}2", len(rows), [state.title for state in WRITTEN])


def offer(sheet: Worksheet, first: str, count: int, choices: Sequence[str]) -> None:
    """Add a dropdown to `count` cells from `first` down; Excel refuses other entries with a message."""
    column, row = first.rstrip("0123456789"), int(first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    rule = DataValidation(
        type="list",
        formula1=f'"{",".join(choices)}"',
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="请选择",
        error=f"请从下拉列表中选择：{'、'.join(choices)}。",
    )
    rule.add(f"{first}:{column}{row + count - 1}")
    sheet.add_data_validation(rule)


def _grey(sheet: Worksheet, at: int) -> None:
    """Change fill and font only; alignment, format and protection stay."""
    for cell in sheet[at]:
        cell.fill, cell.font = _GREY_FILL, _GREY_TEXT
