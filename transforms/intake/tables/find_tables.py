"""Find the indicator tables of a workbook by the labels in them, whatever the sheet is called."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from contracts.indicators import Table
from contracts.naming import name_key
from transforms.intake.cells import Cell, Sheet
from transforms.intake.tables.found_table import FoundTable, Named
from transforms.intake.tables.header import ROLES, Header, is_title, year_of
from transforms.intake.tables.indicator_names import find_kinds
from transforms.intake.tables.join_tables import join_tables
from transforms.intake.tables.project_lists import without_lists
from transforms.intake.tables.read_table import read_table

BESIDE = ("重点工程", "说明", "基础数据")  # sheets of the template that may mention indicators
# Fewer rows than this with names from the guide are no table: an indicator may be mentioned on any sheet.
ENOUGH = 3


def find_tables(sheets: Iterable[Sheet], tables: dict[str, Table]) -> list[FoundTable]:
    """Find every table that names at least `ENOUGH` indicators, in sheet order and from top to bottom.

    Smaller ones with years are returned where there is no other, and to be joined with the table that they continue.
    """
    found: list[FoundTable] = []
    small: list[FoundTable] = []
    for sheet in map(without_lists, sheets):
        here = _in_sheet(sheet, tables, ENOUGH, found[-1].header if found else None)
        if not here and sheet.name not in BESIDE:
            small += [table for table in _in_sheet(sheet, tables, 1, None) if len(table.header.years) > 1]
        found += here
    return join_tables(found, small, tables) if found else [table for table in small if table.filled]


def _in_sheet(sheet: Sheet, tables: dict[str, Table], enough: int, before: Header | None) -> list[FoundTable]:
    hits = {
        place: kinds
        for place, cell in sheet.cells.items()
        if cell.held == "text" and (kinds := find_kinds(cell.text, tables))
    }
    columns, rows = Counter(column for _, column in hits), Counter(row for row, _ in hits)
    if max(rows.values(), default=0) >= ENOUGH and max(rows.values()) > max(columns.values()):
        return _in_sheet(_turn(sheet), tables, enough, None)  # labels side by side: years are rows
    filled = sorted(column for column, count in columns.items() if count >= enough)
    if parts := _side_by_side(sheet, filled):
        return [table for part in parts for table in _in_sheet(part, tables, enough, None)]
    found = []
    for column in filled:
        named = {row: kinds for (row, at), kinds in hits.items() if at == column}
        # Another table further down may have its names in another column.
        others = [row for (row, at) in hits if at != column and columns[at] >= enough and row > max(named)]
        found += _in_column(sheet, column, named, min(others, default=None), tables, before)
    return sorted(found, key=lambda table: table.top)


def _side_by_side(sheet: Sheet, columns: list[int]) -> list[Sheet]:
    """Return the parts of a sheet with tables beside each other: each label column has years behind it."""
    if len(columns) < 2:
        return []
    heads = [cells for cells in sheet.rows().values() if _has_years(cells)]
    years = [cell.column for cells in heads for cell in cells if year_of(cell)]
    edges = [0]
    for first, other in pairwise(columns):
        between = [column for column in years if first < column < other]
        if between and any(column > other for column in years):
            edges.append(max(between) + 1)
    if len(edges) == 1:
        return []
    ends = [*edges[1:], max(column for _, column in sheet.cells) + 1]
    return [
        replace(sheet, cells={place: cell for place, cell in sheet.cells.items() if start <= place[1] < end})
        for start, end in zip(edges, ends, strict=True)
    ]


def _turn(sheet: Sheet) -> Sheet:
    """Exchange rows and columns of a sheet; every cell keeps its address."""
    cells = {
        (column, row): cell._replace(row=column, column=row, transposed=not cell.transposed)
        for (row, column), cell in sheet.cells.items()
    }
    merged = tuple((left, top, right, bottom) for top, left, bottom, right in sheet.merged)
    return Sheet(sheet.name, cells, sheet.hidden, sheet.hidden_columns, merged, hidden_columns=sheet.hidden_rows)


def _in_column(
    sheet: Sheet, column: int, named: Named, end: int | None, tables: dict[str, Table], before: Header | None
) -> list[FoundTable]:
    """Read the tables whose labels are in a column, each from its header to the next one, or to the row `end`."""
    rows = {row: cells for row, cells in sheet.rows().items() if end is None or row < end}
    starts = _starts(rows, set(named), column)
    ends = [*starts[1:], max(rows) + 1] if starts else []
    spans = list(zip(starts, ends, strict=True))
    spans = [span for span in spans if any(row in range(*span) for row in named)]
    # Else from the nearest row with years above the first label, or from that label: a table without years.
    above = [row for row, cells in rows.items() if row < min(named) and _has_years(cells)]
    spans = spans or [(max(above, default=min(named)), max(rows) + 1)]
    found = []
    for span in spans:
        inside = {row: kinds for row, kinds in named.items() if row in range(*span)}
        found.append(read_table(sheet, rows, column, inside, span, tables, before))
        before = found[-1].header
    return found


def _starts(rows: dict[int, list[Cell]], named: set[int], column: int) -> list[int]:
    """Find the first rows of headers: rows with two years or a title of the label column, and without a label."""
    starts: list[int] = []
    for row, cells in rows.items():
        label = next((cell.text for cell in cells if cell.column == column and cell.held != "blank"), None)
        if row in named or (label is not None and not is_title(label)):
            continue
        titled = any(cell.held == "text" and name_key(cell.text) in ROLES["label"] for cell in cells)
        if titled or _has_years(cells):
            # Two header rows on top of each other are one header.
            if starts and not any(starts[-1] < between < row for between in named):
                continue
            starts.append(row)
    return starts


def _has_years(cells: list[Cell]) -> bool:
    counted = any(cell.held == "number" and not year_of(cell) for cell in cells)  # a list with years in its rows
    return not counted and len({year for cell in cells if (year := year_of(cell))}) >= 2
