"""The marked table: the submitted cells at their addresses, those in question with colour and comment."""

import io
import re
import zipfile
from collections.abc import Iterable

import polars as pl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.sample import layouts, leave_out, put
from tests.support.notices import COPY, GOOD, everything, notices, of_the_round, opened, review_of
from transforms.intake import cells as kept
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.view import View

pytestmark = pytest.mark.thorough


def copied(content: bytes) -> Worksheet:
    return opened(content).worksheets[1]


@pytest.mark.parametrize(
    ("place", "cells"),
    [
        (("浙江省", "湖州市"), {"E14", "F14", "G14"}),
        (("河北省", "承德市"), {f"{column}{row}" for row in (26, 29) for column in "CEFG"}),
        (("陕西省", "西咸新区"), {"G6", "G7"}),
    ],
    ids=["a unit", "a row twice", "a relation"],
)
def test_every_cell_of_a_fault_is_coloured(place: tuple[str, str], cells: set[str]) -> None:
    copy = copied(of_the_round()[place[0], f"notices/{place[1]}问题标注.xlsx"])
    assert {cell.coordinate for row in copy.iter_rows() for cell in row if cell.comment} == cells


@pytest.mark.parametrize(
    "layout",
    [layouts.official, layouts.pasted_from_word, layouts.with_sources, layouts.percent_cells, layouts.text_cells],
    ids=lambda layout: layout.__name__,
)
def test_the_table_stands_at_the_same_addresses(layout) -> None:
    sample = put(put(GOOD, "C08", 2025, "见附件"), "C07", 2022, None)
    content = layout(sample)
    sent = render_notices(View(review_of(content), "河北省"))
    copy, review = copied(sent[COPY]), review_of(content)
    (sheet,) = set(review.findings["sheet"]) - {None}
    source = opened(content)[sheet]
    assert copy.title == sheet
    values = {cell.coordinate: cell.value for row in source.iter_rows() for cell in row if cell.value not in {None, ""}}
    shown = {cell.coordinate: cell.value for row in copy.iter_rows() for cell in row if cell.value is not None}
    assert shown == values
    assert {str(one) for one in copy.merged_cells.ranges} == {str(one) for one in source.merged_cells.ranges}
    for row in source.iter_rows():
        assert [cell.coordinate for cell in row if "%" in cell.number_format and isinstance(cell.value, float)] == [
            cell.coordinate for cell in copy[row[0].row][: len(row)] if "%" in cell.number_format
        ]
    marked = {cell.coordinate for row in copy.iter_rows() for cell in row if cell.comment}
    serious = review.findings.filter(pl.col("severity") != "info")
    assert marked == set(serious["cell"]) - {None}


def test_a_cell_in_question_has_its_colour_and_its_comment() -> None:
    copy = copied(notices(put(put(GOOD, "C08", 2025, "见附件"), "C07", 2025, "持续提高"))[COPY])
    assert (copy["F10"].fill.fgColor.rgb[2:], copy["F9"].fill.fgColor.rgb[2:]) == ("F8CBAD", "FFE699")
    assert copy["F10"].comment.text == (
        "【必须更正】“电能占终端用能的比重”2025年填报“见附件”，不能识别为一个数值。\n"
        "处理：请只填写一个数值，说明性文字写入备注。"
    )
    assert copy["F9"].comment.text.startswith("【需更正或说明】")
    assert copy["E10"].comment is None
    assert copy["E10"].fill.fill_type is None


def test_the_list_leads_to_the_cells() -> None:
    sample = leave_out(put(GOOD, "C08", 2025, "见附件"), "C20")
    listed, copy = opened(notices(sample, layout=layouts.pasted_from_word)[COPY]).worksheets
    rows = {row[3].value: row[2] for row in listed.iter_rows(min_row=6) if row[0].value}
    link = rows["电能占终端用能的比重"]
    assert (link.value, link.hyperlink.location) == ("F10", "'Sheet1'!F10")
    assert copy["F10"].comment
    # There is no row in their table for what was left out.
    assert (rows["工业余能回收利用率"].value, rows["工业余能回收利用率"].hyperlink) == ("—", None)


def test_a_cell_under_a_merge_is_shown_by_itself() -> None:
    book = opened(layouts.official(GOOD))
    book["表1"].merge_cells("E10:F10")
    buffer = io.BytesIO()
    book.save(buffer)
    copy = copied(render_notices(View(review_of(buffer.getvalue()), "河北省"))[COPY])
    assert "E10:F10" not in {str(one) for one in copy.merged_cells.ranges}
    assert "合并" in copy["F10"].comment.text


def test_only_so_much_of_a_sheet_is_copied_and_the_list_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    sample = put(GOOD, "C08", 2025, "见附件")
    whole = notices(sample)[COPY]
    assert "只复制了其中一部分" not in everything(whole)
    monkeypatch.setattr(kept, "KEPT_CELLS", 100)
    review = review_of.__wrapped__(layouts.official(sample))  # read anew
    cut = render_notices(View(review, "河北省"))[COPY]
    assert "只复制了其中一部分" in everything(cut)
    assert sum(cell.value is not None for row in copied(cut).iter_rows() for cell in row) == 100


def test_a_workbook_holds_what_excel_allows() -> None:
    """Names of sheets, lengths and merges that do not overlap: else Excel offers to repair it."""
    for content in of_the_round().values():
        if "xl/workbook.xml" not in zipfile.ZipFile(io.BytesIO(content)).namelist():
            continue
        book = opened(content)
        assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in book.sheetnames)
        for sheet in book.worksheets:
            _no_overlap(str(one) for one in sheet.merged_cells.ranges)


def _no_overlap(ranges: Iterable[str]) -> None:
    taken: set[str] = set()
    for one in ranges:
        cells = {cell.coordinate for row in Workbook().active[one] for cell in row}
        assert not cells & taken
        taken |= cells
