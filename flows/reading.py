"""Reads untrusted workbooks in child processes with limits on memory and time: what happens there costs one file."""

import logging
import os
import resource
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, ForkServerProcess
from queue import SimpleQueue
from typing import Generic, Protocol, TypeVar

from contracts.load import Contracts, load_contracts
from flows.forking import fork_context
from flows.raw import PASSWORDS, Received
from transforms.decisions.ledger import ReviewCopy
from transforms.decisions.reading import read_review, unread_review
from transforms.failures import FAILED
from transforms.intake.formats import limits
from transforms.intake.submission import Submission, read_submission, unread

SECONDS = 15.0
MEMORY = 1024**3

_LOG = logging.getLogger("prefect.reading")  # by name: to import Prefect takes seconds

T = TypeVar("T")
Made_co = TypeVar("Made_co", covariant=True)
Reader = Callable[[bytes, str, Contracts, Sequence[str]], T]


class Unread(Protocol[Made_co]):
    """What becomes of a file that ended its reader; with the fault `FAILED` that was our doing."""

    def __call__(self, file: str, sha256: str, reason: str, contracts: Contracts, *, fault: str = ...) -> Made_co:
        """Make it."""


_OUT_OF_MEMORY = "out of memory"


class ReaderError(Exception):
    """Our reader broke a promise: the end of the run, and not the file's fault. Holds the child's traceback."""


def read_all(
    received: Sequence[Received],
    round_name: str,
    *,
    seconds: float = SECONDS,
    reader: Reader[Submission] = read_submission,
    children: int | None = None,
    passwords: Sequence[str] | None = None,
) -> list[Submission]:
    """Read every submission, in the order given.

    Args:
        received: what to read.
        round_name: the round whose contracts apply.
        seconds: how long one file may take.
        reader: what a child does with a file; another one only to try out how it fails.
        children: how many processes read at a time; None is one per processor.
        passwords: to try where a file is encrypted; None takes those of the setting.

    Raises:
        ReaderError: if intake itself fails.
    """
    return read_each(received, round_name, seconds, reader, unread, children, passwords)


def read_reviews(
    received: Sequence[Received],
    round_name: str,
    *,
    seconds: float = SECONDS,
    reader: Reader[ReviewCopy] = read_review,
    children: int | None = None,
    passwords: Sequence[str] | None = None,
) -> list[ReviewCopy]:
    """The same for review workbooks that came back filled in."""
    return read_each(received, round_name, seconds, reader, unread_review, children, passwords)


def read_each(
    received: Sequence[Received],
    round_name: str,
    seconds: float,
    reader: Reader[T],
    unread: Unread[T],
    count: int | None,
    passwords: Sequence[str] | None,
) -> list[T]:
    """Read files of any kind: `reader` does it in the child, `unread` says what became of a file that ended it."""
    if not received:
        return []
    threads = min(count or os.cpu_count() or 1, len(received))
    # The fork server has the environment of the moment it started: the passwords are handed over.
    known = tuple(os.environ.get(PASSWORDS, "").splitlines() if passwords is None else passwords)
    children: SimpleQueue[_Child[T]] = SimpleQueue()
    with (
        _started(fork_context(), round_name, reader, unread, known, threads) as started,
        ThreadPoolExecutor(threads) as pool,
    ):
        for child in started:
            children.put(child)

        def read(item: Received) -> T:
            if item.content is None:
                return unread(item.file, item.sha256, item.fault or "文件无法读取", load_contracts(round_name))
            child = children.get()
            try:
                return child.read(item, seconds)
            finally:
                children.put(child)

        return list(pool.map(read, received))


class _Child(Generic[T]):
    """A process that reads one file after the other."""

    def __init__(
        self,
        context: ForkServerContext,
        round_name: str,
        reader: Reader[T],
        unread: Unread[T],
        passwords: Sequence[str],
    ) -> None:
        self._context = context
        self._round = round_name
        self._reader = reader
        self._unread = unread
        self._passwords = passwords
        self._start()

    def _start(self) -> None:
        self._pipe, theirs = self._context.Pipe()
        task = (theirs, self._round, self._reader, self._passwords)
        self._process: ForkServerProcess = self._context.Process(target=_serve, args=task, daemon=True)
        self._process.start()
        theirs.close()

    def read(self, item: Received, seconds: float) -> T:
        """Read a file; a child that dies or takes too long is replaced, and the file says so."""
        try:
            self._pipe.send((item.content, item.file))
            if self._pipe.poll(seconds):
                answer = self._pipe.recv()
                if isinstance(answer, tuple):
                    return answer[0]  # type: ignore[no-any-return]
                if answer != _OUT_OF_MEMORY:
                    # Our fault, not the file's: it costs this file, and the run is not complete.
                    _LOG.error("could not read %s:\n%s", item.file, answer)
                    why = answer.strip().splitlines()[-1]
                    return self._unread(item.file, item.sha256, why, load_contracts(self._round), fault=FAILED)
                reason = f"读取时内存超过 {MEMORY // limits.MIB} MiB，已停止"
            else:
                reason = f"读取超过 {seconds:g} 秒，已停止"
        except (EOFError, OSError):
            reason = f"读取时程序异常终止（{self._how_it_ended()}）"
        self.stop()
        self._start()
        return self._unread(item.file, item.sha256, reason, load_contracts(self._round))

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _how_it_ended(self) -> str:
        self._process.join(1)
        code = self._process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"退出码 {code}"


@contextmanager
def _started(
    context: ForkServerContext,
    round_name: str,
    reader: Reader[T],
    unread: Unread[T],
    passwords: Sequence[str],
    count: int,
) -> Iterator[list[_Child[T]]]:
    children = [_Child(context, round_name, reader, unread, passwords) for _ in range(count)]
    try:
        yield children
    finally:
        for child in children:
            child.stop()


def _serve(pipe: Connection, round_name: str, reader: Reader[T], passwords: Sequence[str]) -> None:
    _confine()
    contracts = load_contracts(round_name)
    while True:
        try:
            content, file = pipe.recv()
        except EOFError:
            return
        try:
            # In a tuple, because what failed is told as a text.
            answer: tuple[T] | str = (reader(content, file, contracts, passwords),)
            del content
        except MemoryError:
            # What fills the memory may still be held somewhere: this process reads no other file.
            pipe.send(_OUT_OF_MEMORY)
            return
        except Exception:
            answer = traceback.format_exc()
        pipe.send(answer)
        del answer


def _confine() -> None:
    """Limits on memory and files; nothing that a parser says reaches our own output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    warnings.simplefilter("ignore")
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silence, stream)
    os.close(silence)
