"""问题清单: every finding, by severity and materiality, linked to its row in 指标对照, 文表一致性 or 章节核对."""

import re

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITY_TITLES
from transforms.reports.sheet_parts.decision_columns import decision_columns, key_columns, prepare_decision_columns
from transforms.reports.sheet_parts.links import submitted_path
from transforms.reports.sheet_parts.tables import Column, Link, Places, Row, write_table
from transforms.reports.view import View

_FIRST_NAME = re.compile("“([^”]+)”")


def write_findings(sheet: Worksheet, view: View, places: Places) -> int:
    """Write all listed findings and return their number."""
    rules = view.contracts.rules
    rows = [row | {"at": number} for number, row in enumerate(view.ranked.iter_rows(named=True), 1)]

    def title(row: Row) -> str:
        return rules[row["rule"]].heading(row["status"])

    def place(row: Row) -> Link | str:
        file, name = row["file"], _FIRST_NAME.search(row["message"])
        keys = ((file, row["indicator"], row["year"]), (file, row["indicator"]), (file, name and name[1]))
        found = next((places[key] for key in keys if key in places), None)
        return Link("定位", sheet=found[0], cell=f"A{found[1]}") if found else "—"

    columns = [
        Column("序号", 6, lambda row: row["at"], "居中"),
        Column("严重程度", 9, lambda row: SEVERITY_TITLES[row["severity"]], lambda row: row["severity"]),
        *([] if view.province else [Column("省份", 13, lambda row: row["province"] or "（不明）")]),
        Column("试点", 16, lambda row: view.pilot_title(row["province"], row["pilot"]) if row["pilot"] else "—"),
        Column("指标", 22, lambda row: view.indicator_name(row) or "—"),
        *_field(view),
        Column("年份", 7, lambda row: row["year"] or "—", "居中"),
        Column("问题", 16, title),
        Column("说明", 48, lambda row: row["message"]),
        Column("处理建议", 36, lambda row: row["advice"]),
        *decision_columns(view),
        Column("原值", 12, lambda row: row["raw_value"] or "—"),
        Column("规范值", 11, lambda row: row["value"], "数值"),
        Column("可能值／参考范围", 16, lambda row: row["expected"] or "—"),
        Column("定位", 7, place, lambda row: "链接" if isinstance(place(row), Link) else "居中"),
        Column("文件", 30, lambda row: submitted_path(row["file"] or "—")),
        Column("工作表", 10, lambda row: row["sheet"] or "—"),
        Column("单元格", 8, lambda row: row["cell"] or "—", "居中"),
        Column("规则", 18, lambda row: row["rule"], "代码"),
        *key_columns(view),
    ]
    last = write_table(sheet, columns, rows) - 1
    # Print only what a reviewer reads and fills in, not the place in the file.
    shown = next(number for number, column in enumerate(columns) if column.title == "原值")
    sheet.print_area = f"A1:{get_column_letter(shown)}{last}"
    prepare_decision_columns(sheet, view, columns, rows)
    return len(rows)


def _field(view: View) -> list[Column]:
    """Return the column by which experts filter what they review, where the round divides the work."""
    scoring = view.contracts.round.scoring
    return [Column("领域", 8, lambda row: scoring.field_of(row["indicator"]), "居中")] if scoring else []


def findings_row(view: View, finding_key: str) -> int:
    """Return the row of a finding on the sheet."""
    return view.ranked["finding_key"].to_list().index(finding_key) + 2
