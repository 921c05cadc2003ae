"""Rounds of a few clean submissions with edits; their statistics by key, and the row of a province."""

from collections.abc import Callable
from typing import Any

from tests.sample import CONTRACTS, Submission, clean_submission, layouts
from transforms.aggregation.statistics import keep_sums, summarise_indicators
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round

YEARS = CONTRACTS.round.years
Key = tuple[Any, ...]
Edit = Callable[[Submission], Submission]


def reviewed(contents: dict[str, bytes]) -> Review:
    read = (read_submission(content, f"submissions/{file}", CONTRACTS) for file, content in contents.items())
    return review_round(read, CONTRACTS, Provenance("0", "0"))


def round_of(*sent: tuple[str, str, Edit]) -> Review:
    """A round of clean submissions (province, pilot) with one edit each, in a layout with a cover."""
    contents = {
        f"{number}.xlsx": layouts.with_sources(edit(clean_submission(province, pilot)))
        for number, (province, pilot, edit) in enumerate(sent)
    }
    return reviewed(contents)


def as_is(sample: Submission) -> Submission:
    return sample


def statistics_of(review: Review, by: list[str]) -> dict[Key, dict[str, Any]]:
    rows = keep_sums(summarise_indicators(review.judged, by), CONTRACTS).to_dicts()
    return {tuple(row[name] for name in (*by, "kind", "indicator", "year", "unit")): row for row in rows}


def province(review: Review, name: str) -> dict[str, Any]:
    (row,) = (row for row in review.provinces.to_dicts() if row["province"] == name)
    return row


def broken() -> bytes:
    return layouts.with_sources(clean_submission("辽宁省", "沈阳市"))[:5000]
