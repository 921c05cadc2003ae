"""The sample round, read and reviewed once in a process."""

from collections.abc import Iterable, Sequence
from functools import cache

from tests.sample import CONTRACTS
from tests.sample.__main__ import ARRIVALS, PLANS, Arrival, planned, received
from transforms.intake.submission import Submission, read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.plans.read_plan import Plan, read_plan


@cache
def content_of(arrival: Arrival) -> bytes:
    return received(arrival)


def read(content: bytes, arrival: Arrival) -> Submission:
    return read_submission(content, f"submissions/{arrival.path}", CONTRACTS)


def reviewed(submissions: Iterable[Submission], plans: Sequence[Plan] = ()) -> Review:
    return review_round(submissions, CONTRACTS, Provenance("0", "0"), plans)


@cache
def plans() -> tuple[Plan, ...]:
    return tuple(read_plan(planned(plan), f"submissions/{plan.path}", CONTRACTS) for plan in PLANS)


@cache
def whole_round() -> Review:
    return reviewed((read(content_of(arrival), arrival) for arrival in ARRIVALS), plans())
