"""The process that checks frames with Great Expectations, whose imports take 4 s."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from pebble import ProcessPool

from flows.gate.expectations import load_library, run_suite
from flows.workers.processes import (
    WorkerDiedError,
    WorkerFailedError,
    WorkerTimeoutError,
    open_pool,
    result_of,
    schedule,
)

SECONDS = 300.0


class GateError(Exception):
    """The gate itself failed. The traceback of its process is attached as a note."""


@dataclass(frozen=True)
class Gate:
    """A process that is importing Great Expectations, or has imported it."""

    pool: ProcessPool

    def run_suite(self, *request: object) -> list[dict[str, Any]]:
        """Call `flows.gate.expectations.run_suite` in the process.

        Raises:
            GateError: if it fails, ends or exceeds its time.
        """
        try:
            return result_of(schedule(self.pool, SECONDS, run_suite, *request), 2 * SECONDS)
        except WorkerTimeoutError:
            raise GateError(f"no answer within {SECONDS:g} s") from None
        except WorkerDiedError as error:
            raise GateError(f"its process has ended: {error}") from error
        except (WorkerFailedError, OSError) as error:
            failure = GateError(str(error))
            failure.__notes__ = error.__notes__
            raise failure from None


_open: ContextVar[Gate | None] = ContextVar("open_gate", default=None)


@contextmanager
def open_gate() -> Iterator[Gate]:
    """Start the process, so that it imports Great Expectations while files are read; end it with the block.

    Inside another such block the same process is used.
    """
    if gate := _open.get():
        yield gate
        return
    with open_pool(1) as pool:
        schedule(pool, SECONDS, load_library)
        gate = Gate(pool)
        token = _open.set(gate)
        try:
            yield gate
        finally:
            _open.reset(token)
