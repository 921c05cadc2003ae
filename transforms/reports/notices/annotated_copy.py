"""问题标注: the submitted table copied into a new workbook, with every cell in question coloured and commented."""

import re

from openpyxl import Workbook
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.files.office_files import workbook_bytes
from transforms.reports.notices.correction_items import DUTIES, Correction, CorrectionItem
from transforms.reports.notices.sheet_copy import write_sheet_copy
from transforms.reports.sheet_parts.cells import put
from transforms.reports.sheet_parts.styles import add_styles
from transforms.reports.sheet_parts.tables import Column, Link, write_table
from transforms.safe_text import replace_forbidden

_LIST = "问题清单"
_CELLS = 2  # addresses of an item that are listed; a link does not wrap in LibreOffice


def render_annotated(correction: Correction) -> bytes | None:
    """Return the workbook with the list of items and the table as .xlsx, or None if there is no cell to mark."""
    if correction.table is None or not correction.marks:
        return None
    book = Workbook()
    add_styles(book)
    listed, copied = book.worksheets[0], book.create_sheet(_sheet_name(correction.table.name))
    listed.title = _LIST
    write_sheet_copy(copied, correction.table, correction.marks)
    _write_list(listed, correction, copied.title)
    return workbook_bytes(book)


def _write_list(sheet: Worksheet, correction: Correction, copied: str) -> None:
    put(sheet, 1, 1, f"{correction.place}报送材料问题标注", "标题")
    sheet.merge_cells("A1:H1")
    sheet.row_dimensions[1].height = 40
    lines = [
        f"本表列出核对“{correction.table_file}”发现的、须处理的{len(correction.items)}项问题；点击“单元格”跳到标注处。",
        f"工作表“{copied}”按报送内容重排，单元格位置与报送文件一致：红色为必须更正，黄色为需更正或说明，要求见批注。",
        "本文件仅供对照，请在原工作簿上更正后重新报送。",
    ]
    if correction.table and correction.table.cut:
        lines.append("报送的工作表过大，标注的工作表只复制了其中一部分；未复制的内容请对照原文件。")
    for row, line in enumerate(lines, 2):
        put(sheet, row, 1, line, "正文")
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=8)
        sheet.row_dimensions[row].height = 18

    def cell_link(item: CorrectionItem) -> Link | str:
        cells = sorted(item.cells, key=coordinate_to_tuple)
        cell = next(iter(cells), "")
        marked = item in correction.marks.get(cell, ())
        several = f"等{len(cells)}格" if len(cells) > _CELLS else ""
        return Link("、".join(cells[:_CELLS]) + several, sheet=copied, cell=cell) if marked else "—"

    rows = [
        {"number": number, "item": item, "cell": cell_link(item)} for number, item in enumerate(correction.items, 1)
    ]
    columns = [
        Column("序号", 6, lambda row: row["number"], "居中"),
        Column("要求", 14, lambda row: DUTIES[row["item"].must], lambda row: row["item"].severity),
        Column("单元格", 16, lambda row: row["cell"], lambda row: "链接" if isinstance(row["cell"], Link) else "居中"),
        Column("指标", 26, lambda row: row["item"].name or "—"),
        Column("年份", 7, lambda row: row["item"].year or "—", "居中"),
        Column("填报内容", 18, lambda row: row["item"].given or "—"),
        Column("问题", 52, lambda row: row["item"].why),
        Column("处理要求", 40, lambda row: row["item"].advice),
    ]
    top = len(lines) + 3
    write_table(sheet, columns, rows, top=top)
    sheet.print_title_rows = f"{top}:{top}"


def _sheet_name(name: str) -> str:
    """Return the name of the submitted sheet with the characters that Excel allows."""
    legal_name = re.sub(r"[\[\]:*?/\\]", "_", replace_forbidden(name)).strip().strip("'")[:31] or "指标表"
    return "指标表" if legal_name.casefold() in {_LIST, "history"} else legal_name
