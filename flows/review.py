"""The flow `review`: the submissions of a round in `data/raw` → one review package per province in `data/out`.

`run_pipeline` is the whole night, step by step.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import astuple, replace
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.pipeline.exit_codes import INCOMPLETE, WRONG_USE
from flows.pipeline.outcome import (
    NOTHING_PUBLISHED,
    Outcome,
    Summary,
    decide,
    interruption,
    outcome_of,
    outcome_of_error,
    outcomes,
)
from flows.pipeline.request import Job, Request
from flows.pipeline.run_flow import run_flow
from flows.publication.file_names import printable
from flows.publication.input_fingerprint import input_fingerprint, load_last_run
from flows.publication.lock import hold_lock
from flows.publication.publish import PublishResult
from flows.publication.swap import finish, is_begun
from flows.reporting.prefect_page import show
from flows.reporting.run_log import Watch, peak_memory, record_run, run_of, start_watch
from flows.reporting.step_log import StepLog, open_step_log, shorten_engine_errors, without
from flows.settings import load_settings
from flows.sources.collect import Collected, collect_reviews
from flows.sources.collect import collect as collect_files
from flows.workers.prefect_task import step
from flows.workers.processes import preload_workers
from transforms.reports.files.run_summary import RunSummary

REFUSED, INCOMPLETE_NAME = "Refused", "Incomplete"


def run_pipeline(request: Request, watch: Watch, killed: str | None) -> Summary:
    """Run the steps of a review in their order; the caller holds the round's lock.

    Those that Prefect's page shows with their times are tasks; between them are checks and selections without I/O.

    Args:
        request: what to review and publish.
        watch: when the run began.
        killed: the run before, if it was killed.
    """
    if killed or is_begun(request.target):
        get_run_logger().info("repair   what the run before left unfinished (%s)", killed or "unknown")
        finish(request.target, request.folder / "reviews")

    log = open_step_log(request.round_name)
    collected = collect(request, log)
    if summary := summary_if_unchanged(request, collected, log, watch):
        return summary

    preload_workers()
    # Imported here, because it takes most of a second, and a night without changes ends above.
    from flows.gate.gate_process import open_gate  # noqa: PLC0415
    from flows.pipeline import steps  # noqa: PLC0415
    from flows.workers.archives import unpack_archives  # noqa: PLC0415
    from flows.workers.rendering import rendering_folder  # noqa: PLC0415

    unpacked = unpack_archives(collected, request.round_name)
    if collected.archives:
        counts = len(unpacked.workbooks) - len(collected.workbooks), len(unpacked.plans) - len(collected.plans)
        log.info("unpack   %d workbooks and %d plans in %d archives", *counts, len(collected.archives))
    job = Job(request, received=collected, collected=unpacked, log=log, watch=watch)
    steps.check_request(job)
    # The gate loads Great Expectations while files are read.
    with open_gate() as gate_process, rendering_folder(request.target) as folder:
        result = steps.judge(job, *steps.read(job))  # no names: what was read is freed when judged
        provinces = steps.select_provinces(job, result)
        decisions = steps.merge_decisions(job, result, provinces)
        rendered = steps.render(job, result, decisions, provinces, folder)
        verdict = steps.gate(job, result, decisions, rendered, gate_process)
        earlier = steps.published_findings(job)  # before they are replaced
        published = steps.publish(job, result, rendered, verdict)
        return steps.report(job, result, decisions, rendered, verdict, published, earlier)


@flow(name="review", flow_run_name="review-{round}", persist_result=False, validate_parameters=False)
def review(
    round: str = "first-batch",  # noqa: A002 - the name that a person sees in Prefect's form
    raw: str | Path = "data/raw",
    out: str | Path = "data/out",
    provinces: Sequence[str] = (),
    pilots: Sequence[str] = (),
    force: bool = False,
    as_of: str | None = None,
    accept_change: Sequence[str] = (),
    plans: str | Path | None = None,
) -> Summary:
    """Review a round and publish its packages.

    Args:
        round: name of the round, e.g. first-batch.
        raw: folder with the submissions of all rounds.
        out: folder for the packages of all rounds.
        provinces: publish only these; every submission is read and judged all the same, because of the medians.
        pilots: publish only the provinces of these pilots.
        force: write packages even where nothing changed, or where a person took back the same.
        as_of: only what was received until then counts, e.g. 2026-01-31 (its end) or 2026-01-31T02:00, China's time.
        accept_change: publish these provinces, or `all`, however far they are from what was published of them.
        plans: folder with the round of plans that a progress round assesses, if it is not in `raw`.

    Returns:
        What was done, with the state `Incomplete` where a check or file is missing; or the state `Refused` (an unknown
        province or pilot, a wrong setting) or `Failed` (a folder that cannot be read or written), with the reason.
        Where the code is at fault, the state is `Failed` too, and the log has the traceback.
    """
    shorten_engine_errors()
    request = Request(
        round,
        Path(os.fsdecode(raw)),
        Path(os.fsdecode(out)),
        provinces,
        pilots,
        force,
        as_of,
        accept_change,
        Path(os.fsdecode(plans)) if plans else None,
    )
    # A failed step ends the flow, which logs the reason, and the traceback where the code is at fault.
    with without("prefect.task_runs", lambda record: record.levelno >= logging.ERROR):
        outcome, error = _run(request)
    if error is not None:
        get_run_logger().error("internal error", exc_info=error)
    decide(outcome)
    # Prefect takes a state for a result, which its types do not say.
    if not outcome.is_published:
        name = REFUSED if outcome.code == WRONG_USE else "Failed"
        return Failed(name=name, message=outcome.reason)  # type: ignore[return-value]
    if outcome.summary is None or outcome.code == INCOMPLETE:
        return Completed(name=INCOMPLETE_NAME, message=outcome.reason, data=outcome.summary)  # type: ignore[return-value]
    return outcome.summary


def run_review(request: Request) -> Outcome:
    """Run the flow `review`; return what happened, also where Prefect's server fails."""
    return run_flow(review, "nothing published", *astuple(request))


