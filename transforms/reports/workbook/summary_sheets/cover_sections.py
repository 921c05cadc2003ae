"""Sections of the cover: state of the pilots, most important findings, changes, checks that could not run."""

from collections.abc import Iterable
from typing import Any

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.pipeline import UNREAD
from transforms.reports.rows.pilot_status import pilot_statuses, province_statuses
from transforms.reports.sheet_parts.cells import merge, put
from transforms.reports.sheet_parts.styles import height_for
from transforms.reports.sheet_parts.tables import Link, Row, write_value
from transforms.reports.view import KIND_TITLES, QUOTA_UNKNOWN, View
from transforms.reports.workbook.review_sheets.finding_list import findings_row
from transforms.rules.submissions.earlier_version import version_changes

COLUMNS = 6
WIDTHS = (20, 31, 17, 17, 14, 21)  # a link, in the second, does not wrap in LibreOffice
TOP = 10
_COUNTED = ("blocker", "error", "warning")
# Text, style, and how many columns it takes.
Cells = Iterable[tuple[str | int | Link | None, str, int]]


def write_heading(sheet: Worksheet, at: int, text: str) -> None:
    """Write the heading of a section over all columns."""
    put(sheet, at, 1, text, "小标题")
    merge(sheet, at, 1, COLUMNS)


def write_row(sheet: Worksheet, at: int, cells: Cells) -> None:
    """Write cells side by side, each over its columns, and set the height of the row."""
    column, texts = 1, []
    for value, style, wide in cells:
        write_value(sheet, at, column, value, style)
        for blank in range(column + 1, column + wide):
            put(sheet, at, blank, None, style)
        if wide > 1:
            merge(sheet, at, column, column + wide - 1)
        text = value.text if isinstance(value, Link) else value
        texts.append((text, sum(WIDTHS[column - 1 : column - 1 + wide])))
        column += wide
    sheet.row_dimensions[at].height = height_for(texts)


def write_states(sheet: Worksheet, view: View, at: int) -> int:
    """Write each pilot of the province, or each province of the nation: its state, and findings by severity."""
    nation = view.province is None
    heading = "省份状态" if nation else "试点状态"
    write_heading(sheet, at, heading + ("（问题数量不含已处理的）" if view.dismissed else ""))
    rows = province_statuses(view) if nation else [row for row in pilot_statuses(view) if row["pilot"]]
    titles = ("名称", "名额／有效报送" if nation else "类型", "状态", *(SEVERITY_TITLES[name] for name in _COUNTED))
    write_row(sheet, at + 1, [(title, "表头", 1) for title in titles])
    for below, row in enumerate(rows, at + 2):
        about = _places(row) if nation else KIND_TITLES.get(row["kind"] or "", "—")
        look = "居中" if row["state"] == QUOTA_UNKNOWN else "good" if row["good"] else "bad"
        state = (row["state"], look, 1)
        found = [(row[name], name if row[name] else "居中", 1) for name in _COUNTED]
        name = row["province"] if nation else row["title"]
        write_row(sheet, below, [(name, "文字", 1), (about, "居中", 1), state, *found])
    return at + 3 + len(rows)


def _places(row: Row) -> str:
    return f"{row['quota'] or '—'}／{'—' if row['accepted'] is None else row['accepted']}"


def write_top_findings(sheet: Worksheet, view: View, at: int) -> int:
    """Write the most important findings that no reviewer has dismissed, if there are any."""
    rows = sorted(top_findings(view), key=lambda one: SEVERITIES.index(one[0]["severity"]))
    if not rows:
        return at
    write_heading(sheet, at, f"重点关注问题（前{len(rows)}项）")
    for below, (row, pilots) in enumerate(rows, at + 1):
        who = f"{SEVERITY_TITLES[row['severity']]}　{'、'.join(pilots) or row['province'] or '（不明）'}"
        title = view.contracts.rules[row["rule"]].title
        link = Link(title, sheet="问题清单", cell=f"A{findings_row(view, row['finding_key'])}")
        write_row(sheet, below, [(who, row["severity"], 1), (link, "链接", 1), (row["message"], "文字", 4)])
    return at + 2 + len(rows)


def top_findings(view: View) -> list[tuple[dict[str, Any], list[str]]]:
    """Return the `TOP` open findings by materiality, each with its pilots; a pair of copies counts once."""
    is_open = (pl.col("severity") != "info") & ~pl.col("finding_key").is_in(sorted(view.dismissed))
    rows = view.findings.filter(is_open).sort("materiality", descending=True, maintain_order=True)
    other = _copied_from(view) if "COPY-PILOT" in rows["rule"] else {}
    listed: set[str] = set()
    first: list[tuple[dict[str, Any], list[str]]] = []
    for row in rows.iter_rows(named=True):
        pilots = [view.pilot_title(row["province"], row["pilot"])] if row["pilot"] else []
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
    write_heading(sheet, at, "与上一版本相比")
    for below, row in enumerate(changes.iter_rows(named=True), at + 1):
        versions = f"版本{row['version_was'] or '（未填）'}→{row['version'] or '（未填）'}"
        said = f"改动{row['changed']}个数值，新填{row['given']}个，不再填{row['removed']}个"
        write_row(
            sheet,
            below,
            [(view.pilot_title(row["province"], row["pilot"]), "文字", 1), (versions, "居中", 1), (said, "文字", 4)],
        )
    return at + 2 + changes.height


def write_unevaluated_checks(sheet: Worksheet, view: View, at: int) -> int:
    """Write the checks that could not run, if there are any: rules that crashed, and rules that lacked a value."""
    # A finding without a province concerns the whole round and is shown to each province.
    mine = pl.lit(value=True) if view.province is None else pl.col("province").fill_null(view.province) == view.province
    silent = view.review.findings.filter((pl.col("status") == "not_evaluated") & mine)
    lines = [(line, "检查本身出错，结果不完整") for line in view.review.judged.failed_rules]
    rules = view.contracts.rules
    for (rule,), group in silent.group_by("rule", maintain_order=True):
        pairs = dict.fromkeys(pair for pair in group.select("province", "pilot").iter_rows() if pair[1])
        who = "、".join(view.pilot_title(*pair) for pair in pairs)
        what = rules[str(rule)].heading("not_evaluated").removeprefix("未核对：")  # names no fault
        lines.append((what, f"{who}：缺少数值" if who and str(rule) not in UNREAD else group["message"][0]))
    if not lines:
        return at
    write_heading(sheet, at, "未能执行的检查")
    for below, (what, why) in enumerate(lines, at + 1):
        write_row(sheet, below, [(what, "文字", 2), (why, "文字", 4)])
    return at + 2 + len(lines)
