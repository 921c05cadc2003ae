"""Sections of the cover: state of the pilots, most important findings, changes, checks that could not run."""

from typing import Any

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITY_TITLES
from transforms.pipeline import UNREAD
from transforms.reports.pilot_rows import GOOD_STATES, expected_pilots, open_counts
from transforms.reports.sheet_parts.cells import merge, put, put_wide
from transforms.reports.sheet_parts.styles import height_for
from transforms.reports.sheet_parts.tables import Link, Row, write_value
from transforms.reports.view import KIND_TITLES, QUOTA_TITLES, View
from transforms.reports.workbook.review_sheets.finding_list import findings_row
from transforms.rules.earlier_version import version_changes

COLUMNS = 6
_WIDTHS = (20, 20, 20, 20, 16, 24)
TOP = 10
_COUNTED = {"blocker": "阻断", "error": "错误", "warning": "警告"}
# Name, kind or places, state, how many findings of each severity, and the style of the state.
StateRow = tuple[str, str, str, int, int, int, str]


def write_states(sheet: Worksheet, view: View, at: int) -> int:
    """Write each pilot of the province, or each province of the nation, in green, amber or red."""
    put(sheet, at, 1, "省份状态" if view.province is None else "试点状态", "小标题")
    rows = _province_states(view) if view.province is None else _pilot_states(view)
    titles = ("名称", "类型" if view.province else "名额 / 有效报送", "状态", *_COUNTED.values())
    for column, title in enumerate(titles, 1):
        put(sheet, at + 1, column, title, "表头")
    for row in rows:
        at += 1
        shown: tuple[str | int, ...] = row[:6]
        for column, value in enumerate(shown, 1):
            put(sheet, at + 1, column, value, row[6] if column == 3 else "文字" if column == 1 else "居中")
        sheet.row_dimensions[at + 1].height = height_for(zip(row, _WIDTHS, strict=False))
    return at + 2


def write_top_findings(sheet: Worksheet, view: View, at: int) -> int:
    """Write the most important findings that no reviewer has dismissed."""
    rows = top_findings(view)
    put(sheet, at, 1, f"重点关注问题（前{len(rows)}项）" if rows else "重点关注问题", "小标题")
    if not rows:
        put(sheet, at + 1, 1, "没有需要处理的问题", "说明")
        return at + 2
    for row, pilots in rows:
        at += 1
        who = "、".join(pilots) or row["province"] or "（不明）"
        place = findings_row(view, row["finding_key"])
        put(sheet, at, 1, f"{SEVERITY_TITLES[row['severity']]}　{who}", row["severity"])
        title = view.contracts.rules[row["rule"]].title
        write_value(sheet, at, 2, Link(title, sheet="问题清单", cell=f"A{place}"), "链接")
        put_wide(sheet, at, 3, COLUMNS, row["message"])
        texts = [(f"{SEVERITY_TITLES[row['severity']]}　{who}", _WIDTHS[0]), (title, _WIDTHS[1])]
        sheet.row_dimensions[at].height = height_for([*texts, (row["message"], sum(_WIDTHS[2:]))])
    return at + 1


def top_findings(view: View) -> list[tuple[dict[str, Any], list[str]]]:
    """Return the `TOP` open findings by materiality, each with its pilots; a pair of copies counts once."""
    is_open = (pl.col("severity") != "info") & ~pl.col("finding_key").is_in(sorted(view.dismissed))
    rows = view.ranked.filter(is_open)
    other = _copied_from(view) if "COPY-PILOT" in rows["rule"] else {}
    listed: set[str] = set()
    first: list[tuple[dict[str, Any], list[str]]] = []
    for row in rows.iter_rows(named=True):
        pilots = [row["pilot"]] if row["pilot"] else []
        if row["rule"] == "COPY-PILOT" and row["file"] in listed:
            continue
        if row["rule"] == "COPY-PILOT" and row["file"] in other:
            file, pilot = other[row["file"]]
            listed.add(file)
            pilots.append(pilot)
        first.append((row, pilots))
        if len(first) == TOP:
            break
    return first


