"""Odd layouts of one and the same table: a layout is the plain grid below, changed by one or several functions."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
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
    _put(sheet, header, draft.left, lines)
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


def _put(sheet: Worksheet, top: int, left: int, lines: list[list[Any]]) -> None:
    for row, line in enumerate(lines, top):
        for column, value in enumerate(line, left):
            if value is not None:
                sheet.cell(row, column, value)


# ---- small steps -----------------------------------------------------------------------------------------------------


def _on(role: str, change: Callable[[Any, Row], Any]) -> Change:
    """Change every cell of the columns with this role; `values` are the years."""

    def changed(column: Column) -> Column:
        return replace(column, write=lambda number, row: change(column.write(number, row), row))

    return lambda draft: replace(draft, columns=tuple(changed(one) if _is(one, role) else one for one in draft.columns))


def _headed(role: str, change: Callable[[Any], Any]) -> Change:
    return lambda draft: replace(
        draft,
        columns=tuple(replace(one, header=change(one.header)) if _is(one, role) else one for one in draft.columns),
    )


def _is(column: Column, role: str) -> bool:
    return column.role == role or (role == "values" and column.role.isdecimal())


def _without(*roles: str) -> Change:
    return lambda draft: replace(draft, columns=tuple(one for one in draft.columns if one.role not in roles))


def _with(role: str, header: Any, write: Callable[[int, Row], Any], *, before: str | None = None) -> Change:
    def change(draft: Draft) -> Draft:
        roles = [column.role for column in draft.columns]
        at = roles.index(before) if before in roles else len(roles)
        return replace(draft, columns=(*draft.columns[:at], Column(role, header, write), *draft.columns[at:]))

    return change


def _finally(finish: Callable[[Drawn], None]) -> Change:
    return lambda draft: replace(draft, finish=(*draft.finish, finish))


def _groups(body: tuple[Entry, ...]) -> list[tuple[str, list[Entry]]]:
    rows = [entry for entry in body if isinstance(entry, Row)]
    return [(category, list(members)) for category, members in groupby(rows, key=lambda row: row.category)]


def _merge_runs(drawn: Drawn, role: str, text: Callable[[Row], str]) -> None:
    """Merge the cells of one column over rows that follow each other and say the same."""
    for _, members in groupby(drawn.rows(), key=lambda line: text(line[1])):
        places = [at for at, _ in members]
        at = drawn.column(role)
        drawn.sheet.merge_cells(start_row=places[0], end_row=places[-1], start_column=at, end_column=at)


def _between(text: str, every: int, what: str) -> str:
    return what.join(text[start : start + every] for start in range(0, len(text), every))


def _table_of(draft: Draft) -> Table:
    return CONTRACTS.tables[draft.submission.kind]


def _other_table(draft: Draft) -> Table:
    return CONTRACTS.tables["park" if draft.submission.kind == "city" else "city"]


# ---- where the table stands ------------------------------------------------------------------------------------------


def sheet_by_default_name(draft: Draft) -> Draft:
    return replace(draft, sheet="Sheet3")


def far_away(draft: Draft) -> Draft:
    return replace(draft, top=40, left=11)


def three_titles(draft: Draft) -> Draft:
    titles = ("附件2", f"{draft.submission.pilot}{_table_of(draft).title}", "（2022年为基期，2025年、2030年为目标）")
    return replace(draft, above=titles)


def notes_below(draft: Draft) -> Draft:
    notes = (
        "注：1. 2022年数据来自统计年鉴。",
        "2. 2025年、2030年为预测值，单位GDP能源消费量按2020年可比价计算。",
        "填报人：",
    )
    return replace(draft, below=notes)


def notes_below_in_the_label_column(draft: Draft) -> Draft:
    def finish(drawn: Drawn) -> None:
        end, at = drawn.lines[-1][0] + 1, drawn.column("label")
        drawn.sheet.cell(end, at, "注：2022年数据来自市统计局快报。")
        drawn.sheet.cell(end + 2, at, "2025年和2030年的目标与省下达目标衔接")

    return _finally(finish)(draft)


def other_sheets(draft: Draft) -> Draft:
    """Contents before it; prose, projects and explanations that name indicators around it."""

    def finish(drawn: Drawn) -> None:
        names = [item.name for item in _table_of(draft).indicators]
        before = drawn.book.create_sheet("目录", 0)
        _put(before, 1, 1, [["序号", "内容"], [1, "建设目标"], [2, "指标表"], [3, "重点工程"]])
        goals = drawn.book.create_sheet("建设目标", 1)
        _put(goals, 1, 1, [[f"到2025年，{name}达到规划要求；到2030年，{name}继续改善。"] for name in names])
        projects = drawn.book.create_sheet("重点工程", 2)
        lines = [[f"项目{at}", "2023-2026", 1000 * at, name] for at, name in enumerate(names[:6], 1)]
        _put(projects, 1, 1, [["项目名称", "建设起止年限", "总投资", "支撑指标"], *lines])
        meanings = drawn.book.create_sheet("指标解释")
        _put(meanings, 1, 1, [["具体指标", "计算方法", "2022年数据来源"], *([name, "略", "统计局"] for name in names)])
        drawn.book.create_sheet("Sheet4")

    return _finally(finish)(draft)


def projects_with_years(draft: Draft) -> Draft:
    """A list of projects before it: begin and end as plain years in two cells, an indicator beside most of them."""

    def finish(drawn: Drawn) -> None:
        names = [item.name for item in _table_of(draft).indicators]
        lines = [[f"项目{at}", 2023, 2026, 1000 * at, name] for at, name in enumerate(names[:6], 1)]
        lines.insert(0, ["项目0", 2023, 2025, 500, None])
        sheet = drawn.book.create_sheet("重点工程", 0)
        _put(sheet, 1, 1, [["项目名称", "开工年份", "竣工年份", "总投资", "支撑指标"], *lines])

    return _finally(finish)(draft)


def hidden_old_copy(draft: Draft) -> Draft:
    """The same table once more on a hidden sheet before it."""

    def finish(drawn: Drawn) -> None:
        copy = drawn.book.copy_worksheet(drawn.sheet)
        copy.title, copy.sheet_state = "旧表", "hidden"
        drawn.book.move_sheet(copy, -(len(drawn.book.worksheets) - 1))

    return _finally(finish)(draft)


def _blank_lines(table: Table, *, category: bool) -> list[list[Any]]:
    """The other table, not filled in; without 类别 its names stand in another column."""
    head = ["序号", *(["类别"] if category else []), "具体指标", "单位", *(f"{year}年" for year in YEARS)]
    return [
        [table.title],
        head,
        *([item.number, *([item.category] if category else []), item.name, item.unit] for item in table.indicators),
    ]


def _stacked_below(*, category: bool) -> Change:
    def finish(drawn: Drawn) -> None:
        lines = _blank_lines(_other_table(drawn.draft), category=category)
        _put(drawn.sheet, drawn.lines[-1][0] + 3, drawn.draft.left, lines)

    return _finally(finish)


def _stacked_above(*, category: bool) -> Change:
    def change(draft: Draft) -> Draft:
        lines = _blank_lines(_other_table(draft), category=category)
        moved = replace(draft, top=draft.top + len(lines) + 2, above=(_table_of(draft).title,))
        return _finally(lambda drawn: _put(drawn.sheet, draft.top, draft.left, lines))(moved)

    return change


def blank_other_table_below(draft: Draft) -> Draft:
    return _stacked_below(category=True)(draft)


def blank_other_table_above(draft: Draft) -> Draft:
    return _stacked_above(category=True)(draft)


def blank_other_table_below_in_other_columns(draft: Draft) -> Draft:
    return _stacked_below(category=False)(draft)


def blank_other_table_above_in_other_columns(draft: Draft) -> Draft:
    return _stacked_above(category=False)(draft)


# ---- columns ---------------------------------------------------------------------------------------------------------


def years_first_name_last(draft: Draft) -> Draft:
    order = [*(str(year) for year in YEARS), "remark", "unit", "category", "number", "label"]
    by_role = {column.role: column for column in draft.columns}
    return replace(draft, columns=tuple(by_role[role] for role in order if role in by_role))


no_number = _without("number")
no_category = _without("category")
no_remark = _without("remark")


def with_source_column(draft: Draft) -> Draft:
    return _with("source", "数据来源", lambda number, _: f"部门{number}", before="remark")(draft)


def with_source_of_a_year(draft: Draft) -> Draft:
    return _with("source", "数据来源（2023年）", lambda number, _: f"2023年统计年鉴第{number}页", before="remark")(
        draft
    )


def extra_year(draft: Draft) -> Draft:
    return _with("2023", "2023年", lambda _, row: row.values[0], before="2025")(draft)


def other_header_words(draft: Draft) -> Draft:
    words = {"number": "编号", "category": "指标类别", "label": "主要指标", "unit": "计量单位", "remark": "情况说明"}
    return reduce(lambda changed, role: _headed(role, lambda _: words[role])(changed), words, draft)


def blank_unit_header(draft: Draft) -> Draft:
    return _headed("unit", lambda _: None)(draft)


def header_over_name_and_unit(draft: Draft) -> Draft:
    """具体指标 merged over the columns of name and unit."""

    def finish(drawn: Drawn) -> None:
        at = drawn.column("label")
        drawn.sheet.merge_cells(start_row=drawn.header, end_row=drawn.header, start_column=at, end_column=at + 1)

    return _finally(finish)(draft)


def two_header_rows(draft: Draft) -> Draft:
    """基期 and 目标 (merged) above the years, the other headers merged over both rows."""

    def finish(drawn: Drawn) -> None:
        sheet, upper = drawn.sheet, drawn.header - 1
        targets = [drawn.column(str(year)) for year in CONTRACTS.round.target_years]
        for at, column in enumerate(drawn.draft.columns, drawn.draft.left):
            if not column.role.isdecimal():
                sheet.move_range(f"{get_column_letter(at)}{drawn.header}", rows=-1)
                sheet.merge_cells(start_row=upper, end_row=drawn.header, start_column=at, end_column=at)
        sheet.cell(upper, drawn.column(str(CONTRACTS.round.base_year)), "基期")
        sheet.cell(upper, targets[0], "目标")
        sheet.merge_cells(start_row=upper, end_row=upper, start_column=targets[0], end_column=targets[-1])

    return _finally(finish)(replace(draft, top=draft.top + 1))


def numbering_row(draft: Draft) -> Draft:
    """甲 乙 丙 … under words and 1 2 3 under years, as in tables of the statistics offices."""
    return _numbering_row(lambda words, years, is_year: str(years) if is_year else "甲乙丙丁戊己庚"[words - 1])(draft)


def numbering_row_of_digits(draft: Draft) -> Draft:
    """1 2 3 … under all headers."""
    return _numbering_row(lambda words, years, _: words + years)(draft)


def _numbering_row(text: Callable[[int, int, bool], Any]) -> Change:
    def finish(drawn: Drawn) -> None:
        drawn.sheet.insert_rows(drawn.header + 1)
        words = years = 0
        for at, column in enumerate(drawn.draft.columns, drawn.draft.left):
            is_year = column.role.isdecimal()
            words, years = words + (not is_year), years + is_year
            drawn.sheet.cell(drawn.header + 1, at, text(words, years, is_year))

    return _finally(finish)


def hidden_columns(draft: Draft) -> Draft:
    def finish(drawn: Drawn) -> None:
        for role in ("category", "unit", str(YEARS[1])):
            drawn.sheet.column_dimensions[get_column_letter(drawn.column(role))].hidden = True

    return _finally(finish)(draft)


def transposed(draft: Draft) -> Draft:
    """Indicators side by side, a row for the units and one for each year."""
    return replace(_without("number", "category", "remark")(draft), transposed=True)


def transposed_with_everything(draft: Draft) -> Draft:
    """The same with rows for serial number, category and remarks."""
    return replace(draft, transposed=True)


# ---- headers of years ------------------------------------------------------------------------------------------------


def years_with_a_space(draft: Draft) -> Draft:
    return _headed("values", lambda text: text.replace("年", " 年"))(draft)


def years_with_their_role(draft: Draft) -> Draft:
    return _headed("values", lambda text: f"{text}（{'基期' if text == '2022年' else '目标值'}）")(draft)


def years_as_numbers(draft: Draft) -> Draft:
    return _headed("values", lambda text: int(text[:4]))(draft)


def years_as_dates(draft: Draft) -> Draft:
    def finish(drawn: Drawn) -> None:
        for year in YEARS:
            drawn.sheet.cell(drawn.header, drawn.column(str(year))).number_format = 'yyyy"年"'

    return _finally(finish)(_headed("values", lambda text: dt.date(int(text[:4]), 12, 31))(draft))


def years_in_full_width(draft: Draft) -> Draft:
    return _headed("values", lambda text: text.translate(FULL_WIDTH))(draft)


# ---- categories and rows ---------------------------------------------------------------------------------------------


def merged_categories(draft: Draft) -> Draft:
    return _finally(lambda drawn: _merge_runs(drawn, "category", lambda row: row.category))(draft)


def categories_once(draft: Draft) -> Draft:
    """The category only in its first row, the cells below it empty and not merged."""
    first = {members[0] for _, members in _groups(draft.body)}
    return _on("category", lambda text, row: text if row in first else None)(draft)


def categories_as_subtitles(draft: Draft) -> Draft:
    """一、绿色低碳发展指标 in a row of its own, in the column of the names."""
    groups = zip(SERIAL, _groups(draft.body), strict=False)
    body = [entry for serial, (category, rows) in groups for entry in (f"{serial}、{category}", *rows)]
    return replace(_without("category")(draft), body=tuple(body))


def categories_as_numbered_subtitles(draft: Draft) -> Draft:
    """一 under 序号 and the category under 具体指标, in a row of its own."""
    body = [entry for category, rows in _groups(draft.body) for entry in (category, *rows)]

    def finish(drawn: Drawn) -> None:
        titles = [at for at, entry in drawn.lines if isinstance(entry, str)]
        for serial, at in zip(SERIAL, titles, strict=False):
            drawn.sheet.cell(at, drawn.column("number"), serial)

    return _finally(finish)(replace(_without("category")(draft), body=tuple(body)))


def categories_as_merged_subtitles(draft: Draft) -> Draft:
    """（一）绿色低碳发展指标 in a row of its own, merged over the whole width."""
    body = [entry for category, rows in _groups(draft.body) for entry in (category, *rows)]

    def finish(drawn: Drawn) -> None:
        left, right = draft.left, draft.left + len(drawn.draft.columns) - 1
        titles = [(at, entry) for at, entry in drawn.lines if isinstance(entry, str)]
        for serial, (at, entry) in zip(SERIAL, titles, strict=False):
            drawn.sheet.cell(at, drawn.column("label")).value = None
            drawn.sheet.cell(at, left, f"（{serial}）{entry}")
            drawn.sheet.merge_cells(start_row=at, end_row=at, start_column=left, end_column=right)

    return _finally(finish)(replace(_without("category")(draft), body=tuple(body)))


def empty_rows_between(draft: Draft) -> Draft:
    body = [entry for _, rows in _groups(draft.body) for entry in (None, *rows)]
    return replace(draft, body=tuple(body[1:]))


def rows_in_another_order(draft: Draft) -> Draft:
    return replace(draft, body=tuple(sorted(draft.body, key=lambda row: (len(row.label), row.label))))


def hidden_rows(draft: Draft) -> Draft:
    def finish(drawn: Drawn) -> None:
        for at, _ in drawn.lines[3:8]:
            drawn.sheet.row_dimensions[at].hidden = True

    return _finally(finish)(draft)


# ---- names and serial numbers ----------------------------------------------------------------------------------------


def line_breaks(draft: Draft) -> Draft:
    """In names, categories and headers."""
    words = _on("category", lambda text, _: _between(text, 5, "\n"))(draft)
    names = _on("label", lambda text, _: _between(text, 6, " \n"))(words)
    return _headed("values", lambda text: str(text).replace("年", "\n年"))(
        _headed("label", lambda _: "具体\n指标")(names)
    )


def spaces_in_names(draft: Draft) -> Draft:
    names = _on("label", lambda text, _: f" {_between(text.replace(' ', ''), 2, '　')} ")(draft)
    return _headed("unit", lambda _: "单　位")(_headed("label", lambda _: "具体 指标")(names))


def footnote_marks(draft: Draft) -> Draft:
    marks = {row: ("[1]", "①", "*", "")[at % 4] for at, row in enumerate(draft.submission.rows)}
    return _on("label", lambda text, row: f"{text}{marks[row]}")(draft)


def full_width_names(draft: Draft) -> Draft:
    return _on("label", lambda text, _: text.translate(FULL_WIDTH))(draft)


def half_width_names(draft: Draft) -> Draft:
    pairs = {"（": "(", "）": ")", "、": ","}
    return _on("label", lambda text, _: text.translate(str.maketrans(pairs)))(draft)


def aliases(draft: Draft) -> Draft:
    return _aliases(0)(draft)


def other_aliases(draft: Draft) -> Draft:
    return _aliases(-1)(draft)


def _aliases(at: int) -> Change:
    def change(draft: Draft) -> Draft:
        known = _table_of(draft).by_code
        return _on("label", lambda text, row: (*known[row.code].aliases, text)[at - (at < 0)])(draft)

    return change


def serials_with_a_dot(draft: Draft) -> Draft:
    return _on("number", lambda number, _: f"{number}.")(draft)


def serials_in_brackets(draft: Draft) -> Draft:
    return _on("number", lambda number, _: f"（{number}）")(draft)


def _serial_in_name(form: str) -> Change:
    def change(draft: Draft) -> Draft:
        numbers = {row: at for at, row in enumerate(draft.submission.rows, 1)}
        named = _on("label", lambda text, row: form.format(numbers[row]) + text)
        return named(_without("number")(draft))

    return change


def serial_with_a_dot_in_name(draft: Draft) -> Draft:
    return _serial_in_name("{}.")(draft)


def serial_with_a_comma_in_name(draft: Draft) -> Draft:
    return _serial_in_name("{}、")(draft)


def serial_in_brackets_in_name(draft: Draft) -> Draft:
    return _serial_in_name("（{}）")(draft)


# ---- units -----------------------------------------------------------------------------------------------------------


def merged_units(draft: Draft) -> Draft:
    return _finally(lambda drawn: _merge_runs(drawn, "unit", lambda row: row.unit))(draft)


def other_spellings_of_units(draft: Draft) -> Draft:
    return _on("unit", lambda text, _: SPELLINGS[text])(draft)


def units_in_names(draft: Draft) -> Draft:
    return _on("label", lambda text, row: f"{text}（{row.unit}）")(_without("unit")(draft))


# ---- values ----------------------------------------------------------------------------------------------------------


def values_as_text(draft: Draft) -> Draft:
    return _on("values", lambda value, _: str(value))(draft)


def thousands_separators(draft: Draft) -> Draft:
    return _on("values", lambda value, _: f"{value:,}")(draft)


def percent_format(draft: Draft) -> Draft:
    """Shares as fractions that Excel shows as percentages."""

    def finish(drawn: Drawn) -> None:
        shares = [at for at, row in drawn.rows() if row.unit == "%"]
        for at in shares:
            for year in YEARS:
                drawn.sheet.cell(at, drawn.column(str(year))).number_format = "0.00%"

    return _finally(finish)(
        _on("values", lambda value, row: round(value / 100, 6) if row.unit == "%" else value)(draft)
    )


def percent_signs(draft: Draft) -> Draft:
    return _on("values", lambda value, row: f"{value}%" if row.unit == "%" else value)(draft)


# ---- all of them -----------------------------------------------------------------------------------------------------

ONE: tuple[Change, ...] = (
    sheet_by_default_name,
    far_away,
    three_titles,
    notes_below,
    notes_below_in_the_label_column,
    other_sheets,
    projects_with_years,
    hidden_old_copy,
    blank_other_table_below,
    blank_other_table_above,
    blank_other_table_below_in_other_columns,
    blank_other_table_above_in_other_columns,
    years_first_name_last,
    with_source_column,
    with_source_of_a_year,
    extra_year,
    other_header_words,
    blank_unit_header,
    header_over_name_and_unit,
    two_header_rows,
    numbering_row,
    numbering_row_of_digits,
    hidden_columns,
    transposed,
    transposed_with_everything,
    years_with_a_space,
    years_with_their_role,
    years_as_numbers,
    years_as_dates,
    years_in_full_width,
    merged_categories,
    categories_once,
    categories_as_subtitles,
    categories_as_numbered_subtitles,
    categories_as_merged_subtitles,
    empty_rows_between,
    rows_in_another_order,
    hidden_rows,
    line_breaks,
    spaces_in_names,
    footnote_marks,
    full_width_names,
    half_width_names,
    aliases,
    other_aliases,
    serials_with_a_dot,
    serials_in_brackets,
    serial_with_a_dot_in_name,
    serial_with_a_comma_in_name,
    serial_in_brackets_in_name,
    merged_units,
    other_spellings_of_units,
    units_in_names,
    values_as_text,
    thousands_separators,
    percent_format,
    percent_signs,
)
MANY: dict[str, tuple[Change, ...]] = {
    "copied_from_word": (
        sheet_by_default_name,
        three_titles,
        no_remark,
        years_with_a_space,
        line_breaks,
        footnote_marks,
        merged_categories,
        merged_units,
        values_as_text,
        notes_below,
    ),
    "from_the_statistics_office": (
        far_away,
        three_titles,
        no_number,
        years_as_numbers,
        two_header_rows,
        with_source_column,
        extra_year,
        percent_format,
        other_spellings_of_units,
        hidden_columns,
        merged_categories,
        other_sheets,
    ),
    "both_tables_on_one_sheet": (
        sheet_by_default_name,
        categories_as_subtitles,
        spaces_in_names,
        serial_with_a_dot_in_name,
        no_remark,
        years_with_their_role,
        percent_signs,
        blank_other_table_above,
        notes_below,
    ),
    "turned_around": (
        far_away,
        years_first_name_last,
        years_in_full_width,
        rows_in_another_order,
        no_category,
        aliases,
        full_width_names,
        thousands_separators,
        serials_in_brackets,
        hidden_rows,
        hidden_old_copy,
    ),
    "unit_in_name_and_numbered_header": (
        three_titles,
        empty_rows_between,
        units_in_names,
        half_width_names,
        with_source_of_a_year,
        years_as_dates,
        values_as_text,
        numbering_row,
        notes_below,
        projects_with_years,
    ),
    "transposed_from_a_report": (
        three_titles,
        far_away,
        transposed,
        other_aliases,
        line_breaks,
        other_spellings_of_units,
        values_as_text,
        notes_below,
        other_sheets,
    ),
}
WITHOUT: dict[str, tuple[Change, ...]] = {
    "no_number": (no_number,),
    "no_category": (no_category,),
    "no_remark": (no_remark,),
}
LAYOUTS: dict[str, tuple[Change, ...]] = {change.__name__: (change,) for change in ONE} | WITHOUT | MANY
