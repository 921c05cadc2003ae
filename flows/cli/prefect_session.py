"""A Prefect server and quiet logs for a command, and what a run needs started while the server starts."""

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

from contracts.load import ContractError
from flows.cli.console import fail
from flows.pipeline.exit_codes import FAILED, WRONG_USE
from flows.pipeline.outcome import RefusedError
from flows.settings import SettingError
from flows.workers.processes import preload_workers


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
    except SettingError as error:
        fail(WRONG_USE, str(error))


def quiet_prefect() -> None:
    """Log a line per step, and of Prefect only warnings; settings that are already in the environment win."""
    for name, value in {
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
        "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "WARNING",
        "PREFECT_LOGGING_FORMATTERS_STANDARD_FLOW_RUN_FMT": "%(asctime)s | %(message)s",
        # Where a flow is started without this command, Prefect's own server needs half a minute on a slow machine.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        # A run whose server hangs ends with two requests, of 22 s each.
        "PREFECT_CLIENT_MAX_RETRIES": "1",
        "PREFECT_API_REQUEST_TIMEOUT": "10",
        # Its client would log a block of lines for each batch of events that it cannot send.
        "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
    }.items():
        os.environ.setdefault(name, value)
    # It may log at the end that it still sends events: the reason why a run failed must be the last line.
    logging.getLogger("EventsWorker").setLevel(logging.ERROR)


@contextmanager
def early_start(round_name: str, raw: str, out: str) -> Iterator[Callable[[], None]]:
    """Yield a function that starts worker processes and the gate, if the raw folder is not as the last run found it.

    It only saves time: what it does not start, the run does itself.
    """
    with ExitStack() as stack:

        def start() -> None:
            from flows.pipeline.request import Request  # noqa: PLC0415
            from flows.publication.input_fingerprint import input_fingerprint, load_last_run  # noqa: PLC0415
            from flows.sources.collect import collect, collect_reviews  # noqa: PLC0415

            import_module("flows.review")  # takes a second
            request = Request(round_name, Path(raw), Path(out))
            try:
                collected = collect(request.folder, plan_folder=request.plan_folder)
                inputs = input_fingerprint(collected, collect_reviews(collected))
                if load_last_run(request.target, inputs):
                    return
            except (OSError, RefusedError, SettingError, ContractError):
                return  # the run says what is wrong
            preload_workers()
            from flows.gate.gate_process import open_gate  # noqa: PLC0415 - not needed by an unchanged round

            stack.enter_context(open_gate())
            import_module("flows.pipeline.steps")

        yield start
