"""Place a table on its sheet, with other cells around it."""

from dataclasses import replace
from typing import Any

from contracts.indicators import Table
from tests.sample import YEARS
from tests.support.odd_layouts.draft import Change, Draft, Drawn, finish_with, other_table, put_lines, table_of


def sheet_by_default_name(draft: Draft) -> Draft:
    return replace(draft, sheet="Sheet3")


def far_away(draft: Draft) -> Draft:
    return replace(draft, top=40, left=11)


def three_titles(draft: Draft) -> Draft:
    titles = ("附件2", f"{draft.submission.pilot}{table_of(draft).title}", "（2022年为基期，2025年、2030年为目标）")
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

    return finish_with(finish)(draft)


def other_sheets(draft: Draft) -> Draft:
    """Contents before it; prose, projects and explanations that name indicators around it."""

    def finish(drawn: Drawn) -> None:
        names = [item.name for item in table_of(draft).indicators]
        before = drawn.book.create_sheet("目录", 0)
        put_lines(before, 1, 1, [["序号", "内容"], [1, "建设目标"], [2, "指标表"], [3, "重点工程"]])
        goals = drawn.book.create_sheet("建设目标", 1)
        put_lines(goals, 1, 1, [[f"到2025年，{name}达到规划要求；到2030年，{name}继续改善。"] for name in names])
        projects = drawn.book.create_sheet("重点工程", 2)
        lines = [[f"项目{at}", "2023-2026", 1000 * at, name] for at, name in enumerate(names[:6], 1)]
        put_lines(projects, 1, 1, [["项目名称", "建设起止年限", "总投资", "支撑指标"], *lines])
        meanings = drawn.book.create_sheet("指标解释")
        put_lines(
            meanings, 1, 1, [["具体指标", "计算方法", "2022年数据来源"], *([name, "略", "统计局"] for name in names)]
        )
        drawn.book.create_sheet("Sheet4")

    return finish_with(finish)(draft)


def projects_with_years(draft: Draft) -> Draft:
    """A list of projects before it: begin and end as plain years in two cells, an indicator beside most of them."""

    def finish(drawn: Drawn) -> None:
        names = [item.name for item in table_of(draft).indicators]
        lines = [[f"项目{at}", 2023, 2026, 1000 * at, name] for at, name in enumerate(names[:6], 1)]
        lines.insert(0, ["项目0", 2023, 2025, 500, None])
        sheet = drawn.book.create_sheet("重点工程", 0)
        put_lines(sheet, 1, 1, [["项目名称", "开工年份", "竣工年份", "总投资", "支撑指标"], *lines])

    return finish_with(finish)(draft)


def hidden_old_copy(draft: Draft) -> Draft:
    """The same table once more on a hidden sheet before it."""

    def finish(drawn: Drawn) -> None:
        copy = drawn.book.copy_worksheet(drawn.sheet)
        copy.title, copy.sheet_state = "旧表", "hidden"
        drawn.book.move_sheet(copy, -(len(drawn.book.worksheets) - 1))

    return finish_with(finish)(draft)


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
        lines = _blank_lines(other_table(drawn.draft), category=category)
        put_lines(drawn.sheet, drawn.lines[-1][0] + 3, drawn.draft.left, lines)

    return finish_with(finish)


def _stacked_above(*, category: bool) -> Change:
    def change(draft: Draft) -> Draft:
        lines = _blank_lines(other_table(draft), category=category)
        moved = replace(draft, top=draft.top + len(lines) + 2, above=(table_of(draft).title,))
        return finish_with(lambda drawn: put_lines(drawn.sheet, draft.top, draft.left, lines))(moved)

    return change


def blank_other_table_below(draft: Draft) -> Draft:
    return _stacked_below(category=True)(draft)


def blank_other_table_above(draft: Draft) -> Draft:
    return _stacked_above(category=True)(draft)


def blank_other_table_below_in_other_columns(draft: Draft) -> Draft:
    return _stacked_below(category=False)(draft)


def blank_other_table_above_in_other_columns(draft: Draft) -> Draft:
    return _stacked_above(category=False)(draft)
