"""Start worker processes and wait for what they return. Imports nothing of ours, so that they can be started first.

Workers are forked from one server process that has loaded the code: a new worker takes milliseconds.
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
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

# The command line is what a worker imports as its main module.
_PRELOADED = ["flows.cli", "flows.workers.plans", "flows.workers.rendering", "flows.gate.expectations"]
T = TypeVar("T")


class WorkerTimeoutError(Exception):
    """A task took longer than its limit; its process was killed."""


class WorkerDiedError(Exception):
    """A process ended before its task did.

    Attributes:
        exitcode: negative where a signal ended it; None where it ended between two tasks.
    """

    def __init__(self, exitcode: int | None) -> None:
        """Name the signal or the exit code, in Chinese: reviewers read it."""
        self.exitcode = exitcode
        named = signal.Signals(-exitcode).name if exitcode is not None and exitcode < 0 else f"退出码 {exitcode}"
        super().__init__(f"程序异常终止（{named}）")


class WorkerFailedError(Exception):
    """A task raised an exception: a fault of our code. The note is the traceback of the process."""


@dataclass(frozen=True)
class _Failure:
    """An exception of a task as text: not every exception can be pickled. An `OSError` is sent as it is."""

    traceback: str
    error: OSError | None


def preload_workers() -> None:
    """Start the server process in the background, so that it imports the workers' code while the caller goes on."""
    _context()
    forkserver.ensure_running()


@contextmanager
def open_pool(
    workers: int, initializer: Callable[..., None] | None = None, *arguments: object
) -> Iterator[ProcessPool]:
    """Open a pool of worker processes; at the end of the block they are stopped, whatever they are doing.

    Args:
        workers: number of processes.
        initializer: is called with the arguments in each of them when it starts.
        arguments: of the initializer.
    """
    pool = ProcessPool(workers, initializer=initializer, initargs=arguments, context=_context())
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def schedule(pool: ProcessPool, seconds: float, function: Callable[..., T], *arguments: object) -> Future[T]:
    """Schedule a task with a limit in seconds; get its result by `result_of`."""
    return pool.schedule(_attempt, (function, *arguments), timeout=seconds)


def result_of(future: Future[T], seconds: float | None = None) -> T:
    """Wait for the result of a task, at most so many seconds.

    Raises:
        WorkerTimeoutError: if it took too long.
        WorkerDiedError: if its process ended.
        WorkerFailedError: if it raised an exception.
        OSError: if it raised this one, with the same note.
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
    """Send what this process and its libraries print to nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _attempt(function: Callable[..., object], *arguments: object) -> Any:  # noqa: ANN401 - what it returns, or a failure
    try:
        return function(*arguments)
    except Exception as error:
        return _Failure(traceback.format_exc(), error if isinstance(error, OSError) else None)


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context
