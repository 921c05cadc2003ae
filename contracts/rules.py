"""Rules of the catalogue (`definitions/rules.yaml`), severities in order, and families."""

import re
from collections.abc import Iterator
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from contracts.round_parts import ROUND_KINDS, RoundKind
from contracts.yaml_source import STRICT, ContractFault, Formerly

Severity = Literal["blocker", "error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("blocker", "error", "warning", "info")
SEVERITY_TITLES = {"blocker": "阻断", "error": "错误", "warning": "警告", "info": "提示"}

# Of several findings of one family at one cell only the most severe is published.
FAMILY_TITLES = {
    "file": "文件",
    "table": "表格",
    "complete": "完整性",
    "value": "数值",
    "unit": "单位与量级",
    "mixup": "错行错列",
    "trajectory": "目标走势",
    "relation": "指标关系",
    "peer": "同类比较",
    "copy": "数据来源",
    "version": "与上一版本",
    "quota": "名额名单",
    "submission": "报送版本",
    "plan": "实施方案",
    "baseline": "与原报送",
    "progress": "目标完成",
}

# Which cell a finding points to, and with it what counts as one finding: `label` and `unit` one an indicator, `year`
# one a column, `value` one a cell, `file` one a submission, `province` one a province, `part` one a part of a plan,
# `row` one a row of a list on another sheet.
At = Literal["file", "year", "label", "unit", "value", "province", "part", "row"]

# Fields that a message may contain; filled in by `transforms.judging.findings`.
FIELDS = frozenset({
    "pilot", "province", "kind", "indicator", "name", "label", "year", "raw_value", "raw_unit", "value", "unit",
    "expected", "detail", "file", "sheet", "cell",
})  # fmt: skip


def _known_family(name: str) -> str:
    if name not in FAMILY_TITLES:
        raise ValueError(f"{name} is none of {', '.join(FAMILY_TITLES)}")
    return name


@dataclass(frozen=True, config=STRICT)
class Rule:
    """One rule of the catalogue (`rules.yaml`).

    Attributes:
        at: the cell that a finding points to.
        applies: in Chinese, what the rule is applied to.
        message: Chinese text of a finding with `{fields}` of `FIELDS`; `advice` likewise.
        source: the document that the rule follows from, and the reason for its thresholds.
        topic: Chinese name of the check, in place of the title where it could not be evaluated.
        excludes: the values that a finding points to enter no aggregate.
        per_file: a pilot may have one finding for each of its files.
        weight: certainty of the rule; multiplies the materiality of its findings.
        thresholds: keyword arguments of the rule's function, by name.
        explains: rules and families whose findings at the same cells are left out as consequences.
        formerly: earlier ids, the oldest first: it stays in the keys of findings, so that decisions follow.
        rounds: kinds of rounds that the rule is for.
    """

    id: Annotated[str, Field(pattern=r"^[A-Z]+(-[A-Z]+)+$")]
    title: str
    family: Annotated[str, AfterValidator(_known_family)]
    severity: Severity
    level: Annotated[int, Field(ge=0, le=5)]
    at: At
    applies: str
    message: str
    advice: str
    source: str
    topic: str = ""
    excludes: bool = False
    per_file: bool = False
    weight: Annotated[float, Field(gt=0, lt=10)] = 1.0
    thresholds: dict[str, float] = Field(default_factory=dict)
    explains: tuple[str, ...] = ()
    formerly: Formerly = ()
    rounds: Annotated[tuple[RoundKind, ...], Field(min_length=1)] = ROUND_KINDS

    @property
    def key_id(self) -> str:
        """Return the id in the keys of findings: the first that it had."""
        return (*self.formerly, self.id)[0]

    def heading(self, status: str) -> str:
        """Return the title of a finding; of a check that was not evaluated its topic, which accuses of nothing."""
        return f"未核对：{self.topic or self.title}" if status == "not_evaluated" else self.title

    @property
    def general_advice(self) -> str:
        """Return the advice for the catalogue, with × in place of fields."""
        return re.sub(r"\{\w+\}", "×", self.advice)

    def faults(self) -> Iterator[ContractFault]:
        """Yield texts with unknown fields."""
        for text in (self.message, self.advice):
            parts = [part for part in Formatter().parse(text) if part[1] is not None]
            unknown = {str(name) for _, name, _, _ in parts} - FIELDS
            if any(form or conversion for _, _, form, conversion in parts):
                yield (), f"only plain fields may be in {text!r}"
            if unknown:
                yield (), f"unknown field {', '.join(sorted(unknown))} in {text!r}"
