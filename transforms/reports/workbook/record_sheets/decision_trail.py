"""审核留痕: the review workbooks read, what could not be adopted from them, and opinions that coexist."""

from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import FINDINGS, PILOTS
from transforms.reports.sheet_parts.cells import put
from transforms.reports.sheet_parts.tables import Column, write_table
from transforms.reports.view import View


def write_decision_trail(sheet: Worksheet, view: View) -> int:
    """Write the review workbooks, what was not adopted, and opinions that coexist; return the number of files."""
    own = [copy for copy in view.ledger.copies if view.province in {None, copy.province}]
    files = [
        Column("评审工作簿", 44, lambda row: row["copy"].file),
        Column("sha256", 66, lambda row: row["copy"].sha256, "代码"),
        Column("省份", 14, lambda row: row["copy"].province or "（不明）"),
        Column("意见条数", 10, lambda row: len(row["copy"].decisions), "居中"),
        Column("情况", 60, lambda row: "未采用" if row["copy"].fault else "已读取", "居中"),
    ]
    put(sheet, 1, 1, "读取的评审工作簿", "小标题")
    at = write_table(sheet, files, [{"copy": copy} for copy in own], top=2)
    put(sheet, at + 1, 1, "未采用的内容", "小标题")
    documents = [one for one in view.ledger.documents if view.province in {None, one.province}]
    remarks = [*(remark for copy in own for remark in copy.remarks), *documents]
    said = [
        Column("评审工作簿", 44, lambda row: row["file"]),
        Column("说明", 66, lambda row: row["text"]),
        Column("位置", 14, lambda row: row["where"] or "—"),
    ]
    # The nation sees which files could not be read; the entries in them stay in the province.
    shown = [remark for remark in remarks if view.province or not remark.where]
    at = write_table(sheet, said, [vars(remark) for remark in shown], top=at + 2, main=False)
    if view.province is None:
        return len(own) + len(documents)
    put(sheet, at + 1, 1, "并存的意见", "小标题")
    both = [one.row | {"one": one} for one in view.ledger.conflicts if one.province == view.province]
    titles = PILOTS.fields | FINDINGS.fields
    columns = [
        Column("评审工作簿", 44, lambda row: row["file"]),
        Column("内容", 66, lambda row: row["one"].text),
        Column("试点", 14, lambda row: row["pilot"] or "—"),
        Column("栏目", 10, lambda row: titles[row["one"].field], "居中"),
        Column("针对", 60, lambda row: row["message"] or "试点整体"),
    ]
    write_table(sheet, columns, both, top=at + 2, main=False)
    return len(own) + len(documents)
