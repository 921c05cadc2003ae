"""The commands `run` and `pull`."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import SecretStr

from flows.cli.console import ERRORS, OUTPUT, CommandFailedError, fail, leave, say
from flows.cli.interruptions import end_if_interrupted, received_signal
from flows.cli.options import OUT, PLANS, RAW, ROUND, filled_text, known_round, load_round, local_folder
from flows.cli.prefect_session import early_start, prefect_session
from flows.pipeline.exit_codes import INCOMPLETE, WRONG_USE
from flows.pipeline.outcome import NOTHING_PUBLISHED, Outcome, interruption
from flows.reporting.run_log import last_runs, record_run, run_of, start_watch
from flows.settings import SettingError, source_setting


def run(
    round_name: Annotated[str, ROUND],
    raw: Annotated[str, RAW] = "data/raw",
    out: Annotated[str, OUT] = "data/out",
    province: Annotated[
        list[str] | None, typer.Option(help="Publish only this province; may be repeated.", callback=filled_text)
    ] = None,
    pilot: Annotated[
        list[str] | None,
        typer.Option(help="Publish only this pilot's province; may be repeated.", callback=filled_text),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write packages even where nothing changed.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            help="Only what was received until this date or time counts (China's time).", callback=filled_text
        ),
    ] = None,
    accept_change: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PROVINCE",
            help="Publish this province, held back because it changed a lot; all: every one.",
            callback=filled_text,
        ),
    ] = None,
    plans: Annotated[str | None, PLANS] = None,
) -> None:
    """Review a round and write one package per province: the main job."""
    known_round(round_name)
    is_plain = not (province or pilot or force or as_of or accept_change or plans)
    with _failures_recorded(round_name, Path(out), is_partial=bool(province or pilot or as_of)):
        load_round(round_name)
        if not (folder := Path(raw) / round_name).is_dir():
            fail(WRONG_USE, f"no folder {folder}: put the submissions into {folder / 'submissions'}")
        with early_start(round_name, raw, out) as start, prefect_session(start if is_plain else None):
            from flows.pipeline.request import Request  # noqa: PLC0415 - Prefect takes a second to import
            from flows.review import run_review  # noqa: PLC0415

            asked = province or (), pilot or (), force, as_of, accept_change or ()
            of_plans = Path(plans) if plans else None
            end_if_interrupted()
            outcome = run_review(Request(round_name, Path(raw), Path(out), *asked, of_plans))
    if summary := outcome.summary:
        facts = summary.facts
        say(OUTPUT, f"\n{summary.out}: {summary.published}")
        places = "" if facts.quota is None else f" for {facts.quota} places"
        say(OUTPUT, f"{facts.submissions} submissions, {facts.accepted} pilots accepted{places}")
        for line in ("Needs attention:", *(f"  {line}" for line in facts.attention)) if facts.attention else ():
            say(OUTPUT, line)
    if outcome.reason:
        incomplete = outcome.summary and outcome.code == INCOMPLETE
        say(ERRORS, f"peak-review: {'published, but incomplete: ' if incomplete else ''}{outcome.reason}")
    _end(outcome)


def pull(
    round_name: Annotated[str, ROUND],
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="A folder, or file:// sftp:// s3:// webdav+https:// URL; default: PEAK_REVIEW_SOURCES.",
            callback=filled_text,
        ),
    ] = None,
    raw: Annotated[
        str, typer.Option(help="Folder for the submissions of all rounds.", callback=local_folder)
    ] = "data/raw",
    wait: Annotated[float, typer.Option(min=0, help="Seconds between two looks: what changed is still arriving.")] = 2,
) -> None:
    """Fetch new submissions from the sources of a round."""
    load_round(round_name)
    with prefect_session():
        from flows.sources.source_urls import declared_sources  # noqa: PLC0415

        try:  # refused here, it is not the round's last pull
            sources = declared_sources(source or (), partial(source_setting, round_name=round_name))
        except (ValueError, SettingError) as error:
            fail(WRONG_USE, str(error))
        if source and (gone := [one.root for one in sources if one.kind == "file" and not Path(one.root).is_dir()]):
            fail(WRONG_USE, f"no folder {', '.join(gone)}: nothing is pulled")
        from flows.pull import run_pull  # noqa: PLC0415

        # A URL may hold a password, and Prefect stores and shows parameters.
        end_if_interrupted()
        outcome = run_pull(round_name, [SecretStr(url) for url in source or ()], raw, wait)
    if pulled := outcome.pulled:
        kinds = {"new": "new", "known": "already known", "waiting": "waiting", "refused": "refused"}
        counts = ", ".join(f"{pulled.count(kind)} {word}" for kind, word in kinds.items())
        say(OUTPUT, f"\n{pulled.folder}: {counts}")
        for kind in ("waiting", "refused"):
            for line in pulled.lines(kind):
                say(OUTPUT, f"  {kind}: {line}")
    for line in outcome.reason.splitlines():
        say(ERRORS, f"peak-review: {line}")
    _end(outcome)


@contextmanager
def _failures_recorded(round_name: str, out: Path, *, is_partial: bool) -> Iterator[None]:
    """Record in the run log that the command ended before the flow could: no server, faulty contracts, a signal."""
    watch = start_watch()

    def record(outcome: Outcome) -> None:
        if out.is_dir():  # else there was no run before, and perhaps it is the wrong folder
            with suppress(OSError):
                record_run(replace(run_of(round_name, out, outcome, watch), is_partial=is_partial))

    try:
        try:
            yield
        except Exception as error:
            signalled = None if isinstance(error, typer.Exit) else received_signal()
            if signalled is None:
                raise
            raise signalled from error
    except CommandFailedError as error:
        record(Outcome(error.exit_code, error.message))
        raise
    except (KeyboardInterrupt, SystemExit) as error:  # raised by the flow, or by a signal before it began
        last = next(iter(last_runs(round_name, out, 1)), None)
        if last is None or datetime.fromisoformat(last.started) < watch.started.replace(microsecond=0):
            record(replace(NOTHING_PUBLISHED, reason=f"{NOTHING_PUBLISHED.reason}: {interruption(error)}"))
        say(ERRORS, f"peak-review: interrupted, {NOTHING_PUBLISHED.reason}")
        raise


def _end(outcome: Outcome) -> NoReturn:
    if not outcome.is_recorded:
        leave(outcome.code)
    raise typer.Exit(outcome.code)
