"""Native charts drawn from cells: lines over years, distinguishable in grey print."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from openpyxl.chart import BarChart, Reference, ScatterChart
from openpyxl.chart.axis import NumericAxis
from openpyxl.chart.data_source import StrRef
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
    RichTextProperties,
)
from openpyxl.drawing.xdr import XDRPositiveSize2D
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.sheet_parts.styles import FONT

Mark = Literal["circle", "square", "triangle", "diamond", "x", "plus", "star", "dash"]
Dash = Literal["solid", "sysDash", "sysDot", "lgDashDot"]
_COLOURS = ("0072B2", "D55E00", "009E73", "CC79A7", "56B4E9", "E69F00", "7F6000", "7030A0")  # Okabe and Ito, darkened
_MARKS: tuple[Mark, ...] = ("circle", "square", "triangle", "diamond", "x", "plus", "star", "dash")
_BARS = ("BDD7EE", "0072B2", "1F3864", "7F7F7F")  # from light to dark: distinguishable in grey
_CM = 360000  # in the units of a drawing


@dataclass(frozen=True)
class Area:
    """The cells of a table: header in row `top`, names in column A, figures to the right of them."""

    sheet: Worksheet
    top: int
    rows: int
    columns: int


@dataclass(frozen=True)
class Stroke:
    """Style of a series: colour, marker and dash."""

    colour: str
    mark: Mark = "circle"
    dash: Dash = "solid"


def pilot_stroke(position: int) -> Stroke:
    """Return one of eight styles for the line of a pilot."""
    return Stroke(_COLOURS[position % 8], _MARKS[position % 8])


def draw_lines(area: Area, title: str, unit: str, strokes: list[Stroke], years: tuple[int, ...]) -> ScatterChart:
    """Draw one line for each row over the years of the header, to scale; an empty cell is a gap."""
    chart = ScatterChart()
    chart.scatterStyle = "lineMarker"
    chart.display_blanks = "gap"
    xs = Reference(area.sheet, min_row=area.top, min_col=2, max_col=1 + area.columns)
    for row, stroke in enumerate(strokes, area.top + 1):
        ys = Reference(area.sheet, min_row=row, min_col=2, max_col=1 + area.columns)
        series = SeriesFactory(ys, xs)
        series.tx = _name(area.sheet, row, 1)
        _stroke(series, stroke)
        chart.series.append(series)
    _format(chart, title, "年份", unit)
    chart.x_axis.scaling.min, chart.x_axis.scaling.max = years[0] - 1, years[-1] + 1
    assert isinstance(chart.x_axis, NumericAxis)  # noqa: S101 - of a scatter chart both are
    chart.x_axis.majorUnit = max(1, (years[-1] - years[0]) // 8)
    chart.x_axis.axPos = "b"
    chart.x_axis.number_format = "0"
    chart.x_axis.majorGridlines = None
    largest = max(abs(value) for row in _figures(area) for value in row)
    chart.y_axis.number_format = "#,##0" if largest >= 1000 else "General"
    return chart


def draw_counts(area: Area, title: str, x_title: str, y_title: str) -> BarChart:
    """Draw one stacked bar for each row; a colour for each column of counts."""
    chart = BarChart()
    chart.grouping, chart.overlap, chart.gapWidth = "stacked", 100, 40
    names = Reference(area.sheet, min_row=area.top + 1, max_row=area.top + area.rows, min_col=1)
    for column, colour in zip(range(2, 2 + area.columns), ("009E73", "D55E00", "BFBFBF"), strict=False):
        values = Reference(area.sheet, min_row=area.top + 1, max_row=area.top + area.rows, min_col=column)
        series = SeriesFactory(values)
        series.tx = _name(area.sheet, area.top, column)
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
        chart.series.append(series)
    chart.set_categories(names)
    _format(chart, title, x_title, y_title)
    chart.y_axis.number_format = "0"
    chart.y_axis.majorUnit = None
    return chart


def draw_bars(area: Area, title: str, unit: str) -> BarChart:
    """Draw horizontal bars, the first row at the top: one for each column, from light to dark."""
    chart = BarChart()
    chart.type, chart.grouping, chart.gapWidth = "bar", "clustered", 60
    names = Reference(area.sheet, min_col=1, min_row=area.top + 1, max_row=area.top + area.rows)
    for column in range(2, 2 + area.columns):
        values = Reference(area.sheet, min_col=column, min_row=area.top + 1, max_row=area.top + area.rows)
        series = SeriesFactory(values)
        series.tx = _name(area.sheet, area.top, column)
        colour = _BARS[(column - 2) % len(_BARS)]
        series.spPr = GraphicalProperties(solidFill=colour, ln=LineProperties(solidFill="404040", w=6350))
        series.invertIfNegative = False
        chart.series.append(series)
    chart.set_categories(names)
    _format(chart, title, "", unit)
    chart.x_axis.title = None
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.crosses = "max"  # the figures below the bars, beside their unit
    chart.x_axis.tickLblSkip = 1  # the name of every row
    chart.y_axis.number_format = "General"
    figures = [figure for row in _figures(area) for figure in row]
    # A bar shows its value by its length only if it begins at zero, where programs do not always let it.
    if figures and min(figures) >= 0:
        chart.y_axis.scaling.min = 0
    elif figures and max(figures) <= 0:
        chart.y_axis.scaling.max = 0
    return chart


def place_chart(
    sheet: Worksheet, chart: ScatterChart | BarChart, at: tuple[int, int], size: tuple[float, float]
) -> None:
    """Place a chart at row and column `at`, with width and height in centimetres.

    It keeps clear of the edges of its rows: a frame that touches a page break is printed on both pages.
    """
    row, column = at
    width, height = size
    corner = AnchorMarker(col=column - 1, row=row - 1, rowOff=round(0.1 * _CM))
    chart.anchor = OneCellAnchor(  # type: ignore[assignment] # its types know the name of a cell only
        _from=corner, ext=XDRPositiveSize2D(cx=round(width * _CM), cy=round((height - 0.3) * _CM))
    )
    sheet.add_chart(chart)


def _figures(area: Area) -> list[list[float]]:
    rows = area.sheet.iter_rows(
        min_row=area.top + 1, max_row=area.top + area.rows, min_col=2, max_col=1 + area.columns, values_only=True
    )
    return [[value for value in row if isinstance(value, int | float)] for row in rows]


def _format(chart: ScatterChart | BarChart, title: str, x_title: str, y_title: str) -> None:
    chart.style = 2
    chart.roundedCorners = chart.varyColors = False
    chart.title = _title(title, 1100, bold=True)
    chart.x_axis.title = _title(x_title, 900)
    chart.y_axis.title = _title(y_title, 900)
    chart.x_axis.delete = chart.y_axis.delete = False  # new Excel hides axes for which openpyxl writes no value
    chart.x_axis.tickLblPos = "low"
    for axis in (chart.x_axis, chart.y_axis):
        axis.txPr = _text(900)
        axis.spPr = GraphicalProperties(ln=LineProperties(solidFill="A6A6A6", w=9525))
    assert chart.y_axis.majorGridlines is not None  # noqa: S101 - openpyxl draws them
    chart.y_axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E0E0E0", w=6350))
    assert chart.legend is not None  # noqa: S101
    chart.legend.position = "b"
    chart.legend.overlay = False
    chart.legend.txPr = _text(900)


def _stroke(series: XYSeries, stroke: Stroke) -> None:
    series.smooth = False
    series.marker = Marker(stroke.mark, size=7)
    series.marker.graphicalProperties = GraphicalProperties(
        solidFill=stroke.colour, ln=LineProperties(solidFill=stroke.colour)
    )
    series.spPr = GraphicalProperties(ln=LineProperties(solidFill=stroke.colour, prstDash=stroke.dash, w=22225))


def _name(sheet: Worksheet, row: int, column: int) -> SeriesLabel:
    """Refer to a cell for the name of a series, so that the chart holds no text of its own."""
    return SeriesLabel(strRef=StrRef(f"{quote_sheetname(sheet.title)}!${get_column_letter(column)}${row}"))


def _title(text: str, size: int, *, bold: bool = False) -> Title:
    run = RegularTextRun(t=text, rPr=_letters(size, bold=bold))
    return Title(tx=Text(rich=_text(size, [run], bold=bold)), overlay=False)


def _text(size: int, runs: Sequence[RegularTextRun] = (), *, bold: bool = False) -> RichText:
    letters = ParagraphProperties(defRPr=_letters(size, bold=bold))
    return RichText(bodyPr=RichTextProperties(), p=[Paragraph(pPr=letters, r=list(runs))])


def _letters(size: int, *, bold: bool = False) -> CharacterProperties:
    face = Font(typeface=FONT)
    return CharacterProperties(sz=size, b=bold, solidFill="262626", latin=face, ea=face)
