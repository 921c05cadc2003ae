"""Documents of a progress round: 目标完成情况, 中期评估意见, notices; figures recomputed from the plain reports."""

import io
import zipfile
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise

import openpyxl
import polars as pl
import pytest
from docx import Document

from tests.sample.progress import CONTRACTS, Report, draw_report, number_of
from tests.sample.progress_round import plans, reports
from tests.support.overview_page import Outline
from tests.support.progress_round import review
from tests.support.review_book import columns, saved
from transforms.decisions.ledger import Ledger, PilotDecision
from transforms.decisions.merge import merge_copies
from transforms.decisions.read_review import read_review
from transforms.failures import Failure
from transforms.pipeline import Review
from transforms.progress.completion import completion
from transforms.reports.notices.finding_places import FindingPlaces
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.opinions.progress_table import last_target_text, progress_rows, progress_tally
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.overview.overview import render_overview
from transforms.reports.sheet_parts.styles import width_of
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough

DUE = CONTRACTS.round.due[-1]


@cache
def whole() -> Review:
    return review(reports().values(), tuple(plans().values()))


def met(report: Report, code: str) -> bool | None:
    """Whether the due target is met, from the plain plan and report; None where it has no direction or figure.

    Without a direction, a target not below the base is a least value.
    """
    plan = next(plan for plan in plans().values() if plan.pilot == report.pilot)
    row = plan.row(code)
    base, target = (number_of(value, share=row.unit == "%") for value in row.values[:2])
    wanted = CONTRACTS.indicators[code].wanted
    actual = next((one.actuals[DUE] for one in report.rows if one.code == code), None)
    if target is None or not isinstance(actual, int | float):
        return None
    if wanted == "any" and (base is None or target < base):
        return True if actual == target else None
    return actual <= target if wanted == "down" else actual >= target


def test_completion_by_indicator_is_that_of_the_plain_reports() -> None:
    counted = completion(whole().achievement, CONTRACTS)
    doubted, explained = in_doubt(), 0
    for row in counted.filter(pl.col("kind") == "city").to_dicts():
        sent = [
            report
            for pilot, report in reports().items()
            if report.kind == "city" and (pilot, row["indicator"]) not in doubted
        ]
        states = [met(report, row["indicator"]) for report in sent]
        assert (row["met"], row["missed"]) == (states.count(True), states.count(False)), row["indicator"]
        assert row["judged"] == row["met"] + row["missed"]
        name = CONTRACTS.indicators[row["indicator"]].name
        noted = [name in {label for label, *_ in report.notes} for report in sent]
        reasons = [state is False and note for state, note in zip(states, noted, strict=True)]
        assert row["explained"] == sum(reasons), row["indicator"]
        explained += row["explained"]
    assert 0 < explained < counted.filter(pl.col("kind") == "city")["missed"].sum()


def in_doubt() -> set[tuple[str, str]]:
    """Pilots and indicators whose value is not used, because it has a finding of its own."""
    directed = ~pl.col("reason").fill_null("").str.starts_with("该指标不设增减方向")
    rows = whole().achievement.filter(pl.col("state") == "unjudged", directed)
    return set(rows.select("pilot", "indicator").iter_rows())


def test_only_a_few_values_are_in_doubt() -> None:
    assert len(in_doubt()) <= 8


def test_a_namesake_in_another_province_changes_nothing() -> None:
    found = whole().achievement
    province, pilot = found.select("province", "pilot").row(0)
    namesake = found.filter(province=province, pilot=pilot).with_columns(
        province=pl.lit("某省"), state=pl.lit("missed"), actual=pl.lit(0.0)
    )
    views = [View(whole()), View(replace(whole(), achievement=pl.concat([found, namesake])))]
    city = list(CONTRACTS.tables["city"].indicators)
    alone, both = ((progress_tally(v, province, pilot), [*progress_rows(v, province, pilot, city)]) for v in views)
    assert alone == both
    assert alone[1]


