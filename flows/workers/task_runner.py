"""Read files through a Prefect task runner: threads on this machine, or an existing Dask cluster.

Tasks get the bytes of the files, so workers need no shared disk. Every worker reads files in the sandbox.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from multiprocessing import current_process
from typing import Any, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from contracts.load import fingerprint
from flows.pipeline.outcome import RefusedError
from flows.settings import load_settings
from flows.sources.raw_files import Received
from flows.workers.sandbox import ReaderError

_FILES = 10  # in one task on a cluster
T = TypeVar("T")
Read = Callable[..., list[T]]  # `read_submissions` or `read_review_copies`


@dataclass(frozen=True)
class Chunk:
    """The files that one task reads. Its `repr`, which libraries log, has neither contents nor passwords."""

    files: tuple[Received, ...]
    round_name: str
    workers: int | None
    versions: tuple[str, str]
    passwords: tuple[str, ...] = field(repr=False)


def chosen_runner() -> TaskRunner[Any]:
    """Return the task runner of the setting `PEAK_REVIEW_RUNNER`: `threads`, or a Dask scheduler's address.

    Raises:
        RefusedError: if Dask is not installed.
    """
    wanted = load_settings().runner
    if wanted == "threads":
        return ThreadPoolTaskRunner(max_workers=1)
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - an extra, and slow to import
    except ModuleNotFoundError as error:
        raise RefusedError(f"PEAK_REVIEW_RUNNER={wanted} needs the extra peak-review[dask]: {error}") from None
    warnings.filterwarnings("ignore", "Sending large graph", UserWarning)  # one workbook may have 50 MiB
    return DaskTaskRunner(address=wanted)


def read_with(runner: TaskRunner[Any], read: Read[T], received: Sequence[Received], round_name: str) -> list[T]:
    """Read files: in one task on this machine with a process per processor, or in tasks of ten files on a cluster.

    Returns:
        The result of `read` for each file, in the order given; it does not depend on the runner.

    Raises:
        ReaderError: if workers are killed, or one has another version of code or contracts.
        OSError: if there is no cluster at the address.
    """
    passwords = load_settings().plain_passwords
    here = isinstance(runner, ThreadPoolTaskRunner)
    size, workers = (len(received), None) if here else (_FILES, 1)
    parts = [tuple(received[at : at + size]) for at in range(0, len(received), size or 1)]
    chunks = [Chunk(part, round_name, workers, _versions(), passwords) for part in parts]
    if not chunks:
        return []
    with runner:
        # `quote` keeps Prefect from scanning the files for results; on Dask a quoted argument arrives as a tuple.
        futures = [runner.submit(read_chunk, {"read": read, "chunk": quote(one) if here else one}) for one in chunks]
        return [result for future in futures for result in future.result()]


@task(cache_policy=NO_CACHE, persist_result=False)
def read_chunk(read: Read[T], chunk: Chunk) -> list[T]:
    """Read the files of a chunk in the sandbox of the machine that runs the task."""
    if chunk.versions != _versions():
        raise ReaderError(f"a worker has another version: {_versions()} instead of {chunk.versions}")
    if current_process().daemon:
        current_process().daemon = False  # a Dask worker could not start processes otherwise
    return read(chunk.files, chunk.round_name, workers=chunk.workers, passwords=chunk.passwords)


def _versions() -> tuple[str, str]:
    return version("peak-review"), fingerprint()
