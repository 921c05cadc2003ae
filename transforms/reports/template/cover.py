"""封面: who submits. Province and kind are locked; the name is not, because of some parks only the city is known."""

from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Table
from contracts.round import Round
from transforms.reports.sheet_parts.cells import Value, put
from transforms.reports.sheet_parts.styles import set_up_page
from transforms.reports.template.earlier_submission import Earlier
from transforms.reports.template.inputs import guard_date, guard_version, prompt_only
from transforms.reports.template.styles import HEAD, INPUT, LABEL, protect, set_widths, style, write_title
from transforms.reports.view import KIND_TITLES

COVER_FIELDS = ("省份", "试点名称", "试点类型", "填报单位", "联系人", "填报日期", "版本")
_TOP = 4
_NEXT = (
    "请先看“填报说明”，再在浅黄色单元格内填写；灰色单元格已锁定。工作表未设密码，请勿调整行列。",
    "填完后请检查省份、试点名称、填报日期和版本，并保存为 Excel 工作簿（*.xlsx）。",
)


def write_cover(sheet: Worksheet, table: Table, round_: Round, pilot: str, province: str, earlier: Earlier) -> None:
    """Write the cover, prefilled as far as known."""
    known: dict[str, Value] = {
        "省份": province,
        "试点名称": pilot,
        "试点类型": KIND_TITLES[table.kind],
        "填报单位": earlier.office,
        "联系人": earlier.contact,
        "版本": str(earlier.version),
    }
    set_widths(sheet, (18, 90))
    write_title(sheet, f"{round_.title}建设指标填报表", 2)
    style(put(sheet, 2, 1, f"（{table.sheet}　{table.title}）"), align="center")
    sheet.merge_cells(start_row=2, end_row=2, start_column=1, end_column=2)
    for row, name in enumerate(COVER_FIELDS, _TOP):
        style(put(sheet, row, 1, name), fill=HEAD, bold=True, border=True, align="center")
        fixed = name in {"省份", "试点类型"}
        style(put(sheet, row, 2, known.get(name)), fill=LABEL if fixed else INPUT, border=True, locked=fixed)
        sheet.row_dimensions[row].height = 26
    places = {name: f"B{row}" for row, name in enumerate(COVER_FIELDS, _TOP)}
    prompt_only(sheet, places["试点名称"], "试点名称", "填写批复文件中的全称。")
    prompt_only(sheet, places["填报单位"], "填报单位", "填写单位全称，补正通知将发给该单位。")
    prompt_only(sheet, places["联系人"], "联系人", "姓名和电话，只用于本次报送的联系。")
    guard_date(sheet, places["填报日期"])
    guard_version(sheet, places["版本"])
    for row, line in enumerate(_NEXT, _TOP + len(COVER_FIELDS) + 1):
        style(put(sheet, row, 1, line))
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
        sheet.row_dimensions[row].height = 22
    protect(sheet)
    set_up_page(sheet)
    sheet.page_setup.fitToHeight = 1
