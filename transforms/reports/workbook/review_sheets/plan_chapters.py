"""章节核对: the parts of each plan against the chapters of the guide."""

from collections.abc import Iterator

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.plan_rows import NO_PLAN, PART_STATE_TITLES, PLAN_STATE_TITLES, part_name
from transforms.reports.sheet_parts.links import submission_link
from transforms.reports.sheet_parts.tables import Column, Row, write_table
from transforms.reports.view import View

_LOOK = {"present": "good", "elsewhere": "good", "thin": "open", "absent": "bad", "copied": "bad"}


def write_chapters(sheet: Worksheet, view: View) -> None:
    """Write every part of each plan that counts, then plans that were not checked; for the nation only the gaps."""
    rows = list(_part_rows(view))
    columns = [
        *([] if view.province else [Column("省份", 13, lambda row: row["province"] or "（不明）")]),
        Column("试点", 20, lambda row: row["pilot"] or "（不明）"),
        Column("章", 14, lambda row: row["chapter"]),
        Column("内容", 26, lambda row: row["title"]),
        Column("情况", 12, lambda row: row["shown_state"], lambda row: row["look"]),
        Column("方案中的标题", 26, lambda row: row["heading"] or "—"),
        Column("位置", 11, lambda row: row["place"] or "—", "居中"),
        Column("字数", 7, lambda row: row["length"] if row["place"] else "—", "居中"),
        Column("已写明", 30, lambda row: "、".join(row["shown"]) or "—"),
        Column("未见", 26, lambda row: "、".join(row["missing"]) or "—"),
        Column("摘录", 44, lambda row: row["quote"] or "—"),
        Column(
            "文件",
            36,
            lambda row: submission_link(view, row["file"], row["file"].rsplit("/", 1)[-1]) if row["file"] else "—",
            lambda row: "链接" if row["file"] and view.province else "文字",
        ),
    ]
    write_table(sheet, columns, rows, empty=NO_PLAN if view.plans.is_empty() else "没有缺少或不充实的内容")


def _part_rows(view: View) -> Iterator[Row]:
    for row in view.visible(view.review.judged.batch.plans.parts).iter_rows(named=True):
        if view.province or row["state"] != "present":
            chapter, title = part_name(view, row["part"])
            yield row | {
                "chapter": chapter,
                "title": title,
                "shown_state": PART_STATE_TITLES[row["state"]],
                "look": _LOOK[row["state"]],
            }
    nothing: Row = {"heading": None, "place": None, "length": None, "shown": [], "missing": [], "quote": None}
    about = nothing | {"chapter": "—", "title": "—", "look": "居中"}
    for row in view.plans.filter(pl.col("standing") != "counts").iter_rows(named=True):
        yield (
            row | about | {"shown_state": PLAN_STATE_TITLES[row["standing"]], "quote": row["detail"] or row["instead"]}
        )
    if view.province and not view.plans.is_empty():
        sent = view.files.filter(pl.col("standing") == "counts").join(
            view.plans, on=["province", "pilot"], how="anti", nulls_equal=True, maintain_order="left"
        )
        for row in sent.iter_rows(named=True):
            yield row | about | {"shown_state": "未收到实施方案", "file": None}
