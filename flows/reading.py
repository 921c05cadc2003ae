"""Reads untrusted workbooks in child processes with limits on memory and time: what happens there costs one file."""

import multiprocessing
import os
import resource
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from queue import SimpleQueue

from contracts.load import load_contracts
from flows.raw import Received
from transforms.intake.submission import Submission, read_submission, unread

SECONDS = 20.0
MEMORY = 1024**3


class ReaderError(Exception):
    """Our reader broke a promise: the end of the run, and not the file's fault. Holds the child's traceback."""


def read_all(received: Sequence[Received], round_name: str, *, seconds: float = SECONDS) -> list[Submission]:
    """Read every file, in the order given.

    Args:
        received: what to read.
        round_name: the round whose contracts apply.
        seconds: how long one file may take.

    Raises:
        ReaderError: if intake itself fails.
    """
    if not received:
        return []
    threads = min(os.cpu_count() or 1, len(received))
    # The fork server has the readers' imports loaded once; a child that had to be killed is replaced in milliseconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["transforms.intake.submission"])
    children: SimpleQueue[_Child] = SimpleQueue()
    with _started(context, round_name, threads) as started, ThreadPoolExecutor(threads) as pool:
        for child in started:
            children.put(child)

        def read(item: Received) -> Submission:
            child = children.get()
            try:
                return child.read(item, seconds)
            finally:
                children.put(child)

        return list(pool.map(read, received))


class _Child:
    """A process that reads one file after the other."""

    def __init__(self, context: ForkServerContext, round_name: str) -> None:
        self._context = context
        self._round = round_name
        self._start()

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        self._process: ForkServerProcess = self._context.Process(target=_serve, args=(theirs, self._round), daemon=True)
        self._process.start()
        theirs.close()

    def read(self, item: Received, seconds: float) -> Submission:
        """Read a file; a child that dies or takes too long is replaced, and the file says so."""
        try:
            self._pipe.send((str(item.path), item.file))
            if self._pipe.poll(seconds):
                answer = self._pipe.recv()
                if isinstance(answer, Submission):
                    return answer
                raise ReaderError(answer)
            reason = f"读取超过 {seconds:g} 秒，已停止"
        except (EOFError, OSError):
            reason = "读取时程序异常终止（内存超限或文件损坏）"
        self.stop()
        self._start()
        return unread(item.file, item.sha256, reason, load_contracts(self._round))

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


@contextmanager
def _started(context: ForkServerContext, round_name: str, count: int) -> Iterator[list[_Child]]:
    children = [_Child(context, round_name) for _ in range(count)]
    try:
        yield children
    finally:
        for child in children:
            child.stop()


def _serve(pipe: Connection, round_name: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    contracts = load_contracts(round_name)
    while True:
        try:
            path, file = pipe.recv()
        except EOFError:
            return
        try:
            answer: Submission | str = read_submission(Path(path).read_bytes(), file, contracts)
        except MemoryError:
            return  # the parent sees the pipe close, and says so of the file
        except Exception:
            answer = traceback.format_exc()
        pipe.send(answer)
