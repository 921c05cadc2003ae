"""Superscript runs reach the cells in every format that has them, and none becomes a digit of a number.

`files/raised.xls` and `files/raised.ods` are the workbook of `raised_xlsx`, saved by LibreOffice.
"""

import io

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.support.paths import FILES
from tests.support.xlsb import write_xlsb
from transforms.intake.cells import Cell, Sheet
from transforms.intake.formats import read_workbook
from transforms.intake.values.cell_text import parse_cell
from transforms.intake.values.footnote_marks import lift_marks, shown_with_marks

TEXTS = {
    "A1": ("72.5", ("1",)),
    "A2": ("达到70%", ("3",)),
    "A3": ("亿元/km2", ()),
    "A4": ("72.52", ()),
    "A5": ("非化石能源消费占比", ("2",)),
    "A6": ("30以上", ("2",)),
}


def raised_xlsx() -> bytes:
    def up(text: str) -> TextBlock:
        return TextBlock(InlineFont(vertAlign="superscript"), text)

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet["A1"] = CellRichText("72.5", up("1"))
    sheet["A2"] = CellRichText("达到70", up("3"), "%")
    sheet["A3"] = CellRichText("亿元/km", up("2"))
    sheet["A4"] = "72.52"
    sheet["A5"] = CellRichText("非化石能源消费占比", up("②"))
    sheet["A6"] = CellRichText("30", up("[2]"), "以上")
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def raised_xlsb() -> bytes:
    texts = [("72.51", (4, 5)), ("达到703%", (4, 5)), ("亿元/km2", (5, 6)), ("72.52", None)]
    texts += [("非化石能源消费占比②", (9, 10)), ("30[2]以上", (2, 5))]
    cells = {
        (row, 1): Cell(row, 1, "text", text, superscripts=(span,) if span else ())
        for row, (text, span) in enumerate(texts, 1)
    }
    return write_xlsb((Sheet("表", cells),))


@pytest.mark.parametrize("form", ["xlsx", "xlsb", "xls", "ods"])
def test_raised_marks_leave_the_text(form: str) -> None:
    made = {"xlsx": raised_xlsx, "xlsb": raised_xlsb}
    content = made[form]() if form in made else (FILES / f"raised.{form}").read_bytes()
    sheet = lift_marks(read_workbook(content).sheets[0])
    assert {cell.address: (cell.text, cell.marks) for cell in sheet.cells.values()} == TEXTS
    cells = {cell.address: cell for cell in sheet.cells.values()}
    assert str(parse_cell(cells["A1"]).value) == "72.5"
    assert str(parse_cell(cells["A2"]).value) == "70"
    assert str(parse_cell(cells["A6"]).value) == "30"
    assert shown_with_marks(cells["A1"]) == "72.5¹"
