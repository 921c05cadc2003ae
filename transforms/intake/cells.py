"""Reads the bytes of a workbook into plain cells: value, number format, formula or not. Knows nothing of indicators."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Literal

import openpyxl
from openpyxl.cell.cell import Cell as OpenpyxlCell
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook as OpenpyxlWorkbook
from openpyxl.worksheet.worksheet import Worksheet

Held = Literal["blank", "number", "text", "date", "boolean", "error", "formula"]


class Unreadable(Exception):  # noqa: N818 - it is a verdict on their file, not an error of ours
    """The file is not a workbook that can be read; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as the file has it. A `formula` is one whose result was not saved; its text stands in `text`."""

    row: int
    column: int
    held: Held
    text: str
    number: float | int | None = None
    number_format: str = "General"

    @property
    def address(self) -> str:
        """Where the cell stands, like F12."""
        return f"{get_column_letter(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's filled cells by (row, column), both from 1."""

    name: str
    cells: dict[tuple[int, int], Cell]
    hidden: bool = False

    def rows(self) -> dict[int, list[Cell]]:
        """Cells by row, in reading order."""
        rows: dict[int, list[Cell]] = {}
        for position in sorted(self.cells):
            rows.setdefault(position[0], []).append(self.cells[position])
        return rows


def read_workbook(content: bytes) -> tuple[Sheet, ...]:
    """Read every sheet.

    Raises:
        Unreadable: whatever is wrong with the file.
    """
    if not content:
        raise Unreadable("文件是空的")
    if not zipfile.is_zipfile(io.BytesIO(content)):
        raise Unreadable("不是有效的 xlsx 文件，或文件不完整")
    formulas = _open(content, data_only=False)
    if not formulas.worksheets:
        raise Unreadable("文件中没有可读取的工作表（可能是“Strict Open XML”格式）")
    if not any(cell.data_type == "f" for sheet in formulas.worksheets for cell in _filled(sheet)):
        return tuple(Sheet(sheet.title, _cells(sheet), _hidden(sheet)) for sheet in formulas.worksheets)
    # A formula's saved result and its text cannot be had in one reading.
    results = _open(content, data_only=True)
    return tuple(
        Sheet(sheet.title, _calculated(sheet, results[sheet.title]), _hidden(sheet)) for sheet in formulas.worksheets
    )


def _open(content: bytes, *, data_only: bool) -> OpenpyxlWorkbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of extensions that it drops; nothing of ours is in them
            return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)
    except Exception as error:  # openpyxl's errors share no base class, and any of them is the file's fault
        raise Unreadable(f"文件已损坏或格式不受支持（{type(error).__name__}）") from error


def _hidden(sheet: Worksheet) -> bool:
    return bool(sheet.sheet_state != "visible")


def _filled(sheet: Worksheet) -> Iterator[OpenpyxlCell]:
    # iter_rows walks every place up to the farthest cell, which one far cell makes endless.
    return (cell for cell in sheet._cells.values() if isinstance(cell, OpenpyxlCell) and cell.value is not None)


def _cells(sheet: Worksheet) -> dict[tuple[int, int], Cell]:
    return {(cell.row, cell.column): _cell(cell) for cell in _filled(sheet)}


def _calculated(formulas: Worksheet, results: Worksheet) -> dict[tuple[int, int], Cell]:
    cells = _cells(results)
    for cell in _filled(formulas):
        place = (cell.row, cell.column)
        if cell.data_type == "f" and place not in cells:
            text = getattr(cell.value, "text", None) or str(cell.value)  # an array formula is an object
            cells[place] = Cell(*place, "formula", text, None, cell.number_format)
    return cells


def _date_text(value: date | time | timedelta) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value) if isinstance(value, timedelta) else value.isoformat()


def _cell(cell: OpenpyxlCell) -> Cell:
    value, form = cell.value, cell.number_format
    place = (cell.row, cell.column)
    if cell.data_type == "e":
        return Cell(*place, "error", str(value), None, form)
    if isinstance(value, bool):
        return Cell(*place, "boolean", "TRUE" if value else "FALSE", None, form)
    if isinstance(value, int | float):
        # Excel keeps 15 digits, the rest is noise. What no float can hold stays readable.
        text = f"{value:.15g}" if abs(value) < 1e300 else str(Decimal(value).normalize())
        return Cell(*place, "number", text, value, form)
    if isinstance(value, date | time | timedelta):
        return Cell(*place, "date", _date_text(value), None, form)
    text = str(value)
    return Cell(*place, "text" if text.strip() else "blank", text, None, form)
