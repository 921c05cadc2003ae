"""Time limits on calls to a source, which may hang for ever or drip."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


class TooSlowError(Exception):
    """A call took longer than it may; its thread may still be in it, so the connection is not used again."""


@dataclass(frozen=True)
class Patience:
    """How many seconds a file, a listing or a connection may take, and until when (`time.monotonic`) all of it may."""

    each: float = 120.0
    until: float = float("inf")

    @property
    def left(self) -> float:
        """Seconds for the next call."""
        return min(self.each, self.until - monotonic())

    @property
    def is_over(self) -> bool:
        """Whether there is no time left for anything."""
        return monotonic() >= self.until

    def call(self, function: Callable[[], T]) -> T:
        """Call in a thread of its own.

        Raises:
            TooSlowError: if it takes too long.
        """
        (result,) = self.each_of(lambda: iter((function(),)))
        return result

    def each_of(self, items: Callable[[], Iterable[T]]) -> Iterator[T]:
        """Iterate in a thread of its own; the time is that of all items together.

        Raises:
            TooSlowError: if it takes too long.
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
