"""Submissions → two long frames, one row a file and one row an indicator and year; which file of a pilot counts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from contracts.submitted import SUBMITTED
from transforms.intake.submission import Submission

# `standing` of a file: it counts; a newer one does; the same bytes stand elsewhere; another claims the same version;
# it could not be read; nobody knows whose it is.
STANDINGS = ("counts", "superseded", "identical", "conflict", "faulty", "unidentified")

FILES: dict[str, pl.DataType] = {
    "file": pl.String(),
    "file_sha256": pl.String(),
    "standing": pl.String(),
    "instead": pl.String(),
    "fault": pl.String(),
    "detail": pl.String(),
    "province": pl.String(),
    "pilot": pl.String(),
    "named": pl.String(),
    "listed": pl.Boolean(),
    "kind": pl.String(),
    "table_kind": pl.String(),
    "sheet": pl.String(),
    "years": pl.List(pl.Int64()),
    "several": pl.String(),
    "explained": pl.List(pl.String()),
    "contradiction": pl.String(),
    "version": pl.String(),
    "filled_on": pl.String(),
    "contacts": pl.List(pl.String()),
}


@dataclass(frozen=True)
class Batch:
    """Everything received in a round.

    Attributes:
        files: one row a file, columns `FILES`, in the order of the paths. `instead` names the file that counts where
            this one does not, or the others that claim the same version.
        observations: columns `SUBMITTED`, of every file that could be read.
    """

    files: pl.DataFrame
    observations: pl.DataFrame

    @property
    def counted(self) -> pl.DataFrame:
        """The files that are judged: one a pilot."""
        return self.files.filter(pl.col("standing") == "counts")


def build_batch(submissions: Iterable[Submission]) -> Batch:
    """Lay out all submissions as frames; the order in which they come does not matter."""
    ordered = sorted(submissions, key=lambda submission: submission.file)
    standings = _settle(ordered)
    files = [_file_row(submission, *standings[submission.file]) for submission in ordered]
    rows = [row for submission in ordered for row in submission.observations]
    return Batch(
        pl.DataFrame(files, schema=FILES, orient="row"),
        pl.DataFrame(rows, schema=SUBMITTED, orient="row"),
    )


def _file_row(submission: Submission, standing: str, instead: str | None) -> dict[str, object]:
    who = submission.identity
    return {
        "file": submission.file,
        "file_sha256": submission.sha256,
        "standing": standing,
        "instead": instead,
        "fault": submission.fault,
        "detail": submission.detail,
        "province": who.province,
        "pilot": who.pilot,
        "named": who.named,
        "listed": who.listed,
        "kind": submission.kind,
        "table_kind": submission.table_kind,
        "sheet": submission.sheet,
        "years": list(submission.years),
        "several": submission.several,
        "explained": list(submission.explained),
        "contradiction": who.contradiction,
        "version": who.version,
        "filled_on": who.filled_on,
        "contacts": list(who.contacts),
    }


def _settle(submissions: Sequence[Submission]) -> dict[str, tuple[str, str | None]]:
    """Standing of every file: the latest valid one of a pilot counts."""
    standings: dict[str, tuple[str, str | None]] = {}
    first_of: dict[str, str] = {}
    by_pilot: dict[str, list[Submission]] = {}
    for submission in submissions:
        if (same := first_of.setdefault(submission.sha256, submission.file)) != submission.file:
            standings[submission.file] = ("identical", same)
        elif submission.fault:
            standings[submission.file] = ("faulty", None)
        elif not (submission.identity.pilot and submission.identity.province):
            standings[submission.file] = ("unidentified", None)
        else:
            by_pilot.setdefault(submission.identity.pilot, []).append(submission)
    for versions in by_pilot.values():
        latest = max(_order(version) for version in versions)
        top = [version.file for version in versions if _order(version) == latest]
        for version in versions:
            if version.file not in top:
                standings[version.file] = ("superseded", top[0])
            elif len(top) > 1:
                standings[version.file] = ("conflict", "、".join(file for file in top if file != version.file))
            else:
                standings[version.file] = ("counts", None)
    return standings


def _order(submission: Submission) -> tuple[int, date]:
    who = submission.identity
    return _version_number(who.version or ""), _day(who.filled_on or "")


def _version_number(text: str) -> int:
    """`V2`, `2.0` and `第二版` are 2; what has no number is 0."""
    if digits := re.search(r"\d+", text):
        return int(digits[0])
    chinese = re.search(r"[一二三四五六七八九十]", text)
    return "零一二三四五六七八九十".index(chinese[0]) if chinese else 0


def _day(text: str) -> date:
    """`2024-03-15`, `2024年3月15日`, `2024.3.15`; what cannot be read is earlier than any other."""
    parts = [int(part) for part in re.findall(r"\d+", text)[:3]]
    try:
        return date(*parts) if len(parts) == 3 else date.min
    except ValueError:
        return date.min
