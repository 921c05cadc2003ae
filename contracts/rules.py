"""The catalogue of rules as frozen objects, and the order of severities."""

import re
from string import Formatter
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from contracts.strict import STRICT

Severity = Literal["blocker", "error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("blocker", "error", "warning", "info")
SEVERITY_TITLES = {"blocker": "阻断", "error": "错误", "warning": "警告", "info": "提示"}

# Of the findings of one family at one cell only the worst is told.
FAMILY_TITLES = {
    "file": "文件",
    "table": "表格",
    "complete": "完整性",
    "value": "数值",
    "unit": "单位与量级",
    "mixup": "错行错列",
    "trajectory": "目标走势",
    "relation": "指标关系",
    "national": "全国目标",
    "peer": "同类比较",
    "copy": "数据来源",
    "version": "与上一版本",
    "quota": "名额名单",
    "submission": "报送版本",
    "plan": "实施方案",
}

# Which cell a finding points to, and with it what counts as one finding: `label` and `unit` one an indicator, `year`
# one a column, `value` one a cell, `file` one a submission, `province` one a province, `part` one a part of a plan.
At = Literal["file", "year", "label", "unit", "value", "province", "part"]

# What a message may name; `transforms.judging.findings` fills it in.
FIELDS = frozenset({
    "pilot", "province", "kind", "indicator", "name", "label", "year", "raw_value", "raw_unit", "value", "unit",
    "expected", "detail", "file", "sheet", "cell",
})  # fmt: skip


# Every rule that there is code for, with the thresholds that the code asks for: a catalogue that differs does not load.
_WITHOUT = """
FILE-UNREADABLE FILE-IGNORED FILE-ENCRYPTED FILE-MACRO FILE-ODD FILE-TEXT FILE-NO-TABLE FILE-UNIDENTIFIED FILE-IDENTITY
FILE-IDENTICAL TABLE-KIND TABLE-RIVALS TABLE-UNREAD TABLE-HIDDEN TABLE-YEAR-MISSING TABLE-YEAR-EXTRA
TABLE-YEAR-TWICE TABLE-ROW-TWICE TABLE-LABEL COMPLETE-BASE COMPLETE-TARGET COMPLETE-LEFT-OUT COMPLETE-ADDED
VALUE-ERROR-CELL VALUE-NO-CACHE VALUE-MERGED VALUE-NOT-NUMBER VALUE-IN-WORDS VALUE-RANGE VALUE-BOUNDS
VALUE-FRACTION UNIT-CELL UNIT-UNKNOWN UNIT-AMBIGUOUS UNIT-ASSUMED VALUE-IMPLAUSIBLE DIRECTION-INCREMENT
DIRECTION-BASE DIRECTION-LATER RELATION-PART NATIONAL-TARGET NATIONAL-PACE VERSION-WEAKER VERSION-DROPPED
VERSION-SILENCED QUOTA-UNDER QUOTA-OVER QUOTA-PROVINCE ROSTER-UNKNOWN ROSTER-MISSING SUBMISSION-CONFLICT
SUBMISSION-SHARED SUBMISSION-DECIDED SUBMISSION-OBSOLETE SUBMISSION-SUPERSEDED PLAN-UNREADABLE PLAN-FORMAT
PLAN-OTHER PLAN-UNIDENTIFIED PLAN-RIVALS PLAN-MISSING PLAN-CHAPTER-ABSENT PLAN-PART-ABSENT PLAN-PART-COPIED
PLAN-PART-THIN PLAN-PART-ELSEWHERE PLAN-TARGET-CONTRADICTS PLAN-TARGET-DIFFERS PLAN-TARGET-TWICE
PROJECT-INCOMPLETE PROJECT-COLUMNS PROJECT-PERIOD
"""
_WITH = {
    "COLUMN-SWAPPED": "rows was would",
    "COLUMN-SHIFTED": "rows share gain left",
    "VALUE-DRAGGED": "rows bad gain",
    "ROW-SWAPPED": "gain left each",
    "UNIT-SIZE": "gain left peers among",
    "RELATION-CARBON": "low high fossil",
    "PACE-FAST": "times",
    "PACE-SLOW": "part",
    "TARGET-FLAT": "full",
    "RELATION-INDUSTRY": "low high",
    "RELATION-TREND": "rise points",
    "RELATION-FLEET": "share growth",
    "PEER-LEVEL": "deviations",
    "PEER-CHANGE": "deviations least",
    "COPY-PILOT": "rows digits",
    "COPY-YEARS": "rows share",
    "COPY-ROUND": "rows share",
    "COPY-FORMULA": "rows share",
    "VERSION-BASE": "share",
    "PLAN-TABLE-DIFFERS": "cells",
    "PROJECT-BEHIND": "part",
}
RULES = {name: frozenset(_WITH.get(name, "").split()) for name in (*_WITHOUT.split(), *_WITH)}


@dataclass(frozen=True, config=STRICT)
class Rule:
    """One line of the catalogue; `message` and `advice` are what the reviewer reads, with `{fields}` filled in.

    `excludes` keeps the values it points to out of every aggregate; `per_file` gives each file its own; `thresholds`
    are what the rule measures against, with their reason in `source`; `weight` is how sure the rule is, and raises or
    lowers the materiality of a finding among those of its severity; `explains` names rules and families whose findings
    at the same cells are only a consequence, and are not told again.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]+(-[A-Z]+)+$")]
    title: str
    family: str
    severity: Severity
    level: Annotated[int, Field(ge=0, le=5)]
    at: At
    applies: str
    message: str
    advice: str
    source: str
    excludes: bool = False
    per_file: bool = False
    weight: Annotated[float, Field(gt=0, lt=10)] = 1.0
    thresholds: dict[str, float] = Field(default_factory=dict)
    explains: tuple[str, ...] = ()

    @property
    def general_advice(self) -> str:
        """The advice as the catalogue shows it, where no finding fills in its fields."""
        return re.sub(r"\{\w+\}", "×", self.advice)

    @model_validator(mode="after")
    def _check(self) -> "Rule":
        if self.family not in FAMILY_TITLES:
            raise ValueError(f"family: {self.family} is none of {', '.join(FAMILY_TITLES)}")
        for text in (self.message, self.advice):
            parts = [part for part in Formatter().parse(text) if part[1] is not None]
            unknown = {str(name) for _, name, _, _ in parts} - FIELDS
            if any(form or conversion for _, _, form, conversion in parts):
                raise ValueError(f"only plain fields may be in {text!r}")
            if unknown:
                raise ValueError(f"unknown field {', '.join(sorted(unknown))} in {text!r}")
        return self
