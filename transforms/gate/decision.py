"""Decide what may be published from the results of the suite: everything, nothing, or all but some provinces."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.gate import Expectation


@dataclass(frozen=True)
class ExpectationResult:
    """Result of one expectation: `rows` violate it; `error` is why it could not be checked."""

    id: str
    success: bool
    error: str | None = None
    observed: Any = None
    count: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class GateResult:
    """Decision of the gate.

    Attributes:
        outcomes: every expectation with its result, in the order of the suite.
        closed: failed expectations that stop the whole publication.
        held: by province that is held back, the reasons in Chinese.
    """

    outcomes: tuple[tuple[Expectation, ExpectationResult], ...]
    closed: tuple[Expectation, ...]
    held: dict[str, tuple[str, ...]]

    @property
    def reason(self) -> str:
        """Return why nothing may be published, in one line."""
        errors = {one.id: answer.error for one, answer in self.outcomes}
        said = [
            f"{one.id} of gate.yaml could not be checked: {' '.join(error.split())[:300]}"
            if (error := errors[one.id])
            else f"{one.id}: {one.title}"
            for one in self.closed
        ]
        return "; ".join(said)

    def record(self, round_name: str) -> dict[str, Any]:
        """Return the record for gate.json. Measured changes appear only if a province is held back."""
        return {
            "round": round_name,
            "closed": [one.id for one in self.closed],
            "held": {province: list(reasons) for province, reasons in self.held.items()},
            "expectations": [_result_record(one, answer) for one, answer in self.outcomes],
        }


def decide_publication(
    suite: Sequence[Expectation], answers: Sequence[ExpectationResult], provinces: Sequence[str]
) -> GateResult:
    """Decide from the results, in the order of the suite; one that could not be checked stops the publication."""
    outcomes = tuple(zip(suite, answers, strict=True))
    failed = [(one, answer) for one, answer in outcomes if not answer.success]
    closed = tuple(one for one, answer in failed if one.fault == "internal" or answer.error or not answer.rows)
    reasons: dict[str, list[str]] = {}
    for one, answer in failed:
        if one not in closed:
            for row in answer.rows:
                reasons.setdefault(row["province"], []).append(_reason(one, row))
    return GateResult(outcomes, closed, {name: tuple(reasons[name]) for name in provinces if name in reasons})


def _reason(one: Expectation, row: dict[str, Any]) -> str:
    measured = row[one.given["column"]]
    return f"{one.id}: {one.title}（{one.given['column']} = {measured:.3g}，上限{one.given['max_value']:g}）"


def _result_record(one: Expectation, answer: ExpectationResult) -> dict[str, Any]:
    about = {
        "id": one.id,
        "title": one.title,
        "means": one.means,
        "fault": one.fault,
        "frame": one.frame,
        "expect": one.expect,
        "given": one.given,
        "success": answer.success,
    }
    if one.reason:
        about["reason"] = one.reason
    if answer.success:
        return about
    return about | {"error": answer.error, "observed": answer.observed, "count": answer.count, "rows": answer.rows}
