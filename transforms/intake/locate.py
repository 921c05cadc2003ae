"""Finds the indicator tables of a workbook by what stands in them, whatever the sheet is called."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.indicators import Table
from contracts.naming import name_key, plain
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
_LABELS = {*_ROLES["label"], ""}
_EXACT_YEAR = re.compile(r"^(?:19|20)\d\d(?:\.0)?年?度?(?:[(（](?:基期|基准年|现状|目标|预期|实际)[^)）]{0,2}[)）])?$")
# A column about a year that does not hold its values.
_NOT_A_YEAR = re.compile("来源|依据|说明|备注|比|较|增速|增长|增幅|排名|变化|降幅")
_NOTE = re.compile(r"^(?:注|备注|说明|填表|填报|资料来源|数据来源|单位)[：:\d]|^注$")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `category` is carried down from the row that prints it."""

    number: Cell | None
    category: str | None
    label: Cell | None
    label_place: str
    unit: Cell | None
    remark: Cell | None
    values: dict[int, Cell | None]
    places: dict[int, str]

    @property
    def filled(self) -> bool:
        """Whether anything stands in a year's column."""
        return any(cell is not None and cell.held != "blank" for cell in self.values.values())


@dataclass(frozen=True, slots=True)
class Block:
    """One table: where it is, its years with their header cells, and its rows from top to bottom.

    `twice`: years that a second column claims with as good a right, with that column's header cell.
    """

    sheet: str
    hidden: bool
    kinds: Counter[str]
    top: int
    years: dict[int, Cell]
    twice: dict[int, Cell]
    rows: tuple[Row, ...]

    @property
    def filled(self) -> bool:
        """Whether anything stands in a year's column."""
        return any(row.filled for row in self.rows)

    @property
    def place(self) -> str:
        """Where it is, as a person says it."""
        return f"{self.sheet}第{self.top}行起{'（隐藏）' if self.hidden else ''}"

    @property
    def content(self) -> list[tuple[str, ...]]:
        """Labels and values as text, to tell a copy from another table."""
        return [
            (row.label.text if row.label else "", *(cell.text if cell else "" for cell in row.values.values()))
            for row in self.rows
        ]


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
    starts = _starts(rows, set(named), column)
    ends = [*starts[1:], max(rows) + 1] if starts else []
    first = min(named)
    # Without any header the names alone make a table; its years are then missing, and a rule says so.
    spans = [(start, end) for start, end in zip(starts, ends, strict=True) if any(start <= row < end for row in named)]
    return [_block(sheet, rows, column, named, span) for span in spans or [(max(1, first - 1), max(rows) + 1)]]


def _starts(rows: dict[int, list[Cell]], named: set[int], column: int) -> list[int]:
    """First rows of the headers: rows with two years, or with the word for indicator; never a row that has a label."""
    starts: list[int] = []
    for row, cells in rows.items():
        label = next((cell.text for cell in cells if cell.column == column and cell.held != "blank"), None)
        if row in named or (label is not None and name_key(label) not in _LABELS):
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
    # The header ends where the label's column says something else than its own title.
    labels = {row: sheet.cells.get((row, column)) for row in rows if start <= row < inside[0]}
    body = next((row for row, cell in labels.items() if cell and name_key(cell.text) not in _LABELS), inside[0])
    header = [cell for row, cells in rows.items() if start <= row < body for cell in cells]
    roles: dict[str, int] = {"label": column}
    headers: dict[int, list[Cell]] = {}
    for cell in header:
        role = next((role for role, words in _ROLES.items() if name_key(cell.text) in words), None)
        if role and cell.column != column:
            roles.setdefault(role, cell.column)
        elif (year := _year(cell)) and cell.column != column:
            headers.setdefault(year, []).append(cell)
    years = {year: _plainest(cells)[0] for year, cells in headers.items()}
    twice = {year: cells[1] for year, cells in ((y, _plainest(c)) for y, c in headers.items()) if len(cells) > 1}
    read = []
    category: str | None = None
    for number in range(body, end):
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
    return Block(sheet.name, sheet.hidden, kinds, start, years, twice, tuple(read))


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
        label_place=Cell(number, roles["label"], "blank", "").address,
        unit=at("unit"),
        remark=at("remark"),
        values={year: sheet.cells.get((number, cell.column)) for year, cell in years.items()},
        places={year: Cell(number, cell.column, "blank", "").address for year, cell in years.items()},
    )


def _is_data(row: Row) -> bool:
    """A row that the guide does not name is data if it has values, or a serial number or unit beside its name."""
    return row.filled or bool(row.label and (row.number or row.unit))


def _plainest(cells: list[Cell]) -> list[Cell]:
    """Of several columns that name a year, those that say nothing else; all of them if none is plain."""
    exact = [cell for cell in cells if _EXACT_YEAR.match(plain(cell.text))]
    return exact or cells


def _year(cell: Cell) -> int | None:
    """The year that a header cell stands for: 2022, `2022年（基期）`, or a date in it."""
    if cell.held == "date":
        return int(cell.text[:4]) if cell.text[:4].isdigit() else None
    if cell.held not in {"number", "text"} or len(cell.text) > 15:
        return None
    text = plain(cell.text)
    match = None if _NOT_A_YEAR.search(text) else _YEAR.match(text)
    return int(match[1]) if match else None
