"""已消失的问题 and 审核留痕: decisions whose finding is gone, the review files read, and what they could not give."""

from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import FINDINGS, PILOTS
from transforms.decisions.ledger import OrphanedDecision
from transforms.reports.sheet_parts.cells import put
from transforms.reports.sheet_parts.table import Column, Row, write_table
from transforms.reports.view import View


def write_gone(sheet: Worksheet, view: View) -> None:
    """Decisions whose finding is no longer there: kept as they were last made."""
    rows = [gone.row | {"gone": gone} for gone in view.ledger.orphaned if view.province in {None, gone.province}]
    nation = view.province is None
    columns = [
        *([Column("省份", 13, lambda row: row["gone"].province)] if nation else []),
        Column("试点", 16, lambda row: row["pilot"] or "—"),
        *_about(view),
        Column("当时的说明", 46, lambda row: row["message"] or "—"),
        Column("当时的原值", 14, lambda row: row["raw_value"] if row["finding_key"] else "—"),
        Column("当时的规范值", 12, lambda row: row["value"], "数值"),
        Column("现状态", 12, lambda row: "已解决" if row["finding_key"] else "试点已不在名单中", "居中"),
        Column("此前的处理状态", 14, _last_state, "居中"),
    ]
    if not nation:
        columns += [Column("审核意见", 40, _texts), Column("来源文件", 40, lambda row: row["file"])]
    write_table(sheet, columns, rows, empty="没有已消失的问题")


def write_trail(sheet: Worksheet, view: View) -> None:
    """Review files with their hash, what could not be taken over, and texts that stand side by side."""
    own = [copy for copy in view.ledger.copies if view.province in {None, copy.province}]
    files = [
        Column("评审工作簿", 44, lambda row: row["copy"].file),
        Column("sha256", 66, lambda row: row["copy"].sha256, "代码"),
        Column("省份", 14, lambda row: row["copy"].province or "（不明）"),
        Column("意见条数", 10, lambda row: len(row["copy"].decisions), "居中"),
        Column("情况", 60, lambda row: "未采用" if row["copy"].fault else "已读取", "居中"),
    ]
    put(sheet, 1, 1, "读取的评审工作簿", "小标题")
    at = write_table(sheet, files, [{"copy": copy} for copy in own], top=2, empty="没有收到填写过的评审工作簿")
    put(sheet, at + 1, 1, "未采用的内容", "小标题")
    remarks = [remark for copy in own for remark in copy.remarks]
    said = [
        Column("评审工作簿", 44, lambda row: row["file"]),
        Column("说明", 66, lambda row: row["text"]),
        Column("位置", 14, lambda row: row["where"] or "—"),
    ]
    # The nation is told which files could not be read; what was written in them stays in the province.
    shown = [remark for remark in remarks if view.province or not remark.where]
    at = write_table(sheet, said, [vars(remark) for remark in shown], top=at + 2, main=False)
    if view.province is None:
        return
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


def _about(view: View) -> list[Column]:
    rules = view.contracts.rules
    names = {row.code: row.name for table in view.contracts.tables.values() for row in table.indicators}

    def title(row: Row) -> str:
        rule = row["rule"]
        return (rules[rule].title if rule in rules else rule) if rule else "对试点的审核意见"

    return [
        Column("指标", 22, lambda row: names.get(row["indicator"] or "", row["indicator"] or "—")),
        Column("年份", 7, lambda row: row["year"] or "—", "居中"),
        Column("问题", 18, title),
    ]


def _last_state(row: Row) -> str:
    gone: OrphanedDecision = row["gone"]
    return gone.was.title if row["finding_key"] else gone.texts["conclusion"] or "—"


def _texts(row: Row) -> str:
    gone: OrphanedDecision = row["gone"]
    titles = FINDINGS.fields if row["finding_key"] else PILOTS.fields
    return "\n".join(f"{titles[name]}：{text}" for name, text in gone.texts.items() if text) or "—"
