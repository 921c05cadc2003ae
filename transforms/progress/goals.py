"""The number that a target of an accepted plan demands, as a person reads it: intervals and percentage points, too."""

import re
from collections.abc import Mapping
from typing import Any

from contracts.indicators import Indicator
from contracts.naming import plain
from contracts.schemas.published import COUNTABLE
from transforms.intake.values.cell_text import parse_text
from transforms.intake.values.unit_conversion import convert_row
from transforms.progress.assess import Goal

_ENDS = re.compile(r"(?P<low>[\d.,]+)(?P<unit>\D*?)(?P<by>[~～〜∼—–-]|至|到)(?P<high>[\d.,]+)(?P<last>\D*)")
_POINTS = re.compile(
    r"[比较](?P<year>(?:19|20)\d\d)年?(?:(?P<falls>下降|降低|减少)|提高|上升|增加|提升|增长)(?P<points>[\d.]+)个?百分点"
    r"(?P<more>及?以上|左右)?"
)
Plan = dict[str, Any]


def goal_of(plan: Plan, row: Indicator, base: float | None, years: Mapping[int, Plan]) -> Goal | None:
    """Return what a target demands, or None where it is no number.

    Args:
        plan: observation of the target in the accepted plan.
        row: its indicator. Without a wanted direction, a target not below the base is a least value.
        base: value of the base year in the unit of the target.
        years: the plan's other values of the indicator by year.
    """
    if not plan:
        return None
    if plan["usable"] and plan["value"] is not None and plan["qualifier"] in COUNTABLE:
        value, qualifier = float(plan["value"]), plan["qualifier"]
    elif plan["qualifier"] == "range" and (end := _nearer_end(plan, row)) is not None:
        value, qualifier = end, "range"
    elif plan["qualifier"] == "relative" and (level := _from_points(plan, years)) is not None:
        value, qualifier = level
    else:
        return None
    rising = row.wanted == "any" and base is not None and value >= base
    return Goal(value, qualifier, "up" if rising else row.wanted)


def _nearer_end(plan: Plan, row: Indicator) -> float | None:
    """Return the end of an interval that is reached first: the lower one where more is wanted."""
    match = _ENDS.search(plain(plan["raw_value"] or ""))
    if match is None or row.wanted == "any":
        return None
    unit = match["last"] or match["unit"]
    ends = [parse_text(f"{match[end]}{unit}", share=plan["unit"] == "%") for end in ("low", "high")]
    values = [one.value for one in convert_row(row, plan["raw_unit"], ends) if one.unit == plan["unit"]]
    low, high = values if len(values) == len(ends) else (None, None)
    if low is None or high is None or low > high:
        return None
    return high if row.wanted == "down" else low


def _from_points(plan: Plan, years: Mapping[int, Plan]) -> tuple[float, str] | None:
    """Return the level and qualifier of a share that is to change by percentage points against a year of the table."""
    match = _POINTS.fullmatch(plain(plan["raw_value"] or ""))
    since = years.get(int(match["year"]), {}) if match else {}
    if match is None or not since.get("usable") or since["unit"] != "%":
        return None
    qualifier = "about" if match["more"] == "左右" else "exact"
    return since["value"] + float(match["points"]) * (-1 if match["falls"] else 1), qualifier
