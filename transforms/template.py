"""Renders the blank workbook that a pilot fills in. Returns it; never saves it."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Indicator, Table
from contracts.round import Round
from transforms.xlsx import put

KIND_TITLES = {"city": "城市", "park": "园区"}
COVER_FIELDS = ("省份", "试点名称", "试点类型", "填报单位", "联系人", "填报日期", "版本")
TABLE_COLUMNS = {"序号": 6, "类别": 22, "具体指标": 44, "单位": 15}
PROJECT_COLUMNS = {
    "项目名称": 26,
    "领域": 20,
    "建设内容": 40,
    "建设起止年限": 14,
    "总投资（万元）": 14,
    "预期效果": 30,
    "支撑指标": 24,
}
NOTE_COLUMNS = {"指标": 36, "情况": 12, "说明": 80}
PROJECT_FIELDS = (
    "能源基础设施",
    "节能降碳改造",
    "绿色低碳先进技术示范",
    "环境基础设施",
    "循环经济发展",
    "生态保护修复",
)
NOTE_KINDS = ("删减", "补充", "其他")
ADDED_ROWS = 5
PROJECT_ROWS = 20
NOTE_ROWS = 15
HEADER_ROW = 2

FONT = "宋体"
THIN = Side(style="thin", color="8C8C8C")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
HEAD = PatternFill("solid", fgColor="D9E8DC")
LABEL = PatternFill("solid", fgColor="F3F5F3")
INPUT = PatternFill("solid", fgColor="FFFDF0")


def render_template(table: Table, round_: Round, *, pilot: str, province: str) -> Workbook:
    """Make the blank workbook of one pilot.

    Labels are locked and inputs are not; the protection has no password: it guards against slips only.

    Args:
        table: Table 1 or Table 2.
        round_: gives the title and the years of the columns.
        pilot: name for the cover.
        province: name for the cover.

    Returns:
        a workbook with the sheets 封面, 表1 or 表2, 重点工程 and 说明, in this order.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    _write_cover(book.create_sheet("封面"), table, round_, pilot, province)
    _write_table(book.create_sheet(table.sheet), table, round_)
    _write_projects(book.create_sheet("重点工程"))
    _write_notes(book.create_sheet("说明"))
    return book


def _write_cover(sheet: Worksheet, table: Table, round_: Round, pilot: str, province: str) -> None:
    known = {"省份": province, "试点名称": pilot, "试点类型": KIND_TITLES[table.kind], "版本": "1"}
    _set_widths(sheet, (18, 90))
    _write_title(sheet, f"{round_.title}建设指标填报表", 2)
    _style(sheet.cell(2, 1, f"（{table.sheet}　{table.title}）"), align="center")
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=2)
    for row, field in enumerate(COVER_FIELDS, 4):
        _style(sheet.cell(row, 1, field), fill=HEAD, bold=True, border=True, align="center")
        # The name stays open: of some parks the roster knows only the city.
        fixed = field in ("省份", "试点类型")
        fill = LABEL if fixed else INPUT
        _style(put(sheet, row, 2, known.get(field)), fill=fill, border=True, locked=fixed)
        sheet.row_dimensions[row].height = 26
    start = 4 + len(COVER_FIELDS) + 1
    _style(sheet.cell(start, 1, "填写须知"), bold=True)
    for row, line in enumerate(_instructions(table, round_), start + 1):
        _style(sheet.cell(row, 1, line))
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        sheet.row_dimensions[row].height = 22
    _protect(sheet)
    _set_page(sheet, pages=1)


def _instructions(table: Table, round_: Round) -> tuple[str, ...]:
    base, targets = round_.base_year, "、".join(f"{year}年" for year in round_.target_years)
    return (
        "1. 请在浅黄色单元格内填写，灰色单元格已锁定。工作表未设密码，请勿调整行列。",
        f"2. “{table.sheet}”填写{base}年实际值和{targets}目标值，每格只填一个数值，来源和口径写入“备注”。",
        "3. 单位为 % 的指标填百分数，例如 25.3 或 25.3%，不要填 0.253。其他指标按“单位”栏的单位填写。",
        "4. 可根据实际情况补充或删减指标：删减的留空，补充的填在表末“补充指标”各行，均须在“说明”中写明理由。",
        "5. 确需用文字表述的目标（例如“达到25%以上”）可以填写，出现提示时选择“是”；请尽量给出可核对的数值。",
        "6. 重点工程填入“重点工程”，“支撑指标”写明该项目支撑的指标名称，多个指标用顿号分开。",
        "7. 填报日期写作 2024-03-15 的形式。首次报送版本填 1，以后每次重新报送加 1。",
    )


def _write_table(sheet: Worksheet, table: Table, round_: Round) -> None:
    columns = TABLE_COLUMNS | {f"{year}年": 13 for year in round_.years} | {"备注": 32}
    _set_widths(sheet, columns.values())
    _write_title(sheet, f"{table.sheet}　{table.title}", len(columns))
    _write_header(sheet, columns)
    row = HEADER_ROW + 1
    for category, members in groupby(table.indicators, key=lambda indicator: indicator.category):
        first = row
        for indicator in members:
            _write_indicator(sheet, row, indicator, len(columns))
            row += 1
        _merge_category(sheet, first, row - 1, category)
    for extra in range(row, row + ADDED_ROWS):
        _write_blank_row(sheet, extra, len(columns))
    _merge_category(sheet, row, row + ADDED_ROWS - 1, "补充指标")
    _guard_values(sheet, table, len(round_.years))
    _protect(sheet)
    _set_page(sheet, freeze=f"D{HEADER_ROW + 1}")


