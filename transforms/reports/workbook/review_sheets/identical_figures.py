"""数值雷同: pairs of pilots with the same figures. Only in the national summary: it names pilots of other provinces."""

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.sheet_parts.links import submitted_path
from transforms.reports.sheet_parts.tables import Column, write_table
from transforms.reports.view import KIND_TITLES, View


def write_identical_figures(sheet: Worksheet, view: View) -> int:
    """Write each pair of pilots with the same figures; return their number."""
    pairs = view.review.round_context.copies.filter(pl.col("file") < pl.col("other"))
    who = view.review.judged.batch.counted.select("file", "province", "pilot", "kind")
    rows = pairs.join(who, on="file", how="left", validate="m:1", maintain_order="left")
    columns = [
        Column("类型", 8, lambda row: KIND_TITLES[row["kind"]], "居中"),
        Column("试点", 26, lambda row: f"{row['province']}　{row['pilot']}"),
        Column("与之相同的试点", 26, lambda row: f"{row['other_province']}　{row['other_pilot']}"),
        Column("相同指标数", 10, lambda row: row["rows"], "居中"),
        Column("相同指标的序号", 40, lambda row: row["numbers"]),
        Column("试点文件", 44, lambda row: submitted_path(row["file"])),
        Column("相同文件", 44, lambda row: submitted_path(row["other"])),
    ]
    write_table(sheet, columns, rows.iter_rows(named=True))
    return rows.height
