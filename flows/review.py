"""The flow `review`: what lies in `data/raw` for a round → one review package per province in `data/out`."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.exit_codes import DONE, FAILED, INCOMPLETE, WRONG_USE, one_line
from flows.outcome import GateClosed, Outcome, Refused, ReportError, Request, Summary, decide, outcomes
from flows.publication.input_fingerprint import input_fingerprint, load_last_run
from flows.publication.lock import Holder, LockedError, hold_lock
from flows.publication.publish import PublishResult
from flows.publication.swap import PublicationError, finish, is_begun
from flows.reporting.prefect_page import follow, show
from flows.reporting.record_run import remember_run
from flows.reporting.run_log import Watch, peak_memory, start_watch
from flows.settings import SettingError, load_settings
from flows.sources.collect import collect, collect_reviews
from flows.workers.processes import preload_workers
from transforms.reports.run_summary import Facts

REFUSED, INCOMPLETE_NAME = "Refused", "Incomplete"
UNCHECKED = "a check could not run"


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
        accept_change: publish these however far they are from what was published of them.

    Returns:
        What was done; or the state `Refused` (an unknown province or pilot) or `Failed` (a folder that cannot be read
        or written), with the reason and without a traceback: neither is a fault of the code.
    """
    request = Request(tuple(provinces), tuple(pilots), tuple(accept_change), force, as_of)
    outcome, error = _review(round, Path(raw), Path(out), request)
    if error is not None:
        get_run_logger().error("internal error", exc_info=error)
    decide(outcome)
    # Prefect takes a state for a result, which its types do not say.
    if not outcome.is_published:
        name = REFUSED if outcome.code == WRONG_USE else "Failed"
        return Failed(name=name, message=outcome.reason)  # type: ignore[return-value]
    if outcome.summary is None:
        return Completed(name=INCOMPLETE_NAME, message=outcome.reason)  # type: ignore[return-value]
    return outcome.summary


def run_review(
    round_name: str,
    raw: str | Path,
    out: str | Path,
    provinces: Sequence[str] = (),
    pilots: Sequence[str] = (),
    force: bool = False,
    as_of: str | None = None,
    accept_change: Sequence[str] = (),
) -> Outcome:
    """Run the flow `review`; return what happened, also where Prefect's server fails before, in or after it."""
    with outcomes() as decided, _without(lambda record: bool(decided) and _is_about_prefect(record)):
        try:
            arguments = (round_name, raw, out, provinces, pilots, force, as_of, accept_change)
            state: State[Any] = review(*arguments, return_state=True)
            fault = state.message or state.name
        except Exception as error:  # of Prefect: what our code raises ends in a state
            fault = f"Prefect failed: {type(error).__name__}: {one_line(error)}"
            if decided:
                logging.getLogger("prefect").warning("this run is not recorded on the Prefect server: %s", fault)
                return replace(decided[-1], is_recorded=False)
    return decided[-1] if decided else Outcome(FAILED, f"nothing published: {fault}", is_recorded=False)


def _is_about_prefect(record: logging.LogRecord) -> bool:
    return bool(record.exc_info) or record.getMessage().startswith("Finished in state Running")


@contextmanager
def _without(is_noise: Callable[[logging.LogRecord], bool]) -> Iterator[None]:
    """Keep lines out of a run's log: Prefect's tracebacks about itself when all is decided."""
    log = logging.getLogger("prefect.flow_runs")

    def passes(record: logging.LogRecord) -> bool:
        return not is_noise(record)

    log.addFilter(passes)
    try:
        yield
    finally:
        log.removeFilter(passes)


