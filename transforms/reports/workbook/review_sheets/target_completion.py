"""目标完成情况, of progress rounds: completion by indicator with a chart, a matrix of pilots, and every target."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import polars as pl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from transforms.progress.assess import rate_text
from transforms.progress.completion import completion
from transforms.reports.opinions.progress_table import last_target_text
from transforms.reports.rows.quantities import number_format
from transforms.reports.sheet_parts.cells import merge, put
from transforms.reports.sheet_parts.charts import Area, draw_counts, place_chart
from transforms.reports.sheet_parts.styles import height_for, set_up_page
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import KIND_TITLES, View

_STYLES = {"met": "good", "missed": "bad", "unjudged": "居中"}
_WIDTHS = (10, 20, 27, 14, 11, 17, 11, 9, 10, 34, 17, 13, 13, 13, 17, 12, 7)
_MARKS = {"met": "●", "missed": "○", "unjudged": "—"}
_CHART_ROWS = 16
_PILOT = 12  # characters of a column of the matrix behind those of the table
_NOTE = (
    "完成率＝（实际值－基期值）÷（目标值－基期值），基期值和目标值以原报送并采用的为准。“以上”“不超过”按原意判断，"
    "“左右”允许相差{about:.0%}，区间按先达到的一端判断；不设增减方向的指标，目标不低于基期的按“不低于”判断。年均变化：比重、比率为百分点，其他为复合增长率（%）。"
    "合计只列可加指标，且基期、目标、实际齐全的同一批试点。"
)


def write_target_completion(sheet: Worksheet, view: View) -> int:
    """Write the three parts below each other; return the number of targets."""
    achieved = view.visible(view.review.achievement).sort(view.roster_order(), maintain_order=True)
    if achieved.is_empty():
        return 0
    for column, width in enumerate(_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _title(sheet, 1, f"{view.title}：目标完成情况")
    put(sheet, 2, 1, _NOTE.format(about=view.contracts.progress.about), "注")
    merge(sheet, 2, 1, 12)
    sheet.row_dimensions[2].height = 56
    at = _write_completion(sheet, view, achieved, 4)
    for kind in view.contracts.tables:
        mine = achieved.filter(pl.col("kind") == kind)
        if mine.height:
            at = _write_matrix(sheet, view, kind, mine, at)
    _start_page(sheet, at)
    _title(sheet, at, "逐项情况")
    write_table(sheet, _as_wide(_columns(view)), achieved.to_dicts(), top=at + 1, main=False)
    sheet.auto_filter.ref = f"A{at + 1}:{get_column_letter(len(_columns(view)))}{at + 1 + achieved.height}"
    set_up_page(sheet)
    sheet.print_title_rows = f"{at + 1}:{at + 1}"
    return achieved.height


def _as_wide(columns: Sequence[Column]) -> list[Column]:
    """Give the columns the widths of the sheet, by which the heights of their rows are set."""
    return [replace(column, width=width) for column, width in zip(columns, _WIDTHS, strict=False)]


def _start_page(sheet: Worksheet, row: int) -> None:
    sheet.row_breaks.append(Break(id=row - 1))


def _title(sheet: Worksheet, row: int, text: str) -> None:
    put(sheet, row, 1, text, "小标题")
    merge(sheet, row, 1, 10)


def _write_completion(sheet: Worksheet, view: View, achieved: pl.DataFrame, at: int) -> int:
    rows = completion(achieved, view.contracts).to_dicts()
    _title(sheet, at, "各指标完成情况")
    total: Row = {name: sum(row[name] for row in rows) for name in ("judged", "met", "missed", "explained", "unjudged")}
    total |= {"kind": None, "indicator": None, "year": None, "unit": None, "rate": None, "n": 0}
    columns = [
        Column("类型", 12, lambda row: KIND_TITLES[row["kind"]] if row["kind"] else "合计", "居中"),
        Column("目标年", 22, lambda row: row["year"], "居中"),
        Column("指标", 30, lambda row: _name(view, row)),
        Column("单位", 12, lambda row: row["unit"], "居中"),
        Column("可判断", 11, lambda row: row["judged"], "居中"),
        Column("已完成", 14, lambda row: row["met"], "居中"),
        Column("未完成", 11, lambda row: row["missed"], lambda row: "bad" if row["missed"] else "居中"),
        Column("已说明", 10, lambda row: row["explained"], "居中"),
        Column("无法判断", 11, lambda row: row["unjudged"], "居中"),
        Column("基期、目标、实际合计（同一批试点）", 40, _sums),
        Column("完成率中位数", 14, lambda row: rate_text(row["rate"]), "居中"),
    ]
    below = write_table(sheet, _as_wide(columns), [*rows, total], top=at + 1, main=False)
    _start_page(sheet, below + 1)
    for kind in view.contracts.tables:
        of_kind = [row for row in rows if row["kind"] == kind]
        if of_kind:
            below = _write_chart(sheet, view, kind, of_kind, below + 1)
    return below + 1


def _write_chart(sheet: Worksheet, view: View, kind: str, rows: Sequence[Row], at: int) -> int:
    """Draw n met and n missed of each indicator beside the cells that they are drawn from."""
    title = f"{KIND_TITLES[kind]}：各指标完成的试点数"
    _title(sheet, at, title)
    for column, text in enumerate(("序号", "已完成", "未完成", "无法判断"), 1):
        put(sheet, at + 1, column, text, "表头")
    for below, row in enumerate(rows, at + 2):
        for column, value in enumerate((str(_number(view, row)), row["met"], row["missed"], row["unjudged"]), 1):
            put(sheet, below, column, value, "居中")
    chart = draw_counts(Area(sheet, at + 1, len(rows), 3), title, "指标序号", "试点数")
    place_chart(sheet, chart, (at + 1, 6), (22.0, 8.5))
    return at + 2 + max(len(rows), _CHART_ROWS)


def _write_matrix(sheet: Worksheet, view: View, kind: str, achieved: pl.DataFrame, at: int) -> int:
    """Write a row for each pilot and a column for each indicator of its table: its state and completion."""
    years = view.contracts.round.due
    for year in years:
        legend = "●已完成　○未完成，附完成率　—无法判断"
        _start_page(sheet, at)
        _title(sheet, at, f"{KIND_TITLES[kind]}试点完成矩阵（{year}年；{legend}）")
        pilots = achieved.select("province", "pilot").unique(maintain_order=True).rows()
        states = {(row["pilot"], row["indicator"]): row for row in achieved.filter(pl.col("year") == year).to_dicts()}
        heads = ("序号", "具体指标", *(view.pilot_title(*pilot) for pilot in pilots))
        for column, text in enumerate(heads, 1):
            put(sheet, at + 1, column, text, "表头")
        wide = [_WIDTHS[column] if column < len(_WIDTHS) else _PILOT for column in range(len(heads))]
        for column in range(len(_WIDTHS), len(heads)):
            sheet.column_dimensions[get_column_letter(column + 1)].width = _PILOT
        sheet.row_dimensions[at + 1].height = height_for(zip(heads, wide, strict=True))
        for below, indicator in enumerate(view.contracts.tables[kind].indicators, at + 2):
            put(sheet, below, 1, indicator.number, "居中")
            put(sheet, below, 2, indicator.name, "文字")
            for column, (_, pilot) in enumerate(pilots, 3):
                one = states[pilot, indicator.code]
                rate = f" {rate_text(one['rate'])}" if one["state"] == "missed" and one["rate"] is not None else ""
                put(sheet, below, column, _MARKS[one["state"]] + rate, _STYLES[one["state"]])
            sheet.row_dimensions[below].height = height_for([(indicator.name, _WIDTHS[1])])
        at += 3 + len(view.contracts.tables[kind].indicators)
    return at


def _columns(view: View) -> list[Column]:
    words, base = view.contracts.progress, view.contracts.round.base_year

    def digits(row: Row) -> str:
        return number_format(view.contracts, row["indicator"], row["unit"])

    return [
        Column("省份", 12, lambda row: row["province"]),
        Column("试点", 22, lambda row: view.pilot_title(row["province"], row["pilot"])),
        Column("指标", 30, lambda row: _name(view, row)),
        Column("单位", 12, lambda row: row["unit"], "居中"),
        Column(f"{base}年", 11, lambda row: row["base"], "数值", digits),
        Column("目标（原文）", 14, lambda row: f"{row['year']}年：{row['target_raw'] or '—'}"),
        Column("实际值", 11, lambda row: row["actual"], "数值", digits),
        Column("完成率", 10, lambda row: rate_text(row["rate"]), "居中"),
        Column("状态", 11, lambda row: words.states[row["state"]], lambda row: _STYLES[row["state"]]),
        Column("无法判断的原因；未完成的说明", 40, lambda row: row["reason"] or row["explanation"] or _asked(row)),
        Column("最后目标年目标", 14, partial(_last_target, view)),
        Column("至今年均变化", 12, lambda row: _change(row["so_far"]), "居中"),
        Column("还需年均变化", 12, lambda row: _change(row["required"]), "居中"),
        Column("全国年均要求", 12, lambda row: _change(row["national"]), "居中"),
        Column("同类还需（中位数）", 14, lambda row: f"{_change(row['peers'])}（n={row['peers_n']}）", "居中"),
        Column("后续进度", 16, lambda row: words.paths[row["path"]], lambda row: _path_style(row["path"])),
        Column("原表", 9, lambda row: row["cell"], "居中"),
    ]  # fmt: skip


def _last_target(view: View, row: Row) -> str:
    return f"{row['last_year']}年：{last_target_text(view, row)}" if row["last_year"] else "—"


def _asked(row: Row) -> str:
    return "未说明原因，已要求补充" if row["state"] == "missed" else ""


def _path_style(path: str) -> str:
    return {"reached": "good", "on_track": "good", "faster": "open", "far": "bad"}.get(path, "居中")


def _name(view: View, row: Row) -> str:
    return view.contracts.indicators[row["indicator"]].name if row["indicator"] else ""


def _number(view: View, row: Row) -> int:
    return view.contracts.tables[row["kind"]].by_code[row["indicator"]].number


def _sums(row: Row) -> str:
    if not row["n"]:
        return "—"
    return f"{row['base']:,.0f}、{row['target']:,.0f}、{row['actual']:,.0f}{row['unit']}（n={row['n']}）"


def _change(change: float | None) -> str:
    return "—" if change is None else f"{change:+.2f}"
