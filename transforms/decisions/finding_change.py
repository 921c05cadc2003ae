"""Detect whether a finding has changed since a reviewer decided about it."""

import re
from typing import Any

from contracts.load import Contracts
from transforms.judging.findings import format_number

# Level of the rules that compare with other pilots: their message may change without a change of this pilot.
_AGAINST_OTHERS = 3
_SHORT = 120
Row = dict[str, Any]


def limits_of(finding: Row, contracts: Contracts) -> frozenset[str]:
    """Return the figures of thresholds, ranges and national targets that the message of a finding may contain."""
    found: list[float | None] = list(contracts.rules[finding["rule"]].thresholds.values())
    if indicator := contracts.indicators.get(finding["indicator"] or ""):
        for scale in indicator.scales.values():
            found += [*scale.hard, *scale.plausible, *(scale.pace or ())]
        found += [one.value for one in contracts.benchmarks if one.indicator == indicator.code]
    numbers = (abs(number) for number in found if number is not None)
    return frozenset(text for number in numbers for text in map(format_number, (number, 100 * number)))


def has_changed(then: Row, now: Row, limits: frozenset[str]) -> bool:
    """Return whether a finding differs from the one that was decided, by more than the limits of the contracts."""
    if (then["raw_value"], repr(then["value"])) != (now["raw_value"], repr(now["value"])):
        return True
    if now["raw_value"] is None:
        return bool(then["message"] != now["message"])
    if now["level"] == _AGAINST_OTHERS:
        return False
    # Another wording of the same figures comes from a new version of the rules.
    was, are = _figures(then["message"]), _figures(now["message"])
    return len(was) != len(are) or any(old != new and new not in limits for old, new in zip(was, are, strict=True))


def _figures(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?", text)


def what_changed(then: Row, now: Row) -> str:
    """Return in Chinese how the value changed, or what the finding said then."""
    said = []
    if then["raw_value"] != now["raw_value"]:
        said.append(f"原值由“{_short(then['raw_value'])}”变为“{_short(now['raw_value'])}”")
    if repr(then["value"]) != repr(now["value"]):
        said.append(f"规范值由{_number(then['value'])}变为{_number(now['value'])}")
    return "；".join(said) or f"当时的说明：{_short(then['message'])}"


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= _SHORT else f"{text[:_SHORT]}…"


def _number(value: float | None) -> str:
    return "（无）" if value is None else format_number(value)
