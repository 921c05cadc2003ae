"""A footnote mark of any kind behind a figure, in a file of any format, is no digit: the number is read, or none.

`files/marks.xls` and `files/marks.ods` are the workbook of `as_xlsx`, saved by LibreOffice.
"""

import csv
import io
from decimal import Decimal
from itertools import product

import openpyxl
import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.support.paths import FILES
from tests.support.saved import saved
from transforms.intake.cells import Sheet
from transforms.intake.formats import read_workbook
from transforms.intake.values.cell_text import parse_cell
from transforms.intake.values.footnote_marks import lift_marks
from transforms.plans.word.document import read_document

TYPED = [
    *"①②⑩⑳❶❷⓵¹²³⁴⁰*＊※#†‡△☆₁⑴⒈㈠㊀㉑½",
    *(
        "[1]",
        "［2］",
        "[12]",
        "【3】",
        "〔4〕",
        "（注）",
        "（注1）",
        "注1",
        "注 2",
        "(1)",
        "（2）",
        "**",
        "⁽¹⁾",
        "¹²",
        "[注1]",
    ),
]
RAISED = ["1", "2", "3", "12", "[1]", "①", "*", "注1", "1,2", "a", "(1)"]
FIGURES = [("72.5", ""), ("达到70", "%"), ("30", "以上"), ("1200", "万千瓦"), ("≥0.36", "")]
# Text before the mark, mark, text behind it, and the number.
LINES = [
    (before + behind * last, "" if last else behind, Decimal(before.strip("达到≥")))
    for (before, behind), last in product(FIGURES, (True, False))
]
COLUMNS = [*((mark, False) for mark in TYPED), *((mark, True) for mark in RAISED)]


def as_xlsx() -> bytes:
    book = openpyxl.Workbook()
    for row, (before, behind, _) in enumerate(LINES, 1):
        for column, (mark, raised) in enumerate(COLUMNS, 1):
            rich = CellRichText(before, TextBlock(InlineFont(vertAlign="superscript"), mark), behind)
            book.worksheets[0].cell(row, column, rich if raised else before + mark + behind)
    return saved(book)


def as_csv() -> bytes:
    """Without raised marks, which text does not have."""
    text = io.StringIO()
    csv.writer(text).writerows([before + mark + behind for mark in TYPED] for before, behind, _ in LINES)
    return text.getvalue().encode()


def as_docx(raise_run: str = "vertAlign") -> bytes:
    document = Document()
    raised_style = document.styles.add_style("注释标记", 2)
    raised_style.font.superscript = True
    # Word has at most 63 columns, and reads a table of this size quicker if rows are few.
    table = document.add_table(rows=len(LINES), cols=len(COLUMNS))
    for row, (before, behind, _) in zip(table.rows, LINES, strict=True):
        for cell, (mark, raised) in zip(row.cells, COLUMNS, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(before)
            run = paragraph.add_run(mark)
            paragraph.add_run(behind)
            if raised and raise_run == "style":
                run.style = raised_style
            elif raised and raise_run == "position":
                position = OxmlElement("w:position")
                position.set(qn("w:val"), "8")
                run._element.get_or_add_rPr().append(position)  # noqa: SLF001 - python-docx has no name for it
            elif raised:
                run.font.superscript = True
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def sheet_of(form: str) -> Sheet:
    if form.startswith("docx"):
        return read_document(as_docx(form.partition(" ")[2])).tables[0]
    made = {"xlsx": as_xlsx, "csv": as_csv}
    return read_workbook(made[form]() if form in made else (FILES / f"marks.{form}").read_bytes()).sheets[0]


@pytest.mark.parametrize("form", ["xlsx", "xls", "ods", "csv", "docx", "docx style", "docx position"])
def test_no_mark_becomes_a_digit(form: str) -> None:
    sheet = lift_marks(sheet_of(form))
    seen = 0
    for (row, column), cell in sheet.cells.items():
        number, (mark, raised) = LINES[row - 1][2], COLUMNS[column - 1]
        parsed = parse_cell(cell)
        assert parsed.value in ({number} if raised else {number, None}), (form, mark, raised, cell.text, parsed)
        seen += parsed.value is not None
    assert len(sheet.cells) == len(LINES) * len(TYPED if form == "csv" else COLUMNS)
    assert seen > len(sheet.cells) * 3 // 5
