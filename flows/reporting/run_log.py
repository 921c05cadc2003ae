"""What runs did, one line each, append-only and beside everything else: `data/out` knows no clock.

The folder is `PEAK_REVIEW_STATE`, or `peak-review` in the user's state folder (XDG).
"""

import json
import os
import resource
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.settings import load_settings


@dataclass(frozen=True)
class Run:
    """A run that has ended; `outcome` is complete, incomplete or failed, `reason` one line where it is not complete."""

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
    """When a run began."""

    started: datetime
    _clock: float

    @property
    def seconds(self) -> float:
        """How long ago that is."""
        return round(time.monotonic() - self._clock, 1)


def start_watch() -> Watch:
    """A run begins."""
    return Watch(datetime.now(UTC), time.monotonic())


def peak_memory() -> int:
    """The most that this process ever held, in MiB; the readers' children have their own limit."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def record_run(run: Run) -> None:
    """Add a line, in one write.

    Raises:
        OSError: if it cannot be written.
    """
    path = _path(run.round)
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(run), ensure_ascii=False).encode() + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line  # what a crash cut off stays a line of its own
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def last_runs(round_name: str, out: str | Path, count: int) -> list[Run]:
    """The last runs that published to a place, the newest first; lines that cannot be read are passed over."""
    path, found = _path(round_name), []
    for line in path.read_bytes().splitlines() if path.is_file() else []:
        try:
            values = json.loads(line)
            run = Run(**{name: value for name, value in values.items() if name in Run.__dataclass_fields__})
        except (ValueError, TypeError, AttributeError):
            continue
        if run.out == str(Path(out).resolve()):
            found.append(run)
    return found[::-1][:count]


def _path(round_name: str) -> Path:
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return (load_settings().state or home / "peak-review") / f"{round_name}.jsonl"
