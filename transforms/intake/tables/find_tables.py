"""Find the indicator tables of a workbook by the labels in them, whatever the sheet is called."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.indicators import Table
from contracts.naming import name_key, unit_key
from transforms.intake.cells import Cell, Sheet, address_of
from transforms.intake.tables.header import ROLES, Header, find_unit_column, is_title, read_header, year_of
from transforms.intake.tables.indicator_names import find_label

# Fewer rows than this with names from the guide are no table: an indicator may be mentioned on any sheet.
ENOUGH = 3
_NOTE = re.compile(r"^(?:注|备注|说明|填表|填报|资料来源|数据来源|单位)[：:\d]|^注$")

# By row, the kinds of tables that have an indicator of the name in it.
Named = dict[int, list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `category` is carried down from the row that prints it.

    `merged` has, by year, the address of the cell that covers a merged value cell.
    """

    number: Cell | None
    category: str | None
    label: Cell | None
    label_address: str
    unit: Cell | None
    remark: Cell | None
    values: dict[int, Cell | None]
    places: dict[int, str]
    merged: dict[int, str]
    hidden: bool

    @property
    def filled(self) -> bool:
        """Whether any year's column has content."""
        return any(cell is not None and cell.held != "blank" for cell in self.values.values())


@dataclass(frozen=True, slots=True)
class FoundTable:
    """One table of a sheet: its first row, its header, and its rows from top to bottom."""

    sheet: str
    hidden: bool
    kinds: Counter[str]
    top: int
    header: Header
    rows: tuple[Row, ...]

    @property
    def filled(self) -> bool:
        """Whether any year's column has content."""
        return any(row.filled for row in self.rows)

    @property
    def place(self) -> str:
        """Sheet and first row, in Chinese."""
        return f"{self.sheet}第{self.top}行起{'（隐藏）' if self.hidden else ''}"

    @property
    def content(self) -> list[tuple[str, ...]]:
        """Labels and values as text, to tell a copy from another table."""
        return [
            (row.label.text if row.label else "", *(cell.text if cell else "" for cell in row.values.values()))
            for row in self.rows
        ]


def find_tables(sheets: Iterable[Sheet], tables: dict[str, Table]) -> list[FoundTable]:
    """Find every table that names at least `ENOUGH` indicators, in sheet order and from top to bottom."""
    return [found for sheet in sheets for found in _in_sheet(sheet, tables)]


def _in_sheet(sheet: Sheet, tables: dict[str, Table]) -> list[FoundTable]:
    hits = {
        place: kinds
        for place, cell in sheet.cells.items()
        if cell.held == "text" and (kinds := [kind for kind, table in tables.items() if find_label(cell.text, table)])
    }
    columns, rows = Counter(column for _, column in hits), Counter(row for row, _ in hits)
    if max(rows.values(), default=0) >= ENOUGH and max(rows.values()) > max(columns.values()):
        return _in_sheet(_turn(sheet), tables)  # labels side by side: years are rows
    found = []
    for column in sorted(column for column, count in columns.items() if count >= ENOUGH):
        named = {row: kinds for (row, at), kinds in hits.items() if at == column}
        # Another table further down may have its names in another column.
        others = [row for (row, at) in hits if at != column and columns[at] >= ENOUGH and row > max(named)]
        found += _in_column(sheet, column, named, min(others, default=None), tables)
    return sorted(found, key=lambda found: found.top)


def _turn(sheet: Sheet) -> Sheet:
    """Exchange rows and columns of a sheet; every cell keeps its address."""
    cells = {
        (column, row): cell._replace(row=column, column=row, transposed=not cell.transposed)
        for (row, column), cell in sheet.cells.items()
    }
    merged = tuple((left, top, right, bottom) for top, left, bottom, right in sheet.merged)
    return Sheet(sheet.name, cells, sheet.hidden, frozenset(), merged)


def _in_column(
    sheet: Sheet, column: int, named: Named, before: int | None, tables: dict[str, Table]
) -> list[FoundTable]:
    rows = {row: cells for row, cells in sheet.rows().items() if before is None or row < before}
    starts = _starts(rows, set(named), column)
    ends = [*starts[1:], max(rows) + 1] if starts else []
    spans = list(zip(starts, ends, strict=True))
    spans = [span for span in spans if any(row in range(*span) for row in named)]
    spans = spans or [(_above(rows, min(named)), max(rows) + 1)]
    inside = [{row: kinds for row, kinds in named.items() if row in range(*span)} for span in spans]
    return [
        _block(sheet, rows, column, rows_named, span, tables) for span, rows_named in zip(spans, inside, strict=True)
    ]


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


