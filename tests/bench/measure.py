"""Runs a command as a whole process and tells its time and the most memory that one process of it held."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import ROOT


@dataclass(frozen=True)
class Run:
    """One process with its children: seconds by the clock, seconds of processor, peak memory in MiB, and its answer."""

    seconds: float
    cpu: float
    memory: float
    answer: dict[str, float]


def run(arguments: Sequence[str], tree: Path = ROOT, **environment: str) -> Run:
    """Run `python …` with the contracts and code of a tree.

    Raises:
        RuntimeError: if it fails, with what it wrote.
    """
    paths = os.pathsep.join(map(str, dict.fromkeys((tree, ROOT))))
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as error:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=tree,
            env={**os.environ, "PYTHONPATH": paths, **environment},
            stdout=out,
            stderr=error,
        )
        # The kernel's own account of the process and of all that it waited for.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        written = [file.seek(0) or file.read() for file in (out, error)]
    if process.returncode:
        said = "\n".join(written)[-4000:]
        raise RuntimeError(f"{' '.join(arguments)}: exit code {process.returncode}\n{said}")
    last = written[0].strip().rsplit("\n", 1)[-1]
    answer = json.loads(last) if last.startswith("{") else {}
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, answer)


def compare(number: int, **work: Callable[[], Run]) -> dict[str, Run]:
    """Do each piece of work so often, in turn, and take the medians: what disturbs the machine disturbs all of them."""
    runs: dict[str, list[Run]] = {name: [] for name in work}
    for _ in range(number):
        for name, one in work.items():
            runs[name].append(one())
    return {name: _median(found) for name, found in runs.items()}


def _median(runs: Sequence[Run]) -> Run:
    return Run(
        statistics.median(one.seconds for one in runs),
        statistics.median(one.cpu for one in runs),
        max(one.memory for one in runs),
        {key: statistics.median(one.answer[key] for one in runs) for key in runs[0].answer},
    )
