"""未量化目标: targets in words, which cannot be compared with a figure."""

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.sheet_parts.links import source_cell_link
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import View

_CHECKABLE = {
    "relative": "写明{year}年的数值（单位：{unit}），并给出所比年份的数值",
    "qualitative": "给出{year}年的数值（单位：{unit}）",
}
_SET_FROM_ABOVE = "；写明下达的数值和文件"


def write_text_targets(sheet: Worksheet, view: View) -> int:
    """Write targets in words, each with what would make it checkable; return the number of rows."""
    # A reduction by a figure is compared with the nation's: only its level is missing.
    in_words = pl.col("qualifier").is_in(list(_CHECKABLE)) & pl.col("value").is_null() & pl.col("change").is_null()
    in_round = pl.col("year").is_in(view.contracts.round.required_years)
    rows = view.observations.filter(in_words & in_round & ~pl.col("indicator").str.starts_with("X-"))
    indicators = view.contracts.indicators

    def checkable(row: Row) -> str:
        unit = "或".join(indicators[row["indicator"]].scales)
        set_from_above = _SET_FROM_ABOVE if "下达" in row["raw_value"] else ""
        return _CHECKABLE[row["qualifier"]].format(year=row["year"], unit=unit) + set_from_above

    columns = [
        *([] if view.province else [Column("省份", 14, lambda row: row["province"] or "（不明）")]),
        Column("试点", 22, lambda row: view.pilot_title(row["province"], row["pilot"])),
        Column("具体指标", 36, lambda row: row["name"]),
        Column("年份", 8, lambda row: row["year"], "居中"),
        Column("报送原文", 36, lambda row: row["raw_value"]),
        Column("量化要求", 56, checkable),
        Column("出处", 18, lambda row: source_cell_link(view, row), "链接" if view.province else "文字"),
    ]
    write_table(sheet, columns, rows.iter_rows(named=True))
    return rows.height