def test_sums_are_of_additive_quantities_over_the_same_pilots() -> None:
    counted = completion(whole().achievement, CONTRACTS)
    summed = counted.filter(pl.col("n") > 0)
    units = {unit for row in CONTRACTS.indicators.values() for unit, one in row.scales.items() if one.additive}
    assert set(summed["unit"]) <= units
    row = summed.filter(pl.col("indicator") == "C17").to_dicts()[0]
    plain = [(report, report.row("C17").actuals[DUE]) for report in reports().values() if report.kind == "city"]
    assert row["n"] == len(plain)
    assert row["actual"] == pytest.approx(sum(float(actual or 0) for _, actual in plain))
    assert counted.filter(pl.col("unit") == "%")["n"].sum() == 0


def charts(content: bytes) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return [package.read(name) for name in package.namelist() if name.startswith("xl/charts/chart")]


def test_the_sheet_shows_every_target_and_its_charts_count_them() -> None:
    content = render_review_workbook(View(whole(), "江苏省"))
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["目标完成情况"]
    texts = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    listed = [row for row in texts if row[:1] == ["江苏省"]]
    assert len(listed) == 26 + 2 * 14
    states = [row[8] for row in sheet.iter_rows(values_only=True) if row[0] == "江苏省"]
    mine = whole().achievement.filter(pl.col("province") == "江苏省")
    words = CONTRACTS.progress.states
    assert {title: states.count(title) for title in words.values()} == {
        title: mine.filter(pl.col("state") == state).height for state, title in words.items()
    }
    assert any("城市试点完成矩阵" in str(cell) for row in texts for cell in row)
    bars = [part for part in charts(content) if b"barChart" in part and "完成的试点数".encode() in part]
    assert len(bars) == 2


def test_the_index_shows_completion_and_no_missing_plan() -> None:
    text = render_overview(whole()).decode()
    n = Counter(whole().achievement["state"])
    assert f"<dd>{n['met']}<small> / {n['met'] + n['missed']}</small></dd>" in text
    assert "实际2023、2024、2025年" in text
    mine = Counter(whole().achievement.filter(pl.col("pilot") == "盐城市")["state"])
    outline = Outline(text)
    (row,) = [row for row in outline.rows if row[:2] == ["江苏省", "盐城市"] and len(row) == 13]
    assert row[7:9] == [str(mine["met"]), str(mine["met"] + mine["missed"])]
    assert "未收到实施方案" not in text
    assert "没有填写" not in text
    assert '<th scope="col">建设状态</th><th scope="col">偏差原因</th>' in text


def test_the_report_has_the_completion_of_every_province_and_pilot() -> None:
    document = Document(io.BytesIO(render_report(View(whole()))))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    (done,) = [table for table in tables if "已说明" in table[0]]
    mine = Counter(whole().achievement.filter(pl.col("province") == "江苏省")["state"])
    figures = [sum(mine.values()), mine["met"], mine["missed"]]
    assert next(row for row in done if row[1] == "江苏省")[2:5] == list(map(str, figures))
    at = tables[-1][0].index("目标完成")
    assert sum(int(row[at].split("/")[0]) for row in tables[-1][1:] if "/" in row[at]) == sum(
        int(row[3]) for row in done[1:]
    )


def test_without_an_accepted_plan_nothing_is_counted_as_judged() -> None:
    alone = review([reports()["杭州市"]], (plans()["太原市"],))
    outline = Outline(render_overview(alone).decode())
    (row,) = [row for row in outline.rows if row[:2] == ["浙江省", "杭州市"] and len(row) == 13]
    assert row[7:9] == ["—", "—"]
    table = Document(io.BytesIO(render_report(View(alone)))).tables[-1]
    at = [cell.text for cell in table.rows[0].cells].index("目标完成")
    assert {row.cells[at].text for row in table.rows[1:]} == {"无法判断"}


def test_the_comparison_with_the_nation_asks_for_no_plan() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(whole(), "江苏省"))))
    basis = [str(row[-1]) for row in book["对标情况"].iter_rows(values_only=True)]
    assert any("填报的工业增加值平均增长率" in text for text in basis)
    assert not any("实施方案" in text and "没有可核对" in text for text in basis)


