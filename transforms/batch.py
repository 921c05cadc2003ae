"""Lay out submissions as two long frames: one row per file, and one row per file, indicator and year."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from contracts.load import Contracts
from contracts.schemas.submitted import SUBMITTED
from transforms.aggregation.latest_version import select_versions
from transforms.intake.cells import Sheet
from transforms.intake.sender.identify import Identity, identify
from transforms.intake.submission import Submission
from transforms.plans.frames import Plans, lay_out
from transforms.plans.read_plan import Plan

FILES: dict[str, pl.DataType] = {
    "file": pl.String(),
    "file_sha256": pl.String(),
    "standing": pl.String(),
    "instead": pl.String(),
    "fault": pl.String(),
    "detail": pl.String(),
    "has_macros": pl.Boolean(),
    "oddities": pl.String(),
    "province": pl.String(),
    "pilot": pl.String(),
    "named": pl.String(),
    "listed": pl.Boolean(),
    "off_roster": pl.Boolean(),
    "kind": pl.String(),
    "table_kind": pl.String(),
    "sheet": pl.String(),
    "years": pl.List(pl.Int64()),
    "rivals": pl.String(),
    "unread": pl.String(),
    "hidden": pl.String(),
    "damaged": pl.List(pl.String()),
    "explained": pl.List(pl.String()),
    "contradiction": pl.String(),
    "version": pl.String(),
    "filled_on": pl.String(),
    "contacts": pl.List(pl.String()),
    "office": pl.String(),
}

IGNORED: dict[str, pl.DataType] = {name: FILES[name] for name in ("file", "province", "pilot", "kind", "detail")}


@dataclass(frozen=True, eq=False)
class Batch:
    """Everything received in a round.

    Attributes:
        files: one row per file, columns `FILES`, ordered by path. `standing` is one of
            `transforms.aggregation.latest_version.FILE_STATUSES`; `instead` is the file that counts instead,
            or the others that claim the same version. `off_roster`: the pilot is not on its province's roster.
        observations: columns `SUBMITTED`, of every file that could be read.
        sheets: the sheets of each file that can be shown, by file; the one with the table first.
        plans: frames of the plans.
        ignored: files that are neither workbook nor plan, columns `IGNORED`.
    """

    files: pl.DataFrame
    observations: pl.DataFrame
    sheets: Mapping[str, Sequence[Sheet]] = field(default_factory=dict)
    plans: Plans = field(default_factory=Plans)
    ignored: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=IGNORED))

    @property
    def counted(self) -> pl.DataFrame:
        """Return the files that count: at most one per pilot."""
        return self.files.filter(pl.col("standing") == "counts")

    @property
    def off_roster(self) -> list[str]:
        """Return the files of pilots that are not on the roster: they enter no aggregate and no comparison."""
        return self.files.filter("off_roster")["file"].to_list()


def build_batch(
    submissions: Iterable[Submission],
    contracts: Contracts,
    plans: Sequence[Plan] = (),
    ignored: Iterable[tuple[str, str]] = (),
) -> Batch:
    """Lay out all submissions and plans as frames; independent of their order.

    Args:
        submissions: every workbook received.
        contracts: the round's.
        plans: every plan received.
        ignored: path of every other file and the reason in Chinese why it was not read.
    """
    ordered = sorted(submissions, key=lambda submission: submission.file)
    standings = select_versions(ordered, contracts)
    files = [
        _file_row(one, *standings[one.file]) | {"off_roster": _off_roster(one.identity, contracts)} for one in ordered
    ]
    return Batch(
        pl.DataFrame(files, schema=FILES, orient="row"),
        pl.DataFrame([row for one in ordered for row in one.observations], schema=SUBMITTED, orient="row"),
        {submission.file: submission.shown for submission in ordered if submission.shown},
        lay_out(plans, ordered, [file for file, (standing, _) in standings.items() if standing == "counts"], contracts),
        pl.DataFrame([_ignored_row(*one, contracts) for one in sorted(ignored)], schema=IGNORED, orient="row"),
    )


def _off_roster(who: Identity, contracts: Contracts) -> bool:
    return who.pilot is not None and not who.listed and contracts.round.names_pilots(who.province)


def _ignored_row(file: str, reason: str, contracts: Contracts) -> dict[str, object]:
    who = identify(file, (), (), contracts)
    return {"file": file, "province": who.province, "pilot": who.pilot, "kind": who.kind, "detail": reason}


def _file_row(submission: Submission, standing: str, instead: str | None) -> dict[str, object]:
    who = submission.identity
    return {
        "file": submission.file,
        "file_sha256": submission.sha256 or None,
        "standing": standing,
        "instead": instead,
        "fault": submission.fault,
        "detail": submission.detail,
        "has_macros": submission.has_macros,
        "oddities": submission.oddities,
        "province": who.province,
        "pilot": who.pilot,
        "named": who.named,
        "listed": who.listed,
        "kind": submission.kind,
        "table_kind": submission.table_kind,
        "sheet": submission.sheet,
        "years": list(submission.years),
        "rivals": submission.rivals,
        "unread": submission.unread,
        "hidden": submission.hidden,
        "damaged": list(submission.damaged),
        "explained": list(submission.explained),
        "contradiction": who.contradiction,
        "version": who.version,
        "filled_on": who.filled_on,
        "contacts": list(who.contacts),
        "office": who.office,
    }
