"""Write values into cells; text from a submission never becomes a formula."""

import re
from decimal import Decimal

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from transforms.intake.values.cell_text import is_percent_format
from transforms.safe_text import replace_forbidden

Value = str | int | float | bool | None
LONGEST = 32767  # what a cell of Excel holds, in units of UTF-16
_WIDE, _DECIMALS = 11, 6  # characters of the narrowest column of quantities, and decimals at most
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?(?:e[+-]\d{1,2})?")  # what Excel keeps of a number
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # read back as one character unless it is escaped itself


def put(sheet: Worksheet, row: int, column: int, value: Value, style: str | None = None) -> Cell:
    """Write one value; text stays text whatever it begins with, and characters that XML forbids become `�`."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell), "a merged cell is written through its first cell"  # noqa: S101
    set_value(cell, value)
    if style:
        cell.style = style
    return cell


def set_value(cell: Cell, value: Value) -> None:
    """Set the value of a cell as `put` does."""
    if isinstance(value, str):
        text = fit_text(value)
        cell.value = _ESCAPE.sub("_x005F_", text) if "_x" in text else text
        cell.data_type = "s"  # not a formula or an error value, which openpyxl takes `=1` and `#N/A` for
    else:
        cell.value = value


def merge(sheet: Worksheet, row: int, first: int, last: int) -> None:
    """Merge the cells from column `first` to `last` of a row; unlike with `merge_cells`, each keeps its own style."""
    sheet.merged_cells.add(CellRange(min_col=first, min_row=row, max_col=last, max_row=row))


def put_wide(sheet: Worksheet, row: int, first: int, last: int, text: str, style: str = "文字") -> None:
    """Write a text over the columns `first` to `last`, with a border around all of them."""
    for column in range(first, last + 1):
        put(sheet, row, column, text if column == first else None, style)
    merge(sheet, row, first, last)


def fit_text(text: str) -> str:
    """Cut a text to what a cell holds; a character beyond U+FFFF takes two units and is not cut in half."""
    text = replace_forbidden(text)
    return text.encode("utf-16-le")[: 2 * LONGEST].decode("utf-16-le", "ignore") if 2 * len(text) > LONGEST else text


def quantity_format(value: float) -> str:
    """Return the number format with separated thousands and as many of the decimals as a column of quantities shows."""
    room = max(0, min(_DECIMALS, _WIDE - 3 - len(f"{int(value):,}")))
    decimals = len(f"{value:.{room}f}".partition(".")[2].rstrip("0"))
    return fit_digits(value, "#,##0" + ("." + "0" * decimals if decimals else ""), _WIDE)


def fit_digits(value: float, digits: str, width: float) -> str:
    """Return a number format, or the scientific one where the number is wider than its column and would show as ###."""
    decimals = len(digits.partition(".")[2])
    return digits if len(f"{value:,.{decimals}f}") <= width else "0.00E+00"


def put_as_submitted(sheet: Worksheet, row: int, column: int, text: str, *, held: str, number_format: str) -> Cell:
    """Write the content of a submitted cell: a number as a number, in percent where it was; all else as text.

    Args:
        sheet: to write on.
        row: from 1.
        column: from 1.
        text: as read from the submission.
        held: what the submitted cell held; only `number` is written as a number.
        number_format: of the submitted cell. It decides about percent only: a faulty one would make Excel refuse the
            whole workbook.
    """
    if held != "number" or not _NUMBER.fullmatch(text):
        return put(sheet, row, column, text)
    cell = put(sheet, row, column, float(text) if "." in text or "e" in text else int(text))
    if is_percent_format(number_format):
        decimals = max(0, -int(Decimal(text).scaleb(2).normalize().as_tuple().exponent))
        cell.number_format = f"0.{'0' * decimals}%" if decimals else "0%"
    return cell
