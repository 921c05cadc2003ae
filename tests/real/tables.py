"""Measure the workbooks of the real cases: cells read as expected, wrong cells that are used, false errors."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts.load import Contracts
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, review_round

SHEET = "workbooks/B1_盐城市_表1.xlsx"  # the one with a reading of every cell
Expected = tuple[float | None, str]


@dataclass
class Score:
    """How the cells of one workbook were read.

    Attributes:
        right: number of cells as expected; `wrong`: the others, each with what was expected and what was read.
        used: cells that were read wrongly and still enter an aggregate.
        errors: rule and cell of every finding that is a blocker or an error.
    """

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def expected_cells(cases: Path) -> dict[str, Expected]:
    """Return value and qualifier by `C01 2022`; `doubt` instead of a qualifier for a value kept and not used."""
    listed = json.loads((cases / "expected.json").read_text(encoding="utf-8"))[SHEET]["observations"]
    return {cell: (two[1], "doubt") if two[0] == "doubt" else (two[0], two[1]) for cell, two in listed.items()}


def measure(cases: Path, contracts: Contracts) -> Score:
    """Read the workbook and compare every cell."""
    path = cases / SHEET
    submission = read_submission(path.read_bytes(), f"submissions/{path.name}", contracts)
    review = review_round([submission], contracts, Provenance("0", "0"))
    rows = {f"{row['indicator']} {row['year']}": row for row in review.observations.iter_rows(named=True)}
    flagged = {row["cell"] for row in review.findings.iter_rows(named=True) if row["severity"] == "warning"}
    score = Score()
    for cell, (value, qualifier) in expected_cells(cases).items():
        row = rows[cell]
        if _is_as_expected(row, value, qualifier, flagged):
            score.right += 1
            continue
        score.wrong.append(f"{cell}: expected {value} {qualifier}, read {row['value']} {row['qualifier']}")
        if row["usable"]:
            score.used.append(cell)
    score.errors = [
        f"{row['rule']} {row['cell']}"
        for row in review.findings.iter_rows(named=True)
        if row["severity"] in {"blocker", "error"}
    ]
    return score


def _is_as_expected(row: dict[str, Any], value: float | None, qualifier: str, flagged: set[str]) -> bool:
    close = value is not None and row["value"] is not None and abs(row["value"] - value) <= 1e-6 * abs(value)
    if qualifier == "doubt":
        return close and not row["usable"] and row["cell"] in flagged
    if value is None:
        return row["qualifier"] == qualifier
    return bool(close and row["qualifier"] == qualifier and row["usable"])
