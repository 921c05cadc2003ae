"""Build the frames that the gate checks (`contracts.gate.FRAMES`); all counts are calculated independently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from contracts.gate import Frame
from contracts.rules import SEVERITIES
from contracts.schemas.published import QUALIFIERS, QUOTA_STATUSES, STATUSES
from transforms.aggregation.latest_version import FILE_STATUSES
from transforms.batch import IN_GUIDE
from transforms.gate.changes import ProvinceFigures, measure_changes
from transforms.judging.usable import COVERED
from transforms.pipeline import Review
from transforms.reports.view import View

Frames = dict[Frame, pl.DataFrame]


@dataclass(frozen=True)
class PublishCandidate:
    """What a run will publish.

    Attributes:
        review: of the round.
        received: every submission in raw.
        packages: the submissions in each package, by province.
        books: finding keys in 问题清单 of each review workbook; for the national summary the number of rows.
        recorded: submissions listed in `run.json`; None if only some provinces are published.
        counts: numbers in `run.json` and in the data files, by name.
        earlier: figures of the currently published packages, by province.
    """

    review: Review
    received: Sequence[str]
    packages: Mapping[str, Sequence[str]]
    books: Mapping[str, Sequence[str] | int]
    recorded: Sequence[str] | None
    counts: Mapping[str, int]
    earlier: Mapping[str, ProvinceFigures]


def build_gate_frames(publication: PublishCandidate) -> Frames:
    """Build all frames of the gate."""
    review = publication.review
    return {
        "provinces": _provinces(review),
        "files": _files(publication),
        "pilots": _pilots(review),
        "values": review.observations.group_by("qualifier").agg(n=pl.len()).sort("qualifier"),
        "findings": _findings(publication),
        "books": _books(publication),
        "counts": _counts(publication),
        "changes": measure_changes(review, publication.earlier, list(publication.packages)),
    }


def suite_parameters(publication: PublishCandidate) -> dict[str, Any]:
    """Return the parameters that the suite may refer to."""
    contracts = publication.review.contracts
    return {
        "quota_total": contracts.round.quota_total or 0,
        "quota_provinces": list(contracts.round.quotas),
        "received": len(publication.received),
        "standings": list(FILE_STATUSES),
        "qualifiers": QUALIFIERS,
        "severities": list(SEVERITIES),
        "statuses": STATUSES,
        "quota_statuses": QUOTA_STATUSES,
        "rules": list(contracts.rules),
    }


def _provinces(review: Review) -> pl.DataFrame:
    """Return province summaries with the same counts from files and findings."""
    judged = review.judged
    accepted = judged.accepted.group_by("province").agg(accepted_files=pl.len().cast(pl.Int64))
    found = review.findings.group_by("province").agg(
        (pl.col("severity") == severity).sum().cast(pl.Int64).alias(f"{severity}s_found")
        for severity in ("blocker", "error", "warning")
    )
    nothing = pl.col("submitted") == 0
    return (
        # m:1, because an expectation checks for duplicate provinces.
        review.provinces.join(accepted, on="province", how="left", validate="m:1", maintain_order="left")
        .join(found, on="province", how="left", validate="m:1", maintain_order="left")
        .with_columns(
            pl.col("^.*_found$").fill_null(0),
            kinds=pl.col("cities") + pl.col("parks"),
            accepted_files=pl.when(~nothing).then(pl.col("accepted_files").fill_null(0)),
        )
    )


def _files(publication: PublishCandidate) -> pl.DataFrame:
    """Return one row per file: number of packages that contain it, and expected number."""
    judged = publication.review.judged
    province = dict(judged.batch.files.select("file", "province").iter_rows())
    unread = set(judged.batch.files.filter(pl.col("file_sha256").is_null())["file"])
    standing = dict(judged.batch.files.select("file", "standing").iter_rows())
    known = judged.batch.files["file"].to_list()
    rows = [*known, *(file for file in publication.received if file not in standing)]
    homes: dict[str, list[str]] = {}
    for name, files in publication.packages.items():
        for file in files:
            homes.setdefault(file, []).append(name)
    recorded = set(rows) if publication.recorded is None else set(publication.recorded)
    return pl.DataFrame(
        [
            (
                file,
                standing.get(file) or "—",
                province.get(file) or "—",
                len(homes.get(file, [])),
                int(province.get(file) in publication.packages and file not in unread),
                sum(home != province.get(file) for home in homes.get(file, [])),
                file in recorded,
            )
            for file in rows
        ],
        schema={
            "file": pl.String,
            "standing": pl.String,
            "province": pl.String,
            "packages": pl.Int64,
            "packages_due": pl.Int64,
            "elsewhere": pl.Int64,
            "recorded": pl.Boolean,
        },
        orient="row",
    )


def _pilots(review: Review) -> pl.DataFrame:
    """Return one row per readable file: observations against its table, and usable values that should be excluded."""
    contracts, judged = review.contracts, review.judged
    due = {
        kind: len(table.indicators) * len(contracts.round.required_years) for kind, table in contracts.tables.items()
    }
    rows = review.observations.with_row_index("at")
    doubted = pl.concat([rows.join(_excluding(review, at), on=keys, how="semi")["at"] for at, keys in COVERED.items()])
    counted = judged.batch.counted.filter(~pl.col("file").is_in(sorted(judged.blocked_files)))["file"]
    of_table = IN_GUIDE & pl.col("year").is_in(contracts.round.required_years)
    found = rows.group_by("file").agg(
        observed=pl.struct("indicator", "year").filter(of_table).n_unique().cast(pl.Int64),
        usable=pl.col("usable").sum().cast(pl.Int64),
        usable_in_doubt=(pl.col("usable") & pl.col("at").is_in(doubted.to_list())).sum().cast(pl.Int64),
    )
    return (
        judged.batch.files.select("file", "province", "standing", "table_kind")
        .join(found, on="file", how="inner", validate="m:1", maintain_order="left")
        .with_columns(
            observed_due=pl.col("table_kind").replace_strict(due, default=None, return_dtype=pl.Int64),
            usable_kept_out=pl.when(pl.col("file").is_in(counted.to_list())).then(0).otherwise("usable"),
        )
    )


def _excluding(review: Review, at: str) -> pl.DataFrame:
    rules = [rule.id for rule in review.contracts.rules.values() if rule.excludes and rule.at == at]
    return review.findings.filter(pl.col("rule").is_in(rules) & (pl.col("status") == "failed"))


def _findings(publication: PublishCandidate) -> pl.DataFrame:
    batch = publication.review.judged.batch
    known = [*publication.received, *batch.plans.files["file"], *batch.ignored["file"]]
    return publication.review.findings.select(
        "finding_key",
        "rule",
        "severity",
        "status",
        pl.col("province").fill_null("—"),
        placed=pl.col("file").is_null() | pl.col("file").is_in(known),
    )


def _books(publication: PublishCandidate) -> pl.DataFrame:
    rows = []
    for title, listed in publication.books.items():
        due = View(publication.review, None if isinstance(listed, int) else title).ranked["finding_key"].to_list()
        count = listed if isinstance(listed, int) else len(listed)
        astray = 0 if isinstance(listed, int) else len(set(due) ^ set(listed))
        rows.append((title, count, len(due), astray))
    schema = {"book": pl.String, "rows": pl.Int64, "findings": pl.Int64, "keys_astray": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _counts(publication: PublishCandidate) -> pl.DataFrame:
    review = publication.review
    found = {
        "submissions": len(publication.received),
        "accepted": review.provinces["accepted"].sum(),
        "quota": review.contracts.round.quota_total,
        "observations": review.observations.height,
        "usable": review.observations["usable"].sum(),
        "findings": review.findings.height,
        "observations.parquet": review.observations.height,
        "findings.parquet": review.findings.height,
        "provinces.parquet": review.provinces.height,
        "plan_targets.parquet": review.plan_targets.height,
    }
    rows = [(name, publication.counts.get(name), number) for name, number in found.items()]
    frame = pl.DataFrame(rows, schema={"name": pl.String, "recorded": pl.Int64, "found": pl.Int64}, orient="row")
    return frame.clear() if publication.recorded is None else frame
