"""文表一致性: figures of a plan's text and of its own table beside those of the workbook."""

from collections.abc import Iterator

from openpyxl.worksheet.properties import Outline
from openpyxl.worksheet.worksheet import Worksheet

from transforms.plans.compare import COMPARED, VERDICTS
from transforms.reports.sheet_parts.tables import Column, Places, Row, write_table
from transforms.reports.view import View

_VERDICT_LOOK = {"agrees": "good", "differs": "open", "contradicts": "bad"}
_ORDER = ("contradicts", "differs", *(verdict for verdict in VERDICTS if verdict not in {"contradicts", "differs"}))


def write_agreement(sheet: Worksheet, view: View) -> Places:
    """Write one row for each figure or cell, contradictions first; fold those not compared below, with the reason.

    Return the row of each file, indicator and year.
    """
    rows = sorted(_compared(view), key=lambda row: list(_ORDER).index(row["verdict"]))
    columns = [
        *([] if view.province else [Column("省份", 13, lambda row: row["province"] or "（不明）")]),
        Column("试点", 20, lambda row: view.pilot_title(row["province"], row["pilot"])),
        Column("对比", 15, lambda row: row["between"], "居中"),
        Column("指标", 28, lambda row: row["title"]),
        Column("年份", 7, lambda row: row["year"] or "—", "居中"),
        Column("方案中", 16, lambda row: row["said"]),
        Column("指标表中", 14, lambda row: row["table_raw"] or "—"),
        Column(
            "结论",
            24,
            lambda row: row["reason"] or VERDICTS[row["verdict"]],
            lambda row: _VERDICT_LOOK.get(row["verdict"], "居中"),
        ),
        Column("方案中的位置", 24, lambda row: row["where"]),
        Column("指标表中的位置", 18, lambda row: row["table_cell"] or "—"),
        Column("原文", 60, lambda row: row["quote"] or "—"),
    ]
    end = write_table(sheet, columns, rows)
    compared = sum(row["verdict"] in COMPARED for row in rows)
    if 0 < compared < len(rows):
        _fold(sheet, end - len(rows) + compared, end)
    found = ((row["file"], row["indicator"], row["year"]) for row in rows)
    return {key: (sheet.title, at) for at, key in reversed(list(enumerate(found, 2)))}


def _fold(sheet: Worksheet, first: int, end: int) -> None:
    """Hide the rows from `first` up to `end` (exclusive) behind a plus sign in the row above."""
    sheet.sheet_properties.outlinePr = Outline(summaryBelow=False)
    for at in range(first, end):
        sheet.row_dimensions[at].outlineLevel = 1
        sheet.row_dimensions[at].hidden = True
    sheet.row_dimensions[first - 1].collapsed = True


def _compared(view: View) -> Iterator[Row]:
    plans = view.review.judged.batch.plans
    for row in view.visible(plans.claims).sort(view.roster_order(), maintain_order=True).iter_rows(named=True):
        if view.province or row["verdict"] in COMPARED[1:]:
            near = f"（{row['name']}？）" if row["verdict"] == "near" else ""
            where = f"{row['heading']}　{row['place']}" if row["heading"] != "脚注" else row["place"]
            between = f"正文与{row['origin']}" if row["origin"] else "正文"
            title = row["name"] if row["indicator"] else row["subject"] + near
            yield row | {"between": between, "title": title, "where": where}
    for row in view.visible(plans.cells).sort(view.roster_order(), maintain_order=True).iter_rows(named=True):
        yield row | {
            "between": "方案表与工作簿",
            "title": row["name"],
            "said": row["raw_value"],
            "table_raw": row["workbook_raw"],
            "verdict": "contradicts",
            "reason": None,
            "where": row["where"],
            "table_cell": row["workbook_cell"],
            "quote": None,
        }
