"""合理范围表: bounds, plausible range and pace of every indicator, by which values are checked."""

from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import KIND_TITLES, View

_WANTED = {"up": "上升", "down": "下降", "any": "—"}


def write_ranges(sheet: Worksheet, view: View) -> int:
    """Write one row for each indicator and unit of the tables that the round uses; return their number."""
    named, sent = view.contracts.round.tables, set(view.review.judged.batch.files["kind"])
    rows: list[Row] = [
        {"kind": kind, "indicator": indicator, "unit": unit, "scale": scale}
        for kind, table in view.contracts.tables.items()
        if not named or kind in named or kind in sent
        for indicator in table.indicators
        for unit, scale in indicator.scales.items()
    ]
    columns = [
        Column("类型", 7, lambda row: KIND_TITLES[row["kind"]], "居中"),
        Column("序号", 6, lambda row: row["indicator"].number, "居中"),
        Column("具体指标", 36, lambda row: row["indicator"].name),
        Column("单位", 16, lambda row: row["unit"]),
        Column("改善方向", 9, lambda row: _WANTED[row["indicator"].wanted], "居中"),
        Column("可能范围", 18, lambda row: _range(*row["scale"].hard), "居中"),
        Column("合理范围", 24, lambda row: _range(*row["scale"].plausible), "居中"),
        Column("每年变化（比重按与其余部分之比）", 33, _pace, "居中"),
        Column("可换算的单位", 44, lambda row: "、".join(row["scale"].also) or "—"),
        Column("理由", 56, lambda row: row["scale"].reason or "专家估计"),
    ]
    write_table(sheet, columns, rows)
    return len(rows)


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return "—"
    if high is None:
        return f"不小于{low:,.6g}"
    return f"不大于{high:,.6g}" if low is None else f"{low:,.6g}～{high:,.9g}"


def _pace(row: Row) -> str:
    pace = row["scale"].pace
    return f"{pace[0]:+g}%～{pace[1]:+g}%" if pace else "—"