def _review(round_name: str, raw: Path, out: Path, request: Request) -> tuple[Outcome, Exception | None]:
    """Review a round and record the run; return what happened, and the exception where our own code is at fault."""
    watch, target = start_watch(), out / round_name
    summary: Summary | None = None
    fault: Exception | None = None
    try:
        load_settings()
        with hold_lock(out, round_name) as killed:
            summary = _publish(round_name, raw / round_name, target, request, killed, watch)
    except (Refused, SettingError) as refusal:
        return Outcome(WRONG_USE, str(refusal)), None
    except GateClosed as closed:
        outcome = Outcome(FAILED, f"nothing published: {closed}")
    except ReportError as error:
        fault = error
        outcome = Outcome(INCOMPLETE, f"published ({error}), but the run could not be summed up: {_cause(error)}")
    except Exception as error:
        fault = None if is_environment(error, raw, out) else error
        # Where another run is at it, the journal is not ours.
        begun = not isinstance(error, LockedError) and is_begun(target)
        done = "published in part, the next run finishes" if begun else "nothing published"
        reason = error.reason if isinstance(error, PublicationError) else one_line(error)
        outcome = Outcome(FAILED, f"{done}: {_cause(error) if fault else reason}")
    else:
        complete = summary.facts.complete
        outcome = Outcome(DONE, "", summary) if complete else Outcome(INCOMPLETE, UNCHECKED, summary)
    if summary is not None and not outcome.is_published:  # only the lock could not be removed
        outcome, fault = Outcome(INCOMPLETE, f"published, but {outcome.reason}", summary), None
    remember_run(watch, round_name, out, outcome, as_of=request.as_of)
    return outcome, fault


def _publish(
    round_name: str, folder: Path, target: Path, request: Request, killed: Holder | None, watch: Watch
) -> Summary:
    if killed or is_begun(target):
        get_run_logger().info("repair   what the run before left unfinished (%s)", killed or "unknown")
        finish(target, folder / "reviews")
    collected = collect(folder, request.as_of)
    inputs = input_fingerprint(collected, collect_reviews(collected))
    summary = _as_it_was(round_name, folder, target, inputs, watch) if request == Request() else None
    if summary is None:
        # Here, because what it imports takes seconds; meanwhile the readers import theirs.
        preload_workers()
        from flows.packages import make_packages  # noqa: PLC0415

        summary = make_packages(round_name, collected, target, request, watch)
    return summary


def is_environment(error: Exception, *folders: Path) -> bool:
    """Return whether an exception comes from disks and files that a run works on, and not from a fault of the code."""
    if isinstance(error, LockedError):
        return True
    if isinstance(error, PublicationError) and isinstance(error.__cause__, Exception):
        error = error.__cause__
    if not isinstance(error, OSError):
        return False
    if not isinstance(error.filename, str | bytes | Path):
        return True  # the system's word on a write, or a message of our own
    path = Path(os.fsdecode(error.filename)).absolute()
    return any(path.is_relative_to(folder.absolute()) for folder in (*folders, Path(gettempdir())))


def _cause(error: BaseException) -> str:
    cause = error.__cause__ or error
    return f"internal error, traceback above: {type(cause).__name__}: {one_line(cause)}"


def _as_it_was(round_name: str, folder: Path, target: Path, inputs: str, watch: Watch) -> Summary | None:
    """What the last run did, where this one would do the same."""
    last_run = load_last_run(target, inputs)
    if last_run is None:
        return None
    log = follow(round_name)
    log.info("take in  %d files in %s, as the last run found them", last_run.submissions, folder)
    log.info("publish  0 packages written, %d unchanged", len(last_run.packages))
    facts = Facts(
        round=round_name,
        complete=True,
        written=(),
        unchanged=len(last_run.packages),
        held_back=(),
        submissions=last_run.submissions,
        accepted=last_run.accepted,
        quota=last_run.quota,
        changes=(),
        attention=tuple(last_run.attention),
        seconds=watch.seconds,
        memory_mib=peak_memory(),
    )
    show(facts, last_run.provinces, str(target))
    published = PublishResult(written=(), unchanged=tuple(last_run.packages), archived=())
    return Summary(str(target), published, facts, {})
