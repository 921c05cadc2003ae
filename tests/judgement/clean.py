"""What the rules say of clean submissions: each word is a false alarm."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.load import Contracts
from tests.judgement.feed import read
from tests.judgement.places import CONTRACTS, Place, part_of, places_of, with_roster
from tests.judgement.population import submissions
from tests.judgement.rounds import Finding, failed, findings_of
from tests.sample import Submission
from transforms.intake.submission import Submission as Read

ROUND = 35


@dataclass(frozen=True)
class Clean:
    """Findings on clean submissions: how many submissions, by severity, and by rule."""

    submissions: int
    severities: Counter[str]
    rules: Counter[tuple[str, str]]
    not_evaluated: int
    seconds: float

    def per_submission(self, severity: str) -> float:
        """Findings of one severity a submission."""
        return self.severities[severity] / self.submissions


def measure_clean(number: int, seed: str) -> Clean:
    """Judge at least so many clean submissions in rounds of 35."""
    started = time.perf_counter()
    rounds = -(-number // ROUND)
    found: list[Finding] = []
    for at in range(rounds):
        found += findings_of(read(one) for one in submissions(f"{seed}: clean {at}", places_of(CONTRACTS)))
    return _count(found, rounds * ROUND, started)


def measure_population(cities: int, parks: int, provinces: int, seed: str) -> Clean:
    """Judge one clean round with a roster of its own."""
    started = time.perf_counter()
    contracts = with_roster(cities, parks, provinces)
    reads = list(read_in_parts(submissions(seed, places_of(contracts)), contracts))
    return _count(findings_of(reads, contracts), cities + parks, started)


def read_in_parts(clean: Sequence[Submission], contracts: Contracts, size: int = 50) -> Iterator[Read]:
    """Read a large round; names are looked for among those of a part, which gives the same and is faster."""
    for start in range(0, len(clean), size):
        part = clean[start : start + size]
        few = part_of(contracts, tuple(Place(one.province, one.pilot, one.kind) for one in part))
        yield from (read(one, few) for one in part)


def _count(found: Sequence[Finding], number: int, started: float) -> Clean:
    wrong = failed(found)
    return Clean(
        number,
        Counter(str(one["severity"]) for one in wrong),
        Counter((str(one["severity"]), str(one["rule"])) for one in wrong),
        len(found) - len(wrong),
        time.perf_counter() - started,
    )
