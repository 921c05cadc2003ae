"""What is printed: paper by the width of a sheet, heads of pages, and what may not be apart on two pages."""

import io
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from docx import Document
from docx.document import Document as Letter
from docx.oxml.ns import qn
from openpyxl import Workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.large_province import LARGE, large_ledger, large_review
from tests.support.rendered_books import NATION, book, cells, opened
from tests.support.sample_round import whole_round
from transforms.decisions.ledger import EMPTY
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.overview.sections import pilot_rows, plan_rows
from transforms.reports.sheet_parts.styles import add_styles, height_for, width_of
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.summary_report.report_facts import ReportFacts
from transforms.reports.view import View
from transforms.reports.workbook.summary_sheets.charts import write_charts
from transforms.reports.workbook.summary_sheets.cover import write_cover
from transforms.reports.workbook.summary_sheets.cover_sections import WIDTHS
from transforms.reports.workbook.summary_sheets.pace_comparison import write_pace_comparison

A4, A3 = 9, 8
# Characters of a page at which LibreOffice prints 9 points as 7, with its wider columns.
LEGIBLE = {("portrait", A4): 122, ("landscape", A4): 180, ("landscape", A3): 272}
EXCEL = {"portrait": 741.0, "landscape": 495.0}  # points of a page of A4 between its margins
PROVINCES = [NATION, "河北省", "浙江省", "湖南省", "内蒙古自治区"]


def width(sheet: Worksheet) -> float:
    return sum(one.width for one in sheet.column_dimensions.values() if not one.hidden)


def printed_width(sheet: Worksheet) -> float:
    if not sheet.print_area:
        return width(sheet)
    first, _, last, _ = range_boundaries(str(sheet.print_area).rpartition("!")[2])
    columns = [sheet.column_dimensions[get_column_letter(at)] for at in range(int(first or 1), int(last or 1) + 1)]
    return sum(one.width for one in columns if not one.hidden)


def pages(sheet: Worksheet) -> Iterator[range]:
    """Yield the rows of each page."""
    breaks = [0, *(one.id for one in sheet.row_breaks.brk), sheet.max_row]
    yield from (range(first + 1, last + 1) for first, last in pairwise(breaks))


def height(sheet: Worksheet, rows: range) -> float:
    return sum(sheet.row_dimensions[row].height or 15.0 for row in rows)


def blank() -> Worksheet:
    workbook = Workbook()
    add_styles(workbook)
    return workbook.worksheets[0]


def large() -> View:
    return View(large_review(), LARGE, large_ledger())


@pytest.mark.parametrize("province", PROVINCES)
def test_a_sheet_of_many_columns_is_on_a3_and_every_page_says_whose_it_is(province: str | None) -> None:
    sheets = [sheet for sheet in book(province).worksheets if sheet.sheet_state == "visible"]
    for sheet in sheets:
        assert sheet.page_setup.paperSize in {A4, A3, str(A4), str(A3)}, sheet.title
        assert printed_width(sheet) <= LEGIBLE[sheet.page_setup.orientation, int(sheet.page_setup.paperSize)], (
            sheet.title
        )
    heads = {sheet.oddHeader.right.text for sheet in sheets[1:]}
    assert heads == {f"首批国家碳达峰试点　{province or '全国'}"}
    assert sheets[0].oddHeader.right.text is None, "the cover has a title"


@pytest.mark.parametrize(("province", "states"), [("河北省", "试点状态"), (None, "省份状态")])
def test_every_part_of_the_cover_has_its_heading(province: str | None, states: str) -> None:
    headings = [
        cell.value for row in book(province).worksheets[0].iter_rows() for cell in row if cell.style == "小标题"
    ]
    shown = ["问题数量", states, "重点关注问题（前10项）", "未能执行的检查", "重要说明", "使用方法", "目录"]
    assert headings == shown


