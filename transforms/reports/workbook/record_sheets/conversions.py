"""换算记录: every converted value beside its raw text."""

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from transforms.intake.values.unit_conversion import AS_SHOWN
from transforms.reports.sheet_parts.links import source_cell_link
from transforms.reports.sheet_parts.tables import Column, write_table
from transforms.reports.view import View


def write_conversions(sheet: Worksheet, view: View) -> int:
    """Write every converted value, with the reason of the conversion; return their number.

    A cell in percent format that was read as shown is no conversion.
    """
    rows = view.listed.filter(pl.col("conversion").is_not_null() & (pl.col("conversion") != AS_SHOWN))
    columns = [
        Column("试点", 22, lambda row: view.pilot_title(row["province"], row["pilot"])),
        Column("具体指标", 40, lambda row: row["name"]),
        Column("年份", 7, lambda row: row["year"], "居中"),
        Column("原值", 16, lambda row: row["raw_value"]),
        Column("原单位", 14, lambda row: row["raw_unit"] or "—"),
        Column("规范值", 14, lambda row: row["value"], "数值"),
        Column("规范单位", 14, lambda row: row["unit"] or "—"),
        Column("换算依据", 44, lambda row: row["conversion"]),
        Column("出处", 20, lambda row: source_cell_link(view, row), "链接" if view.province else "文字"),
    ]
    write_table(sheet, columns, rows.iter_rows(named=True))
    return rows.height
