"""What a reader of printed pages would take for wrong: cut numbers, counts of what was not checked, false advice."""

import io
import re

import polars as pl
from docx import Document
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from tests.support.large_province import LARGE, large_ledger, large_review
from tests.support.rendered_books import NATION, book, opened
from tests.support.sample_round import whole_round
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.overview.pilot_pages import pilot_pages
from transforms.reports.rows.pilot_status import pilot_statuses
from transforms.reports.rows.quantities import quantity_text
from transforms.reports.sheet_parts.styles import add_styles, width_of
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.view import View
from transforms.reports.workbook.review_sheets.indicator_comparison import write_comparison
from transforms.reports.workbook.summary_sheets.charts import write_charts
from transforms.reports.workbook.summary_sheets.pace_comparison import write_pace_comparison
from transforms.reports.workbook.summary_sheets.statistics import write_statistics

_FORMAT = re.compile(r'([+]?)([#,0]+)(?:\.([0#]+))?(?:;.*)?(" \(n=\d+\)")?')


def as_shown(cell: Cell) -> str:
    """What a program shows of a number; a format that is not of the workbook is an error."""
    value, digits = cell.value, cell.number_format
    assert isinstance(value, int | float)
    if digits == "0.00E+00":
        return f"{value:.2E}"
    if digits == "General":
        return f"{value:.10g}"
    match = _FORMAT.fullmatch(digits)
    assert match, digits
    sign, whole, decimals, words = match.groups()
    return f"{value:{sign}{',' if ',' in whole else ''}.{len(decimals or '')}f}{(words or '')[1:-1]}"


def numbers(sheet: Worksheet) -> list[Cell]:
    return [
        cell
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, Cell) and isinstance(cell.value, int | float) and cell.style != "表头"
    ]


def assert_wide_enough(sheet: Worksheet) -> None:
    for cell in numbers(sheet):
        assert len(as_shown(cell)) <= sheet.column_dimensions[cell.column_letter].width, (sheet.title, cell.coordinate)


def test_no_number_is_wider_than_its_column() -> None:
    """太原市 reports 13.31万亩, which is 8873.333333公顷, and cities of the large province 1e12千瓦."""
    sheets = [sheet for name in (NATION, "山西省") for sheet in book(name).worksheets]
    view, large = View(large_review(), LARGE, large_ledger()), Workbook()
    add_styles(large)
    for write in (write_charts, write_pace_comparison, write_statistics):
        assert write(large.create_sheet(), view)
    assert write_comparison(large.create_sheet(), view, "city")
    for sheet in (*sheets, *large.worksheets):
        assert_wide_enough(sheet)
    shown = {as_shown(cell) for sheet in sheets for cell in numbers(sheet)}
    assert {"8,873.333", "150,000,000"} & shown == {"8,873.333"}
    assert "1.00E+12" in {as_shown(cell) for sheet in large.worksheets for cell in numbers(sheet)}


def test_energy_per_square_metre_has_one_decimal() -> None:
    assert quantity_text(whole_round().contracts, "P09", "MJ/m²", 463.36) == "463.4"
    assert quantity_text(whole_round().contracts, "C01", "吨标准煤/万元", 0.52) == "0.520"


def test_the_catalogue_does_not_count_what_was_not_checked() -> None:
    rows = [[cell.value for cell in row] for row in book("河北省")["规则目录"].iter_rows(min_row=2)]
    counts = {row[0]: row[-1] for row in rows}
    assert counts["RELATION-CARBON"] == "0（未核对1）"
    assert counts["PLAN-MISSING"] == 3


def test_the_national_summary_asks_for_no_entries() -> None:
    """Nothing is read from it: reviewers write into the workbook of their province."""
    texts = " ".join(str(cell.value) for row in book(NATION)["封面"].iter_rows() for cell in row if cell.value)
    assert "在此填写" not in texts
    assert "浅黄色栏" not in texts
    assert "试点状态" not in texts
    assert "出处" not in texts
    assert "仅供查阅" in texts
    province = " ".join(str(cell.value) for row in book("河北省")["封面"].iter_rows() for cell in row if cell.value)
    assert "处理意见在此填写" in province
    assert "浅黄色栏" in province
    editable = [
        cell.coordinate
        for sheet in book(NATION).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    ]
    assert not editable