def _above(rows: dict[int, list[Cell]], first: int) -> int:
    """Return the nearest row with years above the first label, whatever the title of the labels.

    Without one, return the first label's row: a table without years.
    """
    return max((row for row, cells in rows.items() if row < first and _has_years(cells)), default=first)


def _has_years(cells: list[Cell]) -> bool:
    counted = any(cell.held == "number" and not year_of(cell) for cell in cells)  # a list with years in its rows
    return not counted and len({year for cell in cells if (year := year_of(cell))}) >= 2


def _block(
    sheet: Sheet,
    rows: dict[int, list[Cell]],
    column: int,
    named: Named,
    span: tuple[int, int],
    tables: dict[str, Table],
) -> FoundTable:
    start, end = span
    # The header ends at the first text of the label column that is no title.
    labels = {row: sheet.cells.get((row, column)) for row in rows if start < row < min(named)}
    body = next((row for row, cell in labels.items() if cell and not is_title(cell.text)), min(named))
    header = read_header([cell for row, cells in rows.items() if start <= row < body for cell in cells], column)
    if "unit" not in header.roles and (found := _unit_column(rows, named, header, tables)):
        header.roles["unit"] = found
    covered = _covered(sheet)
    read = []
    category: str | None = None
    for number in range(body, end):
        if number not in rows:
            if number > max(named):
                break  # an empty row after the last known name ends the table
            continue
        if "category" in header.roles and (printed := sheet.cells.get((number, header.roles["category"]))):
            category = printed.text
        row = _row(sheet, number, header, category, covered)
        if row and (number in named or _is_data(row)):
            read.append(row)
    kinds = Counter(kind for found_kinds in named.values() for kind in found_kinds)
    return FoundTable(sheet.name, sheet.hidden, kinds, start, header, tuple(read))


def _unit_column(rows: dict[int, list[Cell]], named: Named, header: Header, tables: dict[str, Table]) -> int | None:
    taken = {*header.roles.values(), *(cell.column for cell in header.years.values())}
    columns: dict[int, list[Cell]] = {}
    for row in named:
        for cell in rows.get(row, []):
            if cell.column not in taken and cell.held == "text":
                columns.setdefault(cell.column, []).append(cell)
    legal = {key for table in tables.values() for row in table.indicators for key in (*row.units, unit_key(row.unit))}
    return find_unit_column(columns, legal)


def _covered(sheet: Sheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Return the covered places of merged ranges, each with the place whose content is shown there."""
    last_row = max((row for row, _ in sheet.cells), default=0)
    last_column = max((column for _, column in sheet.cells), default=0)  # a merge may reach to the end of the sheet
    return {
        (row, column): (top, left)
        for top, left, bottom, right in sheet.merged
        for row in range(top, min(bottom, last_row) + 1)
        for column in range(left, min(right, last_column) + 1)
        if (row, column) != (top, left)
    }


def _row(
    sheet: Sheet, number: int, header: Header, category: str | None, covered: dict[tuple[int, int], tuple[int, int]]
) -> Row | None:
    def at(role: str) -> Cell | None:
        return sheet.cells.get((number, header.roles[role])) if role in header.roles else None

    label = at("label")
    if label and _NOTE.match(label.text.strip()):
        return None
    transposed = header.transposed or bool(label and label.transposed)
    unit = at("unit")
    if unit is None and "unit" in header.roles and (number, header.roles["unit"]) in covered:
        unit = sheet.cells.get(covered[number, header.roles["unit"]])  # one unit merged over several rows
    columns = {year: cell.column for year, cell in header.years.items()}
    return Row(
        number=at("number"),
        category=category,
        label=label,
        label_address=address_of(number, header.roles["label"], transposed=transposed),
        unit=unit,
        remark=at("remark"),
        values={year: sheet.cells.get((number, column)) for year, column in columns.items()},
        places={year: address_of(number, column, transposed=transposed) for year, column in columns.items()},
        merged={
            year: address_of(*covered[number, column], transposed=transposed)
            for year, column in columns.items()
            if (number, column) in covered and sheet.cells.get(covered[number, column])
        },
        hidden=number in sheet.hidden_rows,
    )


def _is_data(row: Row) -> bool:
    """Return whether a row without a known label is data: it has values, or a unit beside its label."""
    return row.filled or bool(row.label and row.unit)
