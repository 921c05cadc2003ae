"""Three clean reports of a progress round, and the findings about the first after an edit."""

from collections.abc import Callable
from functools import cache
from typing import Any

from tests.sample import Submission, clean_submission
from tests.sample.progress import CONTRACTS, Report, draw_report
from tests.support.progress_round import review

DUE = CONTRACTS.round.due[-1]
PILOTS = (("浙江省", "杭州市"), ("山西省", "太原市"), ("江苏省", "苏州工业园区"))
Edit = Callable[[Report], Report]
Finding = dict[str, Any]


@cache
def plans() -> tuple[Submission, ...]:
    return tuple(clean_submission(*one) for one in PILOTS)


@cache
def reports() -> tuple[Report, ...]:
    return tuple(draw_report(plan, missed=0.0) for plan in plans())


def found(edit: Edit | None = None) -> list[Finding]:
    """The findings about the first pilot's report after an edit."""
    first, *others = reports()
    findings = review([edit(first) if edit else first, *others], plans()).findings.to_dicts()
    return [one for one in findings if one["pilot"] == first.pilot and one["status"] == "failed"]
