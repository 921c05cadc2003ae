"""What of ours fails costs the one thing that it was about: it is named, keeps its traceback, and the rest goes on."""

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

T = TypeVar("T")
FAILED = "failed"  # the fault of a file that could be read, had our code not failed


@dataclass(frozen=True)
class Failure:
    """What could not be made or read, the error in one line, and its traceback for the log."""

    what: str
    reason: str
    trace: str

    def __str__(self) -> str:
        """As one line, for the record and for a person."""
        return f"{self.what}: {self.reason}"


def failure_of(what: str, error: BaseException) -> Failure:
    """Describe an error that was caught."""
    return Failure(what, f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))


def attempt(what: str, failures: list[Failure] | None, make: Callable[[], T]) -> T | None:
    """Make one thing; if that fails, note it and give None. Without a list to note it in, the error is raised."""
    try:
        return make()
    except Exception as error:
        if failures is None:
            raise
        failures.append(failure_of(what, error))
        return None


def replace_failing(
    items: Iterable[T],
    attempted: Callable[[T], object],
    instead: Callable[[T, Failure], T],
    name: Callable[[T], str],
) -> tuple[list[T], list[Failure]]:
    """Of items of which nothing can be made together, replace those that fail by themselves.

    Args:
        items: to look at.
        attempted: what is to be made of them, of one alone.
        instead: what stands for an item that failed.
        name: of an item.
    """
    failures: list[Failure] = []
    kept = []
    for item in items:
        before = len(failures)
        attempt(name(item), failures, partial(attempted, item))
        kept.append(item if len(failures) == before else instead(item, failures[-1]))
    return kept, failures
