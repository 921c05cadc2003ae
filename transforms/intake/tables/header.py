"""Read the header of a table: the role or year of each column, from the words above it or the cells below."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.naming import name_key, plain
from transforms.intake.cells import Cell
from transforms.intake.values.chinese_numerals import YEAR_DIGITS
from transforms.intake.values.footnote_marks import split_marks

ROLES = {
    "number": {"序号", "编号", "no", "no."},
    "category": {"类别", "指标类别", "指标类型", "一级指标", "分类"},
    "label": {"具体指标", "指标", "指标名称", "参考指标", "二级指标", "三级指标", "指标内容", "主要指标", "指标项"},
    "unit": {"单位", "计量单位", "指标单位"},
    "remark": {"备注", "说明", "备注说明", "情况说明"},
}
# Columns are sometimes numbered in a row of their own: 甲 乙 丙 1 2 3.
_COLUMN_NUMBER = re.compile(r"^(?:[甲乙丙丁戊己庚辛壬癸]|[a-h]|\(?\d{1,2}\)?)$")
_YEAR = re.compile(r"^\D*((?:19|20)\d\d)(?:\.0)?(?!\d)\D*$")
_EXACT_YEAR = re.compile(r"^(?:19|20)\d\d(?:\.0)?年?度?(?:[(（](?:基期|基准年|现状|目标|预期|实际)[^)）]{0,2}[)）])?$")
# A column about a year that does not hold its values.
_NOT_A_YEAR = re.compile("来源|依据|说明|备注|比|较|增速|增长|增幅|排名|变化|降幅|累计|年均|合计|完成率|完成度")
_DECEMBER = re.compile("年12月(?:31日)?[底末]?")
# Columns below a year that do not hold its values.
_NOT_VALUES = re.compile(f"{_NOT_A_YEAR.pattern}|属性|性质|单位|部门|占比|比重")
_REAL = re.compile("实际|实绩|完成|现状")
_TARGET = re.compile("目标|计划|规划|预期|任务")
_GROUP = 10  # characters of a title over several years
_ESTIMATE = re.compile("预计|预估|预测|估计|估算")
_LETTER_O = re.compile(r"(?<=\d)[oO](?=[\doO])|(?<=\d[oO\d]{2})[oO](?=年|$)")  # 2O30年, 203O年
_CHINESE_YEAR = re.compile("二[〇零○][〇零○一二三四五六七八九]{2}(?=年)")
_PERIOD_END = re.compile(r"^“?十([三四五六])五”?(?:规划)?(?:时?期)?末(?:目标值?|值|现状值?|预期值?|年)?$")  # “十四五”末


@dataclass(frozen=True)
class Header:
    """Column numbers by role, and the header cell of each year.

    `twice` has the second header cell of years that two columns name equally; `targets` that of each column with the
    target of a year, which is also in `years` unless another column has the year's actual value.
    """

    roles: dict[str, int]
    years: dict[int, Cell]
    twice: dict[int, Cell]
    targets: dict[int, Cell]

    @property
    def columns(self) -> set[int]:
        """The numbers of all columns that are read."""
        cells = (*self.years.values(), *self.twice.values(), *self.targets.values())
        return {*self.roles.values(), *(cell.column for cell in cells)}

    @property
    def transposed(self) -> bool:
        """Whether years are rows in the file, so that rows and columns were exchanged."""
        return any(cell.transposed for cell in self.years.values())


def read_header(cells: Iterable[Cell], column: int) -> Header:
    """Read the cells above a table whose labels are in `column`."""
    cells = _with_groups(list(cells))
    roles: dict[str, int] = {"label": column}
    claims: dict[int, list[Cell]] = {}
    targets: dict[int, list[Cell]] = {}
    for cell in cells:
        if cell.column == column:
            continue
        role = next((role for role, words in ROLES.items() if name_key(cell.text) in words), None)
        if role:
            roles.setdefault(role, cell.column)
        elif year := year_of(cell):
            values, wanted = _value_columns(cell, cells)
            claims.setdefault(year, []).extend(values)
            targets.setdefault(year, []).extend(wanted)
    years: dict[int, Cell] = {}
    twice: dict[int, Cell] = {}
    # Several years with 实际值: beside such a column, one with the year alone has something else.
    of_progress = sum(any(map(_is_real, claimed)) for claimed in claims.values()) > 1
    for year, claimed in claims.items():
        real = [cell for cell in claimed if _is_real(cell)] if of_progress else []
        values = real or [cell for cell in claimed if not _is_target(cell)] or claimed
        plainest = _plainest(values)
        years[year] = plainest[0]
        if len(both := plainest if len(plainest) > 1 else _plainest(real or claimed)) > 1:
            twice[year] = both[1]
        targets.setdefault(year, []).extend(cell for cell in claimed if _is_target(cell))
    return Header(roles, years, twice, {year: cells[0] for year, cells in targets.items() if len(cells) == 1})


def _with_groups(header: list[Cell]) -> list[Cell]:
    """Add to each bare year the title of the group above it: 2025年 below 目标值 becomes 2025年（目标值）."""
    titles = set().union(*ROLES.values())
    heads = {cell.row for cell in header if name_key(cell.text) in titles}
    groups = [cell for cell in header if cell.row in heads and cell.held == "text" and len(cell.text) <= _GROUP]
    found = []
    for cell in header:
        above = [one for one in groups if one.row == cell.row - 1 and one.column <= cell.column]
        over = max(above, key=lambda one: one.column, default=cell)
        if year_of(cell) and not (_says(cell) or year_of(over)) and _says(over):
            cell = cell._replace(text=f"{cell.text}（{over.text.strip()}）")  # noqa: PLW2901
        found.append(cell)
    return found


def _says(cell: Cell) -> bool:
    return bool(_REAL.search(cell.text) or _TARGET.search(cell.text))


def is_title(text: str) -> bool:
    """Return whether a text in the label column belongs to the header: its title, a column number, or nothing."""
    key = name_key(text)
    return not key or key in ROLES["label"] or bool(_COLUMN_NUMBER.match(key))


def year_of(cell: Cell) -> int | None:
    """Return the year that a header cell names: 2022, `2022年（基期）`, or a date in it."""
    if cell.held == "date":
        return int(cell.text[:4]) if cell.text[:4].isdigit() else None
    if cell.held not in {"number", "text"} or len(cell.text) > 15:
        return None
    text = _DECEMBER.sub("年", plain(split_marks(cell.text)[0]))
    text = _LETTER_O.sub("0", text)
    text = _CHINESE_YEAR.sub(lambda year: year[0].translate(YEAR_DIGITS), text)
    if period := _PERIOD_END.match(text):
        return 2020 + 5 * "三四五六".index(period[1])
    match = None if _NOT_A_YEAR.search(text) else _YEAR.match(text)
    return int(match[1]) if match else None


def _value_columns(year: Cell, header: list[Cell]) -> tuple[list[Cell], list[Cell]]:
    """Return the header cell of a year; where it spans several columns, those below it that are over values.

    Of 计划 and 实际 that is 实际, 计划 is returned second; 基本目标 and 奋斗目标 both are: the year is named twice.
    """
    end = min((cell.column for cell in header if cell.row == year.row and cell.column > year.column), default=10**6)
    below = [
        cell
        for cell in header
        if cell.row > year.row and year.column <= cell.column < end and cell.held == "text" and year_of(cell) is None
        if not (_NOT_VALUES.search(cell.text) or is_title(cell.text))
    ]
    spanned = {cell.column for cell in header if cell.row > year.row and year.column <= cell.column < end}
    if len(spanned) < 2 or not below:
        return [year], []
    real = [cell for cell in below if _REAL.search(cell.text)]
    return (real, [cell for cell in below if _is_target(cell)]) if real else (below, [])


def is_actual(cell: Cell | None) -> bool:
    """Return whether a header cell says that its column has actual values."""
    return cell is not None and bool(_REAL.search(cell.text))


def is_estimate(text: str) -> bool:
    """Return whether a header or a cell says that its value is expected: 2025年预计值, 24.1（预计）."""
    return bool(_ESTIMATE.search(text))


def _is_real(cell: Cell) -> bool:
    return is_actual(cell) and not is_estimate(cell.text)


def _is_target(cell: Cell) -> bool:
    return bool(_TARGET.search(cell.text)) and not _REAL.search(cell.text)


def _plainest(cells: list[Cell]) -> list[Cell]:
    """Keep, of several columns that name a year, those with nothing else; all of them if none is plain."""
    exact = [cell for cell in cells if _EXACT_YEAR.match(_LETTER_O.sub("0", plain(split_marks(cell.text)[0])))]
    return exact or cells
