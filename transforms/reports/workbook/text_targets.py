"""文字目标 and 数值雷同: targets that no figure can be held against, and pilots whose figures are the same."""

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.sheet_parts.links import origin
from transforms.reports.sheet_parts.table import Column, Row, write_table
from transforms.reports.view import KIND_TITLES, View

_CHECKABLE = {
    "relative": "写明 {year} 年的数值（单位：{unit}），并给出所比年份的数值",
    "qualitative": "给出 {year} 年的数值（单位：{unit}）；“完成上级下达目标”的，写明下达的数值和文件",
}


def write_words(sheet: Worksheet, view: View) -> None:
    """Targets in words, apart from the figures, each with what would make it checkable."""
    in_words = pl.col("qualifier").is_in(list(_CHECKABLE)) & pl.col("value").is_null()
    in_round = pl.col("year").is_in(view.contracts.round.years)
    rows = view.observations.filter(in_words & in_round & ~pl.col("indicator").str.starts_with("X-"))
    indicators = view.contracts.indicators

    def checkable(row: Row) -> str:
        unit = " 或 ".join(indicators[row["indicator"]].scales)
        return _CHECKABLE[row["qualifier"]].format(year=row["year"], unit=unit)

    columns = [
        *([] if view.province else [Column("省份", 14, lambda row: row["province"] or "（不明）")]),
        Column("试点", 22, lambda row: row["pilot"] or "（不明）"),
        Column("具体指标", 36, lambda row: row["name"]),
        Column("年份", 8, lambda row: row["year"], "居中"),
        Column("报送原文", 36, lambda row: row["raw_value"]),
        Column("怎样才可核对", 56, checkable),
        Column("出处", 18, lambda row: origin(view, row), "链接" if view.province else "文字"),
    ]
    write_table(sheet, columns, rows.iter_rows(named=True), empty="没有以文字表述的目标")


def write_copies(sheet: Worksheet, view: View) -> None:
    """Pairs of pilots with the same figures: for the nation alone, because it names pilots of different provinces."""
    pairs = view.review.round_context.copies.filter(pl.col("file") < pl.col("other"))
    who = view.review.judged.batch.counted.select("file", "province", "pilot", "kind")
    rows = pairs.join(who, on="file", how="left", validate="m:1", maintain_order="left")
    columns = [
        Column("类型", 8, lambda row: KIND_TITLES[row["kind"]], "居中"),
        Column("试点", 26, lambda row: f"{row['province']}　{row['pilot']}"),
        Column("与之相同的试点", 26, lambda row: f"{row['other_province']}　{row['other_pilot']}"),
        Column("相同指标数", 10, lambda row: row["rows"], "居中"),
        Column("相同指标的序号", 40, lambda row: row["numbers"]),
        Column("试点文件", 44, lambda row: row["file"]),
        Column("相同文件", 44, lambda row: row["other"]),
    ]
    write_table(sheet, columns, rows.iter_rows(named=True), empty="没有发现数值雷同的试点")
