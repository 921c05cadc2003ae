"""A real Dask cluster on loopback: a scheduler and two workers, each a process, as `dask scheduler` starts them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.source_servers import free_port

DASK = Path(sys.executable).parent / "dask"


@contextmanager
def dask_cluster(place: Path, **environment: str) -> Iterator[str]:
    """Start it in a folder; yields the scheduler's address. The workers share no working folder with the caller."""
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = ["scheduler", "--host", "127.0.0.1", "--port", address.rpartition(":")[2], "--no-dashboard"]
    worker = ["worker", address, "--nthreads", "1", "--no-dashboard", "--local-directory", "scratch"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PEAK"))}
    with ExitStack() as stack:
        for name, command in (("scheduler", scheduler), ("one", worker), ("two", worker)):
            home = place / name
            home.mkdir(parents=True)
            log = stack.enter_context((home / "log").open("wb"))
            process = subprocess.Popen(
                [DASK, *command], env=kept | {"HOME": str(home)} | environment, cwd=home, stdout=log, stderr=log
            )
            stack.callback(_end, process)
        _wait_for(place, 2)
        yield address


def _wait_for(place: Path, workers: int) -> None:
    log = place / "scheduler" / "log"
    for _ in range(600):
        text = log.read_text(encoding="utf-8")
        if text.count("Register worker") == workers:
            return
        time.sleep(0.1)
    raise AssertionError(text)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
