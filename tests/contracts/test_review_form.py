"""The states of a finding: every step that a person or the system may take, and no other."""

import pytest

from contracts.review_form import (
    ACCEPTED,
    BY_SYSTEM,
    BY_TITLE,
    DISPUTED,
    EXPLAINED,
    FALSE_ALARM,
    OPEN,
    REOPENED,
    REQUESTED,
    RESOLVED,
    STATES,
    WRITTEN,
    Event,
    State,
    TransitionError,
    may_write,
    next_state,
)

by_id = pytest.mark.parametrize("state", STATES, ids=lambda state: state.id)


def test_the_titles_are_those_that_reviewers_know() -> None:
    assert [state.title for state in STATES] == [
        "待处理", "要求更正", "已说明", "说明可接受", "误报", "已解决", "需复核", "意见不一致",
    ]  # fmt: skip
    assert BY_TITLE.keys() == {state.title for state in STATES}


def test_what_is_dismissed_leaves_the_counts() -> None:
    assert {state for state in STATES if state.dismisses} == {ACCEPTED, FALSE_ALARM}


@by_id
@pytest.mark.parametrize("wanted", STATES, ids=lambda state: state.id)
def test_what_a_person_may_write(state: State, wanted: State) -> None:
    """Anything that is meant to be written, from anywhere that is in the list; not what it is already."""
    assert may_write(state, wanted) == (state is not RESOLVED and wanted in WRITTEN and wanted is not state)


def test_what_only_the_system_says() -> None:
    assert set(STATES) - set(WRITTEN) == {RESOLVED, REOPENED, DISPUTED}


@by_id
@pytest.mark.parametrize("event", BY_SYSTEM)
def test_what_the_system_makes_of_a_state(state: State, event: Event) -> None:
    expected = {
        "changed": None if state is RESOLVED else REOPENED,
        "contradicted": None if state is RESOLVED else DISPUTED,
        "gone": RESOLVED,
        "back": REOPENED if state is RESOLVED else None,
    }[event]
    if expected is None:
        with pytest.raises(TransitionError, match=f"{event} is not possible for {state.id}"):
            next_state(state, event)
    else:
        assert next_state(state, event) is expected


@by_id
def test_every_state_can_be_left(state: State) -> None:
    by_system = {table[state] for table in BY_SYSTEM.values() if state in table} - {state}
    assert by_system or any(may_write(state, wanted) for wanted in STATES)


def test_a_finding_that_comes_back_is_decided_anew() -> None:
    state = next_state(next_state(FALSE_ALARM, "gone"), "back")
    assert state is REOPENED
    assert all(may_write(state, wanted) for wanted in (OPEN, REQUESTED, EXPLAINED, ACCEPTED, FALSE_ALARM))
