"""章节核对 and 文表一致性: what a plan has of the guide's chapters, and where its prose and the tables disagree."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
from openpyxl.worksheet.worksheet import Worksheet

from transforms.plans.compare import COMPARED, VERDICTS
from transforms.reports.sheet_parts.links import submission_link
from transforms.reports.sheet_parts.table import Column, Row, write_table
from transforms.reports.view import View

SHEETS = (
    ("章节核对", "实施方案对照编制指南八章：有、单薄、缺少、在别处、照抄，附标题、段落和摘录"),
    ("文表一致性", "实施方案正文中的目标和方案内的指标表，与工作簿逐项比对"),
)
PART_STATES = {"present": "有", "thin": "单薄", "absent": "缺少", "elsewhere": "在其他章节", "copied": "照抄指南"}
PLAN_STATES = {
    "superseded": "已有更新版本",
    "identical": "重复文件",
    "rivals": "有多份，无法区分先后",
    "faulty": "无法读取",
    "unidentified": "无法判断属于哪个试点",
    "other": "不是实施方案",
}
_LOOK = {"present": "good", "elsewhere": "good", "thin": "open", "absent": "bad", "copied": "bad"}
_VERDICT_LOOK = {"agrees": "good", "differs": "open", "contradicts": "bad"}
WHOLE = "整章"
_NOTHING = "没有收到实施方案，未核对"


@dataclass(frozen=True)
class Tally:
    """How one pilot's plan stands: parts by state, and figures of the prose and cells of the table by verdict."""

    province: str
    pilot: str
    parts: tuple[tuple[str, str], ...]
    contradictions: int
    differences: int
    agreements: int

    def count(self, *states: str) -> int:
        """Parts in any of these states."""
        return sum(state in states for _, state in self.parts)


def write_chapters(sheet: Worksheet, view: View) -> None:
    """Every part of the guide for each plan that counts, then what could not be looked at; the nation only the gaps."""
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
    write_table(sheet, columns, rows, empty=_NOTHING if view.plans.is_empty() else "没有缺少或单薄的内容")


def write_agreement(sheet: Worksheet, view: View) -> None:
    """Figures of the prose and cells of the plan's table beside the workbook's, what disagrees first."""
    rows = sorted(_compared(view), key=lambda row: list(_ORDER).index(row["verdict"]))
    columns = [
        *([] if view.province else [Column("省份", 13, lambda row: row["province"] or "（不明）")]),
        Column("试点", 20, lambda row: row["pilot"]),
        Column("对比", 15, lambda row: row["between"], "居中"),
        Column("指标", 28, lambda row: row["title"]),
        Column("年份", 7, lambda row: row["year"] or "—", "居中"),
        Column("方案中", 16, lambda row: row["said"]),
        Column("指标表中", 14, lambda row: row["table_raw"] or "—"),
        Column("结论", 16, lambda row: VERDICTS[row["verdict"]], lambda row: _VERDICT_LOOK.get(row["verdict"], "居中")),
        Column("方案中的位置", 24, lambda row: row["where"]),
        Column("指标表中的位置", 18, lambda row: row["table_cell"] or "—"),
        Column("原文", 60, lambda row: row["quote"] or "—"),
    ]
    nothing = _NOTHING if view.plans.is_empty() else "没有可比对的目标" if view.province else "没有矛盾或表述不一"
    write_table(sheet, columns, rows, empty=nothing)


def tallies(view: View) -> list[Tally]:
    """Every plan in sight that counts, in the order of the files."""
    plans = view.review.judged.batch.plans
    parts = plans.parts.partition_by("file", as_dict=True)
    claims = plans.claims.partition_by("file", as_dict=True)
    cells = dict(plans.cells.group_by("file").len().iter_rows())
    found = []
    for row in view.own(plans.counted).iter_rows(named=True):
        key = (row["file"],)
        verdicts = claims[key]["verdict"].to_list() if key in claims else []
        found.append(
            Tally(
                row["province"],
                row["pilot"],
                tuple(parts[key].select("part", "state").iter_rows()),
                verdicts.count("contradicts") + cells.get(row["file"], 0),
                verdicts.count("differs"),
                verdicts.count("agrees"),
            )
        )
    return found


def part_name(view: View, part_id: str) -> tuple[str, str]:
    """Chapter and title of a part, or of a whole chapter."""
    guide = view.contracts.guide
    for chapter in guide.chapters:
        if chapter.number == part_id:
            return chapter.name, WHOLE
        for part in chapter.parts:
            if part.id == part_id:
                return chapter.name, part.title
    raise KeyError(part_id)


_ORDER = ("contradicts", "differs", *(verdict for verdict in VERDICTS if verdict not in {"contradicts", "differs"}))


def _part_rows(view: View) -> Iterator[Row]:
    for row in view.own(view.review.judged.batch.plans.parts).iter_rows(named=True):
        if view.province or row["state"] != "present":
            chapter, title = part_name(view, row["part"])
            yield row | {
                "chapter": chapter,
                "title": title,
                "shown_state": PART_STATES[row["state"]],
                "look": _LOOK[row["state"]],
            }
    nothing: Row = {"heading": None, "place": None, "length": None, "shown": [], "missing": [], "quote": None}
    about = nothing | {"chapter": "—", "title": "—", "look": "居中"}
    for row in view.plans.filter(pl.col("standing") != "counts").iter_rows(named=True):
        yield row | about | {"shown_state": PLAN_STATES[row["standing"]], "quote": row["detail"] or row["instead"]}
    if view.province and not view.plans.is_empty():
        sent = view.files.filter(pl.col("standing") == "counts").join(
            view.plans, on=["province", "pilot"], how="anti", nulls_equal=True, maintain_order="left"
        )
        for row in sent.iter_rows(named=True):
            yield row | about | {"shown_state": "未收到实施方案", "file": None}


def _compared(view: View) -> Iterator[Row]:
    plans = view.review.judged.batch.plans
    for row in view.own(plans.claims).iter_rows(named=True):
        if view.province or row["verdict"] in COMPARED[1:]:
            near = f"（{row['name']}？）" if row["verdict"] == "near" else ""
            where = f"{row['heading']}　{row['place']}" if row["heading"] != "脚注" else row["place"]
            between = f"正文与{row['origin']}" if row["origin"] else "正文"
            title = row["name"] if row["indicator"] else row["subject"] + near
            yield row | {"between": between, "title": title, "where": where}
    for row in view.own(plans.cells).iter_rows(named=True):
        yield row | {
            "between": "方案表与工作簿",
            "title": row["name"],
            "said": row["raw_value"],
            "table_raw": row["workbook_raw"],
            "verdict": "contradicts",
            "where": row["where"],
            "table_cell": row["workbook_cell"],
            "quote": None,
        }
