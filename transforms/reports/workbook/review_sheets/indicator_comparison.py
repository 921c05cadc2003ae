"""指标对照: raw and canonical values of each pilot with their change, national targets, peer medians and findings."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import polars as pl
from openpyxl.cell.cell import Cell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from contracts.round import Round
from contracts.round_parts import ROLE_TITLES
from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.intake.values.cell_text import is_percent_format
from transforms.reports.rows.quantities import number_format, yearly_change
from transforms.reports.sheet_parts.cells import Value, merge, put
from transforms.reports.sheet_parts.comments import comment_findings, comment_national_targets, national_target
from transforms.reports.sheet_parts.links import submission_link
from transforms.reports.sheet_parts.styles import height_for, set_up_page
from transforms.reports.sheet_parts.tables import Link, Places, append_row, new_cell
from transforms.reports.view import View

NAMES = {"city": "指标对照（城市）", "park": "指标对照（园区）"}
_LEAD = {"试点": 12, "序号": 5, "具体指标": 23, "单位": 11, "问题": 26, "清单": 7}
_BASE = {"原值": 11, "规范值": 11, "同类中位数": 16}
_TARGET = {"原值": 11, "规范值": 11, "年均变化": 13, "全国目标": 9, "同类中位数": 16}
_ACTUAL = {"年均变化": 14, "同类中位数": 17}  # of a progress round
_TAIL = {"备注": 20, "换算依据": 16, "出处": 16}
_NAME, _UNIT = 3, 4
_A3, _SCALE, _PAGE = 8, 80, 255  # percent at which 9 points are printed as 7.2, and characters of A3 at that scale
_LEGIBLE = 272  # characters of a page of A3 at which LibreOffice prints 9 points as 7
_UNUSED = Font(name="微软雅黑", size=9, italic=True, color="808080")
_Cells = list[dict[str, Any]]


def write_comparison(sheet: Worksheet, view: View, kind: str) -> Places:
    """Write the sheet of one kind and return the row of each file and indicator."""
    widths = _write_header(sheet, view.contracts.round)
    findings = _findings_by_place(view)
    rows = view.listed.filter(pl.col("kind") == kind)
    places: Places = {}
    at, before = 2, None
    for key, group in _indicator_rows(rows, view):
        at += 1
        if before and before != key[0]:
            sheet.row_breaks.append(Break(id=at - 1))  # each pilot begins a page
        before = key[0]
        places.setdefault(key, (sheet.title, at))
        _write_row(sheet, at, view, list(group), findings.get(key, []), widths)
    set_up_page(sheet, title_rows=2, freeze=f"{get_column_letter(_NAME + 2)}3")
    sheet.page_setup.paperSize = _A3
    _set_pages(sheet, view.contracts.round, sum(widths[: -len(_TAIL) + 1]))
    if places:
        sheet.auto_filter.ref = f"A2:{get_column_letter(len(widths))}{at}"
        sheet.print_area = f"A1:{get_column_letter(len(widths) - 2)}{at}"
    return places


def _set_pages(sheet: Worksheet, round_: Round, wide: int) -> None:
    """Print the years of a pilot on pages side by side, where one page is too narrow for all of them."""
    if wide <= _LEGIBLE:
        return
    properties = sheet.sheet_properties.pageSetUpPr
    assert properties is not None, "set_up_page makes them"  # noqa: S101
    properties.fitToPage = False  # else LibreOffice does not keep to the breaks
    sheet.page_setup.scale, sheet.page_setup.pageOrder = _SCALE, "overThenDown"
    sheet.print_title_cols = f"A:{get_column_letter(_UNIT)}"
    column, used = len(_LEAD), sum(_LEAD.values())
    for block in _blocks(round_):
        width = sum(block.values())
        if used + width > _PAGE - _TAIL["备注"]:
            sheet.col_breaks.append(Break(id=column))
            used = sum(list(_LEAD.values())[:_UNIT])
        column, used = column + len(block), used + width


def _blocks(round_: Round) -> list[dict[str, int]]:
    wider = _ACTUAL if round_.kind == "progress" else {}
    return [_BASE | {"同类中位数": wider.get("同类中位数", _BASE["同类中位数"])}] + [_TARGET | wider] * (
        len(round_.required_years) - 1
    )


def _write_header(sheet: Worksheet, round_: Round) -> list[int]:
    """Write the two rows of the header and return the widths of the columns."""
    years = round_.required_years
    blocks = _blocks(round_)
    columns = [item for part in (_LEAD, *blocks, _TAIL) for item in part.items()]
    for number, (title, width) in enumerate(columns, 1):
        put(sheet, 1, number, "", "表头")
        put(sheet, 2, number, title, "表头")
        sheet.column_dimensions[get_column_letter(number)].width = width
    first = len(_LEAD) + 1
    for year, block in zip(years, blocks, strict=True):
        put(sheet, 1, first, f"{year}年（{ROLE_TITLES[round_.role(year)]}）", "表头")
        merge(sheet, 1, first, first + len(block) - 1)
        first += len(block)
    sheet.row_dimensions[1].height = sheet.row_dimensions[2].height = 22
    return [width for _, width in columns]


def _indicator_rows(rows: pl.DataFrame, view: View) -> Iterator[tuple[tuple[str, str], Iterator[dict[str, Any]]]]:
    """Yield the observations of each row of the table, pilot by pilot; an indicator submitted twice has two rows."""
    ordered = rows.filter(pl.col("year").is_in(view.contracts.round.required_years)).sort(
        view.roster_order(),
        "file",
        pl.col("indicator").str.starts_with("X-"),
        "indicator",
        "label_cell",
        "year",
        maintain_order=True,
    )
    for (file, indicator, _), group in groupby(
        ordered.iter_rows(named=True), lambda row: (row["file"], row["indicator"], row["label_cell"])
    ):
        yield (file, indicator), group


def _write_row(
    sheet: Worksheet, at: int, view: View, cells: _Cells, findings: list[dict[str, Any]], widths: list[int]
) -> None:
    first = cells[0]
    indicator = view.contracts.indicators.get(first["indicator"])
    worst = findings[0]["severity"] if findings else None
    words = "\n".join(_in_short(finding, view) for finding in findings)
    lead = (
        view.pilot_title(first["province"], first["pilot"]),
        indicator.number if indicator else "补充",
        first["name"] if indicator else first["label"],
        indicator.unit if indicator else first["raw_unit"],
    )
    row = findings[0]["row"] if findings else None
    listed = Link(f"第{row - 1}项", sheet="问题清单", cell=f"A{row}") if row else None
    about_row = [finding for finding in findings if finding["year"] is None]
    severity = about_row[0]["severity"] if about_row else None
    new: list[Cell] = []

    def add(value: Value | Link, style: str) -> Cell:
        new.append(new_cell(sheet, at, len(new) + 1, value, style))
        return new[-1]

    for value, style in zip(lead, ("文字", "居中", f"{severity}-文字" if severity else "文字", "文字"), strict=True):
        add(value, style)
    comment_findings(new[_NAME - 1], about_row, view)
    add(words, f"{worst}-文字" if worst else "文字")
    add(listed, "链接" if listed else "文字")
    for position, cell in enumerate(cells):
        before = cells[position - 1] if position else None
        _add_year(add, view, before, cell, [finding for finding in findings if finding["year"] == cell["year"]])
    remarks = "\n".join(filter(None, (first["remark"], _by_year(cells, "cell_remark"))))
    conversions, origin = _by_year(cells, "conversion"), _origin(view, cells)
    add(remarks, "文字")
    add(conversions, "文字")
    add(origin, "链接" if view.province else "文字")
    append_row(sheet, new)
    place = origin.text if isinstance(origin, Link) else origin
    texts = [*zip((*lead, words), widths, strict=False), *((_as_shown(cell), _BASE["原值"]) for cell in cells)]
    texts += zip((remarks, conversions, place), widths[-3:], strict=True)
    sheet.row_dimensions[at].height = height_for(texts)


def _add_year(
    add: Callable[[Value | Link, str], Cell],
    view: View,
    before: dict[str, Any] | None,
    cell: dict[str, Any],
    findings: list[dict[str, Any]],
) -> None:
    """Add the cells of one year; `before` is the observation of the year before it, None for the base year."""
    worst = findings[0]["severity"] if findings else None
    comment_findings(add(_as_shown(cell), f"{worst}-数值" if worst else "原值"), findings, view)
    value = add(cell["value"], "数值")
    if cell["value"] is not None and not cell["usable"]:
        value.font = _UNUSED
    if before:
        add(yearly_change(view.contracts, before, cell), "数值")
        national = view.contracts.benchmarks_of(cell["indicator"], cell["year"])
        targets = "、".join(map(national_target, national))
        comment_national_targets(add(targets or None, "居中"), national)
    median, n = view.peers.get((cell["indicator"], cell["year"], cell["unit"]), (None, 0))
    peer = add("—" if median is None else median, "数值")
    if median is not None:
        peer.number_format = f'{number_format(view.contracts, cell["indicator"], cell["unit"])}" (n={n})"'


def _as_shown(cell: dict[str, Any]) -> str | None:
    """Return the raw value as Excel shows it in the submission: 0.253 under a percent format is 25.3%."""
    raw: str | None = cell["raw_value"]
    if raw and cell["held"] == "number" and is_percent_format(cell["number_format"] or ""):
        return f"{float(raw) * 100:.10g}%"
    return raw


def _in_short(finding: dict[str, Any], view: View) -> str:
    """Return a finding in short; 问题清单 has the full message."""
    title = view.contracts.rules[finding["rule"]].heading(finding["status"])
    year = f"{finding['year']}年" if finding["year"] else ""
    return f"【{SEVERITY_TITLES[finding['severity']]}】{year}{title}"


def _by_year(cells: _Cells, name: str) -> str:
    """Return the texts of a row's cells with their years; one text where all years have the same."""
    texts = [(cell["year"], cell[name]) for cell in cells if cell[name]]
    if len({text for _, text in texts}) == 1 and len(texts) > 1:
        return str(texts[0][1])
    return "\n".join(f"{year}年：{text}" for year, text in texts)


def _origin(view: View, cells: _Cells) -> Link | str:
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
    """Return findings by file and indicator, the most severe first, each with its `row` on 问题清单.

    A finding of the plan about an indicator is shown at the workbook that counts.
    """
    books = {
        (province, pilot): file
        for province, pilot, file, standing in view.files.select("province", "pilot", "file", "standing").iter_rows()
        if standing == "counts"
    }
    workbooks = set(view.files["file"])
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row, finding in enumerate(view.ranked.iter_rows(named=True), 2):
        file = finding["file"]
        if file not in workbooks:
            file = books.get((finding["province"], finding["pilot"]), file)
        if file and finding["indicator"]:
            found.setdefault((file, finding["indicator"]), []).append(finding | {"row": row})
    for listed in found.values():
        listed.sort(key=lambda finding: SEVERITIES.index(finding["severity"]))
    return found
