"""Read untrusted files in worker processes with limits on time and memory.

A file that exceeds a limit or crashes its reader gets a result with that reason; the other files are read. A file on
which a reader raises an exception, or that this machine could not read, gets the fault `FAILED`: the file is not wrong.
"""

import logging
import os
import resource
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from contracts.load import Contracts, load_contracts
from flows.settings import load_settings
from flows.sources.raw_files import Received
from flows.workers.processes import (
    WorkerDiedError,
    WorkerFailedError,
    WorkerTimeoutError,
    open_pool,
    result_of,
    schedule,
    silence_output,
)
from transforms.decisions.read_review import read_review, unread_review
from transforms.failures import FAILED
from transforms.intake.formats import limits
from transforms.intake.submission import read_submission, unreadable_submission

SECONDS = 15.0
MEMORY = 1024**3  # bytes of address space besides the code that the worker has loaded
_LOG = logging.getLogger("prefect.reading")  # by name: to import Prefect takes seconds

T = TypeVar("T")
Reader = Callable[[bytes, str, Contracts, Sequence[str]], T]
# Called with file, sha256, reason in Chinese, contracts and, by keyword, the fault; see `unreadable_submission`.
Unread = Callable[..., T]
_OUT_OF_MEMORY = 97  # exit code of a worker that reached its memory limit
_POOLS = 3  # how often to open a pool, if it breaks


class ReaderError(Exception):
    """No file can be read: workers are killed from outside, or have another version of the code."""


def read_files(
    received: Sequence[Received],
    round_name: str,
    reader: Reader[T],
    unread: Unread[T],
    *,
    seconds: float = SECONDS,
    workers: int | None = None,
    passwords: Sequence[str] | None = None,
) -> list[T]:
    """Read every file, in the order given.

    Args:
        received: the files.
        round_name: the round whose contracts apply.
        reader: makes the result of a file from its bytes and name, the contracts and passwords.
        unread: makes the result of a file that could not be read.
        seconds: time limit of one file.
        workers: number of processes; None is one per processor.
        passwords: to try on encrypted files; None takes those of the setting.

    Raises:
        ReaderError: if workers are killed from outside repeatedly.
    """
    # Passed as an argument: workers have the environment that the fork server started with.
    known = load_settings().plain_passwords if passwords is None else passwords
    contracts = load_contracts(round_name)
    results: list[T] = []
    for _ in range(_POOLS):
        rest = received[len(results) :]
        if not rest:
            return results
        with open_pool(min(workers or os.cpu_count() or 1, len(rest)), _confine, round_name) as pool:
            futures = [
                None if one.content is None else schedule(pool, seconds, _read, reader, one, round_name, known)
                for one in rest
            ]
            for one, future in zip(rest, futures, strict=True):
                try:
                    # The second limit is for a task that is lost in a broken pool.
                    found = result_of(future, (seconds + 5) * len(rest)) if future else one.fault or "文件无法读取"
                except WorkerTimeoutError:
                    found = f"读取超过{seconds:g}秒，已停止"
                except WorkerDiedError as error:
                    if error.exitcode is None:  # a worker was killed between two files, and the pool is broken
                        break
                    exhausted = error.exitcode == _OUT_OF_MEMORY
                    found = f"读取时内存超过{MEMORY // limits.MIB} MiB，已停止" if exhausted else f"读取时{error}"
                except (WorkerFailedError, OSError) as error:
                    # A fault of the reader: this file is not reviewed, and the run is incomplete.
                    _LOG.error("could not read %s:\n%s", one.file, "".join(error.__notes__))
                    results.append(unread(one.file, one.sha256, str(error), contracts, fault=FAILED))
                    continue
                if isinstance(found, str):
                    fault = {"fault": FAILED} if one.is_unread else {}
                    found = unread(one.file, one.sha256, found, contracts, **fault)
                results.append(found)
    raise ReaderError("the processes that read files are killed repeatedly, by the system or a person")


read_submissions = partial(read_files, reader=read_submission, unread=unreadable_submission)
read_review_copies = partial(read_files, reader=read_review, unread=unread_review)


def _read(reader: Reader[T], received: Received, round_name: str, passwords: Sequence[str]) -> T:
    try:
        return reader(received.content or b"", received.file, load_contracts(round_name), passwords)
    except MemoryError:
        # The process ends: whatever fills its memory may still be referenced.
        os._exit(_OUT_OF_MEMORY)
    except SystemExit as error:
        os._exit(error.code if isinstance(error.code, int) and error.code else 1)


def _confine(round_name: str) -> None:
    """Limit memory, forbid writing to files, silence output, and load the contracts once."""
    loaded = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (loaded + MEMORY, loaded + MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore")
    silence_output()
    load_contracts(round_name)
