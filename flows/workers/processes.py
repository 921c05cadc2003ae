"""Start worker processes and wait for their results. Imports no other module of this project: it is imported first.

Workers are forked from one fork server that has loaded the code, so a new worker takes milliseconds. A worker ends
with the process that started it, also when that one is killed.
"""

import multiprocessing
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import forkserver, parent_process
from multiprocessing.context import ForkServerContext
from threading import Thread
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

# The command line is what a worker imports as its main module.
_PRELOADED = ["flows.cli", "flows.workers.plans", "flows.workers.rendering", "flows.gate.expectations"]
_GRACE = 5  # seconds after its limit at which a task ends its own process, if it was not stopped from outside
T = TypeVar("T")


class WorkerTimeoutError(Exception):
    """A task exceeded its time limit; its process was killed."""


class WorkerDiedError(Exception):
    """A process ended before its task did.

    Attributes:
        exitcode: negative where a signal ended it; None where it ended between two tasks.
    """

    def __init__(self, exitcode: int | None) -> None:
        """Name the signal or the exit code in Chinese, for reviewers."""
        self.exitcode = exitcode
        if exitcode is None:
            super().__init__("程序异常终止")
        else:
            named = signal.Signals(-exitcode).name if exitcode < 0 else f"退出码{exitcode}"
            super().__init__(f"程序异常终止（{named}）")


class WorkerFailedError(Exception):
    """A task raised an exception. Its traceback is attached as a note."""


@dataclass(frozen=True)
class _Failure:
    """The traceback of a task as text, because not every exception can be pickled; and the `OSError`, if it is one."""

    traceback: str
    error: OSError | None


def preload_workers() -> None:
    """Start the fork server, which imports the workers' code in the background."""
    _context()
    forkserver.ensure_running()


@contextmanager
def open_pool(
    workers: int, initializer: Callable[..., None] | None = None, *arguments: object
) -> Iterator[ProcessPool]:
    """Open a pool of worker processes; stop them at the end of the block, also in the middle of a task.

    Args:
        workers: number of processes.
        initializer: called with `arguments` in every process at its start.
        arguments: of the initializer.
    """
    pool = ProcessPool(workers, initializer=_start_worker, initargs=(initializer, *arguments), context=_context())
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def schedule(pool: ProcessPool, seconds: float, function: Callable[..., T], *arguments: object) -> Future[T]:
    """Schedule a task with a time limit in seconds; get its result by `result_of`."""
    try:
        return pool.schedule(_attempt, (seconds, function, *arguments), timeout=seconds)
    except RuntimeError:  # the pool broke after an earlier task
        future: Future[T] = Future()
        future.set_exception(BrokenProcessPool())
        return future


def result_of(future: Future[T], seconds: float | None = None) -> T:
    """Wait for the result of a task, at most `seconds`.

    Raises:
        WorkerTimeoutError: if it exceeded its limit, or `seconds`.
        WorkerDiedError: if its process ended.
        WorkerFailedError: if it raised an exception.
        OSError: if it raised this one, with its traceback as a note.
    """
    try:
        found: Any = future.result(seconds)
    except TimeoutError:
        raise WorkerTimeoutError from None
    except ProcessExpired as error:
        raise WorkerDiedError(error.exitcode) from None
    except BrokenProcessPool as error:
        raise WorkerDiedError(None) from error
    if isinstance(found, _Failure):
        failure = found.error or WorkerFailedError(found.traceback.strip().splitlines()[-1])
        failure.add_note(found.traceback)
        raise failure
    return found  # type: ignore[no-any-return]


def silence_output() -> None:
    """Redirect the output of this process and its libraries to /dev/null."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _start_worker(initializer: Callable[..., None] | None, *arguments: object) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    if initializer:
        initializer(*arguments)


def _end_with_parent() -> None:
    """Wait until the process that started this one has ended, then end this one."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _attempt(seconds: float, function: Callable[..., object], *arguments: object) -> Any:  # noqa: ANN401
    """Return the result of a task, or a `_Failure`.

    The alarm ends a task whose parent was killed while library code in C keeps every other thread waiting.
    """
    signal.alarm(int(seconds) + _GRACE)
    try:
        return function(*arguments)
    except Exception as error:
        return _Failure(traceback.format_exc(), error if isinstance(error, OSError) else None)
    finally:
        signal.alarm(0)


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context
