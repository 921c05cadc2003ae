"""Sheets and columns that a reviewer fills in, and the states of a finding: who may change which to which."""

from dataclasses import dataclass
from typing import Literal

# Conclusions that are offered, by kind of round: of a plan, and of a mid-term assessment.
OFFERED = {
    "plan": ("通过", "修改后通过", "退回补正", "不予推荐"),
    "progress": ("达到预期进度", "基本达到预期进度", "未达到预期进度"),
}
CONCLUSIONS = (*OFFERED["plan"], *OFFERED["progress"])
METADATA = "_元数据"


@dataclass(frozen=True)
class Form:
    """A sheet to fill in: name, title of the hidden key column, and title of each field."""

    sheet: str
    key: str
    fields: dict[str, str]


FINDINGS = Form(
    "问题清单", "问题编号", {"status": "处理状态", "opinion": "审核意见", "person": "审核人", "date": "日期"}
)
PILOTS = Form(
    "审核意见",
    "试点标识",
    {
        "opinion": "审核意见",
        "first_person": "初审人",
        "first_date": "初审日期",
        "second_person": "复核人",
        "second_date": "复核日期",
        "conclusion": "结论",
    },
)
FORMS = (FINDINGS, PILOTS)
# The sheet with scores: one row for each pilot and expert, one column for each criterion of the round.
SCORE_SHEET, SCORE_KEY = "评分表", "评分标识"
SCORE_TITLES = ("试点", "专家", "领域", "得分", SCORE_KEY)
COMMENT_AUTHOR = "评审系统"  # of the comments that are published
NO_ROWS = "（无）"  # in the first cell of a table without rows
FORMER_TITLES = {"责任人": "审核人"}  # of fields in workbooks published earlier
# Every field of a decision once, in the order of the model.
FIELDS = tuple(dict.fromkeys(("status", "opinion", "person", "date", *PILOTS.fields)))

Event = Literal["changed", "gone", "back", "contradicted"]


@dataclass(frozen=True)
class State:
    """One state. `written`: reviewers may choose it; `dismisses`: the finding stays listed but is not counted."""

    id: str
    title: str
    written: bool = True
    dismisses: bool = False


OPEN = State("open", "待处理")
REQUESTED = State("requested", "要求更正")
EXPLAINED = State("explained", "已说明")  # by the submitter; the reviewer has yet to judge
ACCEPTED = State("accepted", "说明可接受", dismisses=True)
FALSE_ALARM = State("false_alarm", "误报", dismisses=True)
RESOLVED = State("resolved", "已解决", written=False)  # the finding is gone
REOPENED = State("reopened", "需复核", written=False)  # the value changed after the decision, or the finding is back
DISPUTED = State("disputed", "意见不一致", written=False)  # between two review workbooks

STATES: tuple[State, ...] = (OPEN, REQUESTED, EXPLAINED, ACCEPTED, FALSE_ALARM, RESOLVED, REOPENED, DISPUTED)
BY_TITLE = {state.title: state for state in STATES}
# Shown in place of 待处理 where nothing has to be done: an info.
NOTHING_TO_DO = "—"
READ_AS = BY_TITLE | {NOTHING_TO_DO: OPEN}
BY_ID = {state.id: state for state in STATES}
WRITTEN: tuple[State, ...] = tuple(state for state in STATES if state.written)

# Transitions by the system: the value changed, the finding is gone or back, two workbooks contradict each other.
BY_SYSTEM: dict[Event, dict[State, State]] = {
    "changed": {state: REOPENED for state in STATES if state is not RESOLVED},
    "gone": dict.fromkeys(STATES, RESOLVED),
    "back": {RESOLVED: REOPENED},
    "contradicted": {state: DISPUTED for state in STATES if state is not RESOLVED},
}


class TransitionError(Exception):
    """The transition is not in the table: a programming error."""


def may_write(state: State, wanted: State) -> bool:
    """Return whether a reviewer may change one state to another; RESOLVED to none: that finding is no longer listed."""
    return wanted.written and wanted is not state and state is not RESOLVED


def next_state(state: State, event: Event) -> State:
    """Return the state after an event.

    Raises:
        TransitionError: if the table has no such transition.
    """
    after = BY_SYSTEM[event].get(state)
    if after is None:
        raise TransitionError(f"{event} is not possible for {state.id}")
    return after
