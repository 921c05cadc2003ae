"""表1 or 表2, laid out as in the guide: labels and units locked, values open, rows at the end for added indicators."""

from itertools import groupby

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Indicator, Table
from contracts.naming import unit_key
from contracts.round import Round
from transforms.intake.tables.indicator_names import find_label
from transforms.intake.values.footnote_marks import split_marks
from transforms.reports.sheet_parts.cells import put, put_as_submitted
from transforms.reports.sheet_parts.styles import height_for, set_up_page
from transforms.reports.template.earlier_submission import Earlier, Line
from transforms.reports.template.inputs import guard_number, offer, prompt_only
from transforms.reports.template.styles import (
    HEADER_ROW,
    INPUT,
    LABEL,
    protect,
    set_widths,
    style,
    write_header,
    write_title,
)

ADDED_ROWS = 5
_LEAD = {"序号": 6, "类别": 22, "具体指标": 44, "单位": 15}
_NAME, _UNIT, _FIRST_YEAR = 3, 4, 5
_REMARK_WIDTH = 32


def write_rows(sheet: Worksheet, table: Table, round_: Round, earlier: Earlier) -> None:
    """Write the table, prefilled from an earlier submission."""
    columns = _LEAD | {column.title: 13 for column in round_.columns} | {"备注": _REMARK_WIDTH}
    set_widths(sheet, columns.values())
    write_title(sheet, f"{table.sheet}　{table.title}", len(columns))
    write_header(sheet, columns)
    row = HEADER_ROW + 1
    for category, members in groupby(table.indicators, key=lambda indicator: indicator.category):
        first = row
        for indicator in members:
            line = earlier.rows.get(indicator.code)
            name = line.label if line and _is_narrowed(line.label, table) else indicator.name
            _write_indicator(sheet, row, name, indicator, round_, line)
            row += 1
        _merge_category(sheet, first, row - 1, category)
    last = row + max(ADDED_ROWS, len(earlier.added) + 2) - 1
    for extra in range(row, last + 1):
        _write_blank_row(sheet, extra, len(columns))
    for extra, line in enumerate(earlier.added, row):
        put(sheet, extra, _NAME, line.label)
        put(sheet, extra, _UNIT, line.unit)
        _fill_in(sheet, extra, round_, line)
    for below, text in enumerate(earlier.footnotes, last + 2):  # behind an empty row, which ends the table
        style(put(sheet, below, 2, text), locked=False)
        sheet.merge_cells(start_row=below, end_row=below, start_column=2, end_column=len(columns))
        sheet.row_dimensions[below].height = height_for([(text, sum(columns.values()) * 0.8)])
    _merge_category(sheet, row, last, "补充指标")
    _guard_added(sheet, row, last, table, len(round_.columns))
    protect(sheet)
    set_up_page(sheet, title_rows=HEADER_ROW, freeze=f"D{HEADER_ROW + 1}")


def _is_narrowed(label: str, table: Table) -> bool:
    """Return whether a submitted name has a footnote mark or words in brackets behind it, which may narrow it."""
    rest, marks = split_marks(label)
    found = find_label(rest, table)
    return bool(marks or (found and found.remarks))


def _write_indicator(
    sheet: Worksheet, row: int, name: str, indicator: Indicator, round_: Round, line: Line | None
) -> None:
    width = _FIRST_YEAR + len(round_.columns)
    _write_blank_row(sheet, row, width)
    # A value submitted in another unit keeps its unit.
    unit = indicator.unit
    if line and line.unit and unit_key(line.unit) != unit_key(unit):
        unit = line.unit
    # Where the guide prints two units, the submitter selects one.
    open_unit = indicator.printed_scale is None or unit != indicator.unit
    for column, text in ((1, indicator.number), (_NAME, name), (_UNIT, unit)):
        locked = column != _UNIT or not open_unit
        align = "left" if column == _NAME else "center"
        style(put(sheet, row, column, text), fill=LABEL if locked else INPUT, border=True, align=align, locked=locked)
    if open_unit:
        offer(
            sheet,
            f"D{row}",
            tuple(indicator.scales),
            "单位",
            f"请选择实际使用的单位，{'各年' if round_.kind == 'progress' else '三个年份'}用同一单位。",
        )
    if line:
        _fill_in(sheet, row, round_, line)
    last = get_column_letter(width - 1)
    cells = f"{get_column_letter(_FIRST_YEAR)}{row}:{last}{row}"
    guard_number(sheet, cells, indicator.name, _prompt(indicator), _bounds(indicator, unit))


def _prompt(indicator: Indicator) -> str:
    example = "填百分数，例如25.3，不填0.253。" if indicator.printed_scale == "%" else "只填数字。"
    return f"单位：{indicator.unit}。{example}{indicator.scope}{indicator.hint}"


def _bounds(indicator: Indicator, unit: str) -> tuple[float | None, float | None]:
    """Return the hard bounds of a value in percent; for other units, which may be changed, only a minimum of zero."""
    scale = indicator.scales.get(unit)
    return scale.hard if scale and unit == "%" and indicator.printed_scale else (0, None)


def _write_blank_row(sheet: Worksheet, row: int, width: int) -> None:
    for column in range(1, width + 1):
        # The number format stays General: a typed 25.3% keeps its percent format, unlike a typed 0.253.
        align = "left" if column in {_NAME, width} else "center"
        style(sheet.cell(row, column), fill=INPUT, border=True, align=align, locked=False)
    sheet.row_dimensions[row].height = 30


def _fill_in(sheet: Worksheet, row: int, round_: Round, line: Line) -> None:
    for column, one in enumerate(round_.columns, _FIRST_YEAR):
        if given := line.values.get((one.year, one.role)):
            put_as_submitted(sheet, row, column, given.text, held=given.held, number_format=given.number_format)
            if round_.kind == "progress" and one.role != "actual":  # as in the accepted plan
                style(sheet.cell(row, column), fill=LABEL, border=True, align="center")
    put(sheet, row, _FIRST_YEAR + len(round_.columns), line.remark)
    sheet.row_dimensions[row].height = max(30.0, height_for([(line.remark, _REMARK_WIDTH * 0.8)]))


def _merge_category(sheet: Worksheet, first: int, last: int, text: str) -> None:
    for row in range(first, last + 1):
        style(sheet.cell(row, 2), fill=LABEL, border=True, align="center", bold=True)
    put(sheet, first, 2, text)
    if last > first:
        sheet.merge_cells(start_row=first, end_row=last, start_column=2, end_column=2)


def _guard_added(sheet: Worksheet, first: int, last: int, table: Table, years: int) -> None:
    units = tuple(dict.fromkeys(unit for indicator in table.indicators for unit in indicator.scales))
    prompt_only(sheet, f"C{first}:C{last}", "补充指标", "填写指标全称，并在“说明”中写明补充的理由。")
    offer(sheet, f"D{first}:D{last}", units, "单位", "可从列表中选择，也可填写其他单位。", open_=True)
    cells = f"{get_column_letter(_FIRST_YEAR)}{first}:{get_column_letter(_FIRST_YEAR + years - 1)}{last}"
    prompt_only(sheet, cells, "补充指标", "按“单位”栏的单位只填数字。")