def _run(request: Request) -> tuple[Outcome, Exception | None]:
    """Run the pipeline under the round's lock and log the run; return the exception where our code is at fault."""
    if request.folder_fault:  # not logged either: the run log is beside the packages
        return Outcome(WRONG_USE, request.folder_fault), None
    watch = start_watch()
    summary: Summary | None = None
    fault: Exception | None = None
    with outcomes() as decided:
        try:
            load_settings()
            with hold_lock(request.out, request.round_name) as killed:
                summary = run_pipeline(request, watch, killed)
            outcome = outcome_of(summary)
        except Exception as error:
            outcome, fault = outcome_of_error(error, request.target, request.raw, request.out)
            if summary is not None:  # only the lock could not be removed
                reason = f"published, but {outcome.reason}"
                outcome, fault = Outcome(INCOMPLETE, reason, summary.published, summary), None
        except BaseException as error:
            last = decided[-1] if decided else NOTHING_PUBLISHED
            _record(request, replace(last, reason=f"{last.reason}: {interruption(error)}"), watch)
            raise
    _record(request, outcome, watch)
    return outcome, fault


def _record(request: Request, outcome: Outcome, watch: Watch) -> None:
    try:
        name = flow_run.get_name() or ""
        # A misspelt province in --accept-change says nothing about the round.
        is_partial = request.is_partial or (outcome.code == WRONG_USE and bool(request.accept_change))
        run = run_of(request.round_name, request.out, outcome, watch, name)
        record_run(replace(run, as_of=request.as_of or "", is_partial=is_partial))
    except OSError as error:
        get_run_logger().warning("the run has ended, but could not be recorded: %s", error)


@step("collect")
def collect(request: Request, log: StepLog) -> Collected:
    """Read every file of the round once, and list which are workbooks and plans."""
    collected = collect_files(request.folder, request.as_of, request.plan_folder)
    found = (len(collected.workbooks), len(collected.plans), printable(str(collected.folder)), len(collected.ignored))
    log.done("collect", "%d workbooks and %d plans in %s, %d others ignored", *found)
    return collected


def summary_if_unchanged(request: Request, collected: Collected, log: StepLog, watch: Watch) -> Summary | None:
    """Return the last run's summary if inputs, code and published packages are as it left them, else None."""
    if not request.is_plain:
        return None
    last_run = load_last_run(request.target, input_fingerprint(collected, collect_reviews(collected)))
    if last_run is None:
        return None
    same = "0 packages written, %d unchanged: all inputs are as the last run found them"
    packages = tuple(row["province"] for row in last_run.provinces)
    log.done("publish", same, len(packages))
    facts = RunSummary(
        round=request.round_name,
        complete=True,
        written=(),
        unchanged=len(packages),
        held_back=(),
        changes=(),
        seconds=watch.seconds,
        memory_mib=peak_memory(),
        **last_run.figures,
    )
    show(facts, last_run.provinces, str(request.target))
    published = PublishResult(written=(), unchanged=packages, archived=())
    return Summary(str(request.target), published, facts, {})
