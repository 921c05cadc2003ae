"""Spreads reading over one of Prefect's task runners: threads, processes, or an existing Dask cluster.

Reading is what takes time; judging looks at the whole batch at once and costs seconds: it stays with the flow. Whatever
the runner, a file is opened in a child process with limits: a runner's worker is ours, a parser's is not.
"""

import os
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from math import ceil
from multiprocessing import current_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Generic, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from contracts.load import fingerprint
from flows.raw import PASSWORDS, Received
from flows.reading import ReaderError
from transforms.intake.formats import limits

RUNNER = "PEAK_REVIEW_RUNNER"
_DASK = ("tcp://", "tls://", "ucx://", "ws://", "wss://")
# A child loads the contracts first, which takes a third of a second for a roster of ten thousand.
_FILES, _BYTES, _AT_ONCE = 1_000, 8 * limits.MIB, 64
T = TypeVar("T")
# `read_all` or `read_reviews`.
Read = Callable[..., list[T]]


@dataclass(frozen=True)
class Part(Generic[T]):
    """The files that one task reads.

    `contents` are theirs where the worker may have another disk, else None. Contents and passwords are in no `repr`:
    what libraries log of a call must not hold them.
    """

    number: int
    round_name: str
    read: Read[T]
    received: tuple[Received, ...]
    versions: tuple[str, str]
    contents: tuple[bytes, ...] | None = field(default=None, repr=False)
    passwords: tuple[str, ...] = field(default=(), repr=False)


def chosen_runner() -> TaskRunner[Any]:
    """The runner of the setting `PEAK_REVIEW_RUNNER`: `threads`, the default; `processes`; or the address of a cluster.

    Raises:
        ValueError: if it is none of these, or Dask is not installed.
    """
    wanted, workers = os.environ.get(RUNNER) or "threads", os.cpu_count() or 1
    if wanted == "threads":
        return ThreadPoolTaskRunner(max_workers=workers)
    if wanted == "processes":
        return ProcessPoolTaskRunner(max_workers=workers)
    if not wanted.startswith(_DASK):
        raise ValueError(f"{RUNNER} is none of threads, processes, tcp://HOST:PORT (a Dask scheduler): {wanted}")
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as error:
        raise ValueError(f"{RUNNER}={wanted} needs the extra peak-review[dask]: {error}") from None
    # A workbook may have 50 MiB; that it should not is what Dask would say on stderr.
    warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
    return DaskTaskRunner(address=wanted)


def spread(runner: TaskRunner[Any], read: Read[T], received: Sequence[Received], round_name: str) -> list[T]:
    """Read files in parts, each a task of the runner.

    Returns:
        What `read` gives for each file, in the order given: the same for every runner.

    Raises:
        ReaderError: if intake itself fails, or a worker has other code or contracts than we have.
        OSError: if a file is no longer there, or no cluster is at the address.
    """
    if not received:
        return []
    elsewhere = not isinstance(runner, ThreadPoolTaskRunner | ProcessPoolTaskRunner)
    waiting: deque[Any] = deque()
    found: list[T] = []
    with runner:
        for part in _parts(read, received, round_name, send=elsewhere):
            if len(waiting) == _AT_ONCE:  # no more contents in memory than that
                found += waiting.popleft().result()
            waiting.append(runner.submit(read_part, {"part": part}))
        while waiting:
            found += waiting.popleft().result()
    return found


@task(cache_policy=NO_CACHE, persist_result=False, task_run_name="read-{part.number}")
def read_part(part: Part[T]) -> list[T]:
    """Read the files of a part one after the other, in one child process."""
    if part.versions != _versions():
        raise ReaderError(f"a worker has other code or contracts: {_versions()}, and not {part.versions}")
    if part.contents is None:
        return part.read(part.received, part.round_name, children=1, passwords=part.passwords)
    # A worker of Dask is a daemon, to which multiprocessing allows no children; ours are ended with the part.
    current_process().daemon = False
    with TemporaryDirectory() as folder:
        placed = []
        for number, (item, content) in enumerate(zip(part.received, part.contents, strict=True)):
            path = Path(folder) / str(number)
            path.write_bytes(content)
            placed.append(replace(item, path=path))
        return part.read(placed, part.round_name, children=1, passwords=part.passwords)


def _parts(read: Read[T], received: Sequence[Received], round_name: str, *, send: bool) -> Iterator[Part[T]]:
    versions, passwords = _versions(), tuple(os.environ.get(PASSWORDS, "").splitlines())
    for number, items in enumerate(_shares(received, by_size=send), 1):
        contents = tuple(_content(item) for item in items) if send else None
        yield Part(number, round_name, read, items, versions, contents, passwords)


def _shares(received: Sequence[Received], *, by_size: bool) -> Iterator[tuple[Received, ...]]:
    """Neighbours: few enough that every worker has some, many enough that starting a child does not count."""
    most = ceil(len(received) / max(ceil(len(received) / _FILES), min(len(received), os.cpu_count() or 1)))
    share: list[Received] = []
    size = 0
    for item in received:
        if len(share) == most or (by_size and share and size + item.size > _BYTES):
            yield tuple(share)
            share, size = [], 0
        share.append(item)
        size += item.size
    yield tuple(share)


def _content(item: Received) -> bytes:
    return item.content or b""


def _versions() -> tuple[str, str]:
    return version("peak-review"), fingerprint()
