"""指标对照: raw and canonical values of each pilot beside peer medians, national targets and findings."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import polars as pl
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.properties import Outline
from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.intake.values.cell_text import is_percent_format
from transforms.reports.sheet_parts.cells import merge, put, put_quantity
from transforms.reports.sheet_parts.comments import add_finding_comment, write_national_targets
from transforms.reports.sheet_parts.links import submission_link
from transforms.reports.sheet_parts.styles import height_for, set_up_page
from transforms.reports.sheet_parts.tables import Link, write_value
from transforms.reports.view import KIND_TITLES, View

NAMES = {"city": "指标对照（城市）", "park": "指标对照（园区）"}
_LEAD = (("试点", 13), ("序号", 5), ("类别", 13), ("具体指标", 22), ("单位", 11))
_YEARLY = (("原值", 12), ("规范值", 11), ("同类中位数", 13), ("全国目标", 9))
_TAIL = (("换算依据", 16), ("备注", 16), ("问题", 34), ("清单", 8), ("出处", 16))
_NAME = 4
_UNUSED = Font(name="微软雅黑", size=9, italic=True, color="808080")

# Sheet and row by file and indicator, to which findings are linked.
FindingRows = dict[tuple[str, str], tuple[str, int]]


def write_comparison(sheet: Worksheet, view: View, kind: str) -> FindingRows:
    """Write the sheet of one kind and return the row of each file and indicator."""
    years = view.contracts.round.years
    _write_header(sheet, years)
    findings = _findings_by_place(view)
    rows = view.listed.filter(pl.col("kind") == kind)
    places: FindingRows = {}
    at, before = 2, ("", "")
    sheet.sheet_properties.outlinePr = Outline(summaryBelow=False)
    for key, group in _indicator_rows(rows, view):
        at += 1
        places.setdefault(key, (sheet.title, at))
        cells = list(group)
        _write_row(sheet, at, view, cells, findings.get(key, []))
        # A category can be folded to its first row.
        known = view.contracts.indicators.get(key[1])
        fold = (cells[0]["file"], known.category if known else "")
        sheet.row_dimensions[at].outlineLevel = 1 if fold == before else 0
        before = fold
    if at == 2:
        put(sheet, 3, 1, f"没有{KIND_TITLES[kind]}试点的{'有效报送' if view.lists_all else '问题'}", "说明")
    else:
        last = len(_LEAD) + len(_YEARLY) * len(years) + len(_TAIL)
        sheet.auto_filter.ref = f"A2:{get_column_letter(last)}{at}"
    set_up_page(sheet, title_rows=2, freeze=f"{get_column_letter(len(_LEAD) + 1)}3")
    return places


def _write_header(sheet: Worksheet, years: tuple[int, ...]) -> None:
    columns = [*_LEAD, *(_YEARLY * len(years)), *_TAIL]
    for number, (title, width) in enumerate(columns, 1):
        put(sheet, 1, number, "", "表头")
        put(sheet, 2, number, title, "表头")
        sheet.column_dimensions[get_column_letter(number)].width = width
    for position, year in enumerate(years):
        first = len(_LEAD) + 1 + position * len(_YEARLY)
        put(sheet, 1, first, f"{year}年（{'基期' if position == 0 else '目标'}）", "表头")
        merge(sheet, 1, first, first + len(_YEARLY) - 1)
    sheet.row_dimensions[1].height = sheet.row_dimensions[2].height = 22


def _indicator_rows(rows: pl.DataFrame, view: View) -> Iterator[tuple[tuple[str, str], Iterator[dict[str, Any]]]]:
    """Yield the observations of each row of the table, pilot by pilot; an indicator submitted twice has two rows."""
    names = [pilot.name for _, pilot in view.contracts.round.roster]
    ordered = rows.filter(pl.col("year").is_in(view.contracts.round.years)).sort(
        pl.col("pilot").replace_strict(names, range(len(names)), default=len(names), return_dtype=pl.Int32),
        "file",
        pl.col("indicator").str.starts_with("X-"),
        "indicator",
        "label_cell",
        "year",
        maintain_order=True,
    )
    key = ("file", "indicator", "label_cell")
    for (file, indicator, _), group in groupby(
        ordered.iter_rows(named=True), lambda row: tuple(row[name] for name in key)
    ):
        yield (file, indicator), group


def _write_row(
    sheet: Worksheet, at: int, view: View, cells: list[dict[str, Any]], findings: list[dict[str, Any]]
) -> None:
    first = cells[0]
    indicator = view.contracts.indicators.get(first["indicator"])
    lead = (
        first["pilot"],
        indicator.number if indicator else "补充",
        indicator.category if indicator else "补充指标",
        first["name"] if indicator else first["label"],
        indicator.unit if indicator else first["raw_unit"],
    )
    for column, value in enumerate(lead, 1):
        put(sheet, at, column, value, "居中" if column == 2 else "文字")
    if about_row := [finding for finding in findings if finding["year"] is None]:
        sheet.cell(at, _NAME).style = f"{about_row[0]['severity']}-文字"
        add_finding_comment(sheet, at, _NAME, about_row, view)
    for position, cell in enumerate(cells):
        column = len(_LEAD) + 1 + position * len(_YEARLY)
        _write_year(sheet, at, column, view, cell, [f for f in findings if f["year"] == cell["year"]])
    column = len(_LEAD) + len(_YEARLY) * len(cells) + 1
    conversions, origin = _by_year(cells, "conversion"), _origin(view, cells)
    remarks = _by_year(cells, "cell_remark")
    put(sheet, at, column, conversions, "文字")
    put(sheet, at, column + 1, remarks, "文字")
    column += 1
    worst = findings[0]["severity"] if findings else None
    words = "\n".join(_in_short(finding, view) for finding in findings)
    put(sheet, at, column + 1, words, f"{worst}-文字" if worst else "文字")
    row = findings[0]["row"] if findings else None
    listed = Link(f"第{row - 1}项", sheet="问题清单", cell=f"A{row}") if row else None
    write_value(sheet, at, column + 2, listed, "链接" if listed else "文字")
    write_value(sheet, at, column + 3, origin, "链接" if view.province else "文字")
    texts = [
        *lead,
        *(_as_shown(cell) for cell in cells),
        conversions,
        remarks,
        words,
        None,
        origin.text if isinstance(origin, Link) else origin,
    ]
    widths = [width for _, width in _LEAD] + [_YEARLY[0][1]] * len(cells) + [width for _, width in _TAIL]
    sheet.row_dimensions[at].height = height_for(zip(texts, widths, strict=True))


def _write_year(
    sheet: Worksheet, at: int, column: int, view: View, cell: dict[str, Any], findings: list[dict[str, Any]]
) -> None:
    worst = findings[0]["severity"] if findings else None
    put(sheet, at, column, _as_shown(cell), f"{worst}-数值" if worst else "原值")
    add_finding_comment(sheet, at, column, findings, view)
    value = put_quantity(sheet, at, column + 1, cell["value"], "数值")
    if cell["value"] is not None and not cell["usable"]:
        value.font = _UNUSED
    median, n = view.peers.get((cell["indicator"], cell["year"], cell["unit"]), (None, 0))
    peer = put(sheet, at, column + 2, "—" if median is None else median, "数值")
    if median is not None:
        peer.number_format = f'#,##0.##" (n={n})"'
    write_national_targets(sheet, at, column + 3, view.contracts.benchmarks_of(cell["indicator"], cell["year"]))


def _as_shown(cell: dict[str, Any]) -> str | None:
    """Return the raw value as Excel shows it in the submission: 0.253 under a percent format is 25.3%."""
    raw: str | None = cell["raw_value"]
    if raw and cell["held"] == "number" and is_percent_format(cell["number_format"] or ""):
        return f"{float(raw) * 100:.10g}%"
    return raw


def _in_short(finding: dict[str, Any], view: View) -> str:
    """Return a finding in short; 问题清单 has the full message."""
    title = view.contracts.rules[finding["rule"]].title
    year = f"{finding['year']}年" if finding["year"] else ""
    expected = f"（应为{finding['expected']}）" if finding["expected"] and finding["rule"] == "VALUE-BOUNDS" else ""
    return f"【{SEVERITY_TITLES[finding['severity']]}】{year}{title}{expected}"


def _by_year(cells: list[dict[str, Any]], name: str) -> str:
    """Texts of a row's cells with their years; one text where all years have the same."""
    texts = [(cell["year"], cell[name]) for cell in cells if cell[name]]
    if len({text for _, text in texts}) == 1 and len(texts) > 1:
        return str(texts[0][1])
    return "\n".join(f"{year}年：{text}" for year, text in texts)


def _origin(view: View, cells: list[dict[str, Any]]) -> Link | str:
    places = [cell["cell"] for cell in cells if cell["cell"]]
    if not places:
        return "（表中无此行）"
    together = _side_by_side(places)
    text = f"{cells[0]['sheet']}!{places[0]}:{places[-1]}" if together else f"{cells[0]['sheet']}!{'、'.join(places)}"
    return submission_link(view, cells[0]["file"], text, cells[0]["sheet"], places[0])


def _side_by_side(places: list[str]) -> bool:
    spots = [coordinate_to_tuple(place) for place in places]
    row, first = spots[0]
    return len(spots) > 1 and spots == [(row, first + step) for step in range(len(spots))]


def _findings_by_place(view: View) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Return findings by file and indicator, the most severe first, each with its `row` on 问题清单."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row, finding in enumerate(view.ranked.iter_rows(named=True), 2):
        if finding["file"] and finding["indicator"]:
            found.setdefault((finding["file"], finding["indicator"]), []).append(finding | {"row": row})
    for listed in found.values():
        listed.sort(key=lambda finding: SEVERITIES.index(finding["severity"]))
    return found
