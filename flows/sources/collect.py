"""Read every raw file of a round once; all later steps use these bytes and hashes."""

import errno
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from flows.pipeline.outcome import RefusedError
from flows.sources.as_of import Counts, received_until
from flows.sources.raw_files import Received
from flows.sources.raw_listing import REVIEWS, Ignored, list_raw


@dataclass(frozen=True)
class Collected:
    """The submissions and plans of a round.

    Attributes:
        folder: the round's raw folder.
        workbooks: the submissions.
        plans: the plans.
        ignored: other files among them, with reasons.
        counts: which files of the folder had been received at the requested time.
        plan_round: of a progress round, the workbooks and plans of the round that it assesses.
    """

    folder: Path
    workbooks: list[Received]
    plans: list[Received]
    ignored: list[Ignored]
    counts: Counts
    plan_round: "Collected | None" = None

    @property
    def contents(self) -> dict[str, bytes]:
        """Return the bytes of every file that is not too large."""
        return {one.file: one.content for one in chain(self.workbooks, self.plans) if one.content is not None}

    @property
    def large(self) -> list[Received]:
        """Return the files that are too large to be reviewed, and are copied into a package all the same."""
        return [one for one in chain(self.workbooks, self.plans) if one.sha256 and one.content is None]

    @property
    def archives(self) -> list[Received]:
        """Return the archives among the ignored files, which may be unpacked."""
        return [one.archive for one in self.ignored if one.archive]

    @property
    def notices(self) -> list[tuple[str, str, bool]]:
        """Return the ignored files to report, the reasons in Chinese, and whether they are usual beside a workbook."""
        return [(one.file, one.notice, one.quiet) for one in self.ignored if one.notice]


def collect(folder: Path, as_of: str | None = None, plan_folder: Path | None = None) -> Collected:
    """Read every submission and plan of a round.

    Args:
        folder: the round's raw folder.
        as_of: only files received until then; None means all.
        plan_folder: of a progress round, the raw folder of the round that it assesses.

    Raises:
        RefusedError: if `as_of` is not a date or time, or nothing had been received until then.
        OSError: if the folder is not there or cannot be listed.
    """
    plan_round = collect(plan_folder, as_of) if plan_folder else None
    if not folder.is_dir():  # it may be on a disk that is not mounted
        raise FileNotFoundError(errno.ENOENT, "the raw folder is not there", str(folder))
    try:
        counts = received_until(folder, as_of)
    except ValueError as error:
        raise RefusedError(str(error)) from None
    workbooks, plans, ignored = list_raw(folder, counts=counts)
    if as_of and not workbooks:
        raise RefusedError(f"as of {as_of}: nothing had been received until then")
    return Collected(folder, workbooks, plans, ignored, counts, plan_round)


def collect_reviews(collected: Collected) -> tuple[list[Received], list[Ignored]]:
    """Read every review workbook of a round, and list the other files among them.

    Raises:
        OSError: if the folder cannot be listed.
    """
    workbooks, _, ignored = list_raw(collected.folder, REVIEWS, collected.counts)
    return workbooks, ignored
