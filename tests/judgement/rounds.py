"""A round with faults in some of its submissions, and the published findings about it."""

import random
from collections.abc import Iterable, Sequence
from functools import lru_cache

from contracts.load import Contracts
from tests.judgement.edits import Fault, Injection
from tests.judgement.feed import read
from tests.judgement.places import CONTRACTS
from tests.sample import Submission
from transforms.intake.submission import Submission as Read
from transforms.pipeline import Provenance, Review, review_round

AT_ONCE = {"city": 8, "park": 2}  # faults in one round: the peers of a kind stay mostly clean
Finding = dict[str, object]


def findings_of(reads: Iterable[Read], contracts: Contracts = CONTRACTS) -> list[Finding]:
    """Published findings of a round, in their order; those that could not be evaluated too."""
    return reviewed(reads, contracts).findings.to_dicts()


def reviewed(reads: Iterable[Read], contracts: Contracts = CONTRACTS) -> Review:
    """A round's review.

    Raises:
        RuntimeError: if a rule crashed: what it would have found is not missed but not measured.
    """
    review = review_round(reads, contracts, Provenance("0", "0"))
    if not review.complete:
        raise RuntimeError("; ".join(review.judged.failed_rules))
    return review


def failed(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that say that something is wrong."""
    return [one for one in findings if one["status"] == "failed"]


def inject(
    waiting: Sequence[Fault], clean: Sequence[Submission], rng: random.Random
) -> tuple[dict[str, tuple[Fault, Injection]], list[Fault]]:
    """Give faults to pilots of a round, as many as `AT_ONCE`, each pilot one; the rest wait."""
    room = dict(AT_ONCE)
    free = {kind: [one for one in clean if one.kind == kind] for kind in room}
    for pilots in free.values():
        rng.shuffle(pilots)
    injected: dict[str, tuple[Fault, Injection]] = {}
    left: list[Fault] = []
    for fault in waiting:
        kinds = [kind for kind in fault.kinds if room[kind]]
        kind = rng.choices(kinds, [room[kind] for kind in kinds])[0] if kinds else None
        one = None
        if kind:
            # The last of a kind stay clean: one of them lends its figures where they are copied.
            pilot = next(other for other in free[kind] if other.pilot not in injected)
            one = fault.inject(pilot, rng, free[kind][-1])
            if one:
                injected[pilot.pilot] = (fault, one)
                room[kind] -= 1
            free[kind].remove(pilot)
            free[kind].insert(len(free[kind]) // 2, pilot)
        if not one:
            left.append(fault)
    return injected, left


def with_files(clean: Sequence[Submission], files: dict[str, tuple[Submission, ...]]) -> tuple[Submission, ...]:
    """The round with other files of some pilots."""
    others = (one for versions in files.values() for one in versions)
    return (*(one for one in clean if one.pilot not in files), *others)


@lru_cache(maxsize=400)
def read_once(submission: Submission) -> Read:
    """What intake reads from a submission to the first round; a clean one is needed again and again."""
    return read(submission)


def names_of(clean: Submission, one: Injection) -> set[str | None]:
    """Under which names findings about the pilot are published: the roster's, or another that it gave."""
    return {read_once(clean).identity.pilot, *(file.pilot for file in one.after)}
