"""What our writer saves is what openpyxl itself would have saved."""

import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.saved import saved
from transforms.reports.cells import put
from transforms.reports.saving import save_bytes

TEXTS = [
    "",
    " 前后有空格 ",
    "两行\n文字",
    "a\r\nb",
    "<b>&amp;]]>",
    "=1+1",
    "#N/A",
    "_x000D_",
    "𠮷",
    "第一\t第二",
    "'引号\"",
]
NUMBERS = [0, 1, -1.5, 0.1, 1e-9, 12345678901234, 1 / 3, True, False, float("nan"), float("inf"), 2**70]


def _book() -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    for row, text in enumerate(TEXTS, 2):
        put(sheet, row, 3, text)
    for row, number in enumerate(NUMBERS, 2):
        sheet.cell(row, 1, number)
    sheet.cell(2, 2, datetime(2024, 3, 15))  # noqa: DTZ001
    sheet.cell(3, 2, "=A3*2")
    sheet.cell(4, 2, "#DIV/0!")
    sheet.cell(5, 2).fill = PatternFill("solid", fgColor="FF0000")
    sheet.cell(6, 30, "远处").font = Font(bold=True)
    sheet.cell(7, 2, "链接").hyperlink = "notices/甲.docx"
    sheet.cell(8, 2, "批注").comment = Comment("说明", "审核")
    sheet.cell(9, 2).comment = Comment("空格上的批注", "审核")
    sheet.merge_cells("D2:F3")
    sheet.row_dimensions[40].height = 33
    sheet.row_dimensions[3].outlineLevel = 1
    sheet.row_dimensions[4].hidden = True
    book.create_sheet("空")
    return book


def _dump(content: bytes) -> list[object]:
    return [
        (sheet.title, sheet.dimensions, str(sheet.merged_cells), _rows(sheet), [*map(_cell, _cells(sheet))])
        for sheet in load_workbook(io.BytesIO(content)).worksheets
    ]


def _cells(sheet: Worksheet) -> list[object]:
    return [cell for row in sheet.iter_rows() for cell in row]


def _rows(sheet: Worksheet) -> list[object]:
    return [(at, row.height, row.outlineLevel, row.hidden) for at, row in sorted(sheet.row_dimensions.items())]


def _cell(cell) -> tuple[object, ...]:  # type: ignore[no-untyped-def]
    note = cell.comment and (cell.comment.text, cell.comment.author)
    link = cell.hyperlink and (cell.hyperlink.ref, cell.hyperlink.target)
    return (
        cell.coordinate,
        cell.value,
        cell.data_type,
        cell.number_format,
        cell.font.b,
        cell.fill.fgColor.rgb,
        note,
        link,
    )


def test_the_same_workbook_as_openpyxl_saves() -> None:
    assert _dump(save_bytes(_book())) == _dump(saved(_book()))


@pytest.mark.parametrize(
    "name", ["xl/styles.xml", "xl/workbook.xml", "xl/comments/comment1.xml", "[Content_Types].xml"]
)
def test_every_other_part_is_openpyxls(name: str) -> None:
    with (
        zipfile.ZipFile(io.BytesIO(save_bytes(_book()))) as ours,
        zipfile.ZipFile(io.BytesIO(saved(_book()))) as theirs,
    ):
        assert ours.namelist() == theirs.namelist()
        assert ours.read(name) == theirs.read(name)


def test_the_same_bytes_every_time_and_no_clock() -> None:
    content = save_bytes(_book())
    assert content == save_bytes(_book())
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z</dcterms:modified>" in package.read("docProps/core.xml")
