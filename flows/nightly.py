"""The flow `nightly`: pull new submissions, review, and notify."""

from collections.abc import Sequence
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.pipeline.outcome import DONE, Summary
from flows.pipeline.request import Request
from flows.reporting.notifications import notify
from flows.reporting.prefect_page import show_cost
from flows.reporting.run_log import start_watch
from flows.review import REFUSED, run_review
from flows.settings import SettingError, load_settings, unknown_settings
from transforms.reports.run_summary import summary_text, summary_title

INCOMPLETE = "Incomplete"


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
        sources: where to pull from, as URLs; empty takes those of PEAK_REVIEW_SOURCES, and without any nothing is
            pulled.
        raw: folder with the submissions of all rounds.
        out: folder for the packages of all rounds.
        blocks: notification blocks, like custom-webhook/wecom; empty takes those of PEAK_REVIEW_NOTIFY.

    Returns:
        Completed; `Incomplete` where something was published, but a source or a check failed; Failed where nothing was.
    """
    try:
        settings = load_settings()
    except SettingError as error:
        return Failed(name=REFUSED, message=str(error))
    for line in unknown_settings():
        get_run_logger().warning("settings %s", line)
    to, watch = blocks or settings.notify, start_watch()
    pull_fault = _pull(round, sources, raw) if sources or settings.sources else None
    pulled = watch.seconds
    outcome = run_review(Request(round, Path(raw), Path(out)))
    if not outcome.is_published:
        reason = outcome.reason
        notify(to, f"{round}：评审失败", reason)
        # The last line of the log is the cause, whatever was logged on the way.
        get_run_logger().error("failed   %s", reason)
        return Failed(message=reason)
    trouble = [reason for reason in (pull_fault, outcome.reason) if reason]
    if outcome.summary is None:
        notify(to, f"{round}：评审包已发布，但运行摘要未能生成", outcome.reason)
        return Completed(name=INCOMPLETE, message="; ".join(trouble))
    facts, held = outcome.summary.facts, outcome.summary.held
    lines = [summary_text(facts), *(f"暂缓发布{province}：{'；'.join(reasons)}" for province, reasons in held.items())]
    lines += ["核实后以 --accept-change 发布"] if held else []
    lines += ["来源读取失败，仅评审已收到的报送"] if pull_fault else []
    notify(to, summary_title(facts), "\n".join(lines))
    show_cost(facts, pulled, watch.seconds)
    return (
        Completed(name=INCOMPLETE, message="; ".join(trouble)) if trouble else Completed(message=summary_title(facts))
    )


def _pull(round_name: str, sources: Sequence[str], raw: str | Path) -> str | None:
    """Pull new submissions; a failure does not stop the review.

    Returns:
        The reason of a failure, or None.
    """
    from flows.pull import run_pull  # noqa: PLC0415 - its libraries are needed only here

    outcome = run_pull(round_name, sources, raw)
    return None if outcome.code == DONE else f"pull: {outcome.reason}"
