"""规则目录, 换算记录 and 来源: by what rules the book was made, with which conversions, and from which files."""

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITY_TITLES
from transforms.reports.sheet_parts.cells import put
from transforms.reports.sheet_parts.links import origin, submission_link
from transforms.reports.sheet_parts.table import Column, write_table
from transforms.reports.view import View


def write_rules(sheet: Worksheet, view: View) -> None:
    """The catalogue, with how often each rule spoke here."""
    counts = dict(view.findings.group_by("rule").len().iter_rows())
    columns = [
        Column("规则", 22, lambda row: row["id"], "代码"),
        Column("名称", 24, lambda row: row["title"]),
        Column("严重程度", 9, lambda row: SEVERITY_TITLES[row["severity"]], lambda row: row["severity"]),
        Column("层级", 6, lambda row: row["level"], "居中"),
        Column("适用", 22, lambda row: row["applies"]),
        Column("处理建议", 48, lambda row: row["general_advice"]),
        Column("依据", 48, lambda row: row["source"]),
        Column("本簿问题数", 10, lambda row: counts.get(row["id"], 0), "居中"),
    ]
    write_table(
        sheet, columns, [vars(rule) | {"general_advice": rule.general_advice} for rule in view.contracts.rules.values()]
    )


def write_conversions(sheet: Worksheet, view: View) -> None:
    """Every value that is not what stood in its cell, with what was done to it."""
    rows = view.listed.filter(pl.col("conversion").is_not_null())
    columns = [
        Column("试点", 22, lambda row: row["pilot"] or "（不明）"),
        Column("具体指标", 40, lambda row: row["name"]),
        Column("年份", 7, lambda row: row["year"], "居中"),
        Column("原值", 16, lambda row: row["raw_value"]),
        Column("原单位", 14, lambda row: row["raw_unit"] or "—"),
        Column("规范值", 14, lambda row: row["value"], "数值"),
        Column("规范单位", 14, lambda row: row["unit"] or "—"),
        Column("换算依据", 44, lambda row: row["conversion"]),
        Column("出处", 20, lambda row: origin(view, row), "链接" if view.province else "文字"),
    ]
    write_table(sheet, columns, rows.iter_rows(named=True), empty="没有换算")


def write_sources(sheet: Worksheet, view: View) -> None:
    """Versions that made the book, and every file with its hash."""
    made = view.review.provenance
    facts = [
        ("程序版本", made.code),
        ("规则与指标表（contracts）sha256", made.contracts),
        ("所列报送文件内容标识 sha256", view.content),
    ]
    for at, (name, value) in enumerate(facts, 1):
        put(sheet, at, 1, name, "项目")
        put(sheet, at, 2, value, "代码")
    columns = [
        Column(
            "文件", 60, lambda row: submission_link(view, row["file"], row["file"]), "链接" if view.province else "文字"
        ),
        Column("sha256", 66, lambda row: row["file_sha256"], "代码"),
        Column("试点", 24, lambda row: row["pilot"] or "（不明）"),
        Column("版本", 9, lambda row: row["version"] or "—", "居中"),
        Column("状态", 14, lambda row: row["state"], "居中"),
        Column("读取的工作表", 16, lambda row: row["sheet"] or "—"),
    ]
    write_table(sheet, columns, view.files.iter_rows(named=True), top=len(facts) + 2, empty="没有收到任何报送")
