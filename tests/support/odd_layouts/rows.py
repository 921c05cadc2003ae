"""Categories, rows, names, serial numbers, units and values."""

from dataclasses import replace

from tests.sample import YEARS
from tests.support.odd_layouts.draft import (
    FULL_WIDTH,
    SERIAL,
    SPELLINGS,
    Change,
    Draft,
    Drawn,
    by_category,
    change_cells,
    change_header,
    drop_columns,
    finish_with,
    insert_between,
    merge_runs,
    table_of,
)


def merged_categories(draft: Draft) -> Draft:
    return finish_with(lambda drawn: merge_runs(drawn, "category", lambda row: row.category))(draft)


def categories_once(draft: Draft) -> Draft:
    """The category only in its first row, the cells below it empty and not merged."""
    first = {members[0] for _, members in by_category(draft.body)}
    return change_cells("category", lambda text, row: text if row in first else None)(draft)


def categories_as_subtitles(draft: Draft) -> Draft:
    """一、绿色低碳发展指标 in a row of its own, in the column of the names."""
    groups = zip(SERIAL, by_category(draft.body), strict=False)
    body = [entry for serial, (category, rows) in groups for entry in (f"{serial}、{category}", *rows)]
    return replace(drop_columns("category")(draft), body=tuple(body))


def categories_as_numbered_subtitles(draft: Draft) -> Draft:
    """一 under 序号 and the category under 具体指标, in a row of its own."""
    body = [entry for category, rows in by_category(draft.body) for entry in (category, *rows)]

    def finish(drawn: Drawn) -> None:
        titles = [at for at, entry in drawn.lines if isinstance(entry, str)]
        for serial, at in zip(SERIAL, titles, strict=False):
            drawn.sheet.cell(at, drawn.column("number"), serial)

    return finish_with(finish)(replace(drop_columns("category")(draft), body=tuple(body)))


def categories_as_merged_subtitles(draft: Draft) -> Draft:
    """（一）绿色低碳发展指标 in a row of its own, merged over the whole width."""
    body = [entry for category, rows in by_category(draft.body) for entry in (category, *rows)]

    def finish(drawn: Drawn) -> None:
        left, right = draft.left, draft.left + len(drawn.draft.columns) - 1
        titles = [(at, entry) for at, entry in drawn.lines if isinstance(entry, str)]
        for serial, (at, entry) in zip(SERIAL, titles, strict=False):
            drawn.sheet.cell(at, drawn.column("label")).value = None
            drawn.sheet.cell(at, left, f"（{serial}）{entry}")
            drawn.sheet.merge_cells(start_row=at, end_row=at, start_column=left, end_column=right)

    return finish_with(finish)(replace(drop_columns("category")(draft), body=tuple(body)))


def empty_rows_between(draft: Draft) -> Draft:
    body = [entry for _, rows in by_category(draft.body) for entry in (None, *rows)]
    return replace(draft, body=tuple(body[1:]))


def rows_in_another_order(draft: Draft) -> Draft:
    return replace(draft, body=tuple(sorted(draft.body, key=lambda row: (len(row.label), row.label))))


def hidden_rows(draft: Draft) -> Draft:
    def finish(drawn: Drawn) -> None:
        for at, _ in drawn.lines[3:8]:
            drawn.sheet.row_dimensions[at].hidden = True

    return finish_with(finish)(draft)


def line_breaks(draft: Draft) -> Draft:
    """In names, categories and headers."""
    words = change_cells("category", lambda text, _: insert_between(text, 5, "\n"))(draft)
    names = change_cells("label", lambda text, _: insert_between(text, 6, " \n"))(words)
    return change_header("values", lambda text: str(text).replace("年", "\n年"))(
        change_header("label", lambda _: "具体\n指标")(names)
    )


def spaces_in_names(draft: Draft) -> Draft:
    names = change_cells("label", lambda text, _: f" {insert_between(text.replace(' ', ''), 2, '　')} ")(draft)
    return change_header("unit", lambda _: "单　位")(change_header("label", lambda _: "具体 指标")(names))


def footnote_marks(draft: Draft) -> Draft:
    marks = {row: ("[1]", "①", "*", "")[at % 4] for at, row in enumerate(draft.submission.rows)}
    return change_cells("label", lambda text, row: f"{text}{marks[row]}")(draft)


def full_width_names(draft: Draft) -> Draft:
    return change_cells("label", lambda text, _: text.translate(FULL_WIDTH))(draft)


def half_width_names(draft: Draft) -> Draft:
    pairs = {"（": "(", "）": ")", "、": ","}
    return change_cells("label", lambda text, _: text.translate(str.maketrans(pairs)))(draft)


def aliases(draft: Draft) -> Draft:
    return _aliases(0)(draft)


def other_aliases(draft: Draft) -> Draft:
    return _aliases(-1)(draft)


def _aliases(at: int) -> Change:
    def change(draft: Draft) -> Draft:
        known = table_of(draft).by_code
        return change_cells("label", lambda text, row: (*known[row.code].aliases, text)[at - (at < 0)])(draft)

    return change


def serials_with_a_dot(draft: Draft) -> Draft:
    return change_cells("number", lambda number, _: f"{number}.")(draft)


def serials_in_brackets(draft: Draft) -> Draft:
    return change_cells("number", lambda number, _: f"（{number}）")(draft)


def _serial_in_name(form: str) -> Change:
    def change(draft: Draft) -> Draft:
        numbers = {row: at for at, row in enumerate(draft.submission.rows, 1)}
        named = change_cells("label", lambda text, row: form.format(numbers[row]) + text)
        return named(drop_columns("number")(draft))

    return change


def serial_with_a_dot_in_name(draft: Draft) -> Draft:
    return _serial_in_name("{}.")(draft)


def serial_with_a_comma_in_name(draft: Draft) -> Draft:
    return _serial_in_name("{}、")(draft)


def serial_in_brackets_in_name(draft: Draft) -> Draft:
    return _serial_in_name("（{}）")(draft)


def merged_units(draft: Draft) -> Draft:
    return finish_with(lambda drawn: merge_runs(drawn, "unit", lambda row: row.unit))(draft)


def other_spellings_of_units(draft: Draft) -> Draft:
    return change_cells("unit", lambda text, _: SPELLINGS[text])(draft)


def units_in_names(draft: Draft) -> Draft:
    return change_cells("label", lambda text, row: f"{text}（{row.unit}）")(drop_columns("unit")(draft))


def values_as_text(draft: Draft) -> Draft:
    return change_cells("values", lambda value, _: str(value))(draft)


def thousands_separators(draft: Draft) -> Draft:
    return change_cells("values", lambda value, _: f"{value:,}")(draft)


def percent_format(draft: Draft) -> Draft:
    """Shares as fractions that Excel shows as percentages."""

    def finish(drawn: Drawn) -> None:
        shares = [at for at, row in drawn.rows() if row.unit == "%"]
        for at in shares:
            for year in YEARS:
                drawn.sheet.cell(at, drawn.column(str(year))).number_format = "0.00%"

    return finish_with(finish)(
        change_cells("values", lambda value, row: round(value / 100, 6) if row.unit == "%" else value)(draft)
    )


def percent_signs(draft: Draft) -> Draft:
    return change_cells("values", lambda value, row: f"{value}%" if row.unit == "%" else value)(draft)
