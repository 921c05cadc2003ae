"""Finds the indicator tables of a workbook by what stands in them, whatever the sheet is called."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.indicators import Table
from contracts.naming import name_key
from transforms.intake.cells import Cell, Sheet

# Fewer rows than this with names from the guide are no table: the name of an indicator may stand on any sheet.
ENOUGH = 3
_ROLES = {
    "number": {"序号", "编号", "no", "no."},
    "category": {"类别", "指标类别", "指标类型", "一级指标", "分类"},
    "label": {"具体指标", "指标", "指标名称", "参考指标", "二级指标", "指标内容"},
    "unit": {"单位", "计量单位", "指标单位"},
    "remark": {"备注", "说明", "备注说明", "情况说明"},
}
_YEAR = re.compile(r"^\D*((?:19|20)\d\d)(?:\.0)?(?!\d)\D*$")
_NOTE = re.compile(r"^(?:注|备注|说明|填表|填报|资料来源|数据来源|单位)[：:\d]|^注$")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `category` is carried down from the row that prints it."""

    number: Cell | None
    category: str | None
    label: Cell | None
    unit: Cell | None
    remark: Cell | None
    values: dict[int, Cell | None]
    places: dict[int, str]


@dataclass(frozen=True, slots=True)
class Block:
    """One table: where it is, which years it has and at which header cell, and its rows from top to bottom."""

    sheet: str
    kinds: Counter[str]
    top: int
    years: dict[int, Cell]
    rows: tuple[Row, ...]

    @property
    def filled(self) -> bool:
        """Whether anything stands in a year's column."""
        return any(cell is not None and cell.held != "blank" for row in self.rows for cell in row.values.values())


def find_blocks(sheets: Iterable[Sheet], tables: dict[str, Table]) -> list[Block]:
    """Every table that names at least `ENOUGH` indicators of `tables`, in sheet order and from top to bottom."""
    return [block for sheet in sheets for block in _blocks(sheet, tables)]


def _blocks(sheet: Sheet, tables: dict[str, Table]) -> list[Block]:
    names = {kind: table.by_name for kind, table in tables.items()}
    hits: dict[tuple[int, int], list[str]] = {}
    for place, cell in sheet.cells.items():
        if cell.held == "text":
            key = name_key(cell.text)
            if kinds := [kind for kind, known in names.items() if key in known]:
                hits[place] = kinds
    if not hits:
        return []
    ((column, count),) = Counter(column for _, column in hits).most_common(1)
    if count < ENOUGH:
        return []
    named = {row: kinds for (row, at), kinds in hits.items() if at == column}
    rows = sheet.rows()
    starts = _starts(rows, set(named))
    ends = [*starts[1:], max(rows) + 1]
    first = min(named)
    # Without any header the names alone make a table; its years are then missing, and a rule says so.
    spans = [(start, end) for start, end in zip(starts, ends, strict=True) if any(start <= row < end for row in named)]
    return [_block(sheet, rows, column, named, span) for span in spans or [(max(1, first - 1), max(rows) + 1)]]


def _starts(rows: dict[int, list[Cell]], named: set[int]) -> list[int]:
    """First rows of the headers: rows with two years or with a year beside the word for indicator."""
    starts: list[int] = []
    for row, cells in rows.items():
        if row in named:
            continue
        years = {year for cell in cells if (year := _year(cell))}
        titled = any(cell.held == "text" and name_key(cell.text) in _ROLES["label"] for cell in cells)
        if len(years) >= 2 or titled:
            # Two header rows on top of each other are one header.
            if starts and not any(starts[-1] < between < row for between in named):
                continue
            starts.append(row)
    return starts


def _block(
    sheet: Sheet, rows: dict[int, list[Cell]], column: int, named: dict[int, list[str]], span: tuple[int, int]
) -> Block:
    start, end = span
    inside = sorted(row for row in named if start <= row < end)
    header = [cell for row, cells in rows.items() if start <= row < inside[0] for cell in cells]
    roles: dict[str, int] = {"label": column}
    years: dict[int, Cell] = {}
    for cell in header:
        role = next((role for role, words in _ROLES.items() if name_key(cell.text) in words), None)
        if role and cell.column != column:
            roles.setdefault(role, cell.column)
        elif (year := _year(cell)) and cell.column != column:
            years.setdefault(year, cell)
    read = []
    category: str | None = None
    for number in range(inside[0], end):
        if number not in rows:
            if number > inside[-1]:
                break  # an empty row after the last known name ends the table
            continue
        if "category" in roles and (printed := sheet.cells.get((number, roles["category"]))):
            category = printed.text
        row = _row(sheet, number, roles, years, category)
        if row and (number in named or _is_data(row)):
            read.append(row)
    kinds = Counter(kind for row in inside for kind in named[row])
    return Block(sheet.name, kinds, start, years, tuple(read))


def _row(sheet: Sheet, number: int, roles: dict[str, int], years: dict[int, Cell], category: str | None) -> Row | None:
    def at(role: str) -> Cell | None:
        return sheet.cells.get((number, roles[role])) if role in roles else None

    label = at("label")
    if label and _NOTE.match(label.text.strip()):
        return None
    return Row(
        number=at("number"),
        category=category,
        label=label,
        unit=at("unit"),
        remark=at("remark"),
        values={year: sheet.cells.get((number, cell.column)) for year, cell in years.items()},
        places={year: Cell(number, cell.column, "blank", "").address for year, cell in years.items()},
    )


def _is_data(row: Row) -> bool:
    """A row that the guide does not name is data if it has values, or a serial number or unit beside its name."""
    values = [cell for cell in row.values.values() if cell and cell.held != "blank"]
    return bool(values) or bool(row.label and (row.number or row.unit))


def _year(cell: Cell) -> int | None:
    """The year that a header cell stands for: 2022, `2022年（基期）`, or a date in it."""
    if cell.held == "date":
        return int(cell.text[:4]) if cell.text[:4].isdigit() else None
    if cell.held not in {"number", "text"} or len(cell.text) > 15:
        return None
    match = _YEAR.match("".join(cell.text.split()))
    return int(match[1]) if match else None
