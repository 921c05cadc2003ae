"""封面: state of the province or round, most important findings, instructions, list of sheets."""

from collections.abc import Sequence
from itertools import pairwise

from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.reports.rows.pilot_status import (
    NO_PLAN_SENT,
    OFF_ROSTER,
    PLAN_ADOPTED,
    count_findings,
    open_findings,
    pilot_statuses,
)
from transforms.reports.sheet_parts.cells import merge, put
from transforms.reports.sheet_parts.styles import height_for, set_up_page
from transforms.reports.sheet_parts.tables import Link, Row
from transforms.reports.view import QUOTA_TITLES, QUOTA_UNKNOWN, View
from transforms.reports.workbook.summary_sheets.cover_sections import (
    COLUMNS,
    WIDTHS,
    write_changes,
    write_heading,
    write_row,
    write_states,
    write_top_findings,
    write_unevaluated_checks,
)

_MEANING = {
    "blocker": "该报送不能参与汇总，须先处理",
    "error": "须更正",
    "warning": "须更正；经核实无误的，须说明理由",
    "info": "仅供了解，无需处理",
}
_PAGE = 890.0  # points of an A4 page, at the width of the sheet
_ONE_PAGE = 915.0  # points that are legible on one page: 9 points are printed as 7
_LEAST = 150.0  # points of a section that begins at the end of a page
_ROW = 15.0  # points, where no height is set
_GAP = 8.0  # points before a section
_GUIDE, _OTHER_TABLES = "《碳达峰试点实施方案编制指南》", "本轮指标表"
_DISCLAIMER = (
    "本工作簿由系统按{source}逐项核对后自动生成。系统提示不等于数据有误，没有提示也不等于数据正确；"
    "是否采信由评审专家判断。全国目标和同类中位数仅作参照，不是对试点的要求。"
)
_USE = (
    "1. 先看本页的试点状态和重点关注问题，点击问题名称跳到“问题清单”。"
    "问题先按严重程度、再按重要程度排列，可按试点或指标筛选。",
    "2. 在“问题清单”的浅黄色栏填写处理状态、审核意见、审核人和日期，在“审核意见”填写初审、复核和结论；"
    "下次生成时会带入新工作簿。",
    "3. “指标对照”中原值为报送原文，规范值为换算到指南单位后的数值，灰色斜体的未参与汇总；"
    "鼠标停在着色的单元格上可看问题说明，点击“出处”打开报送文件；"
    "同类中位数为全国同类试点（n 为参与计算的试点数，少于8个不显示），全国目标的文件和条款见批注。",
)

_NATION_USE = (
    "1. 先看本页的省份状态和重点关注问题，点击问题名称跳到“问题清单”。"
    "问题先按严重程度、再按重要程度排列，可按省份、试点或指标筛选。",
    "2. 本工作簿仅供查阅，不在其中填写：处理状态和结论在各省评审工作簿中填写，下次生成时会带入本工作簿。",
    _USE[2].replace("，点击“出处”打开报送文件", ""),
)


def write_cover(sheet: Worksheet, view: View, sheets: Sequence[tuple[str, int | None, str]]) -> None:
    """Write the cover.

    Args:
        sheet: to write on.
        view: what is shown.
        sheets: the other sheets: name, number of rows if it is shown, and purpose.
    """
    for column, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    name = "评审工作簿" if view.province else "汇总"
    put(sheet, 1, 1, f"{view.contracts.round.title}\n{view.title}{name}", "标题")
    merge(sheet, 1, 1, COLUMNS)
    sheet.row_dimensions[1].height = 56
    sections = [at := _write_state(sheet, view, 3) + 1]
    sections.append(at := _write_severities(sheet, view, at))
    for write in (write_states, write_top_findings, write_changes, write_unevaluated_checks):
        at = write(sheet, view, at)
        sections += [at]
    source = _OTHER_TABLES if view.contracts.round.tables else _GUIDE
    sections.append(at := _write_paragraph(sheet, at, "重要说明", (_DISCLAIMER.format(source=source),)))
    sections.append(at := _write_paragraph(sheet, at, "使用方法", _USE if view.province else _NATION_USE))
    write_heading(sheet, at, "目录")
    for below, (target, rows, purpose) in enumerate(sheets, at + 1):
        link = Link(target if rows is None else f"{target}（{rows}）", sheet=target)
        write_row(sheet, below, [(link, "链接", 1), (purpose, "文字", COLUMNS - 1)])
    set_up_page(sheet)
    sheet.page_setup.orientation = "portrait"
    _set_pages(sheet, [1, *dict.fromkeys(sections), at + 1 + len(sheets)])


