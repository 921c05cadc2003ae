"""Writes workbooks that are the same bytes every time and in which no text of a submission can become a formula."""

import io
import re
import zipfile
from datetime import datetime

from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | bool | None
LONGEST = 32767  # what a cell of Excel holds
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # read back as one character, if it is not escaped itself
_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 - a date of no meaning; the clock must not enter a package
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def put(sheet: Worksheet, row: int, column: int, value: Value, style: str | None = None) -> Cell:
    """Write one value; text stays text whatever it begins with, and characters that XML forbids become `�`."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell), "a merged cell is written through its first cell"  # noqa: S101
    if isinstance(value, str):
        cell.value = _ESCAPE.sub("_x005F_", shown_text(value))
        cell.data_type = "s"
    else:
        cell.value = value
    if style:
        cell.style = style
    return cell


def shown_text(value: str) -> str:
    """A text as a cell can hold it."""
    return _FORBIDDEN.sub("\ufffd", value)[:LONGEST]


def put_quantity(sheet: Worksheet, row: int, column: int, value: Value, style: str) -> Cell:
    """Write a quantity: thousands separated, its decimals shown, and no bare point behind a whole number."""
    cell = put(sheet, row, column, value, style)
    if isinstance(value, int | float) and not isinstance(value, bool):
        cell.number_format = "#,##0" if value == int(value) else "#,##0.######"
    return cell


def save_bytes(workbook: Workbook) -> bytes:
    """The bytes of a workbook, without the clock that openpyxl and zip put into them."""
    workbook.properties.created = _FIXED
    buffer = io.BytesIO()
    workbook.save(buffer)
    result = io.BytesIO()
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", content)
            target.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()
