"""图表: charts of quota, findings and key indicators, each beside the cells that it is drawn from."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Indicator
from contracts.rules import FAMILY_TITLES, SEVERITIES, SEVERITY_TITLES
from transforms.reports.sheet_parts.cells import merge, put, put_quantity
from transforms.reports.sheet_parts.charts import Area, Chart, Stroke, draw_bars, draw_lines, pilot_stroke, place_chart
from transforms.reports.sheet_parts.styles import height_for, set_up_page, width_of
from transforms.reports.view import KIND_TITLES, View

MOST_LINES = 8  # more lines cannot be distinguished
_BAND = (("maximum", "最大值"), ("median", "中位数"), ("minimum", "最小值"))
_BAND_STROKES = (
    Stroke("0072B2", "triangle", "sysDash"),
    Stroke("0072B2", "circle"),
    Stroke("0072B2", "square", "sysDash"),
)
_PEERS = Stroke("262626", "diamond", "sysDot")
_NATION = Stroke("C00000", "x", "lgDashDot")
_SEVERE = dict(
    zip(
        SEVERITIES,
        (Stroke("A00000"), Stroke("ED7D31"), Stroke("FFE699"), Stroke("FFFFFF", hatched=True)),
        strict=True,
    )
)
_EXPLAINED = "图形由左侧表格绘制。空格表示没有可用数值（未报、存疑或被阻断），图上留空，不按0计。"
_ROW = 20.0  # points, as all heights
_PAGE = 540.0  # of an A4 page, at the width of the sheet
_NAMES = 26  # characters of the first column
_CHART_WIDTH = 17.0  # centimetres
_CHART_HEIGHT, _LEGEND_LINE, _LEGEND = 195.0, 14.0, 90  # without its legend; one line of that; characters in it


@dataclass(frozen=True)
class Figure:
    """A table and the chart drawn from it; missing values in `rows` are None."""

    title: str
    names: str
    columns: Sequence[str | int]
    rows: Sequence[tuple[str, Sequence[float | None]]]
    draw: Callable[[Area], Chart]
    note: str = ""
    by_row: bool = False  # whether the legend names the rows, or the columns


def write_charts(sheet: Worksheet, view: View) -> None:
    """Write quota, findings, then the key indicators of each kind with submissions."""
    figures = [_quota(view), _findings(view)]
    figures += [
        _path(view, kind, indicator)
        for kind, table in view.contracts.tables.items()
        if view.observations["kind"].eq(kind).any()
        for indicator in table.indicators
        if indicator.key
    ]
    wide = 1 + max(len(figure.columns) for figure in figures)
    sheet.column_dimensions["A"].width = _NAMES
    for column in range(2, wide + 1):
        sheet.column_dimensions[get_column_letter(column)].width = 11
    sheet.column_dimensions[get_column_letter(wide + 1)].width = 2
    put(sheet, 1, 1, f"{view.title}：图表", "小标题")
    put(sheet, 2, 1, _EXPLAINED, "说明")
    at, used = 4, 3.0 * _ROW
    for figure in figures:
        heights = _heights(figure)
        if used + sum(heights) > _PAGE and at > 4:
            sheet.row_breaks.append(Break(id=at - 1))
            used = 0.0
        _write(sheet, figure, at, wide, min(sum(heights[:-1]), _PAGE - 3 * _ROW))
        for row, height in enumerate(heights, at):
            sheet.row_dimensions[row].height = height
        at += len(heights)
        used += sum(heights)
    set_up_page(sheet)


def _heights(figure: Figure) -> list[float]:
    """Return heights in points of the rows of a figure: its table, more rows if the chart is higher, one blank row."""
    table = [_ROW, _ROW, *(max(_ROW, height_for([(name, _NAMES)])) for name, _ in figure.rows)]
    table += [_ROW] * bool(figure.note)
    # Long names take a line each of the legend, for which the chart needs more height.
    longest = max(width_of(name) for name, _ in figure.rows)
    legend = math.ceil(len(figure.rows) / max(1, _LEGEND // (longest + 8))) if figure.by_row else 1
    missing = _CHART_HEIGHT + _LEGEND_LINE * legend - sum(table)
    return [*table, *[_ROW] * math.ceil(max(0, missing) / _ROW), _ROW]


def _write(sheet: Worksheet, figure: Figure, at: int, wide: int, height: float) -> None:
    put(sheet, at, 1, figure.title, "小标题")
    merge(sheet, at, 1, wide)
    for column, title in enumerate((figure.names, *figure.columns), 1):
        put(sheet, at + 1, column, title, "表头")
    for row, (name, values) in enumerate(figure.rows, at + 2):
        put(sheet, row, 1, name, "文字")
        for column, value in enumerate(values, 2):
            put_quantity(sheet, row, column, value, "数值")
    if figure.note:
        below = at + 2 + len(figure.rows)
        put(sheet, below, 1, figure.note, "注")
        merge(sheet, below, 1, wide)
    if not any(value for _, values in figure.rows for value in values):
        return  # an empty chart adds nothing to the table
    chart = figure.draw(Area(sheet, at + 1, len(figure.rows), len(figure.columns)))
    place_chart(sheet, chart, (at, wide + 2), (_CHART_WIDTH, height / 28.35))


def _quota(view: View) -> Figure:
    names = {"quota": "名额", "accepted": "有效报送", "submitted": "收到报送"}
    rows = view.provinces.select("province", *names).rows()
    strokes = [Stroke("DDEBF7"), Stroke("1F4E79")]
    title = "名额与报送情况"
    if view.province is None:
        return Figure(
            title,
            "省份",
            list(names.values()),
            [(name, counts) for name, *counts in rows],
            lambda area: draw_bars(area, title, "个", strokes, stacked=False),
        )
    counts = rows[0][1:] if rows else (None, 0, None)
    return Figure(
        title,
        "项目",
        ["个"],
        [(name, [count]) for name, count in zip(names.values(), counts, strict=True)],
        lambda area: draw_bars(area, title, "个", strokes[1:], stacked=False),
    )


def _findings(view: View) -> Figure:
    families = {rule.id: rule.family for rule in view.contracts.rules.values()}
    counts = dict.fromkeys(((family, severity) for family in FAMILY_TITLES for severity in SEVERITIES), 0)
    for rule, severity in view.findings.select("rule", "severity").iter_rows():
        counts[families[rule], severity] += 1
    title = "各类问题的数量"
    return Figure(
        title,
        "问题类别",
        [SEVERITY_TITLES[severity] for severity in SEVERITIES],
        [
            (words, [counts[family, severity] for severity in SEVERITIES])
            for family, words in FAMILY_TITLES.items()
            if view.findings.is_empty() or any(counts[family, severity] for severity in SEVERITIES)
        ],
        lambda area: draw_bars(area, title, "个", list(_SEVERE.values()), stacked=True),
        note="" if view.findings.height else "没有发现问题。",
    )


def _path(view: View, kind: str, indicator: Indicator) -> Figure:
    years, unit = view.contracts.round.years, next(iter(indicator.scales))
    own = list(_pilot_lines(view, kind, indicator.code, unit))
    note = ""
    strokes = [pilot_stroke(position) for position in range(len(own))]
    if len(own) > MOST_LINES:
        note = f"{KIND_TITLES[kind]}试点{len(own)}个，多于{MOST_LINES}个，只画范围；各试点见指标对照。"
        own, strokes = list(_band(view, indicator.code, unit)), list(_BAND_STROKES)
    medians = [view.peers.get((indicator.code, year, unit), (None, 0)) for year in years]
    if any(median is not None for median, _ in medians) and (view.province or not note):
        own.append((f"同类中位数（n={'、'.join(str(n) for _, n in medians)}）", [median for median, _ in medians]))
        strokes.append(_PEERS)
    nation = view.contracts.yardsticks
    if any((indicator.code, year) in nation for year in years):
        marks = [nation.get((indicator.code, year)) for year in years]
        own.append(("全国目标（参照）", [mark.value if mark else None for mark in marks]))
        strokes.append(_NATION)
    title = f"{KIND_TITLES[kind]}（{indicator.number}）{indicator.name}（{unit}）"
    return Figure(
        title, "试点", years, own, lambda area: draw_lines(area, title, unit, strokes, years), note, by_row=True
    )


def _pilot_lines(view: View, kind: str, code: str, unit: str) -> Iterator[tuple[str, list[float | None]]]:
    """Yield the usable values of each visible pilot, in the order of the roster."""
    years = view.contracts.round.years
    names = [pilot.name for _, pilot in view.contracts.round.roster]
    order = pl.col("pilot").replace_strict(names, range(len(names)), default=len(names), return_dtype=pl.Int32)
    rows = view.observations.filter(pl.col("kind") == kind)
    usable = rows.filter(pl.col("usable") & (pl.col("indicator") == code) & (pl.col("unit") == unit))
    values = {(file, year): value for file, year, value in usable.select("file", "year", "value").iter_rows()}
    for pilot, file in (
        rows.sort(order, "file", maintain_order=True).select("pilot", "file").unique(maintain_order=True).iter_rows()
    ):
        yield pilot, [values.get((file, year)) for year in years]


def _band(view: View, code: str, unit: str) -> Iterator[tuple[str, list[float | None]]]:
    """Yield maximum, median and minimum of the visible pilots."""
    rows = view.statistics.filter((pl.col("indicator") == code) & (pl.col("unit") == unit))
    by_year = {row["year"]: row for row in rows.iter_rows(named=True)}
    for name, title in _BAND:
        yield title, [by_year.get(year, {}).get(name) for year in view.contracts.round.years]
