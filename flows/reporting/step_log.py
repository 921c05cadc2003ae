"""The log of a run: a line for each finished step, which also moves the progress bar on Prefect's page."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from prefect import get_run_logger
from prefect.artifacts import create_progress_artifact, update_progress_artifact

from flows.pipeline.outcome import one_line
from flows.reporting.prefect_page import artifact_key, is_watched, leaving_artifacts

_PERCENT = {"collect": 5, "read": 40, "judge": 50, "merge": 60, "render": 90, "gate": 95, "publish": 100}


class StepLog(logging.LoggerAdapter[Any]):
    """The log of a run, with its progress bar."""

    bar: UUID | None = None

    def done(self, step: str, message: str, *values: object) -> None:
        """Log what a step did, and move the progress bar."""
        self.info(f"{step:8} {message}", *values)
        if bar := self.bar:
            self.bar = None  # a server that is gone is not asked again
            with leaving_artifacts():
                update_progress_artifact(bar, progress=float(_PERCENT[step]))
                self.bar = bar


def open_step_log(round_name: str) -> StepLog:
    """Return the log of the current flow run, and create its progress bar."""
    log = StepLog(get_run_logger(round=round_name))
    if is_watched():
        with leaving_artifacts():
            key, description = artifact_key("progress", round_name), f"{round_name}：评审进度"
            bar = create_progress_artifact(0.0, key=key, description=description)
            log.bar = bar if isinstance(bar, UUID) else None
    return log


@contextmanager
def without(logger: str, is_noise: Callable[[logging.LogRecord], bool]) -> Iterator[None]:
    """Drop records of a logger during the block."""

    def passes(record: logging.LogRecord) -> bool:
        return not is_noise(record)

    log = logging.getLogger(logger)
    log.addFilter(passes)
    try:
        yield
    finally:
        log.removeFilter(passes)


def shorten_engine_errors() -> None:
    """Have Prefect's engine, in a process of a worker, report in one line how a flow ended, without its own traceback.

    The flow has logged why, with the traceback where our code is at fault; what is left are `FailedRun`, and errors of
    a client whose server is gone.
    """
    for name in ("prefect.engine", "prefect.flow_runs"):
        logging.getLogger(name).addFilter(_in_one_line)  # once: the same filter is not added twice


def _in_one_line(record: logging.LogRecord) -> bool:
    if record.exc_info and (error := record.exc_info[1]) and "exited with unexpected exception" in record.getMessage():
        record.msg, record.args = "%s: %s: %s", (record.getMessage(), type(error).__name__, one_line(error))
        record.exc_info = None
    return True
