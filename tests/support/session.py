"""What the processes of a test session share: made by the first that needs it, found by the others."""

import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import forkserver
from pathlib import Path

from filelock import FileLock

from tests.support.command import Ended
from tests.support.paths import ROOT


@dataclass(frozen=True)
class SampleRun:
    """A whole run over the sample round: how it ended, and the round's folder, which no test may change."""

    ended: Ended
    out: Path


def share(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Return the text that the first caller's `make` returned, kept in a file of this name."""
    kept = folder / f"{name}.txt"
    with FileLock(folder / f"{name}.lock"):
        if not kept.exists():
            kept.write_text(make(), encoding="utf-8")
        return kept.read_text(encoding="utf-8")


def start_prefect_server(folder: Path) -> str:
    """Start a Prefect server that ends with the session; return the address of its API.

    The session's process is that of pytest, or with xdist the controller, which started this one.
    """
    session = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    home, address = folder / "prefect", folder / "prefect" / "address"
    home.mkdir()
    command = [sys.executable, "-m", "tests.support.prefect_server", str(home), str(session), str(address)]
    # Not by subprocess, which would warn that it is still running when this process ends.
    process = os.posix_spawn(sys.executable, command, {**os.environ, "PYTHONPATH": str(ROOT)}, setsid=True)
    end = time.monotonic() + 180
    while not address.exists():
        has_ended = os.waitpid(process, os.WNOHANG) != (0, 0)
        assert not has_ended, f"the Prefect server has ended: {home / 'server.log'}"
        assert time.monotonic() < end, f"no Prefect server after 180 s: {home / 'server.log'}"
        time.sleep(0.2)
    return address.read_text(encoding="utf-8")


def start_fork_server() -> None:
    """Start the fork server of this process with all that workers import, the gate's library too, if it does not run.

    Without it every gate imports Great Expectations again, which takes four seconds.
    """
    workers = ["flows.cli", "flows.workers.plans", "flows.workers.rendering", "flows.gate.expectations"]
    multiprocessing.get_context("forkserver").set_forkserver_preload([*workers, "tests.support.gate_library"])
    forkserver.ensure_running()
