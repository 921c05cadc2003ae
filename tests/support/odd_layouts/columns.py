"""Columns, and headers of years."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from typing import Any

from openpyxl.utils import get_column_letter

from tests.sample import CONTRACTS, YEARS
from tests.support.odd_layouts.draft import (
    FULL_WIDTH,
    Change,
    Draft,
    Drawn,
    add_column,
    change_header,
    drop_columns,
    finish_with,
)


def years_first_name_last(draft: Draft) -> Draft:
    order = [*(str(year) for year in YEARS), "remark", "unit", "category", "number", "label"]
    by_role = {column.role: column for column in draft.columns}
    return replace(draft, columns=tuple(by_role[role] for role in order if role in by_role))


no_number = drop_columns("number")
no_category = drop_columns("category")
no_remark = drop_columns("remark")


def with_source_column(draft: Draft) -> Draft:
    return add_column("source", "数据来源", lambda number, _: f"部门{number}", before="remark")(draft)


def with_source_of_a_year(draft: Draft) -> Draft:
    return add_column("source", "数据来源（2023年）", lambda number, _: f"2023年统计年鉴第{number}页", before="remark")(
        draft
    )


def extra_year(draft: Draft) -> Draft:
    return add_column("2023", "2023年", lambda _, row: row.values[0], before="2025")(draft)


def other_header_words(draft: Draft) -> Draft:
    words = {"number": "编号", "category": "指标类别", "label": "主要指标", "unit": "计量单位", "remark": "情况说明"}
    return reduce(lambda changed, role: change_header(role, lambda _: words[role])(changed), words, draft)


def blank_unit_header(draft: Draft) -> Draft:
    return change_header("unit", lambda _: None)(draft)


def header_over_name_and_unit(draft: Draft) -> Draft:
    """具体指标 merged over the columns of name and unit."""

    def finish(drawn: Drawn) -> None:
        at = drawn.column("label")
        drawn.sheet.merge_cells(start_row=drawn.header, end_row=drawn.header, start_column=at, end_column=at + 1)

    return finish_with(finish)(draft)


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

    return finish_with(finish)(replace(draft, top=draft.top + 1))


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

    return finish_with(finish)


def hidden_columns(draft: Draft) -> Draft:
    def finish(drawn: Drawn) -> None:
        for role in ("category", "unit", str(YEARS[1])):
            drawn.sheet.column_dimensions[get_column_letter(drawn.column(role))].hidden = True

    return finish_with(finish)(draft)


def transposed(draft: Draft) -> Draft:
    """Indicators side by side, a row for the units and one for each year."""
    return replace(drop_columns("number", "category", "remark")(draft), transposed=True)


def transposed_with_everything(draft: Draft) -> Draft:
    """The same with rows for serial number, category and remarks."""
    return replace(draft, transposed=True)


def years_with_a_space(draft: Draft) -> Draft:
    return change_header("values", lambda text: text.replace("年", " 年"))(draft)


def years_with_their_role(draft: Draft) -> Draft:
    return change_header("values", lambda text: f"{text}（{'基期' if text == '2022年' else '目标值'}）")(draft)


def years_as_numbers(draft: Draft) -> Draft:
    return change_header("values", lambda text: int(text[:4]))(draft)


def years_as_dates(draft: Draft) -> Draft:
    def finish(drawn: Drawn) -> None:
        for year in YEARS:
            drawn.sheet.cell(drawn.header, drawn.column(str(year))).number_format = 'yyyy"年"'

    return finish_with(finish)(change_header("values", lambda text: dt.date(int(text[:4]), 12, 31))(draft))


def years_in_full_width(draft: Draft) -> Draft:
    return change_header("values", lambda text: text.translate(FULL_WIDTH))(draft)
