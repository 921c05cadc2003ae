"""Expectations that are checked before publication (`definitions/gate.yaml`); Great Expectations runs them."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from contracts.yaml_source import STRICT, ContractFault

# `internal`: an internal inconsistency; nothing is published. `changed`: a province differs too much from its published
# package; that province alone is held back until its change is accepted.
Fault = Literal["internal", "changed"]
FAULT_TITLES: dict[Fault, str] = {"internal": "系统差错，全部停止发布", "changed": "数据变化过大，该省暂缓发布"}
# The frames built by `transforms.gate`: Chinese title of a row, and its key column.
Frame = Literal["provinces", "files", "pilots", "values", "findings", "books", "counts", "changes"]
FRAMES: dict[Frame, tuple[str, str]] = {
    "provinces": ("省份", "province"),
    "files": ("报送文件", "file"),
    "pilots": ("可读的报送文件", "file"),
    "values": ("指标值的类别", "qualifier"),
    "findings": ("问题", "finding_key"),
    "books": ("评审工作簿", "book"),
    "counts": ("运行记录中的数量", "name"),
    "changes": ("与已发布的评审包相比", "province"),
}
# Parameters that `given` may refer to as `$name`; `transforms.gate.frames` supplies them.
PARAMETERS = frozenset({
    "quota_total", "quota_provinces", "received", "standings", "qualifiers", "severities", "statuses", "quota_statuses",
    "rules",
})  # fmt: skip


@dataclass(frozen=True, config=STRICT)
class Expectation:
    """One expectation of the suite.

    Attributes:
        title: Chinese title; `means` explains it.
        expect: class of Great Expectations, called with the arguments `given`.
        reason: for the threshold of a change.
    """

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)+$")]
    title: str
    means: str
    fault: Fault
    frame: Frame
    expect: Annotated[str, Field(pattern=r"^Expect[A-Za-z]+$")]
    given: dict[str, Any]
    reason: str = ""

    def faults(self) -> Iterator[ContractFault]:
        """Yield a frame or parameter that does not fit."""
        if (self.fault == "changed") != (self.frame == "changes"):
            yield (), "fault `changed` and frame `changes` belong together"
        if self.fault == "changed" and not self.reason:
            yield (), "a threshold needs its reason"
        named = {value[1:] for value in self.given.values() if isinstance(value, str) and value.startswith("$")}
        if unknown := named - PARAMETERS:
            yield (), f"given: unknown parameter {', '.join(sorted(unknown))}"

    def filled(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of the expectation with the parameters filled in."""
        return {
            name: parameters[value[1:]] if isinstance(value, str) and value.startswith("$") else value
            for name, value in self.given.items()
        }
