"""Assemble the workbook that a pilot fills in."""

from openpyxl import Workbook

from contracts.indicators import Table
from contracts.naming import GUIDE_SHEET, META_SHEET
from contracts.round import Round
from transforms.reports.template.cover import write_cover
from transforms.reports.template.earlier_submission import PROGRESS_SHEET, Earlier
from transforms.reports.template.forms import write_basic_data, write_notes, write_progress, write_projects
from transforms.reports.template.guide import write_guide
from transforms.reports.template.hidden_metadata import write_meta
from transforms.reports.template.table import write_rows


def render_template(
    table: Table, round_: Round, *, pilot: str, province: str, contracts: str = "", earlier: Earlier | None = None
) -> Workbook:
    """Build the workbook of one pilot, blank or prefilled from an earlier submission.

    Labels are locked and inputs are not; the protection has no password.

    Args:
        table: Table 1 or Table 2.
        round_: gives the title and the years of the columns.
        pilot: name for the cover.
        province: name for the cover.
        contracts: fingerprint of the contracts that the template follows, for the hidden sheet.
        earlier: prefills the sheets.

    Returns:
        a workbook with the sheets 封面, 填报说明, 表1 or 表2, 重点工程, 说明, 基础数据 (for cities) and, hidden,
        _元数据, in this order; in a progress round 重点工程进展 in place of 重点工程, and no 基础数据.
    """
    earlier = earlier or Earlier()
    book = Workbook()
    book.remove(book.worksheets[0])
    write_cover(book.create_sheet("封面"), table, round_, pilot, province, earlier)
    write_guide(book.create_sheet(GUIDE_SHEET), table, round_)
    write_rows(book.create_sheet(table.sheet), table, round_, earlier)
    if round_.kind == "progress":
        write_progress(book.create_sheet(PROGRESS_SHEET), earlier)
    else:
        write_projects(book.create_sheet("重点工程"), table, earlier)
    write_notes(book.create_sheet("说明"), table, round_, earlier)
    if table.basic_data and round_.kind == "plan":
        write_basic_data(book.create_sheet("基础数据"), table, round_, earlier)
    write_meta(book.create_sheet(META_SHEET), table, round_, contracts)
    return book
