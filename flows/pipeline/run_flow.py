"""Run a flow and return the outcome that our code decided, whatever becomes of Prefect's server."""

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from prefect.client.schemas.objects import State

from flows.pipeline.exit_codes import FAILED
from flows.pipeline.outcome import Outcome, interruption, one_line, outcomes
from flows.publication.file_names import as_utf8
from flows.reporting.step_log import without


def run_flow(flow: Callable[..., State[Any]], nothing: str, *arguments: object) -> Outcome:
    """Run a flow; return what happened, also where Prefect's server fails before, in or after it.

    Args:
        flow: calls `decide` with its outcome.
        nothing: what to report where nothing was decided.
        arguments: of the flow; a path that is not UTF-8, which Prefect cannot send, arrives as bytes.
    """

    def is_about_prefect(record: logging.LogRecord) -> bool:
        """Return whether Prefect complains about its server after the outcome was decided."""
        noise = bool(record.exc_info) or record.getMessage().startswith("Finished in state Running")
        return bool(decided) and decided[-1].is_recorded and noise

    with outcomes() as decided, without("prefect.flow_runs", is_about_prefect):
        try:
            state = flow(*map(_sendable, arguments), return_state=True)
            fault = state.message or state.name
        except BaseException as error:  # of Prefect, or an interruption: what our code raises ends in a state
            fault = interruption(error) or f"Prefect failed: {type(error).__name__}: {one_line(error)}"
            if decided:
                logging.getLogger("prefect").warning("this run is not recorded on the Prefect server: %s", fault)
                return replace(decided[-1], is_recorded=False)
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
    return decided[-1] if decided else Outcome(FAILED, f"{nothing}: {fault}", is_recorded=False)


def _sendable(argument: object) -> object:
    if isinstance(argument, Path) and as_utf8(str(argument)) != str(argument):
        return os.fsencode(argument)
    return argument
