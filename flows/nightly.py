"""The flow `nightly`: pull new submissions, review, and notify."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.pipeline.exit_codes import DONE, FAILED, WRONG_USE
from flows.pipeline.outcome import Outcome, Summary
from flows.pipeline.request import Request
from flows.publication.manifest import submissions_published
from flows.reporting.health import Level, Places
from flows.reporting.notifications import notify
from flows.reporting.prefect_page import show_cost
from flows.reporting.run_log import MESSAGE, PULL, Run, record_run, run_of, start_watch
from flows.reporting.status import message_text, status_of_run
from flows.reporting.step_log import shorten_engine_errors
from flows.review import INCOMPLETE_NAME, REFUSED, run_review
from flows.settings import SettingError, load_settings, source_setting, unknown_settings
from transforms.reports.files.run_summary import summary_text, summary_title

_LOG_LEVELS = {Level.FINE: logging.INFO, Level.ATTENTION: logging.WARNING, Level.FAILED: logging.ERROR}


@flow(name="nightly", flow_run_name="nightly-{round}", persist_result=False, validate_parameters=False)
def nightly(
    round: str = "first-batch",  # noqa: A002 - the name that a person sees in Prefect's form
    sources: Sequence[str] = (),
    raw: str | Path = "data/raw",
    out: str | Path = "data/out",
    blocks: Sequence[str] = (),
) -> State[Summary]:
    """Pull, review, notify.

    Args:
        round: name of the round, e.g. first-batch.
        sources: where to pull from, as URLs without passwords; empty takes those of PEAK_REVIEW_SOURCES or of the
            Secret block peak-review-ROUND-sources, and without any nothing is pulled.
        raw: folder with the submissions of all rounds.
        out: folder for the packages of all rounds.
        blocks: notification blocks, like custom-webhook/wecom; empty takes those of PEAK_REVIEW_NOTIFY.

    Returns:
        Completed; `Incomplete` where something was published, but a source or a check failed; Failed where nothing was.
    """
    shorten_engine_errors()
    watch, places = start_watch(), Places(round, Path(raw), Path(out))
    try:
        settings = load_settings()
    except SettingError as error:
        refused = run_of(round, places.out, Outcome(WRONG_USE, str(error)), watch)
        _record(refused)
        _notify(blocks, f"{round}：评审失败", message_text(status_of_run(places, refused, None), ""), places)
        return Failed(name=REFUSED, message=str(error))
    for line in unknown_settings():
        get_run_logger().warning("settings %s", line)
    to = blocks or settings.notify
    pulled = _pull(places, sources) if sources or source_setting("SOURCES", round) else None
    pull_seconds = watch.seconds
    review_watch = start_watch()
    outcome = run_review(Request(round, places.raw, places.out))
    night = status_of_run(
        places,
        run_of(round, places.out, outcome, review_watch),
        replace(run_of(round, places.raw, pulled, watch, kind=PULL), sources=tuple(sources)) if pulled else None,
    )
    for point in night.points:
        get_run_logger().log(_LOG_LEVELS[point.level], "status   %s", point.text())
    facts = outcome.summary.facts if outcome.summary else None
    ended = "评审包已发布，但运行摘要未能生成" if outcome.is_published else "评审失败"
    subject = summary_title(facts) if facts else f"{round}：{ended}"
    _notify(to, subject, message_text(night, summary_text(facts) if facts else ""), places)
    if not outcome.is_published:
        # The last line of the log is the cause, whatever was logged on the way.
        get_run_logger().error("failed   %s", outcome.reason)
        return Failed(message=outcome.reason)
    if facts:
        show_cost(facts, pull_seconds, watch.seconds)
    pull_fault = f"pull: {pulled.reason}" if pulled and pulled.code != DONE else ""
    trouble = "; ".join(filter(None, [pull_fault, outcome.reason]))
    return Completed(name=INCOMPLETE_NAME, message=trouble) if trouble else Completed(message=subject)


def _notify(blocks: Sequence[str], subject: str, body: str, places: Places) -> None:
    """Send the morning message, and record the blocks that failed for `peak-review status`."""
    if not blocks:
        return
    watch, failed = start_watch(), notify(blocks, subject, body)
    _record(
        run_of(places.round, places.out, Outcome(FAILED if failed else DONE, " ".join(failed)), watch, kind=MESSAGE)
    )


def _record(run: Run) -> None:
    try:
        record_run(run)
    except OSError as error:
        get_run_logger().warning("could not be recorded: %s", error)


def _pull(places: Places, sources: Sequence[str]) -> Outcome:
    """Pull new submissions; a failure does not stop the review."""
    folder = places.raw / places.round
    if not folder.is_dir() and submissions_published(places.out / places.round):  # a disk may not be mounted
        return Outcome(FAILED, f"nothing pulled: {folder} is not there, though packages were made of it")
    from flows.pull import run_pull  # noqa: PLC0415 - its libraries are needed only here

    return run_pull(places.round, sources, places.raw)
