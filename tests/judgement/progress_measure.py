"""What the rules say of faulty and of clean progress reports; run as `python -m tests.judgement.progress_measure`."""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from contracts.rules import SEVERITIES
from tests.judgement.places import CONTRACTS as PLAN
from tests.judgement.places import places_of
from tests.judgement.population import submissions
from tests.judgement.progress_faults import FAULTS, ProgressFault
from tests.sample import Submission
from tests.sample.progress import Report, draw_report
from tests.support.progress_round import review

AT_ONCE = {"city": 8, "park": 2}
Finding = dict[str, object]


@dataclass
class ProgressScore:
    """What became of the injections of one class: found at the right cell, found at the pilot."""

    n: int = 0
    cell: int = 0
    pilot: int = 0
    missed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CleanRounds:
    """Findings about clean reports, by severity and rule."""

    reports: int
    found: Counter[tuple[str, str]]

    def per_report(self, severity: str) -> float:
        """Findings of a severity a report."""
        return sum(n for (name, _), n in self.found.items() if name == severity) / self.reports


def plans_of(seed: str) -> tuple[Submission, ...]:
    """The clean plans of a round."""
    return submissions(seed, places_of(PLAN))


def measure_clean(rounds: int, seed: str) -> CleanRounds:
    """Review clean rounds; noise around the path, some targets missed with a reason."""
    found: Counter[tuple[str, str]] = Counter()
    reports = 0
    for number in range(rounds):
        plans = plans_of(f"{seed}: progress {number}")
        for one in _findings([draw_report(plan, seed) for plan in plans], plans):
            if one["status"] == "failed":
                found[str(one["severity"]), str(one["rule"])] += 1
        reports += len(plans)
    return CleanRounds(reports, found)


def measure_progress(faults: Sequence[ProgressFault], per_class: int, seed: str) -> dict[str, ProgressScore]:
    """Inject every class so many times, several pilots a round, and look for what is new at each of them."""
    scores = {fault.name: ProgressScore() for fault in faults}
    rng = random.Random(f"{seed}: progress order")
    waiting = [fault for fault in faults for _ in range(per_class)]
    rng.shuffle(waiting)
    number = 0
    while waiting and number < 40 * per_class:
        plans = plans_of(f"{seed}: progress {number // 4}")
        clean = [draw_report(plan, seed) for plan in plans]
        known = {one["finding_key"] for one in _findings(clean, plans)}
        waiting = _measure_round(waiting, clean, plans, known, scores, rng)
        number += 1
    return scores


def _measure_round(
    waiting: list[ProgressFault],
    clean: list[Report],
    plans: tuple[Submission, ...],
    known: set[object],
    scores: dict[str, ProgressScore],
    rng: random.Random,
) -> list[ProgressFault]:
    room, left = dict(AT_ONCE), []
    free = {kind: rng.sample([one for one in clean if one.kind == kind], AT_ONCE[kind]) for kind in room}
    injected = {}
    for fault in waiting:
        kinds = [kind for kind in fault.kinds if free[kind]]
        one = free[rng.choice(kinds)].pop() if kinds else None
        result = fault.inject(one, rng) if one else None
        if one and result and result[0] != one:  # a slip of 0 is no fault
            injected[one.pilot] = (fault, one, *result)
        else:
            left.append(fault)
    changed = [injected[one.pilot][2] if one.pilot in injected else one for one in clean]
    new = [one for one in _findings(changed, plans) if one["status"] == "failed" and one["finding_key"] not in known]
    for pilot, (fault, before, after, spots) in injected.items():
        mine = [one for one in new if str(one["file"]).startswith(f"submissions/{pilot}_")]
        score = scores[fault.name]
        score.n += 1
        hit = any((one["indicator"], one["year"]) in spots for one in mine)
        score.cell += hit
        score.pilot += bool(mine)
        if not hit:
            places = [(one["rule"], one["indicator"], one["year"]) for one in mine]
            score.missed.append(f"{pilot}: {describe(before, after)}: {places}")
    return left


def describe(before: Report, after: Report) -> str:
    """The first rows that differ."""
    differ = [(one, other) for one, other in zip(before.rows, after.rows, strict=True) if one != other]
    rows = [row for pair in differ[:2] for row in pair]
    return "; ".join(f"{row.code} {row.base} {row.unit} {dict(row.actuals)} {dict(row.targets)}" for row in rows)


def _findings(reports: Sequence[Report], plans: tuple[Submission, ...]) -> list[Finding]:
    return review(reports, plans).findings.to_dicts()


def main() -> None:
    """Print recall by class and findings about clean reports."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--per-class", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    scores = measure_progress(FAULTS, options.per_class, options.seed)
    for fault in FAULTS:
        one = scores[fault.name]
        sys.stdout.write(f"{fault.name:28}{one.n:5}{one.cell / max(one.n, 1):8.1%}{one.pilot / max(one.n, 1):8.1%}\n")
        for line in one.missed[:3]:
            sys.stdout.write(f"    {line}\n")
    n, cell = (sum(getattr(one, name) for one in scores.values()) for name in ("n", "cell"))
    sys.stdout.write(f"{'all':28}{n:5}{cell / n:8.1%}\n")
    clean = measure_clean(options.rounds, options.seed)
    counts = "  ".join(f"{severity} {clean.per_report(severity):.3f}" for severity in SEVERITIES)
    sys.stdout.write(f"clean: {clean.reports} reports; a report: {counts}\n{clean.found.most_common(12)}\n")


if __name__ == "__main__":
    main()
