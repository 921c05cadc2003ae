"""_元数据, hidden: which round and which contracts the template follows. With it a workbook is known for a template."""

from openpyxl.worksheet.worksheet import Worksheet

from contracts.indicators import Table
from contracts.round import Round
from transforms.reports.sheet_parts.cells import put
from transforms.reports.template.styles import protect, set_widths, style


def write_meta(sheet: Worksheet, table: Table, round_: Round, contracts: str) -> None:
    """Write the hidden sheet."""
    set_widths(sheet, (18, 70))
    facts = (("批次代码", round_.round), ("规则文件标识", contracts or None), ("指标表", table.sheet))
    for row, (name, value) in enumerate(facts, 1):
        style(put(sheet, row, 1, name))
        style(put(sheet, row, 2, value))
    protect(sheet)
    sheet.sheet_state = "hidden"
