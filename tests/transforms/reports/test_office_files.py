"""Workbooks: what is put into cells is read back, and the bytes do not depend on the clock."""

import io
import time
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment

from transforms.reports.files.office_files import workbook_bytes
from transforms.reports.sheet_parts.cells import merge, put, put_as_submitted, put_wide

TEXTS = [
    "=1+1",
    "+1",
    "-1",
    "@A1",
    "#N/A",
    "#DIV/0!",
    "TRUE",
    "12",
    "25%",
    "2024-03-15",
    " 前后有空格 ",
    "<b>&amp;",
    "𠮷",
    "第一\t第二",
]


def read_back(book: Workbook) -> Workbook:
    return load_workbook(io.BytesIO(workbook_bytes(book)))


def new_book() -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    for row, text in enumerate(TEXTS, 1):
        put(sheet, row, 1, text)
    put(sheet, 1, 2, "批注").comment = Comment("说明", "审核")
    put(sheet, 2, 2, "链接").hyperlink = "notices/甲.docx"
    return book


@pytest.mark.parametrize("row", range(1, len(TEXTS) + 1), ids=TEXTS)
def test_text_stays_text(row: int) -> None:
    cell = read_back(new_book()).worksheets[0].cell(row, 1)
    assert (cell.value, cell.data_type) == (TEXTS[row - 1], "s")


def test_an_escape_of_excel_in_a_text_is_escaped() -> None:
    book = Workbook()
    put(book.worksheets[0], 1, 1, "_x000D_")
    assert read_back(book).worksheets[0]["A1"].value == "_x005F_x000D_"  # openpyxl shows the escape, Excel the text


def test_numbers_and_blanks_are_not_text() -> None:
    book = Workbook()
    for column, value in enumerate((0, -1.5, 1e-9, 1 / 3, True, None), 1):
        put(book.worksheets[0], 1, column, value)
    assert [cell.value for cell in read_back(book).worksheets[0][1]] == [0, -1.5, 1e-9, 1 / 3, True]


@pytest.mark.parametrize(
    ("text", "held", "number_format", "value", "shown"),
    [
        ("0.253", "number", "0.00%", 0.253, "0.0%"),
        ("0.25", "number", "0%", 0.25, "0%"),
        ("12", "number", "General", 12, "General"),
        ("12", "text", "General", "12", "General"),
        ("1e400", "number", "General", "1e400", "General"),
    ],
)
def test_a_submitted_number_stays_a_number(text: str, held: str, number_format: str, value: object, shown: str) -> None:
    book = Workbook()
    put_as_submitted(book.worksheets[0], 1, 1, text, held=held, number_format=number_format)
    cell = read_back(book).worksheets[0]["A1"]
    assert (cell.value, cell.number_format) == (value, shown)


def test_a_merge_keeps_the_borders_of_its_cells() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for column in (2, 3, 4):
        cell: Cell = put(sheet, 1, column, None)
        cell.style = "Note"
    merge(sheet, 1, 2, 4)
    put_wide(sheet, 2, 2, 4, "宽", "Note")
    shown = read_back(book).worksheets[0]
    assert [str(area) for area in shown.merged_cells.ranges] == ["B1:D1", "B2:D2"]
    assert shown["D1"].border.right.style == shown["D2"].border.right.style == "thin"


def test_the_same_bytes_whenever_it_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    first = workbook_bytes(new_book())
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    assert workbook_bytes(new_book()) == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z</dcterms:created>" in package.read("docProps/core.xml")
        assert b"2000-01-01T00:00:00Z</dcterms:modified>" in package.read("docProps/core.xml")
