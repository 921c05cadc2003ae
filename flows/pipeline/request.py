"""What is asked of a review, and the run that carries it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from contracts.load import load_contracts
from flows.publication.file_names import as_utf8
from flows.reporting.run_log import Watch
from flows.reporting.step_log import StepLog
from flows.sources.collect import Collected


@dataclass(frozen=True)
class Request:
    """The arguments of the flow `flows.review.review`, in the order of its parameters."""

    round_name: str
    raw: Path
    out: Path
    provinces: Sequence[str] = ()
    pilots: Sequence[str] = ()
    force: bool = False
    as_of: str | None = None
    accept_change: Sequence[str] = ()
    plans: Path | None = None

    @property
    def folder(self) -> Path:
        """The round's folder with the submissions."""
        return self.raw / self.round_name

    @property
    def plan_folder(self) -> Path | None:
        """The folder of the round `of` that a progress round assesses, in `raw` or given as `plans`; else None."""
        of = load_contracts(self.round_name).round.of
        return (self.plans or self.raw / of) if of else None

    @property
    def target(self) -> Path:
        """The round's folder with the packages."""
        return self.out / self.round_name

    @property
    def folder_fault(self) -> str:
        """Why nothing may be published into `out`: `raw` is append-only, so neither holds the other; else empty."""
        raw, sent, published = (path.resolve() for path in (self.raw, self.folder, self.target))
        if published.is_relative_to(raw) or sent.is_relative_to(published):
            target, folder = as_utf8(str(self.target)), as_utf8(str(self.folder))
            return f"packages in {target} would mix with submissions in {folder}: give another --out"
        return ""

    @property
    def is_partial(self) -> bool:
        """Whether only some provinces are published."""
        return bool(self.provinces or self.pilots)

    @property
    def is_plain(self) -> bool:
        """Whether the whole round is asked for, without any option, as every night."""
        return not (self.is_partial or self.force or self.as_of or self.accept_change or self.plans)


@dataclass(frozen=True)
class Job:
    """A run of the pipeline: the request, its log and its start, and the files of the round.

    Attributes:
        received: the files as they are in the raw folder.
        collected: the same with the files of archives in place of these.
    """

    request: Request
    received: Collected
    collected: Collected
    log: StepLog
    watch: Watch

    @property
    def target(self) -> Path:
        """The round's folder with the packages."""
        return self.request.target
