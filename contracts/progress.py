"""How achievement is assessed (`definitions/progress.yaml`): thresholds, and Chinese words of states and reasons."""

from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from contracts.yaml_source import STRICT

State = Literal["met", "missed", "unjudged"]
# What a line on 说明 is about: of a round of plans, and of a progress round.
NOTE_KINDS = ("删减", "补充", "其他")
PROGRESS_NOTE_KINDS = ("未完成原因", *NOTE_KINDS)
Path = Literal["reached", "on_track", "faster", "far", "unknown"]


@dataclass(frozen=True, config=STRICT)
class Progress:
    """Thresholds and wording of the assessment.

    Attributes:
        about: a target of 左右 is met within this part of its value.
        faster: the required yearly change is more than this many times the change so far: 需加快.
        far: the same for 差距较大.
        same: base and target values count as those of the plan within this part of them.
        causes: words of a remark that make it an explanation.
        causes_column: word in the header of a column of causes.
        pending: words of a cell that say that its value is not published yet.
        stalled: words of a project's state that say that it does not go on.
        goes_on: words of a state that say that it does.
        stalled_because: words of a state that give the cause.
        states: Chinese titles by state.
        paths: Chinese titles of the path to the last target.
        reasons: Chinese reasons why something could not be judged, with plain fields in braces.
    """

    about: Annotated[float, Field(gt=0, lt=1)] = 0.05
    faster: Annotated[float, Field(ge=1)] = 1.0
    far: Annotated[float, Field(ge=1)] = 2.0
    same: Annotated[float, Field(ge=0, lt=1)] = 0.001
    causes: tuple[str, ...] = ()
    causes_column: str = "原因"
    pending: tuple[str, ...] = ()
    stalled: tuple[str, ...] = ()
    goes_on: tuple[str, ...] = ()
    stalled_because: tuple[str, ...] = ()
    states: dict[State, str] = Field(default_factory=dict)
    paths: dict[Path, str] = Field(default_factory=dict)
    reasons: dict[str, str] = Field(default_factory=dict)
