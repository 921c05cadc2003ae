"""规则目录: every rule of the round, with the number of its findings in this workbook."""

from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITY_TITLES
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import View


def write_rule_catalogue(sheet: Worksheet, view: View) -> int:
    """Write every rule, with the number of its findings in this workbook; return the number of rules."""
    counts = dict(view.findings.filter(status="failed").group_by("rule").len().iter_rows())
    unevaluated = dict(view.findings.filter(status="not_evaluated").group_by("rule").len().iter_rows())

    def number(row: Row) -> str | int:
        found, unknown = counts.get(row["id"], 0), unevaluated.get(row["id"])
        return f"{found}（未核对{unknown}）" if unknown else found

    columns = [
        Column("规则", 22, lambda row: row["id"], "代码"),
        Column("名称", 24, lambda row: row["title"]),
        Column("严重程度", 9, lambda row: SEVERITY_TITLES[row["severity"]], lambda row: row["severity"]),
        Column("层级", 6, lambda row: row["level"], "居中"),
        Column("适用", 22, lambda row: row["applies"]),
        Column("处理建议", 48, lambda row: row["general_advice"]),
        Column("依据", 48, lambda row: row["source"]),
        Column("本簿问题数", 14, number, "居中"),
    ]
    write_table(
        sheet, columns, [vars(rule) | {"general_advice": rule.general_advice} for rule in view.contracts.rules.values()]
    )
    return len(view.contracts.rules)
