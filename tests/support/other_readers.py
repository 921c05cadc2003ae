"""Other people's readers, for comparison: what openpyxl and calamine say stands in a workbook."""

import io
import warnings
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import python_calamine

from transforms.intake.formats import Workbook
from transforms.intake.formats.values import date_text

Cells = dict[tuple[str, int, int], Any]


def ours(book: Workbook) -> Cells:
    """What we report: numbers as floats, everything else as text; blanks and formulas without a result are nothing."""
    found: Cells = {}
    for sheet in book.sheets:
        for (row, column), cell in sheet.cells.items():
            if cell.held not in {"blank", "formula"}:
                found[sheet.name, row, column] = float(cell.text) if cell.held == "number" else cell.text
    return found


def by_openpyxl(content: bytes) -> Cells:
    """What openpyxl reads of the cells that are stored: it would make every other one up to the last."""
    found: Cells = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what the file says of them may be wrong
            for row in sheet.iter_rows():
                found |= {
                    (sheet.title, cell.row, cell.column): _plain(cell.value)
                    for cell in row
                    if cell.value is not None and _plain(cell.value) is not None
                }
    return found


def by_calamine(content: bytes) -> Cells:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    found: Cells = {}
    for about in book.sheets_metadata:
        if about.typ is not python_calamine.SheetTypeEnum.WorkSheet:
            continue
        rows = book.get_sheet_by_name(about.name).to_python(skip_empty_area=False)
        for row, line in enumerate(rows, 1):
            for column, value in enumerate(line, 1):
                if _plain(value) is not None:
                    found[about.name, row, column] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return float(f"{value:.15g}")
    if isinstance(value, datetime | date | time | timedelta):
        return date_text(value)
    return None if value is None or not str(value).strip() else str(value)
