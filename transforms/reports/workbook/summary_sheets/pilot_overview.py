"""试点总览: every submission received, with its state and the number of its values and findings."""

from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.pilot_rows import GOOD_STATES, received_files
from transforms.reports.sheet_parts.links import submission_link
from transforms.reports.sheet_parts.tables import Column, Link, Row, write_table
from transforms.reports.view import KIND_TITLES, View


def write_pilot_overview(sheet: Worksheet, view: View) -> None:
    """Write every submission received, with its state and counts."""
    write_table(sheet, _pilot_columns(view), received_files(view), empty="没有收到任何报送")


def _pilot_columns(view: View) -> list[Column]:
    def count(severity: str, title: str) -> Column:
        return Column(title, 7, lambda row: row[severity], lambda row: severity if row[severity] else "居中")

    def file(row: Row) -> Link | str:
        return submission_link(view, row["file"], row["file"])

    columns = [
        Column("省份", 14, lambda row: row["province"] or "（不明）"),
        Column("试点", 20, lambda row: row["pilot"] or "（不明）"),
        Column("报送名称", 22, lambda row: row["named"] or "—"),
        Column("类型", 7, lambda row: KIND_TITLES.get(row["kind"] or "", "—"), "居中"),
        Column("版本", 9, lambda row: row["version"] or "—", "居中"),
        Column("填报日期", 12, lambda row: row["filled_on"] or "—", "居中"),
        Column("状态", 12, lambda row: row["state"], lambda row: "good" if row["state"] in GOOD_STATES else "bad"),
        Column("可用数值", 9, lambda row: row["usable"], "居中"),
        Column("应填数值", 9, lambda row: row["wanted"], "居中"),
        Column("补充指标", 9, lambda row: row["added"], "居中"),
        count("blocker", "阻断"),
        count("error", "错误"),
        count("warning", "警告"),
        count("info", "提示"),
    ]
    if view.province is not None:  # contacts stay in the province's own package
        columns.append(Column("联系人", 18, lambda row: "、".join(row["contacts"]) or "—"))
    return [*columns, Column("报送文件", 44, file, "链接" if view.province else "文字")]
