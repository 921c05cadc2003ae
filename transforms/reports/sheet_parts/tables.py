"""Write rows as a table: header, widths, filter, frozen panes, print titles."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import NO_ROWS
from transforms.reports.sheet_parts.cells import Value, fit_digits, put, quantity_format, set_value
from transforms.reports.sheet_parts.styles import height_for, set_up_page, style_arrays

Row = dict[str, Any]
# Sheet and row by what is shown there: to these rows findings are linked.
Places = dict[tuple[Any, ...], tuple[str, int]]


@dataclass(frozen=True)
class Link:
    """Text linked to a cell of this workbook (`sheet`, `cell`) or of another file (`target`)."""

    text: str
    sheet: str | None = None
    cell: str = "A1"
    target: str | None = None


@dataclass(frozen=True)
class Column:
    """One column: title, width in characters, its value for a row, its style, and the number format for a row."""

    title: str
    width: float
    show: Callable[[Row], Value | Link]
    style: str | Callable[[Row], str] = "文字"
    digits: Callable[[Row], str] | None = None


def write_table(
    sheet: Worksheet,
    columns: Sequence[Column],
    rows: Iterable[Row],
    *,
    top: int = 1,
    main: bool = True,
) -> int:
    """Write a table and return the number of the row after it.

    Args:
        sheet: to write on.
        columns: from the left.
        rows: from the top.
        top: row of the header.
        main: whether this table sets the widths, filter, frozen header and print titles of the sheet.
    """
    for number, column in enumerate(columns, 1):
        put(sheet, top, number, column.title, "表头")
        if main:
            sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.row_dimensions[top].height = max(24, height_for((column.title, column.width) for column in columns))
    at = top
    for row in rows:
        at += 1
        shown = [column.show(row) for column in columns]
        cells: list[Cell] = []
        for number, (column, value) in enumerate(zip(columns, shown, strict=True), 1):
            style = column.style if isinstance(column.style, str) else column.style(row)
            cell = new_cell(sheet, at, number, value, style)
            if column.digits and isinstance(value, int | float):
                cell.number_format = fit_digits(value, column.digits(row), column.width)
            cells.append(cell)
        append_row(sheet, cells)
        texts = (value.text if isinstance(value, Link) else value for value in shown)
        sheet.row_dimensions[at].height = height_for(zip(texts, (column.width for column in columns), strict=True))
    if at == top:
        at += 1
        put(sheet, at, 1, NO_ROWS, "说明")
    elif main:
        sheet.auto_filter.ref = f"A{top}:{get_column_letter(len(columns))}{at}"
    if main:
        set_up_page(sheet, title_rows=top, freeze=f"A{top + 1}")
    return at + 1


def write_value(sheet: Worksheet, row: int, column: int, value: Value | Link, style: str) -> None:
    """Write a value or a link."""
    _fill(put(sheet, row, column, None, style), value, style)


def new_cell(sheet: Worksheet, row: int, column: int, value: Value | Link, style: str) -> Cell:
    """Make a cell for `append_row`; this takes half the time of a style that openpyxl looks up by its name."""
    cell = Cell(sheet, row, column, style_array=style_arrays()[style])
    _fill(cell, value, style)
    return cell


def append_row(sheet: Worksheet, cells: list[Cell]) -> None:
    """Append a row of new cells below all that is written; they must have been made for that row."""
    at = cells[0].row
    sheet.append(cells)
    assert cells[0].row == at, f"row {at} of {sheet.title} is not the next"  # noqa: S101


def _fill(cell: Cell, value: Value | Link, style: str) -> None:
    set_value(cell, value.text if isinstance(value, Link) else value)
    if isinstance(value, Link):
        location = f"{quote_sheetname(value.sheet)}!{value.cell}" if value.sheet else None
        cell.hyperlink = Hyperlink(ref=cell.coordinate, target=value.target, location=location)
    elif style == "数值" and isinstance(value, int | float) and not isinstance(value, bool):
        cell.number_format = quantity_format(value)
