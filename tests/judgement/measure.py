"""What the rules say of faulty submissions. Looks at published findings only, and names no rule."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from contracts.rules import SEVERITIES
from tests.judgement.edits import Fault, Injection, Spot
from tests.judgement.places import CONTRACTS, places_of
from tests.judgement.population import submissions
from tests.judgement.rounds import Finding, failed, findings_of, inject, names_of, read_once, reviewed, with_files
from tests.sample import Submission
from transforms.reports.view import View
from transforms.reports.workbook.summary_sheets.cover_sections import top_findings

AGAIN = 8  # so many rounds of faults have the same clean submissions under them
FAULTY = 10  # of the 35 in the measurement of ranking
SERIOUS = SEVERITIES[:3]


@dataclass
class Score:
    """What became of the injections of one class."""

    name: str
    n: int = 0
    cell: int = 0
    serious: int = 0  # at the right cell, warning or worse
    pilot: int = 0
    missed: int = 0
    examples: list[str] = field(default_factory=list)  # of what was not found at its cell

    def add(self, found: Sequence[Finding], spots: frozenset[Spot], what: str) -> None:
        """Count one injection with the findings that it brought about."""
        hits = [one for one in found if (one["indicator"], one["year"]) in spots]
        self.n += 1
        self.cell += bool(hits)
        self.serious += any(one["severity"] in SERIOUS for one in hits)
        self.pilot += bool(found)
        self.missed += not found
        if not hits:
            self.examples.append(what)


@dataclass(frozen=True)
class Ranking:
    """Faulty pilots named by ten rows, added up over rounds: the cover's, the most material, the first published."""

    rounds: int
    cover: int
    by_materiality: int
    as_published: int
    least: int  # on a cover

    def mean(self, total: int) -> float:
        """Of the ten faulty pilots of a round."""
        return total / self.rounds


def measure_faults(faults: Sequence[Fault], per_class: int, seed: str) -> list[Score]:
    """Inject every class so many times, several pilots a round, and look for what is new at each of them.

    Args:
        faults: the classes.
        per_class: injections of each.
        seed: of everything that is drawn.
    """
    scores = {fault.name: Score(fault.name) for fault in faults}
    waiting = [fault for fault in faults for _ in range(per_class)]
    random.Random(f"{seed}: order").shuffle(waiting)
    waiting.sort(key=lambda fault: fault.rewrites)  # rounds of which all others are as they were come first
    number = 0
    # A class for which no pilot of a round has a place waits for the next; not for ever.
    while waiting and number < 40 * per_class:
        clean = submissions(f"{seed}: faults {number // AGAIN}", places_of(CONTRACTS))
        waiting = _measure_round(waiting, scores, clean, f"{seed}: faults {number}")
        number += 1
    return list(scores.values())


def _measure_round(
    waiting: list[Fault], scores: dict[str, Score], clean: tuple[Submission, ...], seed: str
) -> list[Fault]:
    injected, left = inject(waiting, clean, random.Random(seed))
    rewritten = {
        pilot: one.before for pilot, (_, one) in injected.items() if len(one.before) > 1 or one.before[0] not in clean
    }
    known = _known(with_files(clean, rewritten))
    findings = failed(
        findings_of(map(read_once, with_files(clean, {pilot: one.after for pilot, (_, one) in injected.items()})))
    )
    new = [one for one in findings if one["finding_key"] not in known]
    by_pilot = {one.pilot: one for one in clean}
    for pilot, (fault, one) in injected.items():
        names = names_of(by_pilot[pilot], one)
        mine = [finding for finding in new if finding["pilot"] in names]
        scores[fault.name].add(mine, one.spots, f"{seed}, {pilot}: {describe(one)}")
    return left


@lru_cache(maxsize=8)
def _known(clean: tuple[Submission, ...]) -> frozenset[object]:
    """What is said of a round before anything is wrong with it."""
    return frozenset(one["finding_key"] for one in failed(findings_of(map(read_once, clean))))


def measure_ranking(faults: Sequence[Fault], rounds: int, seed: str) -> Ranking:
    """Rounds of 35 with ten faulty pilots each, of classes drawn at random: how many does the nation's cover name?"""
    counts: list[tuple[int, int, int]] = []
    for number in range(rounds):
        rng = random.Random(f"{seed}: ranking {number}")
        clean = submissions(f"{seed}: ranking {number}", places_of(CONTRACTS))
        injected, _ = inject(rng.choices(list(faults), k=60), clean, rng)
        by_pilot = {one.pilot: one for one in clean}
        wanted = [names_of(by_pilot[pilot], one) for pilot, (_, one) in injected.items()]
        files = with_files(clean, {pilot: one.after for pilot, (_, one) in injected.items()})
        review = reviewed(map(read_once, files))
        published = failed(review.findings.to_dicts())
        ranked = sorted(published, key=lambda one: -float(str(one["materiality"])))
        cover = {pilot for _, pilots in top_findings(View(review)) for pilot in pilots}
        rows = ({one["pilot"] for one in order[:FAULTY]} for order in (ranked, published))
        counts.append(tuple(sum(bool(names & named) for names in wanted) for named in (cover, *rows)))  # type: ignore[arg-type]
    cover, by_materiality, as_published = (sum(column) for column in zip(*counts, strict=True))
    return Ranking(rounds, cover, by_materiality, as_published, min(one for one, _, _ in counts))


def describe(one: Injection) -> str:
    """What was changed, for a person who looks for the reason of a miss."""
    mine = {row.code: row for row in one.before[-1].rows}
    theirs = {row.code: row for row in one.after[-1].rows}
    codes = sorted({code for code, _ in one.changed if code})[:3]
    return "; ".join(f"{code} {_shown(mine.get(code))} → {_shown(theirs.get(code))}" for code in codes) + (
        " …" if len({code for code, _ in one.changed}) > 3 else ""
    )


def _shown(row: object) -> str:
    return f"{row.values} {row.unit}" if row else "—"  # type: ignore[attr-defined]
