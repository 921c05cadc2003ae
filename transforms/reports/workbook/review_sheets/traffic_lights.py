"""指标红绿灯: pilots × indicators: state by colour and word with the last target, and its change below."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Table
from contracts.rules import SEVERITIES
from transforms.reports.rows.pilot_status import open_findings, pilot_statuses
from transforms.reports.rows.quantities import change_since, in_decimals, quantity_text
from transforms.reports.sheet_parts.cells import merge, put
from transforms.reports.sheet_parts.styles import set_up_page
from transforms.reports.sheet_parts.tables import Link, Places, Row, write_value
from transforms.reports.view import KIND_TITLES, View

_A3 = 8
_FIRST = 3  # column of the first indicator
_WIDTHS = (8.0, 14.0, 9.6)  # province, pilot, indicator: 9 points are printed as about 7
_HEAD, _ROW = 110.0, 15.0  # points
_MANY, _VERY_MANY = 100_000, 10_000_000  # from here on in 万, without decimals
_RED, _YELLOW, _GREEN, _GREY = ("红", "error"), ("黄", "warning"), ("绿", "good"), ("灰", "unused")
_LEGEND = (
    "红：有未处理的阻断或错误；黄：有未处理的警告；灰：没有这些问题，但基期或末年数值未填报或未采用；绿：其余。"
    "上行为状态和{last}年数值，点击跳到“指标对照”的对应行；下行为比{base}年的变化（百分数指标为百分点）。"
)


def write_traffic_lights(sheet: Worksheet, view: View, places: Places) -> int:
    """Write a block for each kind, each on a page; return the number of pilots.

    Args:
        sheet: to write on.
        view: what is shown; nothing where not every pilot is listed.
        places: rows of 指标对照 by file and indicator.
    """
    if not view.lists_all:
        return 0
    lights = _Lights(view)
    pilots = [row for row in pilot_statuses(view) if row["pilot"] and row["file"]]
    provinces = list(dict.fromkeys(row["province"] for row in pilots))
    pilots.sort(key=lambda row: provinces.index(row["province"]))
    years = view.contracts.round.required_years
    put(sheet, 1, 2, f"{view.title}：指标红绿灯", "小标题")
    merge(sheet, 1, 2, _FIRST + 5)
    put(sheet, 2, 2, _LEGEND.format(base=years[0], last=years[-1]), "说明")
    at, shown, wide = 3, 0, 0
    for kind, table in view.contracts.tables.items():
        own = [row for row in pilots if row["kind"] == kind]
        if not own:
            continue
        if shown:
            sheet.row_breaks.append(Break(id=at))
            at += 1
        _write_header(sheet, at, kind, table)
        for row in own:
            _write_pilot(sheet, at + 1, row, table, lights, places)
            at += 2
        at += 1
        shown, wide = shown + len(own), max(wide, len(table.indicators))
    for column in range(1, _FIRST + wide):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTHS[min(column, _FIRST) - 1]
    sheet.column_dimensions["A"].hidden = view.province is not None  # the same in all rows
    set_up_page(sheet, freeze="C4")
    sheet.page_setup.paperSize = _A3
    return shown


def _write_header(sheet: Worksheet, at: int, kind: str, table: Table) -> None:
    put(sheet, at, 1, "省份", "表头")
    put(sheet, at, 2, f"{KIND_TITLES[kind]}试点", "表头")
    for column, indicator in enumerate(table.indicators, _FIRST):
        put(sheet, at, column, f"{indicator.number}. {indicator.name}\n{'或'.join(indicator.scales)}", "表头")
    sheet.row_dimensions[at].height = _HEAD


def _write_pilot(sheet: Worksheet, at: int, row: Row, table: Table, lights: "_Lights", places: Places) -> None:
    lead = (row["province"] or "（不明）", row["title"] + ("" if row["good"] else f"（{row['state']}）"))
    for column, text in enumerate(lead, 1):
        put(sheet, at, column, text, "文字")
        put(sheet, at + 1, column, None, "文字")
        sheet.merged_cells.add(CellRange(min_col=column, max_col=column, min_row=at, max_row=at + 1))
    for column, indicator in enumerate(table.indicators, _FIRST):
        (word, style), (value, change) = lights.light(row, indicator.code), lights.figures(row, indicator.code)
        text = f"{word}·{value}" if value else word
        place = places.get((row["file"], indicator.code))
        write_value(sheet, at, column, Link(text, sheet=place[0], cell=f"A{place[1]}") if place else text, style)
        put(sheet, at + 1, column, change, style)
    sheet.row_dimensions[at].height = sheet.row_dimensions[at + 1].height = _ROW


@dataclass(frozen=True)
class _Lights:
    """State and figures of every cell."""

    view: View

    @cached_property
    def _worst(self) -> dict[tuple[str, str, str], str]:
        """Worst severity of the open findings by province, pilot and indicator, of the workbook and the plan."""
        found = open_findings(self.view).filter(pl.col("indicator").is_not_null() & pl.col("pilot").is_not_null())
        worst: dict[tuple[str, str, str], str] = {}
        for *key, severity in found.select("province", "pilot", "indicator", "severity").iter_rows():
            province, pilot, indicator = key
            before = worst.get((province, pilot, indicator), "info")
            worst[province, pilot, indicator] = min(before, severity, key=SEVERITIES.index)
        return worst

    @cached_property
    def _cells(self) -> dict[tuple[str, str, int], Row]:
        names = ("file", "indicator", "year", "unit", "value", "usable")
        rows = self.view.observations.select(names).iter_rows(named=True)
        return {(row["file"], row["indicator"], row["year"]): row for row in rows}

    def _usable(self, row: Row, code: str) -> Iterator[Row | None]:
        years = self.view.contracts.round.required_years
        for year in (years[0], years[-1]):
            cell = self._cells.get((row["file"], code, year))
            yield cell if cell and cell["usable"] else None

    def light(self, row: Row, code: str) -> tuple[str, str]:
        """Return the state of a pilot's indicator in a word, and its style."""
        severity = self._worst.get((row["province"], row["pilot"], code))
        if severity in SEVERITIES[:2]:
            return _RED
        if severity == "warning":
            return _YELLOW
        return _GREEN if all(self._usable(row, code)) else _GREY

    def figures(self, row: Row, code: str) -> tuple[str, str | None]:
        """Return the last target and its change since the base year, as far as they may be used."""
        base, last = self._usable(row, code)
        if last is None:
            return "", None
        value = last["value"]
        text = (
            f"{in_decimals(value / 10_000, 1 if value < _VERY_MANY else 0, ',')}万"
            if value >= _MANY
            else quantity_text(self.view.contracts, code, last["unit"], value)
        )
        return text, change_since(self.view.contracts, base, last) if base else None