def test_the_total_of_the_quota_is_not_judged() -> None:
    rows = list(book(NATION)["名额核对"].iter_rows())
    assert (rows[-1][0].value, rows[-1][-1].style) == ("合计", "居中")
    assert rows[1][-1].style == "good"


def test_a_national_target_has_its_unit_where_the_submitted_one_is_unknown() -> None:
    """太原市 reports C07 in 吨."""
    for name in (NATION, "山西省"):
        texts = {str(cell.value) for row in book(name)["对标情况"].iter_rows() for cell in row}
        assert not [text for text in texts if re.search(r"None|\d左右", text)]
        assert {"20%左右", "25%左右"} <= texts


def test_ranges_are_not_called_pilots() -> None:
    assert book(NATION)["图表"]["A5"].value == "项目"
    assert book("河北省")["图表"]["A5"].value == "试点"


def test_the_national_report_says_what_is_not_met_and_who_is_no_pilot() -> None:
    text = "\n".join(one.text for one in Document(io.BytesIO(render_report(View(whole_round())))).paragraphs)
    assert "13个省（自治区）符合名额，2个未达到名额。" in text
    assert "名单外报送1个：温州市。" in text
    assert "逐项提出处理意见" in text
    assert "31个试点、31项，涉及张家口市" in text
    assert "等31个试点" not in text


def test_the_list_of_a_marked_table_is_in_the_order_of_the_sheet() -> None:
    files = render_notices(View(whole_round(), "河北省"))
    sheet = opened(files["notices/承德市问题标注.xlsx"])["问题清单"]
    (cell,) = [row[2] for row in sheet.iter_rows(min_row=6) if row[0].value == 1]
    assert cell.value == "C26、E26等8格"
    assert cell.hyperlink.location.endswith("!C26")
    assert "文件“实施方案附表.xlsx”中须处理" not in str(sheet["A2"].value), "one item is about the missing plan"


def test_a_page_names_the_added_indicator_that_a_finding_is_about() -> None:
    view = View(whole_round())
    pilots = [row for row in pilot_statuses(view) if row["pilot"] == "唐山市"]
    (page,) = pilot_pages(view, pilots)
    added = [row["name"] for row in page["findings"]["rows"] if row["title"] == "补充指标"]
    expected = view.observations.filter(pl.col("pilot") == "唐山市", pl.col("indicator").str.starts_with("X-"))
    assert sorted(added) == sorted(set(expected["name"]))
    assert len(added) == 3


def test_float_noise_does_not_raise_a_row() -> None:
    sheet = book(NATION)["指标汇总"]
    for row in sheet.iter_rows(min_row=2):
        if str(row[-1].value) == "—" and len(str(row[3].value)) < 16:
            assert (sheet.row_dimensions[row[0].row].height or 0) < 20, row[0].row


def test_a_heading_of_paces_is_one_line() -> None:
    """Each name that is left out would be cut in the middle of its characters."""
    sheets = [book("河北省")["进度对比"], book(NATION)["进度对比"]]
    workbook = Workbook()
    add_styles(workbook)
    write_pace_comparison(workbook.create_sheet("large"), View(large_review(), LARGE, large_ledger()))
    for sheet in (*sheets, workbook["large"]):
        wide = sum(column.width for column in sheet.column_dimensions.values())
        heads = [row[0].value for row in sheet.iter_rows(min_row=2) if row[0].style == "小标题"]
        assert heads
        for text in heads:
            assert width_of(str(text)) <= 0.9 * wide, text
    assert any("数值不全未列" in str(row[0].value) for row in workbook["large"].iter_rows())
