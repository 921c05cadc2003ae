"""Assess one target against one actual value, and the path to the last target. Numbers in, words by the caller."""

from dataclasses import dataclass

from contracts.progress import Path, Progress, State

_ROOM = 1e-9  # relative, for floats that print alike


@dataclass(frozen=True, slots=True)
class Goal:
    """A target value with its qualifier, and the wanted direction of its indicator (`up`, `down`, `any`)."""

    value: float
    qualifier: str
    wanted: str


def completion_rate(base: float | None, target: float, actual: float, wanted: str) -> float | None:
    """Return (actual - base) / (target - base), which is positive where the value moved towards the target.

    None without a base, where the target demands no change, or where it allows to fall behind the base.
    """
    if base is None or target == base or (wanted != "any" and (target - base) * _sign(wanted) < 0):
        return None
    return (actual - base) / (target - base)


def rate_text(rate: float | None) -> str:
    """Return a completion rate in percent, 倒退 below 0; one just below 1 has a decimal, not to be shown as 100 %."""
    if rate is None:
        return "—"
    if rate <= -0.005:
        return "倒退"
    return f"{min(rate, 0.999):.1%}" if 0.995 <= rate < 1 - _ROOM else f"{rate:.0%}".replace("-0%", "0%")


def completion_text(rate: float) -> str:
    """Return a completion rate in a sentence: 完成率41%, or 较基期倒退 below 0."""
    text = rate_text(rate)
    return f"较基期{text}" if text == "倒退" else f"完成率{text}"


def is_met(goal: Goal, actual: float, about: float, same: float = _ROOM) -> bool | None:
    """Return whether an actual value reaches a target as a person reads it; None where that depends on a direction.

    Args:
        goal: 以上 is a least value and 不超过 a greatest one whatever the direction; any other one is read by it.
        actual: in the unit of the target.
        about: part of its value by which a target of 左右 may be missed.
        same: the same for a relative target, which is computed and meets an actual value that was rounded. Without a
            direction only a value equal to the target meets it.
    """
    room = abs(goal.value) * {"about": about, "relative": same}.get(goal.qualifier, _ROOM)
    ahead = actual - goal.value
    if goal.qualifier == "at_least":
        return ahead >= -room
    if goal.qualifier == "at_most":
        return ahead <= room
    if goal.wanted == "any":
        return True if abs(ahead) <= room else None
    return ahead * _sign(goal.wanted) >= -room


def is_proven(goal: Goal, met: bool | None, qualifier: str) -> bool:
    """Return whether `is_met` holds for every value that an actual value of 以上 or 不超过 allows."""
    sign = {"at_least": 1, "at_most": -1}.get(qualifier)
    wanted = {"at_least": 1, "at_most": -1}.get(goal.qualifier, _sign(goal.wanted))
    return met is None or sign is None or met == (sign == wanted)


def state_of(met: bool | None) -> State:
    """Return the state of a target from `is_met`."""
    return "unjudged" if met is None else "met" if met else "missed"


def yearly_change(earlier: float, later: float, years: int, *, points: bool) -> float | None:
    """Return the change per year: percentage points of shares, else percent a year; None where it is not defined."""
    if years <= 0:
        return None
    if points:
        return (later - earlier) / years
    if earlier <= 0 or later <= 0:
        return None
    return float(((later / earlier) ** (1 / years) - 1) * 100)


def path_to(goal: Goal, actual: float, so_far: float | None, required: float | None, progress: Progress) -> Path:
    """Return how the yearly change that the last target still requires compares with that so far."""
    met = is_met(goal, actual, progress.about, progress.same)
    if met:
        return "reached"
    if met is None or so_far is None or required is None:
        return "unknown"
    sign = 1 if goal.value > actual else -1
    ahead, needed = so_far * sign, required * sign
    if ahead <= 0 or needed > ahead * progress.far:
        return "far"
    return "on_track" if needed <= ahead * progress.faster * (1 + _ROOM) else "faster"


def _sign(wanted: str) -> int:
    return -1 if wanted == "down" else 1
