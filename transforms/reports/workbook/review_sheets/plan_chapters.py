"""章节核对: the parts of each plan against the chapters of the guide."""

from collections.abc import Iterator

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from transforms.reports.rows.plan_rows import PART_STATE_TITLES, PLAN_STATE_TITLES, WHOLE, missing_content, part_name
from transforms.reports.sheet_parts.links import submission_link
from transforms.reports.sheet_parts.tables import Column, Places, Row, write_table
from transforms.reports.view import View

_LOOK = {"present": "good", "elsewhere": "good", "thin": "open", "absent": "bad", "copied": "bad"}


def write_chapters(sheet: Worksheet, view: View) -> Places:
    """Write every part of each plan that counts, then plans that were not checked; for the nation only the gaps.

    Return the row of each file and name of a part.
    """
    rows = list(_part_rows(view))
    columns = [
        *([] if view.province else [Column("省份", 13, lambda row: row["province"] or "（不明）")]),
        Column("试点", 20, lambda row: view.pilot_title(row["province"], row["pilot"])),
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
    write_table(sheet, columns, rows)
    return {(row["file"], row["name"]): (sheet.title, at) for at, row in enumerate(rows, 2)}


def _part_rows(view: View) -> Iterator[Row]:
    for row in (
        view.visible(view.review.judged.batch.plans.parts)
        .sort(view.roster_order(), maintain_order=True)
        .iter_rows(named=True)
    ):
        if view.province or row["state"] != "present":
            chapter, title = part_name(view, row["part"])
            yield row | {
                "chapter": chapter,
                "title": title,
                "name": chapter if title == WHOLE else f"{chapter}·{title}",
                "shown": [] if row["state"] == "copied" else row["shown"],
                "missing": missing_content(view, row),
                "shown_state": PART_STATE_TITLES[row["state"]],
                "look": _LOOK[row["state"]],
            }
    nothing: Row = {"heading": None, "place": None, "length": None, "shown": [], "missing": [], "quote": None}
    about = nothing | {"chapter": "—", "title": "—", "name": None, "look": "居中"}
    for row in view.plans.filter(pl.col("standing") != "counts").iter_rows(named=True):
        yield (
            row | about | {"shown_state": PLAN_STATE_TITLES[row["standing"]], "quote": row["detail"] or row["instead"]}
        )
