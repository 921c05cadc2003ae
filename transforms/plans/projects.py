"""Key projects, from a table of the plan or from the sheet 重点工程: what each row says, and what it leaves out."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.naming import name_key, plain
from transforms.intake.cells import Cell, Sheet

SHEET = "重点工程"
# What a project must tell, with the words that a column of it is headed with; the first that fits counts.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": ("项目名称", ("项目名称", "工程名称", "项目", "名称")),
    "content": ("建设内容", ("建设内容", "项目内容", "主要内容", "建设规模", "内容")),
    "period": ("建设期限", ("建设起止年限", "起止年限", "建设期限", "建设周期", "建设时间", "期限", "起止", "年限")),
    "investment": ("投资", ("总投资", "投资")),
    "effect": ("预期效果", ("预期效果", "预期成效", "效果", "效益", "成效")),
    "supports": ("支撑指标", ("支撑指标", "支撑作用", "支撑", "对应指标")),
}
_AS_TABLE = 3  # so many of these columns make a table of projects
_MOST = 500
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_BLANK = {"", "-", "--", "/", "无", "—", "——"}


@dataclass(frozen=True, slots=True)
class Project:
    """One project.

    `sheet` and `cell`: where its name is; `lacks`: what it leaves out, in Chinese; `without`: what its list has no
    column for.
    """

    name: str
    sheet: str
    cell: str
    period: str
    first: int | None
    last: int | None
    supports: str
    lacks: tuple[str, ...]
    without: tuple[str, ...] = ()


def find_projects(sheets: Iterable[Sheet]) -> tuple[Project, ...]:
    """The projects of every table that has the columns of one."""
    return tuple(project for sheet in sheets for project in _in_sheet(sheet))[:_MOST]


def _in_sheet(sheet: Sheet) -> list[Project]:
    rows = list(sheet.rows().items())
    for at, (number, cells) in enumerate(rows[:6]):
        columns = _columns(cells)
        if "name" in columns and len(columns) >= _AS_TABLE:
            below = [cells for _, cells in rows[at + 1 :]]
            return [project for cells in below if (project := _project(sheet.name, cells, columns, number))]
    return []


def _columns(cells: Sequence[Cell]) -> dict[str, int]:
    found: dict[str, int] = {}
    for field, (_, words) in FIELDS.items():
        for word in words:
            fitting = [
                cell.column for cell in cells if word in name_key(cell.text) and cell.column not in found.values()
            ]
            if fitting:
                found[field] = fitting[0]
                break
    return found


def _project(sheet: str, cells: Sequence[Cell], columns: dict[str, int], header: int) -> Project | None:
    texts = {cell.column: cell.text.strip() for cell in cells}
    given = {field: texts.get(column, "") for field, column in columns.items()}
    name = next((cell for cell in cells if cell.column == columns["name"]), None)
    others = [text for field, text in given.items() if field != "name" and plain(text) not in _BLANK]
    # A line with nothing but a name is a heading between the rows, and one without a name a sum below them.
    if name is None or name.row <= header or plain(name.text) in _BLANK or not others or _is_sum(name.text):
        return None
    years = [int(year) for year in _YEAR.findall(plain(given.get("period", "")))]
    # Of the columns that the table has: one that it lacks altogether is reported once, for the list.
    lacks = [title for field, (title, _) in FIELDS.items() if field in columns and plain(given[field]) in _BLANK]
    without = tuple(title for field, (title, _) in FIELDS.items() if field not in columns)
    return Project(
        name.text.strip(), sheet, name.address, given.get("period", ""),
        min(years, default=None), max(years, default=None), given.get("supports", ""), tuple(lacks), without,
    )  # fmt: skip


def _is_sum(text: str) -> bool:
    return name_key(text).startswith(("合计", "小计", "总计"))
