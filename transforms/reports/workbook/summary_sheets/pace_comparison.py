"""进度对比: yearly change of key indicators and implied emissions beside nation and peers, with charts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from contracts.round import KINDS, Kind
from transforms.aggregation.paces import EMISSIONS, POINTS, compute_paces, national_pace
from transforms.reports.rows.quantities import number_format
from transforms.reports.sheet_parts.cells import fit_digits, merge, put
from transforms.reports.sheet_parts.charts import Area, draw_bars, place_chart
from transforms.reports.sheet_parts.styles import set_up_page, sheet_width, width_of
from transforms.reports.sheet_parts.tables import Row
from transforms.reports.view import KIND_TITLES, View

_EXPLAINED = (
    "年均变化：百分数指标为百分点，其他为复合增长率（%）。差距＝末期年均变化与全国步伐（没有的与同类中位数）之差，负数为落后；"
    "按差距排列，落后最多的在前。同类少于8个的不列中位数。全国步伐和同类中位数仅作参照。"
)
_NATION, _PEERS = "全国步伐", "同类中位数"
_MOST_BARS = 11  # pilots in a chart
_NAMED = 3  # pilots that are left out, beside the title
_ROW = 16.0  # points
# Points of a page for each character of the sheet's width; a sheet that is narrower than the paper is not enlarged.
_PAGE, _PAPER = 7.6, 97.0
_TOP = (18.0, 30.0, 4.0)  # points of the rows above the first table
_FRAME, _BAR = 100, 8  # points of a chart without its bars, and for one bar
_WIDE = 17.5  # centimetres of a chart
_NAMES, _SPAN, _FIGURE = 30.0, 14.0, 12.0  # characters of the columns
Span = tuple[int, int]


@dataclass(frozen=True)
class PaceLine:
    """A row of a block: paces by period, values by year, and the distance of the last pace."""

    name: str
    paces: dict[Span, float]
    values: dict[int, float]
    distance: float | None = None


@dataclass(frozen=True)
class PaceBlock:
    """A table with its chart: the nation and the peers first, then the pilots by distance.

    `left_out` are the accepted pilots without two usable values that follow each other.
    """

    title: str
    unit: str
    digits: str
    lines: Sequence[PaceLine]
    pilots: int
    left_out: Sequence[str]


def write_pace_comparison(sheet: Worksheet, view: View) -> int:
    """Write a block for each key indicator and for the implied emissions; return their number."""
    if not view.lists_all:
        return 0
    years = view.contracts.round.required_years
    spans = list(pairwise(years))
    blocks = list(pace_blocks(view))
    wide = 2 + len(spans) + len(years)
    put(sheet, 1, 1, f"{view.title}：进度对比", "小标题")
    put(sheet, 2, 1, _EXPLAINED, "注")
    merge(sheet, 2, 1, wide)
    for row, height in enumerate(_TOP, 1):
        sheet.row_dimensions[row].height = height
    for column in range(1, wide + 1):
        width = _NAMES if column == 1 else _SPAN if column <= 1 + len(spans) else _FIGURE
        sheet.column_dimensions[get_column_letter(column)].width = width
    at, used, page = 4, sum(_TOP), _PAGE * max(_PAPER, sheet_width(sheet))
    for block in blocks:
        bars = min(len(block.lines), len(block.lines) - block.pilots + _MOST_BARS)
        table, chart = (2 + len(block.lines)) * _ROW, math.ceil((_FRAME + _BAR * bars * len(spans)) / _ROW) * _ROW
        used = _start_page(sheet, at, used, table + chart, page)
        _write_table(sheet, at, block, spans, years)
        below = at + 2 + len(block.lines)
        used = _start_page(sheet, below, used + table, chart, page)
        drawn = draw_bars(Area(sheet, at + 1, bars, len(spans)), block.title, block.unit)
        place_chart(sheet, drawn, (below, 1), (_WIDE, chart / 28.35))
        after = below + round(chart / _ROW) + 1
        for row in range(at, after):
            sheet.row_dimensions[row].height = _ROW
        at, used = after, used + chart + _ROW
    set_up_page(sheet)
    sheet.page_setup.orientation = "portrait"
    return len(blocks)


def _start_page(sheet: Worksheet, at: int, used: float, height: float, page: float) -> float:
    """Begin a page at a row if something of this height does not fit; return the points used of the page."""
    if used + height <= page or used <= 4 * _ROW:
        return used
    sheet.row_breaks.append(Break(id=at - 1))
    return 0.0


def _write_table(sheet: Worksheet, at: int, block: PaceBlock, spans: Sequence[Span], years: Sequence[int]) -> None:
    wide = 2 + len(spans) + len(years)
    put(sheet, at, 1, _heading(block, 0.9 * (_NAMES + _SPAN * len(spans) + _FIGURE * (1 + len(years)))), "小标题")
    merge(sheet, at, 1, wide)
    heads = ["试点", *(f"{first}—{last}年" for first, last in spans), "差距", *(f"{year}年数值" for year in years)]
    for column, head in enumerate(heads, 1):
        put(sheet, at + 1, column, head, "表头")
    for row, line in enumerate(block.lines, at + 2):
        put(sheet, row, 1, line.name, "文字")
        figures = [*(line.paces.get(span) for span in spans), line.distance]
        for column, figure in enumerate(figures, 2):
            shown = figure if figure is None or round(figure, 2) else 0.0  # not +0.00 or -0.00
            put(sheet, row, column, shown, "数值").number_format = "+0.00;-0.00;0.00"
        for column, year in enumerate(years, 2 + len(figures)):
            value = line.values.get(year)
            cell = put(sheet, row, column, value, "数值")
            cell.number_format = block.digits if value is None else fit_digits(value, block.digits, _FIGURE)


def _heading(block: PaceBlock, wide: float) -> str:
    """Return the heading of a table, with the names of pilots left out as far as they fit on one line."""
    drawn = f"；图中只画前{_MOST_BARS}个试点" if block.pilots > _MOST_BARS else ""
    heading, left = f"{block.title}（{block.unit}）{drawn}", block.left_out
    for named in range(min(_NAMED, len(left)), 0, -1):
        many = f"等{len(left)}个" if len(left) > named else ""
        text = f"{heading}；数值不全未列：{'、'.join(left[:named])}{many}"
        if width_of(text) <= wide:
            return text
    return f"{heading}；数值不全未列{len(left)}个" if left else heading


def pace_blocks(view: View) -> Iterator[PaceBlock]:
    """Yield the blocks of each kind with accepted pilots, in the order of the tables."""
    accepted = view.visible(view.review.judged.accepted).sort(view.roster_order(), "pilot")
    paces = view.visible(compute_paces(view.review.judged, view.contracts))
    by_block = paces.partition_by(["kind", "indicator"], as_dict=True, maintain_order=True)
    for kind in KINDS:
        pilots = list(accepted.filter(kind=kind).select("province", "pilot").iter_rows())
        for code, title in _titles(view, kind):
            if (rows := by_block.get((kind, code))) is not None:
                yield _block(view, kind, code, title, list(rows.iter_rows(named=True)), pilots)


def _titles(view: View, kind: Kind) -> Iterator[tuple[str, str]]:
    for row in view.contracts.tables[kind].indicators:
        if row.key:
            yield row.code, f"{KIND_TITLES[kind]}（{row.number}）{row.name}"
    yield EMISSIONS, f"{KIND_TITLES[kind]}：隐含碳排放"


def _block(
    view: View, kind: Kind, code: str, title: str, rows: Sequence[Row], accepted: Sequence[tuple[str, str]]
) -> PaceBlock:
    """Return the block of an indicator, given its paces and the accepted pilots of the kind."""
    contracts = view.contracts
    years = contracts.round.required_years
    spans = list(pairwise(years))
    known = contracts.indicators.get(code)
    unit = next(iter(known.scales)) if known else None
    by_points = known is not None and known.scales[unit or ""].measure in POINTS
    peers = {
        (row["since"], row["year"]): (row["median"], row["n"])
        for row in view.review.round_context.paces.iter_rows(named=True)
        if (row["kind"], row["indicator"]) == (kind, code) and row["median"] is not None
    }
    nation = {span: pace for span in spans if known and (pace := national_pace(contracts, code, *span)) is not None}
    medians = {span: median for span, (median, _) in peers.items()}
    reference = nation.get(spans[-1], medians.get(spans[-1]))
    sign = 1 if known and known.wanted == "up" else -1
    of_pilot: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        of_pilot.setdefault((row["province"], row["pilot"]), []).append(row)
    pilots = []
    for who, found in of_pilot.items():
        mine = {(row["since"], row["year"]): row["pace"] for row in found}
        values = {row[year]: row[what] for row in found for year, what in (("since", "before"), ("year", "after"))}
        last = mine.get(spans[-1])
        distance = (last - reference) * sign if last is not None and reference is not None else None
        pilots.append(
            PaceLine(view.pilot_title(*who), mine, {year: v for year, v in values.items() if v is not None}, distance)
        )
    pilots.sort(key=lambda line: math.inf if line.distance is None else line.distance)
    lines = [PaceLine(_NATION, nation, {})] if nation else []
    if peers:
        counts = "、".join(str(peers[span][1]) for span in spans if span in peers)
        lines.append(PaceLine(f"{_PEERS}（n={counts}）", medians, {}))
    return PaceBlock(
        title,
        "百分点/年" if by_points else "%/年",
        number_format(contracts, code, unit),
        [*lines, *pilots],
        len(pilots),
        [view.pilot_title(*who) for who in accepted if who not in of_pilot],
    )
