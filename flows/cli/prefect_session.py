"""A Prefect server and quiet logs for a command."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flows.cli.ending import fail
from flows.pipeline.outcome import FAILED


@contextmanager
def prefect_session(meanwhile: Callable[[], None] | None = None) -> Iterator[None]:
    """Have a Prefect server during the block, or end the command with one line; see `prefect_server`."""
    quiet_prefect()
    from flows.workers.prefect_server import ServerError, prefect_server  # noqa: PLC0415

    try:
        with prefect_server(meanwhile):
            yield
    except ServerError as error:
        fail(FAILED, f"nothing done: {error}")


def quiet_prefect() -> None:
    """Log a line per step, and of Prefect only warnings; settings that are already in the environment win."""
    for name, value in {
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
        "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "WARNING",
        "PREFECT_LOGGING_FORMATTERS_STANDARD_FLOW_RUN_FMT": "%(asctime)s | %(message)s",
        # Where a flow is started without this command, Prefect's own server needs half a minute on a slow machine.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        # A server that is gone is asked again for 14 s, not for a minute.
        "PREFECT_CLIENT_MAX_RETRIES": "3",
    }.items():
        os.environ.setdefault(name, value)
    # It may log at the end that it still sends events: the reason why a run failed must be the last line.
    logging.getLogger("EventsWorker").setLevel(logging.ERROR)
