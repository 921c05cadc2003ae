"""The flow `pull`: store the new files of a round's sources in `data/raw`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Failed
from pydantic import SecretStr

from flows.pipeline.outcome import is_environment
from flows.settings import SettingError, load_settings, source_setting
from flows.sources.connections import TimeLimits
from flows.sources.ingest import FAILED, KNOWN, NEW, REFUSED, WAITING, SourceResult, ingest
from flows.sources.raw_store import PullRunningError, lock_raw
from flows.sources.source_urls import Source, declared_sources


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
            f"{source.source}: {file.name}: {file.reason}"
            for source in self.sources
            for file in source.files
            if file.status == status
        ]

    @property
    def errors(self) -> list[str]:
        """Return a line for each source, folder or file that could not be read."""
        return [f"{source.source}: {error}" for source in self.sources for error in source.errors] + self.lines(FAILED)


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
    try:
        urls = [one.get_secret_value() if isinstance(one, SecretStr) else one for one in sources]
        places = declared_sources(urls, source_setting)
        pulled = _pull(places, Path(raw) / round, wait)
    except (ValueError, SettingError) as error:
        # Prefect takes a state for a result, which its types do not say.
        return Failed(name="Refused", message=str(error))  # type: ignore[return-value]
    except PullRunningError as error:
        return Failed(message=f"cannot ingest: {error}")  # type: ignore[return-value]
    except OSError as error:
        if not is_environment(error, Path(raw)):
            raise
        reason = f"cannot ingest: {error.strerror or error}: {error.filename or raw}"
        return Failed(message=reason)  # type: ignore[return-value]
    if pulled.errors:
        return Failed(message="\n".join(pulled.errors), data=pulled)  # type: ignore[return-value]
    return pulled


@task(name="ingest source", cache_policy=NO_CACHE, persist_result=False)
def ingest_source(
    source: Source, folder: Path, run: str, wait: float, pauses: Sequence[float], limits: TimeLimits
) -> SourceResult:
    """Store the new files of one source."""
    return ingest(source, folder, run, wait, pauses, limits)


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
            counts = ", ".join(f"{results[-1].count(kind)} {kind}" for kind in (NEW, KNOWN, WAITING, REFUSED))
            log.info("pull     %s: %s", source.name, counts)
    return PullResult(str(folder), tuple(results))
