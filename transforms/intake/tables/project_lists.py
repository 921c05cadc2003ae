"""Lists of key projects (重点项目清单), of tasks and of measures (重点任务清单, 改革举措清单), on any sheet."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from contracts.naming import name_key, plain
from transforms.intake.cells import Cell, Sheet
from transforms.intake.tables.header import ROLES
from transforms.intake.values.words import is_placeholder

# What a project must tell (指南五), and the title of a column that tells it.
FIELDS: dict[str, tuple[str, re.Pattern[str]]] = {
    "content": ("建设内容", re.compile("内容|规模|具体举措|主要举措|工作举措|主要措施|具体措施")),
    "period": (
        "建设期限",
        re.compile("期限|起止|年限|周期|时限|(?:建设|实施|完成|起止)时间|时间(?:节点|安排)|进度安排"),
    ),
    "investment": ("投资", re.compile("投资|资金(?!来源)")),
    "effect": ("预期效果", re.compile("效果|成效|效益|成果|预期目标|工作目标")),
    "supports": ("支撑指标", re.compile("支撑|对应指标")),
}
# What a progress report tells of a project besides.
_PROGRESS = {
    "status": re.compile("(?:建设|项目|工程|当前|目前|实施)状态|^状态$|形象进度|进展情况|建设进展"),
    "cause": re.compile("原因"),
}
_PROJECT = re.compile("^(?:重[点大]|示范)?(?:建设)?(?:项目|工程)(?:项目)?(?:名称)?$|(?:项目|工程)名称|^名称$")
_TASK = re.compile(
    "^(?:(?:重点|主要|工作|改革|政策|创新|机制|制度|具体)*(?:任务|举措|措施|事项|政策|改革|创新)(?:清单|名称|事项|举措)?)$"
)
_BESIDE = re.compile("领域|类别|责任|牵头|建设单位|实施单位|建设地点|建设性质")
_HINT = re.compile("[项任举措称标程策革新]")  # a row without any of these is no header
_AS_LIST = 3  # so many of these columns make a list
_MOST, _TITLE = 500, 20
_YEAR = re.compile(r"(?<!\d)20\d\d(?=(?:0[1-9]|1[0-2])?(?!\d))")
_PERIODS = {"十四五": 2025, "十五五": 2030}
_YEAR_TITLE = re.compile(r"(?:19|20)\d\d年?$")
_HEADING = re.compile(r"[(（]?[一二三四五六七八九十]+(?:[)）、.．]|$)|注[:：]|备注|说明|.*(?:类|领域|方面|[:：])$")
_BLANK = {"", "-", "--", "/", "无", "—", "——"}
PROJECTS, TASKS = "重点工程", "重点任务"


@dataclass(frozen=True, slots=True)
class Project:
    """One project, or one task or measure.

    Attributes:
        listed: `PROJECTS` or `TASKS`.
        name: with `sheet` and `cell` where it is.
        period: as written; `first` and `last` are its years.
        status: of a progress report, as written; `cause` of its deviation.
        lacks: titles of the columns left blank, in Chinese; `without`: of those that a list of projects does not have.
    """

    listed: str
    name: str
    sheet: str
    cell: str
    period: str
    first: int | None
    last: int | None
    supports: str
    lacks: tuple[str, ...]
    without: tuple[str, ...] = ()
    status: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class _List:
    """A list on a sheet: the row of its header, the first row behind it, and its columns by field."""

    header: int
    end: int
    listed: str
    columns: dict[str, int]
    progress: dict[str, int] = field(default_factory=dict)


def find_projects(sheets: Iterable[Sheet]) -> tuple[Project, ...]:
    """Return the rows of every list, at most `_MOST`."""
    return tuple(project for sheet in sheets for one in _lists(sheet) for project in _projects(sheet, one))[:_MOST]


def without_lists(sheet: Sheet) -> Sheet:
    """Return the sheet without its lists, which name indicators and years but hold no values of indicators."""
    lists = _lists(sheet)
    if not lists:
        return sheet
    inside = [range(one.header, one.end) for one in lists]
    cells = {place: cell for place, cell in sheet.cells.items() if not any(place[0] in rows for rows in inside)}
    return replace(sheet, cells=cells)


def _lists(sheet: Sheet) -> list[_List]:
    """Find the lists of a sheet, each up to the next header, of a list or of an indicator table."""
    rows = sheet.rows()
    starts: list[tuple[int, _List | None]] = []
    for number, cells in rows.items():
        short = [cell for cell in cells if cell.held == "text" and len(cell.text) <= _TITLE]
        if not any(_HINT.search(cell.text) for cell in short):
            continue
        titles = {name_key(cell.text): cell.column for cell in short}
        if ROLES["label"] & titles.keys() or sum(bool(_YEAR_TITLE.match(plain(cell.text))) for cell in cells) > 1:
            starts.append((number, None))
        elif len(titles) >= _AS_LIST and (found := _read_header(number, titles)):
            starts.append((number, found))
    ends = [*(number for number, _ in starts[1:]), max(rows, default=0) + 1]
    return [replace(one, end=end) for (_, one), end in zip(starts, ends, strict=False) if one]


def _read_header(row: int, titles: dict[str, int]) -> _List | None:
    names = [title for title in titles if _PROJECT.search(title)] or [title for title in titles if _TASK.search(title)]
    if not names:
        return None
    name = titles[names[0]]
    columns: dict[str, int] = {}
    for title in sorted(titles, key=lambda title: not title.startswith("总")):  # 总投资 before 其中：2024年投资
        field = next((field for field, (_, words) in FIELDS.items() if words.search(title)), None)
        if field:
            columns.setdefault(field, titles[title])
    beside = any(_BESIDE.search(title) for title in titles)
    if not columns or len({name, *columns.values()}) + beside < _AS_LIST:
        return None
    progress = {
        field: column
        for title, column in titles.items()
        for field, words in _PROGRESS.items()
        if words.search(title) and column not in columns.values()
    }
    return _List(row, row, PROJECTS if _PROJECT.search(names[0]) else TASKS, {"name": name, **columns}, progress)


def _projects(sheet: Sheet, one: _List) -> Iterator[Project]:
    for number, cells in sheet.rows().items():
        if one.header < number < one.end and (project := _project(sheet.name, cells, one)):
            yield project


def _project(sheet: str, cells: Sequence[Cell], one: _List) -> Project | None:
    texts = {cell.column: cell.text.strip() for cell in cells}
    given = {field: texts.get(column, "") for field, column in one.columns.items()}
    name = next((cell for cell in cells if cell.column == one.columns["name"]), None)
    others = [text for field, text in given.items() if field != "name" and not _is_blank(text)]
    others += [text for column in one.progress.values() if not _is_blank(text := texts.get(column, ""))]
    # A line without a name is a sum below the rows, and one with nothing but a name a heading between them: except in
    # a progress report, whose form has the names of the plan and no headings.
    if name is None or _is_blank(name.text) or _is_sum(name.text):
        return None
    if not others and ("status" not in one.progress or any(map(_HEADING.match, texts.values()))):
        return None
    period = given.get("period", "")
    years = _years(period)
    # Of the columns that the table has: one that it lacks altogether is reported once, for the list.
    lacks = [title for field, (title, _) in FIELDS.items() if field in one.columns and _is_blank(given[field])]
    without = [title for field, (title, _) in FIELDS.items() if field not in one.columns]
    return Project(
        one.listed, name.text.strip(), sheet, name.address, period, min(years, default=None), max(years, default=None),
        given.get("supports", ""), tuple(lacks), tuple(without) if one.listed == PROJECTS else (),
        **{field: texts.get(column, "") for field, column in one.progress.items()},
    )  # fmt: skip


def _years(period: str) -> list[int]:
    text = plain(period)
    return [*map(int, _YEAR.findall(text)), *(year for name, year in _PERIODS.items() if name in text)]


def _is_blank(text: str) -> bool:
    return plain(text) in _BLANK or is_placeholder(plain(text).casefold())


def _is_sum(text: str) -> bool:
    return name_key(text).startswith(("合计", "小计", "总计"))