@pytest.mark.parametrize("name", [LARGE, None, "河北省"])
def test_the_cover_does_not_part_a_heading_from_what_is_below(name: str | None) -> None:
    sheet, view = blank(), large() if name == LARGE else View(whole_round(), name)
    write_cover(sheet, view, [(f"表{at}", None, "用途") for at in range(20)])
    if sheet.page_setup.fitToHeight == 1:
        assert height(sheet, range(1, sheet.max_row + 1)) <= 930, "9 points are printed as 7 or more"
        return
    for rows in pages(sheet):
        assert height(sheet, rows) <= EXCEL["portrait"] / 0.825
        last = next(row for row in reversed(rows) if sheet.cell(row, 1).value is not None)
        assert sheet.cell(last, 1).style != "小标题", sheet.cell(last, 1).value
    assert len(list(pages(sheet))) == (3 if view.province == LARGE else 2)


def test_a_link_of_the_cover_is_not_cut() -> None:
    """LibreOffice does not wrap a link: 9 points for a Chinese character, at least 5.6 for one of the width."""
    for rule in whole_round().contracts.rules.values():
        assert 9 * len(rule.title) <= 5.6 * WIDTHS[1], rule.title


def test_a_number_does_not_make_its_row_taller() -> None:
    assert height_for([(4.5275000000000001, 5.0)]) == height_for([("4.5", 5.0)]) < height_for([("4.527500", 5.0)])
    sheet = book("内蒙古自治区")["指标汇总"]
    names = {row: width_of(str(sheet.cell(row, 4).value)) for row in range(2, sheet.max_row + 1)}
    assert {sheet.row_dimensions[row].height for row, wide in names.items() if wide < 34} == {height_for([])}


@pytest.mark.parametrize(
    ("write", "side", "scale"), [(write_pace_comparison, "portrait", 0.94), (write_charts, "landscape", 0.904)]
)
def test_a_chart_is_on_the_page_of_its_table(write: object, side: str, scale: float) -> None:
    """In Excel too, where columns are narrower than in LibreOffice without Calibri, so that a page holds fewer rows."""
    for view in (large(), View(whole_round(), "内蒙古自治区"), View(whole_round(), "河北省")):
        sheet = blank()
        assert callable(write)
        assert write(sheet, view) > 0
        all_pages = list(pages(sheet))
        for rows in all_pages[:-1]:
            assert height(sheet, rows[:-1]) <= EXCEL[side] / scale, (view.title, rows)
        page = {row: at for at, rows in enumerate(all_pages) for row in rows}
        heads = [row for row in range(2, sheet.max_row) if sheet.cell(row + 1, 1).value in {"试点", "项目"}]
        for chart in sheet._charts:  # noqa: SLF001 - openpyxl has no other way to list those that it has not saved
            row = chart.anchor._from.row + 1  # noqa: SLF001
            table = max(head for head in heads if head <= row)
            assert page.get(row, len(all_pages) - 1) == page[table], (view.title, row)


def letters() -> Iterator[tuple[str, Letter]]:
    views = [large(), *(View(whole_round(), province) for province in PROVINCES)]
    for view in views:
        yield f"{view.title}报告", Document(io.BytesIO(render_report(view)))
        sent = render_notices(view) if view.province else {}
        yield from ((path, Document(io.BytesIO(sent[path]))) for path in list(sent)[:4] if path.endswith(".docx"))


def test_tables_of_letters_have_the_width_of_the_text_and_no_lonely_row() -> None:
    seen = 0
    for name, letter in letters():
        rooms = [section.page_width - section.left_margin - section.right_margin for section in letter.sections]
        for table in letter.tables:
            seen += 1
            total = sum(column.width for column in table.columns)
            assert any(abs(total - room) < 12700 * 2 for room in rooms), (name, total / 36000)
            rows = table.rows
            kept = [
                all(cell.paragraphs[0]._p.find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None for cell in row.cells)  # noqa: SLF001
                for row in rows
            ]
            assert kept[0], "the header is not alone"
            assert not kept[-1]
            assert all(kept[:-1]) if len(rows) <= 9 else (kept[1] and kept[-2]), name
    assert seen > 20


def test_no_folder_of_the_system_is_shown() -> None:
    found = whole_round().findings
    assert [text for text in found["message"] if "submissions/" in text] == []
    assert "FILE-UNREADABLE" in found["rule"].to_list()
    for province in PROVINCES:
        shown = [
            (cell.parent.title, cell.coordinate)
            for cell in cells(book(province))
            if "submissions/" in str(cell.value) and cell.parent.sheet_state == "visible"
        ]
        assert shown == [], province


