"""重点工程 and 说明: a title, a header and rows to fill in."""

from collections.abc import Sequence

from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Table
from contracts.progress import NOTE_KINDS, PROGRESS_NOTE_KINDS
from contracts.round import Round
from transforms.reports.sheet_parts.cells import put, put_as_submitted
from transforms.reports.sheet_parts.styles import height_for, set_up_page
from transforms.reports.template.earlier_submission import (
    NOTE_TITLES,
    PROGRESS_SHEET,
    PROGRESS_TITLES,
    PROJECT_TITLES,
    Earlier,
    Given,
)
from transforms.reports.template.inputs import offer
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

PROJECT_COLUMNS = dict(zip(PROJECT_TITLES, (26, 20, 40, 14, 14, 30, 24), strict=True))
NOTE_COLUMNS = dict(zip(NOTE_TITLES, (36, 12, 80), strict=True))
PROJECT_FIELDS = (
    "能源基础设施",
    "节能降碳改造",
    "绿色低碳先进技术示范",
    "环境基础设施",
    "循环经济发展",
    "生态保护修复",
)
PROGRESS_COLUMNS = dict(zip(PROGRESS_TITLES, (34, 16, 18, 44, 44), strict=True))
PROGRESS_STATES = ("未开工", "在建", "已建成", "已投产", "停工", "取消")
PROJECT_ROWS = 20
NOTE_ROWS = 15


def write_projects(sheet: Worksheet, table: Table, earlier: Earlier) -> None:
    """Write 重点工程."""
    last = _write_form(sheet, "重点工程", PROJECT_COLUMNS, PROJECT_ROWS, earlier.projects)
    offer(sheet, _range("B", last), PROJECT_FIELDS, "领域", "请从列表中选择。")
    prompt = "可从列表中选择；支撑多个指标的，请填写名称并用顿号分开。"
    offer(sheet, _range("G", last), _names(table), "支撑指标", prompt, open_=True)


def write_progress(sheet: Worksheet, earlier: Earlier) -> None:
    """Write 重点工程进展, of progress rounds."""
    last = _write_form(sheet, PROGRESS_SHEET, PROGRESS_COLUMNS, PROJECT_ROWS, earlier.progress)
    offer(sheet, _range("B", last), PROGRESS_STATES, "建设状态", "未开工、停工或取消的，请填写偏差原因。", open_=True)


def write_notes(sheet: Worksheet, table: Table, round_: Round, earlier: Earlier) -> None:
    """Write 说明."""
    last = _write_form(sheet, "指标补充、删减及其他情况说明", NOTE_COLUMNS, NOTE_ROWS, earlier.notes)
    offer(sheet, _range("A", last), _names(table), "指标", "请选择指标，或填写补充指标的名称。", open_=True)
    if round_.kind == "progress":
        prompt = "到期目标未完成的，须说明原因和下一步措施。"
        offer(sheet, _range("B", last), PROGRESS_NOTE_KINDS, "情况", prompt)
    else:
        offer(sheet, _range("B", last), NOTE_KINDS, "情况", "删减、补充指标均须说明理由；其他情况选“其他”。")


def write_basic_data(sheet: Worksheet, table: Table, round_: Round, earlier: Earlier) -> None:
    """Write 基础数据: totals from which the reviewers recompute intensities; optional."""
    titles = ("项目", "单位", *(f"{year}年" for year in round_.years))
    set_widths(sheet, (40, 16, *(16 for _ in round_.years)))
    write_title(sheet, "基础数据（选填，用于核对强度指标）", len(titles))
    write_header(sheet, titles)
    known = {line["项目"].text: line for line in earlier.basic_data if "项目" in line}
    for row, one in enumerate(table.basic_data, HEADER_ROW + 1):
        for column, title in enumerate(titles, 1):
            is_label = column <= 2
            style(sheet.cell(row, column), fill=LABEL if is_label else INPUT, border=True, locked=is_label)
            if given := known.get(one.name, {}).get(title):
                put_as_submitted(sheet, row, column, given.text, held=given.held, number_format=given.number_format)
        put(sheet, row, 1, one.name)
        put(sheet, row, 2, one.unit)
        sheet.row_dimensions[row].height = 26
    protect(sheet)
    set_up_page(sheet, title_rows=HEADER_ROW)


def _write_form(
    sheet: Worksheet, title: str, columns: dict[str, int], rows: int, known: Sequence[dict[str, Given]]
) -> int:
    """Write title, header and rows, and return the number of the last one."""
    set_widths(sheet, columns.values())
    write_title(sheet, title, len(columns))
    write_header(sheet, columns)
    last = HEADER_ROW + max(rows, len(known) + 5)
    for row in range(HEADER_ROW + 1, last + 1):
        for column in range(1, len(columns) + 1):
            style(sheet.cell(row, column), fill=INPUT, border=True, locked=False)
        sheet.row_dimensions[row].height = 30
    for row, line in enumerate(known, HEADER_ROW + 1):
        for column, name in enumerate(columns, 1):
            if given := line.get(name):
                put_as_submitted(sheet, row, column, given.text, held=given.held, number_format=given.number_format)
        texts = ((line[name].text, width * 0.8) for name, width in columns.items() if name in line)
        sheet.row_dimensions[row].height = max(30.0, height_for(texts))
    protect(sheet)
    set_up_page(sheet, title_rows=HEADER_ROW, freeze=f"B{HEADER_ROW + 1}")
    return last


def _range(column: str, last: int) -> str:
    return f"{column}{HEADER_ROW + 1}:{column}{last}"


def _names(table: Table) -> str:
    return f"'{table.sheet}'!$C${HEADER_ROW + 1}:$C${HEADER_ROW + len(table.indicators)}"
