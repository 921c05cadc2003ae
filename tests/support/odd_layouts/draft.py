"""Describe a table before it is written: columns, rows, the cells around them, and the steps that change it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Table
from tests.sample import CONTRACTS, YEARS, Row, Submission
from tests.support.saved import saved

Entry = Row | str | None  # a row of the table, a sub-title, an empty row
SERIAL = "一二三四五六七八九"
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
SPELLINGS = {
    "吨标准煤/万元": "吨标煤/万元",
    "吨/万元": "tCO2/万元",
    "亿元/平方公里": "亿元/km²",
    "千瓦": "kW",
    "辆": "台",
    "个": "座",
    "公顷": "hm²",
    "MJ/m²": "MJ/㎡",
    "%": "％",
}


@dataclass(frozen=True)
class Column:
    """What stands in one column: its header, and a cell for each row with its serial number."""

    role: str
    header: Any
    write: Callable[[int, Row], Any]


@dataclass(frozen=True)
class Draft:
    """A table before it is written. `finish` changes what is written: merges, hides, adds sheets."""

    submission: Submission
    columns: tuple[Column, ...]
    body: tuple[Entry, ...]
    sheet: str
    top: int = 1
    left: int = 1
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    transposed: bool = False
    finish: tuple[Callable[["Drawn"], None], ...] = ()


@dataclass(frozen=True)
class Drawn:
    """A written table: `header` is its row; `lines` are the rows of the body with what they hold."""

    draft: Draft
    book: Workbook
    sheet: Worksheet
    header: int
    lines: tuple[tuple[int, Entry], ...]

    def column(self, role: str) -> int:
        return self.draft.left + [column.role for column in self.draft.columns].index(role)

    def rows(self) -> list[tuple[int, Row]]:
        return [(at, entry) for at, entry in self.lines if isinstance(entry, Row)]


Change = Callable[[Draft], Draft]


def build(submission: Submission, changes: tuple[Change, ...]) -> bytes:
    """Write the workbook: one sheet with one table from A1 down, but for the changes."""
    return _write(reduce(lambda draft, change: change(draft), changes, _plain(submission)))


def _plain(submission: Submission) -> Draft:
    columns = (
        Column("number", "序号", lambda number, _: number),
        Column("category", "类别", lambda _, row: row.category),
        Column("label", "具体指标", lambda _, row: row.label),
        Column("unit", "单位", lambda _, row: row.unit),
        *(Column(str(year), f"{year}年", lambda _, row, at=at: row.values[at]) for at, year in enumerate(YEARS)),
        Column("remark", "备注", lambda _, row: row.remark or None),
    )
    return Draft(submission, columns, submission.rows, CONTRACTS.tables[submission.kind].sheet)


def _write(draft: Draft) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = draft.sheet
    for at, text in enumerate(draft.above):
        sheet.cell(draft.top + at, draft.left, text)
    header = draft.top + len(draft.above)
    lines = list(_lines(draft))
    if draft.transposed:
        lines = [list(line) for line in zip(*lines, strict=True)]
    put_lines(sheet, header, draft.left, lines)
    end = header + len(lines)
    for at, text in enumerate(draft.below):
        sheet.cell(end + at, draft.left, text)
    drawn = Drawn(draft, book, sheet, header, tuple(enumerate(draft.body, header + 1)))
    for finish in draft.finish:
        finish(drawn)
    book.active = book.worksheets.index(sheet)
    return saved(book)


def _lines(draft: Draft) -> Iterator[list[Any]]:
    yield [column.header for column in draft.columns]
    number = 0
    for entry in draft.body:
        if isinstance(entry, Row):
            number += 1
            yield [column.write(number, entry) for column in draft.columns]
        else:
            yield [entry if column.role == "label" else None for column in draft.columns]


def put_lines(sheet: Worksheet, top: int, left: int, lines: list[list[Any]]) -> None:
    for row, line in enumerate(lines, top):
        for column, value in enumerate(line, left):
            if value is not None:
                sheet.cell(row, column, value)


def change_cells(role: str, change: Callable[[Any, Row], Any]) -> Change:
    """Change every cell of the columns with this role; `values` are the years."""

    def changed(column: Column) -> Column:
        return replace(column, write=lambda number, row: change(column.write(number, row), row))

    return lambda draft: replace(
        draft, columns=tuple(changed(one) if has_role(one, role) else one for one in draft.columns)
    )


def change_header(role: str, change: Callable[[Any], Any]) -> Change:
    return lambda draft: replace(
        draft,
        columns=tuple(replace(one, header=change(one.header)) if has_role(one, role) else one for one in draft.columns),
    )


def has_role(column: Column, role: str) -> bool:
    return column.role == role or (role == "values" and column.role.isdecimal())


def drop_columns(*roles: str) -> Change:
    return lambda draft: replace(draft, columns=tuple(one for one in draft.columns if one.role not in roles))


def add_column(role: str, header: Any, write: Callable[[int, Row], Any], *, before: str | None = None) -> Change:
    def change(draft: Draft) -> Draft:
        roles = [column.role for column in draft.columns]
        at = roles.index(before) if before in roles else len(roles)
        return replace(draft, columns=(*draft.columns[:at], Column(role, header, write), *draft.columns[at:]))

    return change


def finish_with(finish: Callable[[Drawn], None]) -> Change:
    return lambda draft: replace(draft, finish=(*draft.finish, finish))


def by_category(body: tuple[Entry, ...]) -> list[tuple[str, list[Entry]]]:
    rows = [entry for entry in body if isinstance(entry, Row)]
    return [(category, list(members)) for category, members in groupby(rows, key=lambda row: row.category)]


def merge_runs(drawn: Drawn, role: str, text: Callable[[Row], str]) -> None:
    """Merge the cells of one column over rows that follow each other and say the same."""
    for _, members in groupby(drawn.rows(), key=lambda line: text(line[1])):
        places = [at for at, _ in members]
        at = drawn.column(role)
        drawn.sheet.merge_cells(start_row=places[0], end_row=places[-1], start_column=at, end_column=at)


def insert_between(text: str, every: int, what: str) -> str:
    return what.join(text[start : start + every] for start in range(0, len(text), every))


def table_of(draft: Draft) -> Table:
    return CONTRACTS.tables[draft.submission.kind]


def other_table(draft: Draft) -> Table:
    return CONTRACTS.tables["park" if draft.submission.kind == "city" else "city"]