def test_the_sources_are_workbooks_and_plans() -> None:
    view = View(whole_round(), "浙江省", EMPTY)
    listed = {str(cell.value) for cell in book("浙江省")["来源"]["B"]}
    assert {*view.files["file_sha256"], *view.plans["sha256"]} <= listed
    assert view.plans.height == 1


def test_every_figure_of_the_lights_has_its_unit() -> None:
    sheet = book("河北省")["指标红绿灯"]
    units = [next(iter(row.scales)) for row in whole_round().contracts.tables["city"].indicators]
    heads = [str(sheet.cell(3, column).value) for column in range(3, 3 + len(units))]
    assert [head.split("\n")[-1] for head in heads] == units
    assert get_column_letter(2 + len(units)) == "AB"


def test_plans_and_shared_problems_are_in_the_order_of_the_roster() -> None:
    view = View(whole_round())
    order = [pilot.name for _, pilot in view.roster()]
    pilots = pilot_rows(view, None)
    titles = [row["title"] for row in pilots]
    plans = [titles.index(row["pilot"]) for row in plan_rows(view, pilots)]
    assert len(plans) > 1
    assert plans == sorted(plans)
    shown = {view.pilot_title(province, pilot.name): order.index(pilot.name) for province, pilot in view.roster()}
    for problem in ReportFacts(view).shared:
        places = [shown[name] for name in problem.pilots if name in shown]
        assert places == sorted(places), problem.title


def test_a_sheet_that_is_copied_is_one_page_and_its_list_names_two_cells() -> None:
    sent = render_notices(View(whole_round(), "河北省"))["notices/承德市问题标注.xlsx"]
    listed, copied = opened(sent).worksheets
    assert {int(sheet.page_setup.paperSize) for sheet in (listed, copied)} == {A4}, "what goes with a letter"
    assert copied.page_setup.fitToHeight in {1, "1"}
    texts = [str(listed.cell(row, 3).value) for row in range(7, listed.max_row + 1)]
    assert "C26、E26等8格" in texts


def test_one_requirement_has_no_number_and_several_have() -> None:
    for pilot, numbers in (("内蒙古自治区/包头市", 0), ("河北省/唐山市", 4)):
        province, name = pilot.split("/")
        sent = render_notices(View(whole_round(), province))[f"notices/{name}补正通知.docx"]
        lines = [one.text for one in Document(io.BytesIO(sent)).paragraphs]
        asked = lines[next(at for at, line in enumerate(lines) if "补正要求" in line) + 1 :]
        assert [line[0] for line in asked if re.match(r"\d\. ", line)] == [str(at + 1) for at in range(numbers)]


def test_no_gap_of_nothing_has_a_sign() -> None:
    sheet = blank()
    write_pace_comparison(sheet, View(whole_round()))
    figures = [cell.value for row in sheet.iter_rows() for cell in row if cell.number_format.startswith("+0.00")]
    assert 0 in figures
    assert [figure for figure in figures if figure and not round(float(figure), 2)] == []


def test_nothing_is_said_to_be_found_right_where_nothing_was_sent() -> None:
    sent = render_opinions(View(whole_round(), "河南省"))["opinions/信阳市评审意见.docx"]
    lines = [one.text for one in Document(io.BytesIO(sent)).paragraphs]
    assert "没有可核对的报送，未作核对。" in lines
    assert not [line for line in lines if "未发现" in line]


def test_no_number_of_the_comparison_is_wider_than_its_column() -> None:
    """Excel shows #### in its place: 4,110,000 (n=22) takes 16 characters."""
    sheet = book("河北省")["指标对照（城市）"]
    for cell in cells(book("河北省")):
        if cell.parent is sheet and "n=" in cell.number_format:
            shown = f"{cell.value:,.0f}" if float(str(cell.value)) >= 1000 else f"{cell.value:.3f}"
            assert len(f"{shown} (n=22)") <= sheet.column_dimensions[cell.column_letter].width, cell.coordinate
