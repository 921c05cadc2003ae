"""Isolate errors: an error in one item is recorded with its traceback, and the other items are still processed."""

import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

T = TypeVar("T")
FAILED = "failed"  # `fault` of a file at which the code raised an error


@dataclass(frozen=True)
class Failure:
    """An item that could not be processed, the error in one line, and its traceback."""

    what: str
    reason: str
    trace: str

    def __str__(self) -> str:
        """Return one line for run.json and messages."""
        return f"{self.what}: {self.reason}"


def failure_of(what: str, error: BaseException) -> Failure:
    """Build a failure from an exception."""
    return Failure(what, f"{type(error).__name__}: {error}", "".join(traceback.format_exception(error)))


def attempt(what: str, failures: list[Failure] | None, make: Callable[[], T]) -> T | None:
    """Call `make`; on an error append it to `failures` and return None. Raise it if `failures` is None."""
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
    """Try each item alone and replace those that raise an error.

    Args:
        items: that raised an error together.
        attempted: processes one item.
        instead: builds the replacement of a failed item.
        name: of an item, for the failure.

    Returns:
        All items with the replacements, and the failures.
    """
    failures: list[Failure] = []
    kept = []
    for item in items:
        before = len(failures)
        attempt(name(item), failures, partial(attempted, item))
        kept.append(item if len(failures) == before else instead(item, failures[-1]))
    return kept, failures
