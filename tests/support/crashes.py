"""Readers and renderers that fail in every way: a worker process bears them. And a reader that measures itself."""

import ctypes
import os
import signal
import sys
import time
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from contracts.load import Contracts
from flows.workers.rendering import Package, render_package
from transforms.intake.submission import Submission, read_submission
from transforms.reports.view import View


def fail_as_told(content: bytes, file: str, contracts: Contracts, passwords: Sequence[str] = ()) -> Submission:
    """Fail as the content says; anything else is read."""
    match content:
        case b"abort":
            os.abort()
        case b"segfault":
            ctypes.string_at(0)
        case b"exit":
            sys.exit(3)
        case b"loop":
            while True:
                pass
        case b"memory":
            hoard = []
            while True:
                hoard.append(bytearray(16 * 1024**2))
        case b"warn":
            for number in range(100_000):
                warnings.warn(f"warning {number}", stacklevel=1)
                sys.stderr.write("noise\n")
        case b"our own fault":
            raise ZeroDivisionError("made for this test")
    return read_submission(content, file, contracts, passwords)


def measure(content: bytes, file: str, contracts: Contracts, passwords: Sequence[str] = ()) -> Submission:
    """Read; put MiB of memory and seconds of processor time in place of the remarks about rows left out.

    Memory is the peak besides what the worker had at the start, which differs by what it was forked from and has read.
    """
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    before, began = _peak_memory(), time.process_time()
    submission = read_submission(content, file, contracts, passwords)
    mib = (_peak_memory() - before) // 1024
    return replace(submission, explained=(str(mib), str(time.process_time() - began)))


def _peak_memory() -> int:
    """Return the largest resident size of this process in KiB."""
    status = Path("/proc/self/status").read_text(encoding="ascii").split()
    return int(status[status.index("VmHWM:") + 1])


def render_or_fail(provinces: tuple[str, str, str], view: View, folder: Path) -> Package:
    """Be killed at the first of these provinces, raise an exception at the second, and never end at the third."""
    if view.title == provinces[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    if view.title == provinces[1]:
        raise ZeroDivisionError("made for this test")
    while view.title == provinces[2]:
        pass
    return render_package(view, folder)


class Deadly:
    """Kills the process that asks for its items."""

    def items(self):
        os.kill(os.getpid(), signal.SIGKILL)
