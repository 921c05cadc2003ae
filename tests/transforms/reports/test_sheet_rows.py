"""Rows of new cells on a sheet: their styles, values and places."""

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.sheet_parts.cells import put
from transforms.reports.sheet_parts.styles import add_styles
from transforms.reports.sheet_parts.tables import Link, append_row, new_cell, write_value


def new_sheet() -> tuple[Worksheet, list[str]]:
    book = Workbook()
    names = [style.name for style in add_styles(book)]
    return book.worksheets[0], names


def test_a_new_cell_has_the_same_style_as_one_that_is_styled_by_name() -> None:
    sheet, names = new_sheet()
    append_row(sheet, [new_cell(sheet, 1, column, "=文", name) for column, name in enumerate(names, 1)])
    for column, name in enumerate(names, 1):
        cell, by_name = sheet.cell(1, column), put(sheet, 2, column, "=文", name)
        assert cell.style == name
        assert cell.style_id == by_name.style_id, name
        assert (cell.data_type, cell.value) == ("s", "=文"), "text stays text"


def test_a_value_a_quantity_and_a_link_are_written_alike_into_a_new_and_a_placed_cell() -> None:
    sheet, _ = new_sheet()
    shown = [(None, "数值"), (True, "数值"), (1234.5, "数值"), (1234.5, "文字"), (Link("见", sheet="文"), "链接")]
    append_row(sheet, [new_cell(sheet, 1, column, *one) for column, one in enumerate(shown, 1)])
    for column, (value, style) in enumerate(shown, 1):
        write_value(sheet, 2, column, value, style)
        new, placed = sheet.cell(1, column), sheet.cell(2, column)
        assert (new.value, new.style_id, new.number_format) == (placed.value, placed.style_id, placed.number_format)
    assert [sheet.cell(1, column).number_format for column in (3, 4)] == ["#,##0.0", "General"]
    links = [sheet.cell(row, 5).hyperlink for row in (1, 2)]
    assert [(one.ref, one.location) for one in links if one] == [("E1", "'文'!A1"), ("E2", "'文'!A1")]


def test_a_row_that_is_not_the_next_of_its_sheet_is_refused() -> None:
    sheet, _ = new_sheet()
    put(sheet, 5, 1, "下一行是第6行", "文字")
    with pytest.raises(AssertionError, match="row 5 of Sheet is not the next"):
        append_row(sheet, [new_cell(sheet, 5, 1, "一", "文字")])
