"""The run log: one JSON line per run, append-only, for `peak-review status`; `data/out` has no times.

The folder is `PEAK_REVIEW_STATE`, or `peak-review` in the user's state folder (XDG).
"""

import os
import resource
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.pipeline.outcome import DONE, FAILED, Outcome
from flows.publication.safe_files import append_json_line, read_json_lines
from flows.settings import load_settings


@dataclass(frozen=True)
class Run:
    """A run that has ended.

    Attributes:
        outcome: complete, incomplete, failed or interrupted.
        reason: why it is not complete, one line.
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
    held_back: tuple[str, ...] = ()
    as_of: str = ""


@dataclass(frozen=True)
class Watch:
    """A stop watch: when a run began."""

    started: datetime
    _clock: float

    @property
    def seconds(self) -> float:
        """Seconds since then."""
        return round(time.monotonic() - self._clock, 1)


def start_watch() -> Watch:
    """Start a stop watch."""
    return Watch(datetime.now(UTC), time.monotonic())


def peak_memory() -> int:
    """Return the peak memory of this process in MiB; worker processes have limits of their own."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run_of(round_name: str, out: Path, as_of: str | None, outcome: Outcome, watch: Watch, name: str) -> Run:
    """Return the entry of a review that has ended; `name` is that of the flow run."""
    facts = outcome.summary.facts if outcome.summary else None
    published = outcome.published
    ended = "failed" if outcome.code == FAILED else "complete" if outcome.code == DONE else "incomplete"
    return Run(
        round=round_name,
        out=str(out.resolve()),
        run=name,
        started=watch.started.isoformat(timespec="seconds"),
        seconds=watch.seconds,
        memory_mib=peak_memory(),
        outcome="interrupted" if outcome.is_interrupted else ended,
        reason=outcome.reason,
        written=published.written if published else (),
        unchanged=len(published.unchanged) if published else 0,
        held_back=tuple(facts.held_back) if facts else (),
        as_of=as_of or "",
    )


def record_run(run: Run) -> None:
    """Append an entry.

    Raises:
        OSError: if it cannot be written.
    """
    path = _path(run.round)
    path.parent.mkdir(parents=True, exist_ok=True)
    append_json_line(path, asdict(run))


def last_runs(round_name: str, out: str | Path, count: int) -> list[Run]:
    """Return the last runs of a round with this output folder, newest first; unreadable lines are skipped."""
    found = []
    for values in read_json_lines(_path(round_name)):
        with suppress(TypeError):  # of another version
            found.append(Run(**{name: value for name, value in values.items() if name in Run.__dataclass_fields__}))
    return [run for run in found[::-1] if run.out == str(Path(out).resolve())][:count]


def _path(round_name: str) -> Path:
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return (load_settings().state or home / "peak-review") / f"{round_name}.jsonl"
