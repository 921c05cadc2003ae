"""Styles of the template: locked labels and open inputs look different."""

from collections.abc import Iterable
from functools import cache

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.sheet_parts.cells import put

HEADER_ROW = 2
FONT = "宋体"
THIN = Side(style="thin", color="8C8C8C")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD = PatternFill("solid", fgColor="D9E8DC")
LABEL = PatternFill("solid", fgColor="F3F5F3")
INPUT = PatternFill("solid", fgColor="FFFDF0")


def style(
    cell: Cell | MergedCell,
    *,
    size: int = 11,
    bold: bool = False,
    fill: PatternFill | None = None,
    border: bool = False,
    align: str = "left",
    locked: bool = True,
) -> None:
    """Format a cell and set whether it is locked."""
    cell.font = _font(size, bold)
    cell.alignment = _alignment(align, 1 if align == "left" and border else 0)
    cell.protection = _protection(locked)
    if fill:
        cell.fill = fill
    if border:
        cell.border = GRID


def write_title(sheet: Worksheet, text: str, width: int) -> None:
    """Write the title over the first `width` columns."""
    style(put(sheet, 1, 1, text), size=16, bold=True, align="center")
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    sheet.row_dimensions[1].height = 36


def write_header(sheet: Worksheet, titles: Iterable[str], row: int = HEADER_ROW, first: int = 1) -> None:
    """Write the titles of a table's columns, from column `first`."""
    for column, title in enumerate(titles, first):
        style(put(sheet, row, column, title), fill=HEAD, bold=True, border=True, align="center")
    sheet.row_dimensions[row].height = 26


def set_widths(sheet: Worksheet, widths: Iterable[float]) -> None:
    """Set the widths of the columns, from the left."""
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def protect(sheet: Worksheet) -> None:
    """Protect the sheet without a password; only unlocked cells can be filled in."""
    sheet.protection.sheet = True
    # In this class True means forbidden: widths and heights may be changed.
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


# openpyxl finds the same object at once, and compares an equal one attribute by attribute.
@cache
def _font(size: int, bold: bool) -> Font:
    return Font(name=FONT, size=size, bold=bold)


@cache
def _alignment(align: str, indent: int) -> Alignment:
    return Alignment(horizontal=align, vertical="center", wrap_text=True, indent=indent)


@cache
def _protection(locked: bool) -> Protection:
    return Protection(locked=locked)
