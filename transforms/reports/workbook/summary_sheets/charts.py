"""图表: charts of the key indicators over the years, each beside the cells that it is drawn from."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import polars as pl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from contracts.benchmarks import Benchmark
from contracts.indicators import Indicator
from transforms.reports.rows.quantities import number_format
from transforms.reports.sheet_parts.cells import fit_digits, merge, put
from transforms.reports.sheet_parts.charts import Area, Stroke, draw_lines, place_chart
from transforms.reports.sheet_parts.styles import height_for, set_up_page, width_of
from transforms.reports.view import KIND_TITLES, View
from transforms.reports.workbook.summary_sheets.chart_lines import (
    Line,
    listed_observations,
    peer_levels,
    peer_paces,
    pilot_lines,
    plan_lines,
)

MOST_LINES = 8  # more lines cannot be distinguished
_BAND: tuple[tuple[str, Callable[[list[float]], float]], ...] = (("最大值", max), ("中位数", median), ("最小值", min))
_BAND_STROKES = (
    Stroke("0072B2", "triangle", "sysDash"),
    Stroke("0072B2", "circle"),
    Stroke("0072B2", "square", "sysDash"),
)
_NATION = Stroke("C00000", "x", "lgDashDot")
_EXPLAINED = "图形由左侧表格绘制。空格表示没有可用数值（未报、存疑或被阻断），图上留空，不按0计。"
_ROW = 20.0  # points, as all heights
_TOP = (18.0, 16.0, 10.0)  # of the rows above the first chart
_PAGE = 540.0  # of an A4 page, at the width of the sheet
_NAMES, _FIGURE = 32, 11  # characters of the first column and of the others
_CHART_WIDTH = 17.0  # centimetres
_CHART_HEIGHT, _LEGEND_LINE, _LEGEND = 175.0, 14.0, 75  # without its legend; one line of that; characters in it


@dataclass(frozen=True)
class Figure:
    """A chart and its table: one line over the years for each row; missing values are None."""

    title: str
    unit: str
    digits: str
    lines: Sequence[Line]
    note: str = ""
    from_zero: bool = True
    what: str = "试点"  # that the lines are of


def write_charts(sheet: Worksheet, view: View) -> int:
    """Write the key indicators of each kind with pilots of the roster; return the number of charts."""
    years = view.contracts.round.years
    figures = [
        _figure(view, rows, kind, indicator)
        for kind, table in view.contracts.tables.items()
        if (rows := listed_observations(view, kind)).height
        for indicator in table.indicators
        if indicator.key
    ]
    wide = 1 + len(years)
    sheet.column_dimensions["A"].width = _NAMES
    for column in range(2, wide + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _FIGURE
    sheet.column_dimensions[get_column_letter(wide + 1)].width = 2
    put(sheet, 1, 1, f"{view.title}：图表", "小标题")
    put(sheet, 2, 1, _EXPLAINED, "说明")
    for row, height in enumerate(_TOP, 1):
        sheet.row_dimensions[row].height = height
    at, used = 4, sum(_TOP)
    for figure in figures:
        heights = _heights(figure)
        if used + sum(heights[:-1]) > _PAGE and at > 4:
            sheet.row_breaks.append(Break(id=at - 1))
            used = 0.0
        _write(sheet, figure, at, years, min(sum(heights[:-1]), _PAGE - sum(_TOP)))
        for row, height in enumerate(heights, at):
            sheet.row_dimensions[row].height = height
        at += len(heights)
        used += sum(heights)
    set_up_page(sheet)
    return len(figures)


def _heights(figure: Figure) -> list[float]:
    """Return heights in points of the rows of a figure: its table, more rows if the chart is higher, one blank row."""
    table = [_ROW, _ROW, *(max(_ROW, height_for([(name, _NAMES)])) for name, _, _ in figure.lines)]
    table += [_ROW] * bool(figure.note)
    # Long names take a line each of the legend, for which the chart needs more height.
    longest = max(width_of(name) for name, _, _ in figure.lines)
    legend = math.ceil(len(figure.lines) / max(1, _LEGEND // (longest + 8)))
    missing = _CHART_HEIGHT + _LEGEND_LINE * legend - sum(table)
    return [*table, *[_ROW] * math.ceil(max(0, missing) / _ROW), _ROW]


def _write(sheet: Worksheet, figure: Figure, at: int, years: tuple[int, ...], height: float) -> None:
    wide = 1 + len(years)
    put(sheet, at, 1, figure.title, "小标题")
    merge(sheet, at, 1, wide)
    put(sheet, at + 1, 1, figure.what, "表头")
    for column, year in enumerate(years, 2):
        put(sheet, at + 1, column, year, "表头")
    for row, (name, values, _) in enumerate(figure.lines, at + 2):
        put(sheet, row, 1, name, "文字")
        for column, value in enumerate(values, 2):
            cell = put(sheet, row, column, value, "数值")
            cell.number_format = figure.digits if value is None else fit_digits(value, figure.digits, _FIGURE)
    if figure.note:
        below = at + 2 + len(figure.lines)
        put(sheet, below, 1, figure.note, "注")
        merge(sheet, below, 1, wide)
    if not any(value for _, values, _ in figure.lines for value in values):
        return  # an empty chart adds nothing to the table
    area = Area(sheet, at + 1, len(figure.lines), len(years))
    chart = draw_lines(area, figure.title, figure.unit, [stroke for *_, stroke in figure.lines], years)
    if not figure.from_zero:  # all lines begin at 100: how far they fall from it is to be seen
        lowest = min(value for _, values, _ in figure.lines for value in values if value is not None)
        chart.y_axis.scaling.min = max(0, math.floor(lowest / 10 - 1) * 10)
    place_chart(sheet, chart, (at, wide + 2), (_CHART_WIDTH, height / 28.35))


def _figure(view: View, rows: pl.DataFrame, kind: str, indicator: Indicator) -> Figure:
    """Return the lines of an indicator: in its unit, or relative to the base year where the nation sets a pace."""
    years, unit = view.contracts.round.years, next(iter(indicator.scales))
    lines = list(pilot_lines(view, rows, indicator.code, unit))
    planned = list(plan_lines(view, rows, indicator.code, unit))
    if 0 < len(lines) + len(planned) <= MOST_LINES:
        lines += planned
    pace = _national_pace(view, indicator.code)
    if pace:
        lines = [(name, _relative(values), stroke) for name, values, stroke in lines]
    note = ""
    if len(lines) > MOST_LINES:
        note = f"{KIND_TITLES[kind]}试点{len(lines)}个，多于{MOST_LINES}个，只画范围；各试点见指标对照。"
        lines = list(_band(lines))
    if view.province or not note:
        lines += peer_paces(view, kind, indicator.code) if pace else peer_levels(view, indicator.code, unit)
    title = f"{KIND_TITLES[kind]}（{indicator.number}）{indicator.name}（{unit}）"
    digits = number_format(view.contracts, indicator.code, unit)
    what = "项目" if note else "试点"
    if pace:
        base = years[0]
        lines.append(("全国步伐（参照）", pace, _NATION))
        return Figure(f"{title}，{base}年＝100", f"{base}年＝100", "0.0", lines, note, from_zero=False, what=what)
    nation = view.contracts.yardsticks
    if any((indicator.code, year) in nation for year in years):
        marks = [nation.get((indicator.code, year)) for year in years]
        lines.append(("全国目标（参照）", [mark.value if mark else None for mark in marks], _NATION))
    return Figure(title, unit, digits, lines, note, what=what)


def _relative(values: Sequence[float | None]) -> list[float | None]:
    """Return values in percent of the first one."""
    return [value / values[0] * 100 if value is not None and values[0] else None for value in values]


def _national_pace(view: View, code: str) -> list[float | None] | None:
    """Return what the national yearly change makes of 100 in the base year; None where the nation sets none."""
    years = view.contracts.round.years
    paces = {one.year: one for one in view.contracts.benchmarks if one.indicator == code and one.general and one.change}
    if not paces:
        return None
    level: list[float | None] = [100.0]
    for earlier, later in pairwise(years):
        pace, before = paces.get(later) or _covering(paces, earlier, later), level[-1]
        if pace is None or pace.change is None or pace.since is None or before is None:
            level.append(None)
        else:
            level.append(before * (1 + pace.change / 100) ** ((later - earlier) / (pace.year - pace.since)))
    return level


def _covering(paces: dict[int, Benchmark], earlier: int, later: int) -> Benchmark | None:
    """Return the national target whose period has both years in it."""
    return next((one for one in paces.values() if one.since and one.since <= earlier < later <= one.year), None)


def _band(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield maximum, median and minimum of the lines."""
    years = list(zip(*(values for _, values, _ in lines), strict=True))
    present = [[value for value in year if value is not None] for year in years]
    for (title, measure), stroke in zip(_BAND, _BAND_STROKES, strict=True):
        yield title, [measure(year) if year else None for year in present], stroke
