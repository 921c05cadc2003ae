"""Time limits for calls to a source, which may never answer or send one byte at a time."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


class TooSlowError(Exception):
    """A call exceeded its time limit. Its thread may still use the connection, so that is not used again."""


@dataclass(frozen=True)
class TimeLimits:
    """Limits of a pull from one source.

    Attributes:
        each: seconds for one file, listing or connection.
        until: when all of it ends, by `time.monotonic`.
    """

    each: float = 120.0
    until: float = float("inf")

    @property
    def left(self) -> float:
        """Return the seconds for the next call."""
        return min(self.each, self.until - monotonic())

    @property
    def expired(self) -> bool:
        """Return whether no time is left."""
        return monotonic() >= self.until

    def call(self, function: Callable[[], T]) -> T:
        """Call a function in a thread and return its result.

        Raises:
            TooSlowError: if it exceeds the time.
        """
        (result,) = self.iterate(lambda: iter((function(),)))
        return result

    def iterate(self, items: Callable[[], Iterable[T]]) -> Iterator[T]:
        """Yield items that are produced in a thread; the time is that of all items together.

        Raises:
            TooSlowError: if it exceeds the time.
        """
        answers: SimpleQueue[tuple[T] | Exception | None] = SimpleQueue()
        seconds = self.left
        until = monotonic() + seconds

        def work() -> None:
            try:
                for item in items():
                    if monotonic() > until:
                        return
                    answers.put((item,))
                answers.put(None)
            except Exception as error:
                answers.put(error)

        Thread(target=work, daemon=True).start()
        while True:
            try:
                answer = answers.get(timeout=max(until - monotonic(), 0))
            except Empty:
                raise TooSlowError(f"took longer than {max(seconds, 0):.0f} s") from None
            if isinstance(answer, Exception):
                raise answer
            if answer is None:
                return
            yield answer[0]
