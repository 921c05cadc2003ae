"""The run log: one JSON line per review, message and pull, append-only, for `peak-review status`.

Reviews and messages are recorded beside the packages, in `<out>.state` or the folder of PEAK_REVIEW_STATE: `data/out`
itself has no times. Pulls are recorded beside their receipts, in `<raw>/<round>/pulls.jsonl`. Whoever may
read those folders sees the runs of every account.
"""

import os
import pwd
import resource
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flows.pipeline.exit_codes import DONE, FAILED, WRONG_USE
from flows.pipeline.outcome import Outcome
from flows.publication.safe_files import append_json_line, read_json_lines
from flows.settings import SettingError, load_settings

REVIEW, PULL, MESSAGE = "review", "pull", "message"
_FILES = ("new", "known", "waiting", "refused")
COMPLETE, INCOMPLETE, INTERRUPTED, REFUSED = "complete", "incomplete", "interrupted", "refused"


@dataclass(frozen=True)
class Run:
    """A run that has ended.

    Attributes:
        started: ISO 8601, UTC.
        outcome: complete, incomplete, failed, refused (wrong use) or interrupted.
        reason: why it is not complete: one line, of a pull one for each source or file that failed.
        held: by province that the gate held back, the reason.
        rolled_back: provinces that keep an earlier package, because of a rollback.
        locked: provinces whose folder may not be read or written.
        unread: submissions, plans and review workbooks that could not be read; paths in the round's raw folder.
        unread_reviews: review workbooks that could not be used, with reasons.
        as_of: the moment of the past that it reviewed; empty for today.
        is_partial: whether only some provinces were asked for.
        files: of a pull, how many are new, known, waiting and refused.
        sources: of a pull, the URLs that it was given, without user and password; empty where they are in a setting.
        kind: review, pull or message.
        user: the account that it ran as.
    """

    round: str
    out: str
    run: str
    started: str
    seconds: float
    memory_mib: int
    outcome: str
    reason: str = ""
    written: tuple[str, ...] = ()
    unchanged: int = 0
    held: dict[str, str] = field(default_factory=dict)
    rolled_back: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    unread_reviews: tuple[str, ...] = ()
    as_of: str = ""
    is_partial: bool = False
    files: dict[str, int] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    kind: str = REVIEW
    user: str = ""

    @property
    def is_published(self) -> bool:
        """Whether packages were published."""
        return bool(self.written or self.unchanged)


@dataclass(frozen=True)
class Watch:
    """A stop watch: when a run began."""

    started: datetime
    _clock: float

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return round(time.monotonic() - self._clock, 1)


def start_watch() -> Watch:
    """Start a stop watch."""
    return Watch(datetime.now(UTC), time.monotonic())


def peak_memory() -> int:
    """Return the peak memory of this process in MiB; worker processes have limits of their own."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run_of(
    round_name: str,
    folder: Path,
    outcome: Outcome,
    watch: Watch,
    name: str = "",
    kind: str = REVIEW,
) -> Run:
    """Return the entry of a run that has ended; `folder` is that of all packages, `name` that of the flow run."""
    published, summary = outcome.published, outcome.summary
    ended = {DONE: COMPLETE, FAILED: "failed", WRONG_USE: REFUSED}.get(outcome.code, INCOMPLETE)
    return Run(
        round=round_name,
        out=str(folder.resolve()),
        run=name,
        started=watch.started.isoformat(timespec="seconds"),
        seconds=watch.seconds,
        memory_mib=peak_memory(),
        outcome=INTERRUPTED if outcome.is_interrupted else ended,
        reason=outcome.reason,
        written=published.written if published else (),
        unchanged=len(published.unchanged) if published else 0,
        held={name: "; ".join(reasons) for name, reasons in summary.held.items()} if summary else {},
        rolled_back=published.rolled_back if published else (),
        locked=published.locked if published else (),
        unread=summary.unread if summary else (),
        unread_reviews=tuple(summary.facts.unread_reviews) if summary else (),
        files={one: outcome.pulled.count(one) for one in _FILES} if outcome.pulled else {},
        kind=kind,
        user=_user(),
    )


def record_run(run: Run) -> None:
    """Append an entry of a review or message.

    Raises:
        OSError: if it cannot be written.
    """
    path = log_file(run.round, run.out)
    path.parent.mkdir(parents=True, exist_ok=True)
    append_json_line(path, asdict(run))


def record_pull(run: Run, raw: Path) -> None:
    """Append an entry of a pull.

    Raises:
        OSError: if it cannot be written.
    """
    append_json_line(raw / run.round / "pulls.jsonl", asdict(run))


def last_runs(round_name: str, out: str | Path, count: int, kinds: Sequence[str] = (REVIEW,)) -> list[Run]:
    """Return the last runs of a round with this output folder, newest first; unreadable lines are skipped."""
    is_shared, here = _shared_state() is not None, str(Path(out).resolve())
    found = _read(log_file(round_name, out))
    return [run for run in found[::-1] if run.kind in kinds and (run.out == here or not is_shared)][:count]


def last_pull(round_name: str, raw: Path) -> Run | None:
    """Return the last pull of a round; None if there was none."""
    return next(iter(_read(raw / round_name / "pulls.jsonl")[::-1]), None)


def _read(path: Path) -> list[Run]:
    found = []
    for values in read_json_lines(path):
        with suppress(TypeError):  # of another version
            found.append(Run(**{name: value for name, value in values.items() if name in Run.__dataclass_fields__}))
    return found


def log_file(round_name: str, out: str | Path) -> Path:
    """Return the file of reviews and messages."""
    folder = Path(out).resolve()
    return (_shared_state() or folder.with_name(f"{folder.name}.state")) / f"{round_name}.jsonl"


def _shared_state() -> Path | None:
    try:
        return load_settings().state
    except SettingError:  # that a setting is wrong is recorded too
        return None


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # of a container
        return str(os.geteuid())
