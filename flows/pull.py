"""The flow `pull`: store the new files of a round's sources in `data/raw`."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic

from prefect import flow, get_run_logger
from prefect.runtime import flow_run
from prefect.states import Failed
from pydantic import SecretStr

from flows.pipeline.exit_codes import DONE, FAILED, WRONG_USE
from flows.pipeline.outcome import Outcome, decide, interruption, is_environment, one_line
from flows.pipeline.run_flow import run_flow
from flows.reporting.run_log import PULL, Watch, record_pull, run_of, start_watch
from flows.settings import SettingError, load_settings, source_setting, without_login
from flows.sources import ingest as file
from flows.sources.connections import TimeLimits
from flows.sources.ingest import SourceResult, ingest
from flows.sources.raw_store import PullRunningError, lock_raw
from flows.sources.source_urls import Source, declared_sources
from flows.workers.prefect_task import step


@dataclass(frozen=True)
class PullResult:
    """The results of a pull, by source; `folder` is the round's raw folder."""

    folder: str
    sources: tuple[SourceResult, ...]

    def count(self, status: str) -> int:
        """Return the number of files with a status."""
        return sum(source.count(status) for source in self.sources)

    def lines(self, status: str) -> list[str]:
        """Return a line for each file with a status, and the reason."""
        return [
            f"{source.source}: {one.name}: {one.reason}"
            for source in self.sources
            for one in source.files
            if one.status == status
        ]

    @property
    def errors(self) -> list[str]:
        """Return a line for each source, folder or file that could not be read."""
        return [f"{source.source}: {error}" for source in self.sources for error in source.errors] + self.lines(
            file.FAILED
        )


@flow(name="pull", flow_run_name="pull-{round}", persist_result=False, validate_parameters=False)
def pull(
    round: str = "first-batch",  # noqa: A002 - the name that a person sees in Prefect's form
    sources: Sequence[str | SecretStr] = (),
    raw: str | Path = "data/raw",
    wait: float = 2.0,
) -> PullResult:
    """Store the new files of the sources of a round.

    Args:
        round: name of the round, e.g. first-batch.
        sources: URLs; Prefect shows them, unless they are SecretStr. None means those in the setting
            `PEAK_REVIEW_SOURCES`, one a line.
        raw: folder with the submissions of all rounds.
        wait: seconds between two listings of a source; a file that differs is still being uploaded, and waits.

    Returns:
        What was done; or the state `Refused` (no source, or no such URL) or `Failed` (a source could not be read, or a
        folder not be written), with the reason and without a traceback. The other sources are ingested all the same.
    """
    folder, watch = Path(os.fsdecode(raw)), start_watch()
    try:
        outcome = _outcome(round, sources, folder, wait)
    except BaseException as error:
        reason = interruption(error) or f"internal error: {type(error).__name__}: {one_line(error)}"
        _record(round, folder, Outcome(FAILED, reason, is_interrupted=not isinstance(error, Exception)), watch, sources)
        raise
    _record(round, folder, outcome, watch, sources)
    decide(outcome)
    if outcome.code == DONE and outcome.pulled:
        return outcome.pulled
    name = "Refused" if outcome.code == WRONG_USE else "Failed"
    # Prefect takes a state for a result, which its types do not say.
    return Failed(name=name, message=outcome.reason, data=outcome.pulled)  # type: ignore[return-value]


def _record(round_name: str, raw: Path, outcome: Outcome, watch: Watch, sources: Sequence[str | SecretStr]) -> None:
    run = run_of(round_name, raw, outcome, watch, flow_run.get_name() or "", PULL)
    try:
        record_pull(replace(run, sources=tuple(without_login(_text(one)) for one in sources)), raw)
    except OSError as error:
        get_run_logger().warning("the pull has ended, but could not be recorded: %s", error)


def run_pull(round_name: str, sources: Sequence[str | SecretStr], raw: str | Path, wait: float = 2.0) -> Outcome:
    """Run the flow `pull`; return what happened, also where Prefect's server fails."""
    return run_flow(pull, "pull", round_name, sources, Path(raw), wait)


def _outcome(round_name: str, sources: Sequence[str | SecretStr], raw: Path, wait: float) -> Outcome:
    try:
        places = declared_sources([_text(one) for one in sources], partial(source_setting, round_name=round_name))
        pulled = _pull(places, raw / round_name, wait)
    except (ValueError, SettingError) as error:
        return Outcome(WRONG_USE, str(error))
    except PullRunningError as error:
        return Outcome(FAILED, f"cannot ingest: {error}")
    except OSError as error:
        if not is_environment(error, raw):
            raise
        return Outcome(FAILED, f"cannot ingest: {one_line(error)}")
    return Outcome(FAILED if pulled.errors else DONE, "\n".join(pulled.errors), pulled=pulled)


def _text(source: str | SecretStr) -> str:
    return source.get_secret_value() if isinstance(source, SecretStr) else source


ingest_source = step("ingest source")(ingest)


def _pull(sources: Sequence[Source], folder: Path, wait: float) -> PullResult:
    log = get_run_logger()
    settings = load_settings()
    end = monotonic() + settings.pull_seconds
    folder.mkdir(parents=True, exist_ok=True)
    with lock_raw(folder):
        results = []
        for at, source in enumerate(sources):
            # Share the remaining time, so that a slow source takes none from the others.
            limits = TimeLimits(settings.pull_file_seconds, monotonic() + (end - monotonic()) / (len(sources) - at))
            results.append(ingest_source(source, folder, str(flow_run.get_id()), wait, settings.pull_pauses, limits))
            counts = ", ".join(
                f"{results[-1].count(kind)} {kind}" for kind in (file.NEW, file.KNOWN, file.WAITING, file.REFUSED)
            )
            log.info("pull     %s: %s", source.name, counts)
    return PullResult(str(folder), tuple(results))
