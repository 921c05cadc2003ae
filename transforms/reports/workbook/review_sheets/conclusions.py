"""审核意见: one row for each pilot with two reviewers and a conclusion; the nation has conclusions without names."""

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import OFFERED, PILOTS
from transforms.decisions.ledger import PilotDecision
from transforms.decisions.metadata import pilot_key
from transforms.reports.rows.pilot_status import open_in_words, pilot_statuses
from transforms.reports.sheet_parts.decision_columns import offer
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import KIND_TITLES, View

_WIDTHS = {
    "opinion": 50,
    "first_person": 11,
    "first_date": 12,
    "second_person": 11,
    "second_date": 12,
    "conclusion": 13,
}


def write_conclusions(sheet: Worksheet, view: View) -> int:
    """Write a row for every pilot that is expected or submitted something; return the number of rows."""
    rows = [row for row in pilot_statuses(view) if row["pilot"] and row["province"]]
    nation, offered = view.province is None, OFFERED[view.contracts.round.kind]

    def verdict(row: Row) -> PilotDecision:
        return view.ledger.pilot_decisions.get((row["province"], row["pilot"]), PilotDecision())

    def field(name: str) -> Column:
        def style(row: Row) -> str:
            text = verdict(row).texts.get(name)
            return "填写-留意" if name == "conclusion" and text and text not in offered else "填写"

        looks = "居中" if nation else style
        return Column(PILOTS.fields[name], _WIDTHS[name], lambda row: verdict(row).texts.get(name), looks)

    names = ("conclusion",) if nation else tuple(PILOTS.fields)
    columns = [
        *([Column("省份", 14, lambda row: row["province"])] if nation else []),
        Column("试点", 24, lambda row: row["title"]),
        Column("类型", 7, lambda row: KIND_TITLES.get(row["kind"] or "", "—"), "居中"),
        Column("状态", 12, lambda row: row["state"], lambda row: "good" if row["good"] else "bad"),
        Column("未处理的问题", 22, open_in_words),
        *(field(name) for name in names),
        Column("复核提示", 26, lambda row: verdict(row).note or None),
        *([] if nation else [Column(PILOTS.key, 18, lambda row: pilot_key(row["province"], row["pilot"]), "代码")]),
    ]
    write_table(sheet, columns, rows)
    if nation:
        return len(rows)
    letters = {column.title: get_column_letter(number) for number, column in enumerate(columns, 1)}
    sheet.column_dimensions[letters[PILOTS.key]].hidden = True
    if rows:
        offer(sheet, f"{letters[PILOTS.fields['conclusion']]}2", len(rows), offered)
    return len(rows)
