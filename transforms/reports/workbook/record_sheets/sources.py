"""来源: the files that the workbook is made from, with their hashes, and the versions of code and contracts."""

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.rows.plan_rows import PLAN_STATE_TITLES
from transforms.reports.sheet_parts.cells import put
from transforms.reports.sheet_parts.links import submission_link, submitted_path
from transforms.reports.sheet_parts.tables import Column, write_table
from transforms.reports.view import View


def write_sources(sheet: Worksheet, view: View) -> int:
    """Write the versions of code and contracts, and every file with its hash; return the number of rows."""
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
            "文件",
            60,
            lambda row: submission_link(view, row["file"], submitted_path(row["file"])),
            "链接" if view.province else "文字",
        ),
        Column("sha256", 66, lambda row: row["file_sha256"], "代码"),
        Column("试点", 24, lambda row: view.pilot_title(row["province"], row["pilot"])),
        Column("版本", 9, lambda row: row["version"] or "—", "居中"),
        Column("状态", 14, lambda row: row["state"], "居中"),
        Column("读取的工作表", 16, lambda row: row["sheet"] or "—"),
    ]
    plans = view.plans.rename({"sha256": "file_sha256"}).with_columns(
        state=pl.col("standing").replace_strict(PLAN_STATE_TITLES, default="有效", return_dtype=pl.String),
        version=pl.lit(None),
        sheet=pl.lit(None),
    )
    rows = [*view.files.iter_rows(named=True), *plans.iter_rows(named=True)]
    write_table(sheet, columns, rows, top=len(facts) + 2)
    return len(facts) + len(rows)
