"""What is asked of a review, and how it ends: with a summary, or with a reason why nothing was published."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from flows.exit_codes import DONE, INCOMPLETE
from flows.publication.publish import PublishResult
from transforms.reports.run_summary import Facts


@dataclass(frozen=True)
class Request:
    """What a person asks for; without any of it, it is the night's run. See `flows.review.review`."""

    provinces: Sequence[str] = ()
    pilots: Sequence[str] = ()
    accept_change: Sequence[str] = ()
    force: bool = False
    as_of: str | None = None

    @property
    def partial(self) -> bool:
        """Whether only some provinces are published."""
        return bool(self.provinces or self.pilots)


class Refused(Exception):  # noqa: N818 - it is what happened to the request
    """The request cannot be met: an unknown province or pilot, a moment before anything was received."""


class GateClosed(Exception):  # noqa: N818 - it is what happened to the publication
    """A promise of ours is broken: nothing is published."""


class ReportError(Exception):
    """All packages are published, and what came after that failed; its cause is the exception's cause."""

    def __init__(self, published: PublishResult) -> None:  # noqa: D107
        super().__init__(_counts(published))


@dataclass(frozen=True)
class Summary:
    """What a run did, for the command line and for Prefect's page; `held` are the provinces held back, with reasons."""

    out: str
    published: PublishResult
    facts: Facts
    held: dict[str, tuple[str, ...]]

    @property
    def counts(self) -> str:
        """How many packages were written, and how many did not change."""
        return _counts(self.published)


@dataclass(frozen=True)
class Outcome:
    """How a run ended, decided by our code alone: Prefect's state may be lost with its server.

    Attributes:
        code: the exit code, DONE, FAILED, WRONG_USE or INCOMPLETE.
        reason: why it is not DONE, one line.
        summary: what was published; None where nothing was, or where the summary could not be made.
        is_recorded: whether the Prefect server knows how it ended.
    """

    code: int
    reason: str = ""
    summary: Summary | None = None
    is_recorded: bool = True

    @property
    def is_published(self) -> bool:
        """Return whether the packages are in place."""
        return self.code in {DONE, INCOMPLETE}


_decided: ContextVar[list[Outcome] | None] = ContextVar("decided", default=None)


def decide(outcome: Outcome) -> None:
    """Keep the outcome for the caller of the flow."""
    if (decided := _decided.get()) is not None:
        decided.append(outcome)


@contextmanager
def outcomes() -> Iterator[list[Outcome]]:
    """Collect the outcomes that are decided during the block, whatever Prefect raises."""
    collected: list[Outcome] = []
    token = _decided.set(collected)
    try:
        yield collected
    finally:
        _decided.reset(token)


def _counts(published: PublishResult) -> str:
    return f"{len(published.written)} packages written, {len(published.unchanged)} unchanged"
