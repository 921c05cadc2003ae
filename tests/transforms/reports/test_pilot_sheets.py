"""One pilot on one page: 试点单页 and its page in index.html have every finding with its decision."""

import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITY_TITLES
from tests.support.large_province import LARGE, large_ledger, large_review
from tests.support.overview_page import Outline
from tests.support.rendered_books import opened
from tests.support.sample_round import whole_round
from transforms.reports.overview.overview import render_overview
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough

SHEET = "试点单页"
Rows = list[tuple[str, ...]]


def expected() -> dict[str, Rows]:
    """Severity, message and state of all findings by pilot; an info without a decision asks for nothing."""
    found: dict[str, Rows] = {}
    for row in large_review().findings.filter(pl.col("pilot").is_not_null()).iter_rows(named=True):
        entry = large_ledger().finding_decisions.get(row["finding_key"])
        state = entry.state.title if entry else "待处理"
        state = "—" if state == "待处理" and row["severity"] == "info" else state
        said = entry.texts["opinion"] if entry else ""
        found.setdefault(row["pilot"], []).append((SEVERITY_TITLES[row["severity"]], row["message"], state, said))
    return {pilot: sorted(rows) for pilot, rows in found.items()}


def blocks(sheet: Worksheet) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    pilot = ""
    for row in sheet.iter_rows(min_row=2, values_only=True):
        texts = [str(value or "") for value in row]
        if "（" in texts[0] and "状态：" in texts[0]:
            pilot = texts[0].split("（")[0]
        elif texts[0].isdigit():
            found.setdefault(pilot, []).append((texts[1], texts[5], texts[7], texts[8]))
    return {pilot: sorted(rows) for pilot, rows in found.items()}


def test_every_finding_of_a_pilot_is_on_its_page_of_the_workbook() -> None:
    sheet = opened(render_review_workbook(View(large_review(), LARGE, large_ledger())))[SHEET]
    found = blocks(sheet)
    assert found == expected()
    assert len({state for rows in found.values() for *_, state, _ in rows}) >= 5
    assert len(sheet.row_breaks.brk) == len(found) - 1
    levels = {row: sheet.row_dimensions[row].outlineLevel for row in range(2, sheet.max_row + 1)}
    assert {row for row, level in levels.items() if not level} == {
        row for row in levels if "状态：" in str(sheet.cell(row, 1).value)
    }
    titles = [str(sheet.cell(row, 1).value) for row, level in levels.items() if not level]
    assert sum("结论：" in title for title in titles) == sum(
        pilot in found for _, pilot in large_ledger().pilot_decisions
    )


def test_an_added_indicator_has_its_name() -> None:
    sheet = opened(render_review_workbook(View(whole_round(), "内蒙古自治区")))[SHEET]
    rows = {(row[2].value, row[4].value) for row in sheet.iter_rows(min_row=2)}
    assert {
        ("新增自用煤电", "补充指标"),
        ("调峰能力", "补充指标"),
        ("单位 GDP 能源消费量", "目标以变化幅度表述"),
    } <= rows
    page = {(row[1], row[3]) for row in Outline(render_overview(whole_round()).decode()).rows if len(row) == 7}
    assert {("新增自用煤电", "补充指标"), ("调峰能力", "补充指标")} <= page


def test_the_nation_has_it_in_index_html_with_states_but_without_what_was_written() -> None:
    assert SHEET not in opened(render_review_workbook(View(large_review(), None, large_ledger()))).sheetnames
    page = render_overview(large_review(), ledger=large_ledger()).decode()
    rows = [row for row in Outline(page).rows if len(row) == 7 and row[0] in SEVERITY_TITLES.values()]
    shown = sorted((row[0], row[6]) for row in rows)
    assert shown == sorted((severity, state) for rows in expected().values() for severity, _, state, _ in rows)
    dismissed = sum(state in {"误报", "说明可接受"} for rows in expected().values() for _, _, state, _ in rows)
    assert page.count('class="dismissed"') == dismissed > 0
    assert not [said for rows in expected().values() for *_, said in rows if said and said in page]
