"""One run at a time for a round: a lock on `.<round>.lock` in `out`, and a file beside it that names the holder.

The operating system frees the lock when the process ends. The holder's file is deleted at the end of a run, so that one
found by the next run tells that its writer was killed.
"""

import json
import os
import re
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from flows.publication.manifest import read_json
from flows.publication.safe_files import write_atomically

_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")  # user and password of a URL
_WAIT = 0.25  # seconds: `lock_holder` also takes the lock, for a moment


class LockedError(Exception):
    """Another run holds the lock of the round; the message names it."""


@dataclass(frozen=True)
class Holder:
    """The process that holds a round: its id, host, start (UTC, ISO 8601) and command without passwords."""

    pid: int
    host: str
    since: str
    command: str

    def __str__(self) -> str:
        """Describe the holder for a log line."""
        return f"process {self.pid} on {self.host} since {self.since}: {self.command}"


@contextmanager
def hold_lock(out: Path, round_name: str) -> Iterator[Holder | None]:
    """Hold a round for the block.

    Yields:
        The previous holder if it was killed: what it began is to be finished.

    Raises:
        LockedError: if another run holds it.
    """
    out.mkdir(parents=True, exist_ok=True)
    file = _holder_file(out, round_name)
    try:
        lock = FileLock(_lock_file(out, round_name)).acquire(timeout=_WAIT, poll_interval=0.05)
    except Timeout:
        raise LockedError(f"another run is at this round ({_read_holder(file) or 'it has just begun'})") from None
    with lock:
        killed = _read_holder(file)
        try:
            write_atomically(file, json.dumps(asdict(this_process()), ensure_ascii=False).encode())
            yield killed
        finally:
            file.unlink(missing_ok=True)


def lock_holder(out: Path, round_name: str) -> tuple[Holder | None, bool]:
    """Return who holds a round and whether that process is running; (None, False) if the last run ended properly."""
    holder = _read_holder(_holder_file(out, round_name))
    if holder is None:
        return None, False
    try:
        with FileLock(_lock_file(out, round_name)).acquire(timeout=0):
            return holder, False
    except OSError:  # locked (`Timeout` is an OSError), or this user may not open it
        return holder, True


def this_process() -> Holder:
    """Return this process as a holder."""
    command = _CREDENTIALS.sub("", shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]))
    return Holder(os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"), command[:1000])


def _lock_file(out: Path, round_name: str) -> Path:
    return out / f".{round_name}.lock"


def _holder_file(out: Path, round_name: str) -> Path:
    return out / f".{round_name}.holder.json"


def _read_holder(file: Path) -> Holder | None:
    try:
        return Holder(**read_json(file))
    except TypeError:
        return None
