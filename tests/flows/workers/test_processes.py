"""Worker processes end with the process that started them."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.workers.processes import WorkerDiedError, open_pool, result_of, schedule

ROOT = Path(__file__).parents[3]
START = "import sys; from tests.flows.workers.test_processes import start_and_wait; start_and_wait(*sys.argv[1:])"


def loop_in_python(started: Path) -> None:
    started.write_text(str(os.getpid()), encoding="ascii")
    while True:
        pass


def loop_in_c(started: Path) -> None:
    """Run a regular expression without end; no other thread of the process can run beside it."""
    started.write_text(str(os.getpid()), encoding="ascii")
    re.match("(a+)+b", "a" * 60)


def start_and_wait(name: str, started: str) -> None:
    with open_pool(1) as pool:
        schedule(pool, 2, globals()[name], Path(started))
        time.sleep(60)


def is_running(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("loop", [loop_in_python, loop_in_c])
def test_a_busy_worker_ends_soon_after_its_parent_was_killed(loop, tmp_path: Path) -> None:
    started = tmp_path / "started"
    command = [sys.executable, "-c", START, loop.__name__, started]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as parent:
        try:
            wait_until(lambda: started.is_file() and started.read_text(encoding="ascii"), 60)
        finally:
            parent.send_signal(signal.SIGKILL)
    worker = int(started.read_text(encoding="ascii"))
    try:
        wait_until(lambda: not is_running(worker), 20)
    finally:
        if is_running(worker):
            os.kill(worker, signal.SIGKILL)


def wait_until(happened, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def test_tasks_of_a_broken_pool_fail_one_by_one() -> None:
    with open_pool(1) as pool:
        pool.close()
        with pytest.raises(WorkerDiedError, match=r"程序异常终止$"):
            result_of(schedule(pool, 30, os.getpid))
