"""审核意见: one row for each pilot with two reviewers and a conclusion; the nation has conclusions without names."""

import polars as pl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import CONCLUSIONS, DISPUTED, PILOTS
from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.decisions.ledger import PilotDecision
from transforms.decisions.metadata import pilot_key
from transforms.reports.pilot_rows import open_counts
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


def write_conclusions(sheet: Worksheet, view: View) -> None:
    """Write a row for every pilot that is expected or submitted something."""
    rows = _pilots(view)
    nation = view.province is None

    def verdict(row: Row) -> PilotDecision:
        return view.ledger.pilot_decisions.get((row["province"], row["pilot"]), PilotDecision())

    def field(name: str) -> Column:
        def style(row: Row) -> str:
            text = verdict(row).texts.get(name)
            return "填写-留意" if text == DISPUTED.title and name == "conclusion" else "填写"

        looks = "居中" if nation else style
        return Column(PILOTS.fields[name], _WIDTHS[name], lambda row: verdict(row).texts.get(name), looks)

    names = ("conclusion",) if nation else tuple(PILOTS.fields)
    columns = [
        *([Column("省份", 14, lambda row: row["province"])] if nation else []),
        Column("试点", 24, lambda row: row["pilot"]),
        Column("类型", 7, lambda row: KIND_TITLES.get(row["kind"] or "", "—"), "居中"),
        Column("状态", 12, lambda row: row["state"], lambda row: "good" if row["state"] == "有效" else "bad"),
        Column("未处理的问题", 22, lambda row: row["waiting"] or "无"),
        *(field(name) for name in names),
        Column("复核提示", 26, lambda row: verdict(row).note or None),
        *([] if nation else [Column(PILOTS.key, 18, lambda row: pilot_key(row["province"], row["pilot"]), "代码")]),
    ]
    write_table(sheet, columns, rows, empty="没有试点")
    if nation:
        return
    letters = {column.title: get_column_letter(number) for number, column in enumerate(columns, 1)}
    sheet.column_dimensions[letters[PILOTS.key]].hidden = True
    if rows:
        offer(sheet, f"{letters[PILOTS.fields['conclusion']]}2", len(rows), CONCLUSIONS)


def _pilots(view: View) -> list[Row]:
    """Return the roster in its order, then pilots that are not on it."""
    order = pl.col("standing").replace_strict(["counts", "conflict"], [0, 1], default=2, return_dtype=pl.Int8)
    sent = view.files.filter(pl.col("pilot").is_not_null() & pl.col("province").is_not_null())
    best = sent.sort(order, "file").unique(["province", "pilot"], keep="first", maintain_order=True)
    waiting = _open_findings(view)
    rows: dict[tuple[str, str], Row] = {
        (province, pilot.name): {"kind": pilot.kind, "state": "未报送"} for province, pilot in view.roster()
    }
    for row in best.sort("province", "pilot").iter_rows(named=True):
        key = (row["province"], row["pilot"])
        rows[key] = {"kind": rows.get(key, row)["kind"], "state": row["state"]}
    return [
        row | {"province": province, "pilot": pilot, "waiting": waiting.get((province, pilot))}
        for (province, pilot), row in rows.items()
    ]


def _open_findings(view: View) -> dict[tuple[str, str], str]:
    """Return the number of open findings in words, by province and pilot."""
    return {
        key: "、".join(f"{SEVERITY_TITLES[name]}{found[name]}" for name in SEVERITIES if found[name])
        for key, found in open_counts(view).items()
    }
