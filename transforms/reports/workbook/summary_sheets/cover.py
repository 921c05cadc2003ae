"""封面: state of the province or round, most important findings, instructions, list of sheets."""

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.reports.sheet_parts.cells import merge, put, put_wide
from transforms.reports.sheet_parts.styles import height_for, set_up_page
from transforms.reports.sheet_parts.tables import Link, write_value
from transforms.reports.view import QUOTA_TITLES, View
from transforms.reports.workbook.summary_sheets.cover_sections import (
    write_changes,
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
_DISCLAIMER = (
    "本工作簿由系统按《碳达峰试点实施方案编制指南》逐项核对后自动生成。系统提示不等于数据有误，没有提示也不等于数据正确；"
    "是否采信由评审专家判断。国家目标和同类中位数仅作参照，不是对试点的要求。"
)
_USE = (
    "1. 先看本页的试点状态和重点关注问题，点击问题名称跳到“问题清单”；"
    "问题按重要程度排列，可按严重程度、试点或指标筛选；",
    "2. 在“问题清单”的浅黄色栏填写处理状态、审核意见、审核人和日期，在“审核意见”填写初审、复核和结论；"
    "下次生成时会带入新工作簿；",
    "3. “指标对照”中原值为报送原文，规范值为换算到指南单位后的数值，灰色斜体的未参与汇总；"
    "鼠标停在着色的单元格上可看问题说明，点击“出处”打开报送文件；"
    "同类中位数为全国同类试点（n 为参与计算的试点数，少于8个不显示），全国目标的文件和条款见批注。",
)


def write_cover(sheet: Worksheet, view: View, sheets: list[tuple[str, str]]) -> None:
    """Write the cover.

    Args:
        sheet: to write on.
        view: what is shown.
        sheets: names of the other sheets, with the purpose of each.
    """
    for column, width in zip("ABCDEF", (20, 20, 20, 20, 16, 24), strict=True):
        sheet.column_dimensions[column].width = width
    name = "评审工作簿" if view.province else "汇总"
    put(sheet, 1, 1, f"{view.contracts.round.title}\n{view.title}{name}", "标题")
    merge(sheet, 1, 1, 6)
    sheet.row_dimensions[1].height = 64
    at = _state(sheet, view, 3)
    at = _severities(sheet, view, at + 1)
    at = write_states(sheet, view, at + 1)
    at = write_top_findings(sheet, view, at + 1)
    at = write_changes(sheet, view, at + 1)
    at = write_unevaluated_checks(sheet, view, at + 1)
    at = _paragraph(sheet, at, "重要说明", (_DISCLAIMER,))
    at = _paragraph(sheet, at + 1, "使用方法", _USE)
    put(sheet, at + 1, 1, "目录", "小标题")
    for row, (target, purpose) in enumerate(sheets, at + 2):
        write_value(sheet, row, 1, Link(target, sheet=target), "链接")
        put_wide(sheet, row, 2, 6, purpose)
    set_up_page(sheet)
    sheet.page_setup.orientation = "portrait"


def _state(sheet: Worksheet, view: View, at: int) -> int:
    rows = view.provinces.to_dicts()
    total = {
        name: sum(row[name] or 0 for row in rows) for name in ("quota", "submitted", "accepted", "cities", "parks")
    }
    nothing = view.province and not total["submitted"]
    accepted = "未收到报送" if nothing else _accepted(view, total)
    status = "、".join(
        f"{title}{n}个省份" if view.province is None else title
        for key, title in QUOTA_TITLES.items()
        if (n := sum(row["quota_status"] == key for row in rows))
    )
    pairs = [
        ("批次", view.contracts.round.title, "省份", view.title),
        (
            "名额",
            f"{total['quota']}个",
            "收到报送",
            f"{total['submitted']}个试点" if total["submitted"] else "未收到报送",
        ),
        ("有效报送", accepted, "名额状态", status),
        *([("实施方案", _plans(view, total), "", "")] if view.contracts.round.plan_required else []),
        (
            "基期年",
            f"{view.contracts.round.base_year}年",
            "目标年",
            "、".join(map(str, view.contracts.round.target_years)) + "年",
        ),
    ]
    for row, (left, what, right, that) in enumerate(pairs, at):
        put(sheet, row, 1, left, "项目")
        if right:
            put(sheet, row, 4, right, "项目")
        put_wide(sheet, row, 2, 3, what)
        put_wide(sheet, row, 5, 6, that)
        sheet.row_dimensions[row].height = 22
    return at + len(pairs)


def _accepted(view: View, total: dict[str, int]) -> str:
    """Return how many pilots on the roster are accepted, of how many, and how many are not on it."""
    kinds = f"（城市{total['cities']}，园区{total['parks']}）"
    if not view.contracts.round.roster:
        return f"{total['accepted']}个{kinds}"
    off = view.files.filter("off_roster").select("province", "pilot").n_unique()
    return f"名单内有效{total['accepted']}/{total['quota']}{kinds}" + (f"，名单外{off}" if off else "")


def _plans(view: View, total: dict[str, int]) -> str:
    """Return from how many pilots on the roster a plan came, of how many: 收到0/3."""
    names = {(province, pilot.name) for province, pilot in view.roster()}
    sent = names & set(view.plans.select("province", "pilot").iter_rows())
    return f"收到{len(sent)}/{total['quota']}"


def _severities(sheet: Worksheet, view: View, at: int) -> int:
    put(sheet, at, 1, "问题数量", "小标题")
    counts = dict(view.findings.group_by("severity").len().iter_rows())
    decided = view.findings.filter(pl.col("finding_key").is_in(sorted(view.dismissed)))
    done = dict(decided.group_by("severity").len().iter_rows())
    for column, severity in enumerate(SEVERITIES, 1):
        put(sheet, at + 1, column, SEVERITY_TITLES[severity], severity)
        found, settled = counts.get(severity, 0), done.get(severity, 0)
        put(sheet, at + 2, column, f"{found}（已处理{settled}）" if settled else found, "居中")
        put(sheet, at + 3, column, _MEANING[severity], "居中")
    sheet.row_dimensions[at + 2].height = 26
    sheet.row_dimensions[at + 3].height = 44
    return at + 4


def _paragraph(sheet: Worksheet, at: int, title: str, lines: tuple[str, ...]) -> int:
    put(sheet, at, 1, title, "小标题")
    for row, line in enumerate(lines, at + 1):
        put(sheet, row, 1, line, "正文")
        merge(sheet, row, 1, 6)
        sheet.row_dimensions[row].height = height_for([(line, 110)])
    return at + 1 + len(lines)
