"""试点总览: every pilot with its state and the number of its values and findings, and its other files below it."""

from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.reports.rows.pilot_status import (
    NO_PLAN_SENT,
    PLAN_ADOPTED,
    PLAN_CHECKED,
    PLAN_NOT_ADOPTED,
    on_roster,
    pilot_statuses,
)
from transforms.reports.sheet_parts.links import submission_link, submitted_path
from transforms.reports.sheet_parts.tables import Column, Link, Row, write_table
from transforms.reports.view import KIND_TITLES, View

_PLAN_LOOKS = {PLAN_CHECKED: "good", NO_PLAN_SENT: "open", "—": "居中", PLAN_ADOPTED: "good", PLAN_NOT_ADOPTED: "open"}


def write_pilot_overview(sheet: Worksheet, view: View) -> int:
    """Write the pilots in the order of the roster; return the number of rows."""
    rows: list[Row] = []
    statuses = pilot_statuses(view)
    shown = {row["file"] for row in statuses}
    others = [row for row in view.files.iter_rows(named=True) if row["file"] not in shown]
    for row in statuses:
        rows.append(row)
        same = [other for other in others if row["pilot"] and (other["province"], other["pilot"]) == _who(row)]
        rows += [_other_file(row, other) for other in same]
    write_table(sheet, _columns(view), rows)
    return len(rows)


def _who(row: Row) -> tuple[str | None, str | None]:
    return row["province"], row["pilot"]


def _other_file(row: Row, other: Row) -> Row:
    """Return the row of a file that does not stand for its pilot: its findings are counted above."""
    blank = dict.fromkeys(("usable", "wanted", "added", "unused", *SEVERITIES))
    names = ("file", "state", "named", "version", "filled_on", "contacts")
    return row | blank | {name: other[name] for name in names} | {"plan": "—", "good": False}


def _columns(view: View) -> list[Column]:
    def or_dash(name: str) -> Column:
        titles = {"usable": "可用数值", "wanted": "应填数值", "added": "补充指标"}
        return Column(titles[name], 9, lambda row: "—" if row[name] is None else row[name], "居中")

    def count(severity: str) -> Column:
        return Column(
            SEVERITY_TITLES[severity],
            7,
            lambda row: "—" if row[severity] is None else row[severity],
            lambda row: severity if row[severity] else "居中",
        )

    def file(row: Row) -> Link | str:
        return submission_link(view, row["file"], submitted_path(row["file"])) if row["file"] else "—"

    columns = [
        Column("省份", 14, lambda row: row["province"] or "（不明）"),
        Column("试点", 20, lambda row: view.pilot_title(row["province"], row["pilot"])),
        Column("报送名称", 22, lambda row: row["named"] or "—"),
        Column("类型", 7, lambda row: KIND_TITLES.get(row["kind"] or "", "—"), "居中"),
        Column("名单内", 7, lambda row: on_roster(view, row), "居中"),
        Column("状态", 12, lambda row: row["state"], lambda row: "good" if row["good"] else "bad"),
        Column("实施方案", 13, lambda row: row["plan"], lambda row: _PLAN_LOOKS.get(row["plan"], "bad")),
        *(count(severity) for severity in SEVERITIES),
        or_dash("usable"),
        or_dash("wanted"),
        Column("未用原因", 18, lambda row: row["unused"] or "—"),
        or_dash("added"),
        Column("版本", 7, lambda row: row["version"] or "—", "居中"),
        Column("填报日期", 11, lambda row: row["filled_on"] or "—", "居中"),
    ]
    if view.province is not None:  # contacts stay in the province's own package
        columns.append(Column("联系人", 24, lambda row: "、".join(row["contacts"]) or "—"))
    linked = lambda row: "链接" if view.province and row["file"] else "文字"  # noqa: E731
    return [*columns, Column("报送文件", 40, file, linked)]