def test_the_cover_says_whose_plan_is_assessed() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(whole(), "江苏省"))))
    cover = " ".join(str(cell) for row in book["封面"].iter_rows(values_only=True) for cell in row if cell)
    assert "原方案已采用3/3" in cover
    assert "基期2022年，实际2023、2024、2025年，目标2025、2030年" in cover
    assert "未收到" not in cover


def test_an_opinion_is_one_of_the_assessment() -> None:
    failures: list[Failure] = []
    files = render_opinions(View(whole(), "江苏省"), failures)
    assert not failures
    text = Document(io.BytesIO(files["opinions/盐城市评审意见.docx"]))
    assert text.paragraphs[0].text == f"{CONTRACTS.round.title}中期评估意见"
    rows = [[cell.text for cell in row.cells] for table in text.tables for row in table.rows]
    head = next(row for row in rows if row[0] == "指标（单位）")
    assert head[4:6] == ["完成率", "是否完成"]
    assert any("已完成" in " ".join(row) for row in rows)


def test_a_plain_target_is_shown_in_ordinary_digits_and_all_else_as_written() -> None:
    row = {"indicator": "C17", "unit": "辆", "last_target": 220_020.0}
    shown = [
        last_target_text(View(whole(), "河北省"), row | {"last_raw": raw}) for raw in ("２２０，０２０", "22万左右")
    ]
    assert shown == ["220,020", "22万左右"]


def test_a_notice_asks_for_the_missing_explanation() -> None:
    files = render_notices(View(whole(), "河北省"))
    (letter,) = (content for path, content in files.items() if "唐山" in path and path.endswith("补正通知.docx"))
    document = Document(io.BytesIO(letter))
    text = "\n".join(one.text for one in document.paragraphs) + "\n".join(
        cell.text for table in document.tables for row in table.rows for cell in row.cells
    )
    assert "未完成的原因和下一步措施" in text


def test_a_drawn_report_is_always_the_same() -> None:
    plan = plans()["杭州市"]
    assert draw_report(plan) == draw_report(plan)


def test_of_a_restated_target_the_actual_value_beside_it_is_not_at_fault() -> None:
    view = View(whole(), "辽宁省")
    found = view.findings.filter(pl.col("rule") == "PROGRESS-TARGET").to_dicts()
    assert found
    assert [FindingPlaces(view).cells(one) for one in found] == [(one["cell"],) for one in found]


def test_a_mid_term_assessment_offers_its_own_conclusions() -> None:
    """Which are carried over; a conclusion about a plan is shown as one to choose again."""
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(whole(), "江苏省"))))
    (offered,) = book["审核意见"].data_validations.dataValidation
    assert offered.formula1 == '"达到预期进度,基本达到预期进度,未达到预期进度"'
    book["审核意见"].cell(2, columns(book["审核意见"])["结论"], "基本达到预期进度")
    pilot = str(book["审核意见"]["A2"].value)
    review_file = read_review(saved(book), "reviews/江苏省/a.xlsx", CONTRACTS)
    ledger = merge_copies([review_file], whole())
    assert not review_file.remarks
    assert ledger.pilot_decisions["江苏省", pilot].texts["conclusion"] == "基本达到预期进度"
    assert "□达到预期进度　■基本达到预期进度　□未达到预期进度" in _lines(View(whole(), "江苏省", ledger), pilot)
    former = Ledger(pilot_decisions={("江苏省", pilot): PilotDecision({"conclusion": "通过"})})
    lines = _lines(View(whole(), "江苏省", former), pilot)
    assert "□达到预期进度　□基本达到预期进度　□未达到预期进度" in lines
    assert "评审工作簿中的结论为“通过”，不在本轮可选项中，须重新选择。" in lines


def _lines(view: View, pilot: str) -> list[str]:
    (content,) = [content for name, content in render_opinions(view).items() if pilot in name]
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def test_no_header_of_a_pace_is_cut_and_the_years_of_the_cover_show() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(whole(), "江苏省"))))
    sheet = book["进度对比"]
    for row in sheet.iter_rows():
        for cell in row if row[0].value == "试点" else ():
            width = sheet.column_dimensions[cell.column_letter].width
            assert cell.value is None or width_of(str(cell.value)) + 1.5 <= width, cell.value
    cover = book["封面"]
    (years,) = [cell for row in cover.iter_rows() for cell in row if str(cell.value).startswith("基期2022年")]
    assert (cover.row_dimensions[years.row].height or 0) >= 30


