"""How a review or pull ends: done, incomplete, refused, failed or interrupted; our code decides, not Prefect."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

from contracts.load import ContractError
from flows.pipeline.exit_codes import DONE, FAILED, INCOMPLETE, WRONG_USE
from flows.publication.file_names import printable
from flows.publication.lock import LockedError
from flows.publication.publish import PublishResult
from flows.publication.swap import PublicationError, is_begun
from flows.settings import SettingError
from transforms.reports.files.run_summary import RunSummary

if TYPE_CHECKING:
    from flows.pull import PullResult


class RefusedError(Exception):
    """The request cannot be met: an unknown province or pilot, a time before anything was received."""


class GateClosedError(Exception):
    """The gate allows no publication."""


class ReportError(Exception):
    """All packages are published, and what came after that failed; its cause is the exception's cause."""

    def __init__(self, published: PublishResult) -> None:  # noqa: D107
        super().__init__(str(published))
        self.published = published


@dataclass(frozen=True)
class Summary:
    """What a run did, for the command line and for Prefect's page.

    Attributes:
        out: the round's folder.
        published: which packages were written.
        facts: figures and changes.
        held: provinces that the gate held back, with reasons.
        not_made: packages and files that could not be made.
        unread: submissions, plans and review workbooks that this machine or the code failed to read.
        is_checked: whether every check could run.
    """

    out: str
    published: PublishResult
    facts: RunSummary
    held: dict[str, tuple[str, ...]]
    not_made: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    is_checked: bool = True


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        code: the exit code, DONE, FAILED, WRONG_USE or INCOMPLETE.
        reason: why it is not DONE, one line.
        published: what was published, as far as that is known.
        summary: of a run that was not interrupted and could be summed up.
        pulled: of a pull, what was stored.
        is_recorded: whether the Prefect server knows how it ended.
        is_interrupted: whether a signal or Prefect ended it.
    """

    code: int
    reason: str = ""
    published: PublishResult | None = None
    summary: Summary | None = None
    pulled: "PullResult | None" = None
    is_recorded: bool = True
    is_interrupted: bool = False

    @property
    def is_published(self) -> bool:
        """Whether the packages are in place."""
        return self.code in {DONE, INCOMPLETE}


# Outcomes of runs that are interrupted before, while and after packages are swapped in.
NOTHING_PUBLISHED = Outcome(FAILED, "nothing published", is_recorded=False, is_interrupted=True)
PUBLISHED_IN_PART = Outcome(
    FAILED, "ended while publishing, the next run finishes what is left", is_recorded=False, is_interrupted=True
)


def ended_after_publishing(published: PublishResult) -> Outcome:
    """Return the outcome of a run that is interrupted when all packages are in place."""
    reason = f"published ({published}), but ended before the run was summed up"
    return Outcome(INCOMPLETE, reason, published, is_recorded=False, is_interrupted=True)


def outcome_of(summary: Summary) -> Outcome:
    """Return the outcome of a run that raised no exception."""
    reasons = [] if summary.is_checked else ["a check could not run"]
    reasons += [f"could not be made: {', '.join(dict.fromkeys(summary.not_made))}"] if summary.not_made else []
    reasons += [f"could not be read: {', '.join(summary.unread)}"] if summary.unread else []
    locked = summary.published.locked
    reasons += [f"not published, because its folder may not be read or written: {', '.join(locked)}"] if locked else []
    return Outcome(INCOMPLETE if reasons else DONE, "; ".join(reasons), summary.published, summary)


def outcome_of_error(error: Exception, target: Path, *folders: Path) -> tuple[Outcome, Exception | None]:
    """Return the outcome of a run that an exception ended, and the exception to log if our code is at fault.

    Args:
        error: the exception.
        target: the round's folder with the packages.
        folders: the folders that the run reads and writes.
    """
    if isinstance(error, RefusedError | SettingError):
        return Outcome(WRONG_USE, str(error)), None
    if isinstance(error, ContractError):
        return Outcome(FAILED, f"nothing published: the contracts are faulty: {error}"), None
    if isinstance(error, GateClosedError):
        return Outcome(FAILED, f"nothing published: {error}"), None
    if isinstance(error, ReportError):
        reason = f"published ({error}), but the run could not be summed up: {_internal(error)}"
        return Outcome(INCOMPLETE, reason, error.published), error
    # A journal of another running publication does not count.
    begun = not isinstance(error, LockedError) and is_begun(target)
    done = "published in part, the next run finishes" if begun else "nothing published"
    if is_environment(error, *folders):
        return Outcome(FAILED, f"{done}: {one_line(error)}"), None
    return Outcome(FAILED, f"{done}: {_internal(error)}"), error


def interruption(error: BaseException | None) -> str:
    """Return what interrupted a run, a signal or a request of Prefect; empty if an exception ended it.

    Prefect raises errors of its own while it deals with an interruption.
    """
    while isinstance(error, Exception):
        error = error.__context__
    return f"interrupted by {type(error).__name__}" if error else ""


def is_environment(error: Exception, *folders: Path) -> bool:
    """Return whether an exception comes from disks and files that a run works on, and not from a fault of the code."""
    if isinstance(error, LockedError):
        return True
    if isinstance(error, PublicationError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if not isinstance(error, OSError):
        return False
    if not isinstance(error.filename, str | bytes | Path):  # a failed write, or a cluster that does not answer
        return error.errno not in {errno.EBADF, errno.EINVAL}
    path = Path(os.fsdecode(error.filename)).absolute()
    return any(path.is_relative_to(folder.absolute()) for folder in (*folders, Path(gettempdir())))


def one_line(error: BaseException) -> str:
    """Return the message of an exception in one line; of an OSError with the file."""
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    else:
        text = str(error) or type(error).__name__
    return printable(" ".join(text.split())[:500])


_decided: ContextVar[list[Outcome] | None] = ContextVar("decided", default=None)


def decide(outcome: Outcome) -> None:
    """Keep the outcome for the caller of the flow, who may not get it from Prefect."""
    if (decided := _decided.get()) is not None:
        decided.append(outcome)


@contextmanager
def outcomes() -> Iterator[list[Outcome]]:
    """Collect the outcomes that are decided during the block, whatever Prefect raises; the same in an inner block."""
    collected = [] if (outer := _decided.get()) is None else outer
    token = _decided.set(collected)
    try:
        yield collected
    finally:
        _decided.reset(token)


def _internal(error: BaseException) -> str:
    cause = error.__cause__ or error
    return f"internal error, traceback above: {type(cause).__name__}: {one_line(cause)}"
