"""One run at a time for a round: a lock on `.<round>.lock` in `out`, and a file beside it that describes the holder.

The operating system frees the lock when the process ends. The holder's file is deleted at the end of a run, so that one
found by the next run means that its writer was killed.
"""

import fcntl
import os
import shlex
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from flows.publication.manifest import GATE, HISTORY, RENDERED, STAGING
from flows.publication.safe_files import is_folder, keep_regular, move_aside, write_atomically
from flows.settings import without_login
from flows.sources.as_of import CHINA

_WAIT = 0.25  # seconds: `lock_holder` also takes the lock, for a moment


class LockedError(Exception):
    """Another run holds the lock of the round; the message names it."""


@contextmanager
def hold_lock(out: Path, round_name: str) -> Iterator[str | None]:
    """Hold a round for the block; move aside what a person put in place of the folders of this program.

    Yields:
        A description of the previous holder if it was killed: what it began is to be finished.

    Raises:
        LockedError: if another run holds it.
    """
    out.mkdir(parents=True, exist_ok=True)
    file = _holder_file(out, round_name)
    keep_regular(_lock_file(out, round_name))
    keep_regular(file)
    try:
        lock = FileLock(_lock_file(out, round_name)).acquire(timeout=_WAIT, poll_interval=0.05)
    except Timeout:
        raise LockedError(f"another run is at this round ({_read(file) or 'it has just begun'})") from None
    with lock:
        killed = _read(file)
        for folder in (out / round_name / name for name in (GATE, HISTORY, STAGING, RENDERED)):
            if os.path.lexists(folder) and not is_folder(folder):  # a link is never followed
                move_aside(folder)
        try:
            write_atomically(file, f"{_this_process()}\n".encode())
            yield killed
        finally:
            file.unlink(missing_ok=True)


def lock_holder(out: Path, round_name: str) -> tuple[str | None, bool]:
    """Return who holds a round and whether that process is running; (None, False) if the last run ended properly."""
    holder = _read(_holder_file(out, round_name))
    if holder is None:
        return None, False
    try:
        with _lock_file(out, round_name).open("rb") as file:  # to read is enough for a user who may not write
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return holder, False
    except FileNotFoundError:
        return holder, False
    except OSError:  # locked, or this user may not open it
        return holder, True


def _this_process() -> str:
    """Describe this process: its id, host, start (China's time) and command without passwords."""
    command = without_login(shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])).encode(errors="replace")
    now = datetime.now(CHINA).isoformat(timespec="seconds")
    return f"process {os.getpid()} on {socket.gethostname()} since {now}: {command[:1000].decode(errors='ignore')}"


def _lock_file(out: Path, round_name: str) -> Path:
    return out / f".{round_name}.lock"


def _holder_file(out: Path, round_name: str) -> Path:
    return out / f".{round_name}.holder"


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:  # not there, or not to be read by this user
        return None