def _write_indicator(sheet: Worksheet, row: int, indicator: Indicator, width: int) -> None:
    _write_blank_row(sheet, row, width)
    for column, text in ((1, indicator.number), (3, indicator.name), (4, indicator.unit)):
        # Where the guide prints two units, the submitter has to say which one is meant.
        open_unit = column == 4 and indicator.printed_scale is None
        _style(
            sheet.cell(row, column, text),
            fill=INPUT if open_unit else LABEL,
            border=True,
            align="left" if column == 3 else "center",
            locked=not open_unit,
        )


def _write_blank_row(sheet: Worksheet, row: int, width: int) -> None:
    for column in range(1, width + 1):
        # The number format stays General: a typed 25.3% keeps its percent format, unlike a typed 0.253.
        align = "left" if column in (3, width) else "center"
        _style(sheet.cell(row, column), fill=INPUT, border=True, align=align, locked=False)
    sheet.row_dimensions[row].height = 30


def _merge_category(sheet: Worksheet, first: int, last: int, text: str) -> None:
    for row in range(first, last + 1):
        _style(sheet.cell(row, 2), fill=LABEL, border=True, align="center", bold=True)
    sheet.cell(first, 2, text)
    if last > first:
        sheet.merge_cells(start_row=first, end_row=last, start_column=2, end_column=2)


def _guard_values(sheet: Worksheet, table: Table, years: int) -> None:
    """Warn, and no more, where a percentage lies outside its hard bounds: words must remain possible."""
    first, last = get_column_letter(5), get_column_letter(4 + years)
    ranges = defaultdict(list)
    for row, indicator in enumerate(table.indicators, HEADER_ROW + 1):
        if indicator.printed_scale is None:
            _add_list(sheet, f"D{row}", tuple(indicator.scales))
            continue
        low, high = indicator.scales[indicator.printed_scale].hard
        if indicator.printed_scale == "%" and low is not None and high is not None:
            ranges[low, high].append(f"{first}{row}:{last}{row}")
    for (low, high), cells in ranges.items():
        rule = DataValidation(
            type="decimal",
            operator="between",
            formula1=f"{low:g}",
            formula2=f"{high:g}",
            allow_blank=True,
            showErrorMessage=True,
            errorStyle="warning",
            errorTitle="请核对",
            error=f"应填 {low:g} 至 {high:g} 之间的百分数，例如 25.3。确需用文字表述的，请选择“是”。",
        )
        for cell_range in cells:
            rule.add(cell_range)
        sheet.add_data_validation(rule)


def _write_projects(sheet: Worksheet) -> None:
    _write_form(sheet, "重点工程", PROJECT_COLUMNS, PROJECT_ROWS)
    _add_list(sheet, f"B{HEADER_ROW + 1}:B{HEADER_ROW + PROJECT_ROWS}", PROJECT_FIELDS)


def _write_notes(sheet: Worksheet) -> None:
    _write_form(sheet, "指标补充、删减及其他情况说明", NOTE_COLUMNS, NOTE_ROWS)
    _add_list(sheet, f"B{HEADER_ROW + 1}:B{HEADER_ROW + NOTE_ROWS}", NOTE_KINDS)


def _write_form(sheet: Worksheet, title: str, columns: dict[str, int], rows: int) -> None:
    """Write a sheet of a title, a header and empty rows to fill in."""
    _set_widths(sheet, columns.values())
    _write_title(sheet, title, len(columns))
    _write_header(sheet, columns)
    for row in range(HEADER_ROW + 1, HEADER_ROW + rows + 1):
        for column in range(1, len(columns) + 1):
            _style(sheet.cell(row, column), fill=INPUT, border=True, locked=False)
        sheet.row_dimensions[row].height = 30
    _protect(sheet)
    _set_page(sheet, freeze=f"B{HEADER_ROW + 1}")


def _write_title(sheet: Worksheet, text: str, width: int) -> None:
    _style(sheet.cell(1, 1, text), size=16, bold=True, align="center")
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=width)
    sheet.row_dimensions[1].height = 36


def _write_header(sheet: Worksheet, columns: dict[str, int]) -> None:
    for column, header in enumerate(columns, 1):
        _style(sheet.cell(HEADER_ROW, column, header), fill=HEAD, bold=True, border=True, align="center")
    sheet.row_dimensions[HEADER_ROW].height = 26


def _style(
    cell: Cell | MergedCell,
    *,
    size: int = 11,
    bold: bool = False,
    fill: PatternFill | None = None,
    border: bool = False,
    align: str = "left",
    locked: bool = True,
) -> None:
    cell.font = Font(name=FONT, size=size, bold=bold)
    indent = 1 if align == "left" and border else 0
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True, indent=indent)
    cell.protection = Protection(locked=locked)
    if fill:
        cell.fill = fill
    if border:
        cell.border = GRID


def _add_list(sheet: Worksheet, cells: str, choices: tuple[str, ...]) -> None:
    formula = f'"{",".join(choices)}"'
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, errorStyle="warning")
    rule.add(cells)
    sheet.add_data_validation(rule)


def _set_widths(sheet: Worksheet, widths: Iterable[int]) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _protect(sheet: Worksheet) -> None:
    sheet.protection.sheet = True
    # In this class True means forbidden: widths and heights may be changed.
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


def _set_page(sheet: Worksheet, *, freeze: str | None = None, pages: int = 0) -> None:
    """Set A4 landscape, one page wide and `pages` high; 0 is as many as it takes."""
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = pages
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    if freeze:
        sheet.freeze_panes = freeze
        sheet.print_title_rows = f"1:{HEADER_ROW}"
