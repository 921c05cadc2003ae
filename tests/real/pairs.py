"""Workbooks and plans with contradictions that were put in: which of them the review finds."""

import json
import re
from pathlib import Path

from contracts.load import Contracts
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, review_round
from transforms.plans.read_plan import read_plan

Seed = tuple[str, str, int]


def seeded(cases: Path) -> set[Seed]:
    """Pilot, indicator and year of every contradiction that was put in."""
    listed = json.loads((cases / "expected.json").read_text(encoding="utf-8"))["pairs/submissions"]["expected"]
    return {(pilot, code, year) for pilot, rows in listed.items() for code, year, _ in rows}


def found(cases: Path, contracts: Contracts) -> set[Seed]:
    """Those that the review finds."""
    submissions, plans = [], []
    for path in sorted((cases / "pairs" / "submissions").rglob("*")):
        name = f"submissions/{path.relative_to(cases / 'pairs' / 'submissions').as_posix()}"
        if path.suffix == ".xlsx":
            submissions.append(read_submission(path.read_bytes(), name, contracts))
        elif path.suffix == ".docx":
            plans.append(read_plan(path.read_bytes(), name, contracts))
    review = review_round(submissions, contracts, Provenance("0", "0"), plans)
    return {
        (row["pilot"], row["indicator"], row["year"])
        for row in review.findings.iter_rows(named=True)
        if re.match("PLAN-TARGET", row["rule"])
    }
