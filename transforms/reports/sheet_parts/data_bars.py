"""Data bars behind the numbers of a column."""

from collections.abc import Mapping

from openpyxl.formatting.rule import DataBar, FormatObject, Rule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.view import KIND_TITLES, View


def add_data_bars(view: View, pilots: Worksheet, statistics: Worksheet) -> None:
    """Add bars behind 可用数值 and n, which are full where nothing is missing; a park has fewer values than a city."""
    years = len(view.contracts.round.years)
    asked = {KIND_TITLES[kind]: len(table.indicators) * years for kind, table in view.contracts.tables.items()}
    accepted = {
        KIND_TITLES[kind]: int(view.provinces[name].sum()) for kind, name in (("city", "cities"), ("park", "parks"))
    }
    _bars(pilots, "可用数值", asked)
    _bars(statistics, "参与试点数 n", accepted)


def _bars(sheet: Worksheet, title: str, full: Mapping[str, int]) -> None:
    header = [cell.value for cell in sheet[1]]
    column, letter = header.index("类型") + 1, get_column_letter(header.index(title) + 1)
    for kind, most in full.items():
        rows = [row for row in range(2, sheet.max_row + 1) if sheet.cell(row, column).value == kind]
        if rows and most:
            ends = [FormatObject("num", val=0), FormatObject("num", val=most)]
            starts = [row for row in rows if row - 1 not in rows]
            stops = [row for row in rows if row + 1 not in rows]
            where = " ".join(f"{letter}{start}:{letter}{stop}" for start, stop in zip(starts, stops, strict=True))
            sheet.conditional_formatting.add(where, Rule("dataBar", dataBar=DataBar(cfvo=ends, color="9DC3E6")))