def test_a_table_of_paces_and_its_chart_share_a_page_that_has_room_for_both() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(whole()))))
    sheet = book["进度对比"]
    titles = [row for row in range(4, sheet.max_row) if sheet.cell(row + 1, 1).value == "试点"]
    assert {mark.id + 1 for mark in sheet.row_breaks.brk} <= set(titles)


def test_no_median_is_claimed_of_a_year_that_nobody_reports() -> None:
    """Of 2030 a progress round has the plans' targets only."""
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(whole(), "江苏省"))))
    names = [str(row[0].value) for row in book["图表"].iter_rows()]
    medians = [name for name in names if "中位数（n=" in name]
    assert medians
    for name in medians:
        assert "、0" not in name
        assert name.count("、") == (2 if "年均变化" in name else 3), name


def test_the_chart_of_completion_has_every_indicator() -> None:
    """C25 has no direction: where no target of it can be judged, its bar says so."""
    view = View(whole(), "湖北省")
    rows = completion(view.visible(view.review.achievement), CONTRACTS).filter(kind="city")
    assert rows.filter(judged=0)["indicator"].to_list() == ["C25"]
    sheet = openpyxl.load_workbook(io.BytesIO(render_review_workbook(view)))["目标完成情况"]
    (head,) = [row[0].row for row in sheet.iter_rows() if [one.value for one in row[:2]] == ["序号", "已完成"]]
    listed = [[cell.value for cell in row[:4]] for row in sheet.iter_rows(min_row=head + 1, max_row=head + rows.height)]
    assert [row[0] for row in listed] == [str(number) for number in range(1, 27)]
    assert listed[24] == ["25", 0, 0, 2]


def test_an_opinion_names_every_target_that_is_not_met() -> None:
    """建筑垃圾资源化利用率 is none of the key indicators in the table."""
    lines = _lines(View(whole(), "湖北省"), "襄阳市")
    assert "其他未完成的到期目标1项：建筑垃圾资源化利用率（完成率51%，已说明）。" in lines
    for pilot in ("襄阳市", "十堰市"):
        missed = whole().achievement.filter(pl.col("pilot") == pilot, pl.col("state") == "missed")["indicator"]
        (content,) = [text for name, text in render_opinions(View(whole(), "湖北省")).items() if pilot in name]
        form = Document(io.BytesIO(content))
        text = "".join(one.text for one in form.paragraphs) + "".join(
            cell.text for table in form.tables for row in table.rows for cell in row.cells
        )
        assert all(CONTRACTS.indicators[code].name in text for code in missed)


def test_growth_is_stated_for_the_years_that_are_shown() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(whole(), "湖北省"))))
    rows = [[str(cell.value) for cell in row] for row in book["对标情况"].iter_rows()]
    emissions = [row for row in rows if "隐含碳排放年均变化" in row]
    assert len(emissions) == 2
    for row in emissions:
        assert "2024—2025年年均增长5%" in row[-1]
        assert "2022—2023年" not in row[-1]


def test_the_years_of_a_progress_round_are_on_pages_side_by_side_that_can_be_read() -> None:
    """On one page of A3 they would be printed at 5 points; a break is before a year, and names are on every page."""
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(whole(), "湖北省"))))
    sheet = book["指标对照（城市）"]
    assert not sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.scale == 80
    assert sheet.page_setup.pageOrder == "overThenDown"
    assert sheet.print_title_cols == "$A:$D"
    years = [cell.column for cell in sheet[1] if cell.value]
    breaks = [mark.id for mark in sheet.col_breaks.brk]
    assert breaks
    assert {at + 1 for at in breaks} <= set(years)
    last = openpyxl.utils.range_boundaries(str(sheet.print_area).rpartition("!")[2])[2]
    widths = [sheet.column_dimensions[openpyxl.utils.get_column_letter(at)].width for at in range(1, last + 1)]
    for first, end in pairwise([0, *breaks, last]):
        assert sum(widths[first:end]) + (sum(widths[:4]) if first else 0) <= 260