def _copied_from(view: View) -> dict[str, tuple[str, str]]:
    """Return by file the visible file and pilot with the most identical figures."""
    pairs = view.review.round_context.copies.rename({"other_province": "province"})
    closest = view.visible(pairs).unique("file", keep="first", maintain_order=True)
    return {row["file"]: (row["other"], row["other_pilot"]) for row in closest.iter_rows(named=True)}


def write_changes(sheet: Worksheet, view: View, at: int) -> int:
    """Write the changes against each pilot's earlier version, if there are any."""
    changes = view.visible(version_changes(view.review.judged.batch))
    if changes.is_empty():
        return at
    put(sheet, at, 1, "与上一版本相比", "小标题")
    for row in changes.iter_rows(named=True):
        at += 1
        versions = f"版本{row['version_was'] or '（未填）'} → {row['version'] or '（未填）'}"
        put(sheet, at, 1, row["pilot"], "文字")
        put(sheet, at, 2, versions, "居中")
        said = f"改动{row['changed']}个数值，新填{row['given']}个，不再填{row['removed']}个"
        put_wide(sheet, at, 3, COLUMNS, said)
        sheet.row_dimensions[at].height = height_for([(row["pilot"], _WIDTHS[0]), (versions, _WIDTHS[1])])
    return at + 2


def write_unevaluated_checks(sheet: Worksheet, view: View, at: int) -> int:
    """Write the checks that could not run: rules that crashed, and rules that lacked a value."""
    # A finding without a province concerns the whole round and is shown to each province.
    mine = pl.lit(value=True) if view.province is None else pl.col("province").fill_null(view.province) == view.province
    silent = view.review.findings.filter((pl.col("status") == "not_evaluated") & mine)
    lines = [(line, "检查本身出错，结果不完整") for line in view.review.judged.failed_rules]
    rules = view.contracts.rules
    for (rule,), group in silent.group_by("rule", maintain_order=True):
        who = "、".join(dict.fromkeys(name for name in group["pilot"] if name))
        lines.append(
            (rules[str(rule)].title, f"{who}：缺少数值" if who and str(rule) not in UNREAD else group["message"][0])
        )
    if not lines:
        return at
    put(sheet, at, 1, "未能执行的检查", "小标题")
    for what, why in lines:
        at += 1
        put(sheet, at, 1, what, "文字")
        put(sheet, at, 2, None, "文字")
        merge(sheet, at, 1, 2)
        put_wide(sheet, at, 3, COLUMNS, why)
        sheet.row_dimensions[at].height = height_for([(what, sum(_WIDTHS[:2])), (why, sum(_WIDTHS[2:]))])
    return at + 2


def _state_style(blockers: int, errors: int, warnings: int, *, good: bool) -> str:
    if blockers or not good:
        return "bad"
    return "open" if errors or warnings else "good"


def _pilot_states(view: View) -> list[StateRow]:
    counts = open_counts(view)

    def line(row: Row) -> StateRow:
        blockers, errors, warnings = (counts.get((row["province"], row["pilot"]), {}).get(name, 0) for name in _COUNTED)
        light = _state_style(blockers, errors, warnings, good=row["state"] in GOOD_STATES)
        return (row["pilot"], KIND_TITLES.get(row["kind"] or "", "—"), row["state"], blockers, errors, warnings, light)

    return [line(row) for row in expected_pilots(view)]


def _province_states(view: View) -> list[StateRow]:
    def line(row: Row) -> StateRow:
        blockers, errors, warnings = (row[f"{name}s"] for name in _COUNTED)
        state = QUOTA_TITLES[row["quota_status"]] if row["submitted"] else "未收到报送"
        places = f"{row['quota'] or '—'} / {'—' if row['accepted'] is None else row['accepted']}"
        light = _state_style(blockers, errors, warnings, good=state in GOOD_STATES)
        return (row["province"], places, state, blockers, errors, warnings, light)

    return [line(row) for row in view.provinces.iter_rows(named=True)]
