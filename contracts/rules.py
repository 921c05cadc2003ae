"""The catalogue of rules as frozen objects, and the order of severities."""

import re
from string import Formatter
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

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

# What a message may name; `transforms.findings` fills it in.
FIELDS = frozenset({
    "pilot", "province", "kind", "indicator", "name", "label", "year", "raw_value", "raw_unit", "value", "unit",
    "expected", "detail", "file", "sheet", "cell",
})  # fmt: skip


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
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
            unknown = {name for _, name, _, _ in Formatter().parse(text) if name is not None} - FIELDS
            if unknown:
                raise ValueError(f"unknown field {', '.join(sorted(unknown))} in {text!r}")
        return self
