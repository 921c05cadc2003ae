"""已销号问题: decisions about findings that no longer exist."""

from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import FINDINGS, PILOTS, REOPENED
from transforms.decisions.ledger import OrphanedDecision
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import View


def write_vanished_findings(sheet: Worksheet, view: View) -> int:
    """Write the last decision about each finding that no longer exists; return their number."""
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
    write_table(sheet, columns, rows)
    return len(rows)


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
    state = gone.was.title if row["finding_key"] else gone.texts["conclusion"] or "—"
    return f"{state}（{gone.row['refused']}）" if state == REOPENED.title and gone.row["refused"] else state


def _texts(row: Row) -> str:
    gone: OrphanedDecision = row["gone"]
    titles = FINDINGS.fields if row["finding_key"] else PILOTS.fields
    return "\n".join(f"{titles[name]}：{text}" for name, text in gone.texts.items() if text) or "—"