def _set_pages(sheet: Worksheet, sections: Sequence[int]) -> None:
    """Print one page if that is legible, else full pages in every program; no heading is the last line of one.

    Args:
        sheet: the cover.
        sections: the first row of each section, and the row after the last one.
    """
    for row in sections[1:-1]:
        sheet.row_dimensions[row - 1].height = _GAP
    heights = [sheet.row_dimensions[row].height or _ROW for row in range(1, sections[-1])]
    one_page = sum(heights) <= _ONE_PAGE
    sheet.page_setup.fitToHeight = 1 if one_page else 0
    used = 0.0
    for first, after in pairwise(() if one_page else sections):
        needed = min(_LEAST, sum(heights[first - 1 : after - 1]))
        for row in range(first, after):
            if used + (needed if row == first else heights[row - 1]) > _PAGE:
                sheet.row_breaks.append(Break(id=row - 1))
                used = 0.0
            used += heights[row - 1]


def _write_state(sheet: Worksheet, view: View, at: int) -> int:
    rows = view.provinces.to_dicts()
    total = {
        name: sum(row[name] or 0 for row in rows) for name in ("quota", "submitted", "accepted", "cities", "parks")
    }
    pilots = pilot_statuses(view)
    known = view.contracts.round.publishes_quota(view.province)
    status = (
        QUOTA_UNKNOWN
        if not known
        else "、".join(
            f"{title}{n}个省份" if view.province is None else title
            for key, title in QUOTA_TITLES.items()
            if (n := sum(row["quota_status"] == key for row in rows))
        )
    )
    expected = [row for row in pilots if row["listed"]] or [row for row in pilots if row["pilot"]]
    years = view.contracts.round
    sent = {PLAN_ADOPTED} if years.kind == "progress" else {row["plan"] for row in expected} - {NO_PLAN_SENT}
    arrived = sum(row["plan"] in sent for row in expected)
    plans = f"{PLAN_ADOPTED if years.kind == 'progress' else '收到'}{arrived}/{len(expected)}"
    reported = f"实际{'、'.join(map(str, years.reported_years))}年，" if years.reported_years else ""
    pairs = [
        ("批次", years.title, "省份", view.title),
        (
            "名额",
            f"{total['quota']}个" if known else "未公布",
            "收到报送",
            f"{total['submitted']}个试点" if total["submitted"] else "未收到报送",
        ),
        ("有效报送", _accepted(view, total, pilots), "名额状态", status),
        (
            "实施方案",
            plans,
            "年份",
            f"基期{years.base_year}年，{reported}目标{'、'.join(map(str, years.target_years))}年",
        ),
    ]
    for row, (left, what, right, that) in enumerate(pairs, at):
        write_row(sheet, row, [(left, "项目", 1), (what, "文字", 2), (right, "项目", 1), (that, "文字", 2)])
        sheet.row_dimensions[row].height = max(20, sheet.row_dimensions[row].height or 0)
    return at + len(pairs)


def _accepted(view: View, total: dict[str, int], pilots: Sequence[Row]) -> str:
    """Return how many pilots on the roster are accepted, of how many, and how many are not on it."""
    if view.province and not total["submitted"]:
        return "未收到报送"
    kinds = f"（城市{total['cities']}，园区{total['parks']}）"
    if not view.contracts.round.roster:
        return f"{total['accepted']}个{kinds}"
    off = sum(row["state"] == OFF_ROSTER for row in pilots)
    of = f"/{total['quota']}" if view.contracts.round.publishes_quota(view.province) else "个"
    return f"名单内有效{total['accepted']}{of}{kinds}" + (f"，名单外{off}" if off else "")


def _write_severities(sheet: Worksheet, view: View, at: int) -> int:
    """Write the number of findings of each severity, and of those that a reviewer has dismissed."""
    write_heading(sheet, at, "问题数量")
    found, left = (count_findings(rows).get((), {}) for rows in (view.findings, open_findings(view)))
    for column, severity in enumerate(SEVERITIES, 1):
        n, settled = found.get(severity, 0), found.get(severity, 0) - left.get(severity, 0)
        put(sheet, at + 1, column, SEVERITY_TITLES[severity], severity)
        put(sheet, at + 2, column, f"{n}（已处理{settled}）" if settled else n, "居中")
        put(sheet, at + 3, column, _MEANING[severity], "居中")
    sheet.row_dimensions[at + 2].height = 20
    sheet.row_dimensions[at + 3].height = 32
    return at + 5


def _write_paragraph(sheet: Worksheet, at: int, title: str, lines: tuple[str, ...]) -> int:
    write_heading(sheet, at, title)
    for row, line in enumerate(lines, at + 1):
        put(sheet, row, 1, line, "正文")
        merge(sheet, row, 1, COLUMNS)
        sheet.row_dimensions[row].height = height_for([(line, 110)])
    return at + 2 + len(lines)
