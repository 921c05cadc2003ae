"""One run at a time for a round: the system's lock on a file in `out` that names its holder, and is gone afterwards."""

import errno
import fcntl
import json
import os
import re
import shlex
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

_LOGIN = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True)
class Holder:
    """Who holds a round: process, machine, since when (UTC) and doing what."""

    pid: int
    host: str
    since: str
    command: str

    def __str__(self) -> str:
        """For a person."""
        return f"process {self.pid} on {self.host} since {self.since}: {self.command}"


@contextmanager
def hold(out: Path, round_name: str) -> Iterator[Holder | None]:
    """Hold a round. The system lets go when the process ends, however it ends.

    Yields:
        The holder before, if that one was killed: what it had begun is to be finished.

    Raises:
        BlockingIOError: if another run holds it; it names the holder.
    """
    path = _path(out, round_name)
    out.mkdir(parents=True, exist_ok=True)
    lock = _acquire(path)
    try:
        before = _parse(os.pread(lock, 4096, 0))
        _write(lock)
        yield before
    finally:
        # While it is still held: the next one that opens this name makes a new file, or sees that this one is gone.
        if _is(lock, path):
            path.unlink()
        os.close(lock)


def holder(out: Path, round_name: str) -> tuple[Holder | None, bool]:
    """Who holds a round, and whether that process still lives; nobody is (None, False)."""
    path = _path(out, round_name)
    try:
        lock = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None, False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _named(lock), True
    else:
        return _parse(os.pread(lock, 4096, 0)), False
    finally:
        os.close(lock)


def _path(out: Path, round_name: str) -> Path:
    return out / f".{round_name}.lock"


def _acquire(path: Path) -> int:
    tries = 5  # who only looks holds it for a moment, too
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            who = _named(lock)
            os.close(lock)
            tries -= 1
            if not tries:
                reason = f"another run is at this round ({who or 'it has just begun'})"
                raise BlockingIOError(errno.EWOULDBLOCK, reason, str(path)) from None
            time.sleep(0.05)
        else:
            if _is(lock, path):
                return lock
            os.close(lock)  # its holder took the name away between our two steps


def _is(lock: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


def myself() -> Holder:
    """This process, as a holder."""
    # What follows `://` up to `@` is a name and a password.
    command = _LOGIN.sub("", shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]))
    return Holder(os.getpid(), socket.gethostname(), datetime.now(UTC).isoformat(timespec="seconds"), command[:1000])


def _write(lock: int) -> None:
    text = json.dumps(asdict(myself()), ensure_ascii=False)
    os.ftruncate(lock, 0)
    os.pwrite(lock, text.encode(), 0)


def _named(lock: int) -> Holder | None:
    """The holder; it may be about to write its name."""
    for _ in range(20):
        if who := _parse(os.pread(lock, 4096, 0)):
            return who
        time.sleep(0.02)
    return None


def _parse(content: bytes) -> Holder | None:
    try:
        return Holder(**json.loads(content))
    except (ValueError, TypeError):
        return None
