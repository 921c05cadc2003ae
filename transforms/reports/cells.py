"""Writes workbooks that are the same bytes every time and in which no text of a submission can become a formula."""

import re
from decimal import Decimal

from openpyxl.cell.cell import Cell
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from transforms.intake.values.cell_text import is_percent_format
from transforms.reports.office_text import legal

Value = str | int | float | bool | None
LONGEST = 32767  # what a cell of Excel holds, in units of UTF-16
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?(?:e[+-]\d{1,2})?")  # what Excel keeps of a number
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # read back as one character, if it is not escaped itself
_DRESSED = "_dressed"  # an attribute of the workbook: its styles by name


def put(sheet: Worksheet, row: int, column: int, value: Value, style: str | None = None) -> Cell:
    """Write one value; text stays text whatever it begins with, and characters that XML forbids become `�`."""
    cell = sheet._cells.get((row, column))
    if cell is None:
        cell = sheet._cells[row, column] = Cell(sheet, row, column)
        # As openpyxl's own way to a cell does; without it a sheet passes for empty.
        sheet._current_row = max(sheet._current_row, row)  # type: ignore[attr-defined]
    assert isinstance(cell, Cell), "a merged cell is written through its first cell"  # noqa: S101
    if isinstance(value, str):
        # Not by `value`, which would look for formulas and errors in it.
        text = shown_text(value)
        cell._value = _ESCAPE.sub("_x005F_", text) if "_x" in text else text  # type: ignore[attr-defined]
        cell.data_type = "s"
    else:
        cell.value = value
    if style:
        dress(cell, style)
    return cell


def dress(cell: Cell, style: str) -> None:
    """Give a cell a named style; openpyxl would look the name up among all styles for every cell."""
    known: dict[str, StyleArray] = vars(cell.parent.parent).setdefault(_DRESSED, {})
    if style not in known:
        cell.style = style
        known[style] = StyleArray(cell._style)  # type: ignore[attr-defined]
    else:
        cell._style = StyleArray(known[style])  # type: ignore[attr-defined]


def merge(sheet: Worksheet, row: int, first: int, last: int) -> None:
    """Make one of cells that stand side by side and have their styles; openpyxl would work out every edge anew."""
    sheet.merged_cells.add(CellRange(min_col=first, min_row=row, max_col=last, max_row=row))


def shown_text(text: str) -> str:
    """As much of a text as a cell holds; a character beyond U+FFFF takes two places and is not cut in half."""
    text = legal(text)
    return text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore") if 2 * len(text) > LONGEST else text


def put_quantity(sheet: Worksheet, row: int, column: int, value: Value, style: str) -> Cell:
    """Write a quantity: thousands separated, its decimals shown, and no bare point behind a whole number."""
    cell = put(sheet, row, column, value, style)
    if isinstance(value, int | float) and not isinstance(value, bool):
        cell.number_format = "#,##0" if value == int(value) else "#,##0.######"
    return cell


def put_as_given(sheet: Worksheet, row: int, column: int, text: str, *, held: str, number_format: str) -> Cell:
    """Write what stood in a cell of a submission: a number as a number, in percent where it was; all else as text."""
    if held != "number" or not _NUMBER.fullmatch(text):
        return put(sheet, row, column, text)
    cell = put(sheet, row, column, float(text) if "." in text or "e" in text else int(text))
    if is_percent_format(number_format):
        decimals = max(0, -int(Decimal(text).scaleb(2).normalize().as_tuple().exponent))
        # Not their format: a faulty one would cost the whole workbook.
        cell.number_format = f"0.{'0' * decimals}%" if decimals else "0%"
    return cell
