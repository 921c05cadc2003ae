"""The measured figures as a table for a terminal, and as plain data."""

from typing import Any

from contracts.rules import SEVERITIES
from tests.judgement.clean import Clean
from tests.judgement.faults import FAULTS
from tests.judgement.measure import FAULTY, Ranking, Score

FAULT = {fault.name: fault for fault in FAULTS}


def score_table(scores: list[Score]) -> str:
    """One line a class, and lines for the goals: slips of ten and more, and all that a person could see."""
    lines = [f"{'class':30}{'family':12}{'n':>5}{'cell':>8}{'warn+':>8}{'pilot':>8}{'missed':>8}  "]
    lines += [_line(one.name, FAULT[one.name].family, [one], "" if FAULT[one.name].visible else "*") for one in scores]
    seen = [one for one in scores if FAULT[one.name].visible]
    if seen:
        lines += ["", _line("all that a person could see", "", seen)]
    slips = [one for one in seen if (FAULT[one.name].slip or 0) >= 10]
    if slips:
        least = min(slips, key=lambda one: one.cell / max(one.n, 1))
        lines += [_line("of these, slips of 10 or more", "", slips), _line("  the least of them", "", [least])]
    lines += [f"* {one.name}: not to be seen: {FAULT[one.name].why}" for one in scores if not FAULT[one.name].visible]
    return "\n".join(lines)


def clean_table(title: str, clean: Clean) -> str:
    """Findings a submission by severity, and the ten rules that speak most often."""
    counts = "  ".join(f"{severity} {clean.per_submission(severity):.3f}" for severity in SEVERITIES)
    lines = [f"{title}: {clean.submissions} submissions, {clean.seconds:.1f} s; a submission: {counts}"]
    if clean.not_evaluated:
        lines.append(f"  not evaluated: {clean.not_evaluated}")
    order: list[str] = list(SEVERITIES)
    most = sorted(clean.rules.items(), key=lambda item: (order.index(item[0][0]), -item[1]))
    lines += [f"  {severity:8}{rule:32}{count / clean.submissions:8.3f}" for (severity, rule), count in most[:10]]
    return "\n".join(lines)


def ranking_table(ranking: Ranking) -> str:
    """How many of the ten faulty pilots are named."""
    return (
        f"{ranking.rounds} rounds with {FAULTY} faulty pilots each; named on average by the ten rows\n"
        f"  of the nation's cover {ranking.mean(ranking.cover):.2f} (least {ranking.least}), "
        f"with the most materiality {ranking.mean(ranking.by_materiality):.2f}, "
        f"published first {ranking.mean(ranking.as_published):.2f}"
    )


def as_data(scores: list[Score], clean: dict[str, Clean], ranking: Ranking | None) -> dict[str, Any]:
    """The same for a machine."""
    return {
        "classes": [
            {
                "name": one.name,
                "family": FAULT[one.name].family,
                "visible": FAULT[one.name].visible,
                "why": FAULT[one.name].why,
                "slip": FAULT[one.name].slip,
                **{name: getattr(one, name) for name in ("n", "cell", "serious", "pilot", "missed")},
                "examples": one.examples[:10],
            }
            for one in scores
        ],
        "clean": {
            title: {
                "submissions": one.submissions,
                "seconds": round(one.seconds, 1),
                **{severity: one.per_submission(severity) for severity in SEVERITIES},
                "rules": {f"{severity} {rule}": count for (severity, rule), count in one.rules.most_common()},
            }
            for title, one in clean.items()
        },
        "ranking": None
        if ranking is None
        else {name: getattr(ranking, name) for name in ("rounds", "cover", "by_materiality", "as_published", "least")},
    }


def _line(name: str, family: str, scores: list[Score], mark: str = "") -> str:
    n = sum(one.n for one in scores)
    counts = (sum(getattr(one, what) for one in scores) for what in ("cell", "serious", "pilot", "missed"))
    shares = "".join(f"{count / n:8.1%}" if n else f"{'-':>8}" for count in counts)
    return f"{name:30}{family:12}{n:>5}{shares} {mark}".rstrip()
