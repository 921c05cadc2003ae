"""Rows about plans that the workbook and index.html share: parts of the guide, and counts for each plan."""

from dataclasses import dataclass
from typing import Any

from transforms.reports.view import View

PART_STATE_TITLES = {
    "present": "有",
    "thin": "不充实",
    "absent": "缺少",
    "elsewhere": "在其他章节",
    "copied": "照搬指南",
}
PLAN_STATE_TITLES = {
    "superseded": "已有更新版本",
    "identical": "重复文件",
    "rivals": "有多份，无法区分先后",
    "faulty": "无法读取",
    "unidentified": "无法判断属于哪个试点",
    "other": "不是实施方案",
}
WHOLE = "整章"
NO_PLAN = "未收到实施方案，未核对"


@dataclass(frozen=True)
class PlanTally:
    """Counts for the plan of one pilot: parts by state, figures and cells by the result of the comparison."""

    province: str
    pilot: str
    parts: tuple[tuple[str, str], ...]
    contradictions: int
    differences: int
    agreements: int

    def count(self, *states: str) -> int:
        """Count the parts in any of these states."""
        return sum(state in states for _, state in self.parts)


def plan_tallies(view: View) -> list[PlanTally]:
    """Return counts for every visible plan that counts, in the order of the files."""
    plans = view.review.judged.batch.plans
    parts = plans.parts.partition_by("file", as_dict=True)
    claims = plans.claims.partition_by("file", as_dict=True)
    cells = dict(plans.cells.group_by("file").len().iter_rows())
    found = []
    for row in view.visible(plans.counted).iter_rows(named=True):
        key = (row["file"],)
        verdicts = claims[key]["verdict"].to_list() if key in claims else []
        found.append(
            PlanTally(
                row["province"],
                row["pilot"],
                tuple(parts[key].select("part", "state").iter_rows()),
                verdicts.count("contradicts") + cells.get(row["file"], 0),
                verdicts.count("differs"),
                verdicts.count("agrees"),
            )
        )
    return found


def missing_content(view: View, part: dict[str, Any]) -> list[str]:
    """Return what the guide requires and a part does not state; of an absent part or chapter all of it."""
    if part["missing"] or part["state"] != "absent":
        return list(part["missing"])
    kind = part["kind"] or "city"
    asked = [(chapter, one) for chapter, one in view.contracts.guide.parts_of(kind)]
    if mine := [one for chapter, one in asked if chapter.number == part["part"] and not chapter.whole]:
        return [one.title for one in mine]
    return [
        stated.what for chapter, one in asked if part["part"] in {one.id, chapter.number} for stated in one.stated(kind)
    ]


def part_name(view: View, part_id: str) -> tuple[str, str]:
    """Return the chapter and title of a part, or of a whole chapter."""
    guide = view.contracts.guide
    for chapter in guide.chapters:
        if chapter.number == part_id:
            return chapter.name, WHOLE
        for part in chapter.parts:
            if part.id == part_id:
                return chapter.name, part.title
    raise KeyError(part_id)
