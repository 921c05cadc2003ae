"""Read every raw file of a round once; all later steps use these bytes and hashes."""

import errno
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from flows.outcome import RefusedError
from flows.sources.as_of import Counts, received_until
from flows.sources.raw_files import Received
from flows.sources.raw_listing import Ignored, list_documents, list_raw

MODERN, PDF, OLD = ".docx", ".pdf", (".doc", ".wps")
_CALLED = "方案"


@dataclass(frozen=True)
class Collected:
    """The submissions and plans of a round.

    Attributes:
        folder: the round's raw folder.
        workbooks: the submissions.
        plans: the plans.
        ignored: other files among them, with reasons.
        counts: which files of the folder had been received at the requested time.
    """

    folder: Path
    workbooks: list[Received]
    plans: list[Received]
    ignored: list[Ignored]
    counts: Counts

    @property
    def contents(self) -> dict[str, bytes | Path]:
        """Return the bytes of every file; of one that is too large its path."""
        return {
            item.file: item.path if item.content is None else item.content
            for item in chain(self.workbooks, self.plans)
            if item.sha256
        }

    @property
    def notices(self) -> list[tuple[str, str]]:
        """Return the ignored files to report, and the reasons in Chinese."""
        return [(one.file, one.notice) for one in self.ignored if one.notice]


def collect(folder: Path, as_of: str | None = None) -> Collected:
    """Read every submission and plan of a round.

    Args:
        folder: the round's raw folder.
        as_of: only files received until then; None means all.

    Raises:
        RefusedError: if `as_of` is not a date or time, or nothing had been received until then.
        OSError: if the folder is not there or cannot be listed.
    """
    if not folder.is_dir():  # it may be on a disk that is not mounted
        raise FileNotFoundError(errno.ENOENT, "the raw folder is not there", str(folder))
    try:
        counts = received_until(folder, as_of)
    except ValueError as error:
        raise RefusedError(str(error)) from None
    workbooks, ignored = list_raw(folder, counts=counts)
    if as_of and not workbooks:
        raise RefusedError(f"as of {as_of}: nothing had been received until then")
    plans = list_plans(folder, counts)
    names = {plan.file for plan in plans}
    return Collected(folder, workbooks, plans, [one for one in ignored if one.file not in names], counts)


def collect_reviews(collected: Collected) -> tuple[list[Received], list[Ignored]]:
    """Read every review workbook of a round, and list the other files among them.

    Raises:
        OSError: if the folder cannot be listed.
    """
    return list_raw(collected.folder, "reviews", collected.counts)


def list_plans(folder: Path, counts: Counts = lambda *_: True) -> list[Received]:
    """Read the documents below `folder/submissions` that may be plans: every .docx, and others with 方案 in the name.

    Raises:
        OSError: if the folder cannot be listed.
    """
    return list_documents(folder, _may_be_a_plan, counts)


def is_document(path: Path) -> bool:
    """Return whether the ending of a file is that of a document."""
    return path.suffix.lower() in {MODERN, *OLD, PDF}


def _may_be_a_plan(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix == MODERN or (suffix in {*OLD, PDF} and _CALLED in path.name)
