"""What is remembered of a run when it is over."""

from dataclasses import replace
from pathlib import Path

from prefect import get_run_logger
from prefect.context import FlowRunContext

from flows.exit_codes import DONE
from flows.outcome import Outcome
from flows.reporting.run_log import Run, Watch, peak_memory, record_run


def remember_run(watch: Watch, round_name: str, out: str | Path, outcome: Outcome, *, as_of: str | None) -> None:
    """Add the run to those that `peak-review status` tells of.

    Args:
        watch: when it began.
        round_name: its round.
        out: where it published, with the packages of all rounds.
        outcome: how it ended.
        as_of: the moment that it reproduced, if any.
    """
    context = FlowRunContext.get()
    run = Run(
        round=round_name,
        out=str(Path(out).resolve()),
        run=context.flow_run.name if context and context.flow_run else "",
        started=watch.started.isoformat(timespec="seconds"),
        seconds=watch.seconds,
        memory_mib=peak_memory(),
        outcome="failed",
        reason=outcome.reason,
        as_of=as_of or "",
    )
    if outcome.is_published:
        run = replace(run, outcome="complete" if outcome.code == DONE else "incomplete")
    if outcome.summary:
        facts = outcome.summary.facts
        run = replace(run, written=tuple(facts.written), unchanged=facts.unchanged, held_back=tuple(facts.held_back))
    try:
        record_run(run)
    except OSError as error:
        get_run_logger().warning("the run is done, but could not be recorded: %s", error)
