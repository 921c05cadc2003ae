"""The flow `pull`: what lies at the sources of a round → `data/raw`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run
from prefect.states import Failed
from pydantic import SecretStr

from flows.settings import SettingError, load_settings, source_setting
from flows.sources.ingest import FAULT, KNOWN, NEW, REFUSED, WAITING, Taken, take_in
from flows.sources.raw_store import alone
from flows.sources.receipts import repair_receipts
from flows.sources.source_urls import Source, declared_sources
from flows.sources.time_limits import Patience

WRONG = "Refused"


@dataclass(frozen=True)
class Pulled:
    """What a pull did, source by source."""

    folder: str
    sources: tuple[Taken, ...]

    def count(self, kind: str) -> int:
        """How many files had this fate."""
        return sum(taken.count(kind) for taken in self.sources)

    def lines(self, kind: str) -> list[str]:
        """The files that had this fate, and why."""
        return [
            f"{taken.source}: {fate.name}: {fate.reason}"
            for taken in self.sources
            for fate in taken.fates
            if fate.kind == kind
        ]

    @property
    def faults(self) -> list[str]:
        """What could not be reached or read."""
        return [f"{taken.source}: {fault}" for taken in self.sources for fault in taken.faults] + self.lines(FAULT)


@flow(name="pull", flow_run_name="pull-{round}", persist_result=False, validate_parameters=False)
def pull(
    round: str = "first-batch",  # noqa: A002 - the name that a person sees in Prefect's form
    sources: Sequence[str | SecretStr] = (),
    raw: str | Path = "data/raw",
    wait: float = 2.0,
) -> Pulled:
    """Take in what lies at the sources of a round.

    Args:
        round: name of the round, e.g. first-batch.
        sources: URLs; Prefect shows them, unless they are SecretStr. None means those in the setting
            `PEAK_REVIEW_SOURCES`, one a line.
        raw: folder with the submissions of all rounds.
        wait: seconds between two looks at the sources; a file that differs is still being uploaded, and waits.

    Returns:
        What was done; or the state `Refused` (no source, or no such URL) or `Failed` (a source could not be read, or a
        folder not be written), with the reason and without a traceback. The other sources are taken in all the same.
    """
    try:
        urls = [one.get_secret_value() if isinstance(one, SecretStr) else one for one in sources]
        places = declared_sources(urls, source_setting)
        pulled = _pull(places, Path(raw) / round, wait)
    except (ValueError, SettingError) as error:
        # Prefect takes a state for a result, which its types do not say.
        return Failed(name=WRONG, message=str(error))  # type: ignore[return-value]
    except OSError as error:
        reason = f"cannot take in: {error.strerror or error}: {error.filename or raw}"
        return Failed(message=reason)  # type: ignore[return-value]
    if pulled.faults:
        return Failed(message="\n".join(pulled.faults), data=pulled)  # type: ignore[return-value]
    return pulled


@task(cache_policy=NO_CACHE, persist_result=False)
def take(source: Source, folder: Path, run: str, wait: float, pauses: Sequence[float], patience: Patience) -> Taken:
    """Take in what lies at one source."""
    return take_in(source, folder, run, wait, pauses, patience)


def _pull(sources: Sequence[Source], folder: Path, wait: float) -> Pulled:
    log = get_run_logger()
    settings = load_settings()
    end = monotonic() + settings.pull_seconds
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        repair_receipts(folder)
        taken = []
        for at, source in enumerate(sources):
            # A source that is slow takes no time from those after it.
            patience = Patience(settings.pull_file_seconds, monotonic() + (end - monotonic()) / (len(sources) - at))
            taken.append(take(source, folder, str(flow_run.get_id()), wait, settings.pull_pauses, patience))
            counts = ", ".join(f"{taken[-1].count(kind)} {kind}" for kind in (NEW, KNOWN, WAITING, REFUSED))
            log.info("pull     %s: %s", source.name, counts)
    return Pulled(str(folder), tuple(taken))
