"""The command `peak-review`. Heavy imports stand inside the commands, so that help comes at once."""

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

import contracts.load as contract_files
from flows.early_start import early_start
from flows.exit_codes import FAILED, FAULTY, INCOMPLETE, WRONG_USE, leave, load_round, local_folder, say
from flows.exit_codes import fail as _fail
from flows.operations import commands
from flows.settings import SettingError, load_settings

if TYPE_CHECKING:
    from flows.sources.raw_files import Received
    from transforms.intake.submission import Submission
    from transforms.plans.read_plan import Plan

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(commands)
_out = Console(highlight=False, soft_wrap=True, emoji=False)
_errors = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
_ROUND = typer.Option("--round", help="Name of the round, e.g. first-batch.")


@app.callback()
def peak_review() -> None:
    """Provincial review packages for the national carbon-peak pilots (国家碳达峰试点)."""
    try:
        load_settings()
    except SettingError as error:
        _fail(WRONG_USE, str(error))


@app.command()
def run(
    round_name: Annotated[str, _ROUND],
    raw: Annotated[
        str, typer.Option(help="Folder with the submissions of all rounds.", callback=local_folder)
    ] = "data/raw",
    out: Annotated[
        str, typer.Option(help="Folder for the packages of all rounds.", callback=local_folder)
    ] = "data/out",
    province: Annotated[list[str] | None, typer.Option(help="Publish only this province; may be repeated.")] = None,
    pilot: Annotated[
        list[str] | None, typer.Option(help="Publish only this pilot's province; may be repeated.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write packages even where nothing changed.")] = False,
    as_of: Annotated[
        str | None, typer.Option(help="Only what was received until this date or time counts (China's time).")
    ] = None,
    accept_change: Annotated[
        list[str] | None,
        typer.Option(metavar="PROVINCE", help="Publish this province, held back because it changed a lot."),
    ] = None,
) -> None:
    """Review a round and write one package per province: the main job."""
    load_round(round_name)
    folder = Path(raw) / round_name
    if not folder.is_dir():
        _fail(WRONG_USE, f"no folder {folder}: put the submissions into {folder / 'submissions'}")
    whole = not (province or pilot or force or as_of or accept_change)
    with early_start(round_name, raw, out) as start, _prefect(start if whole else None):
        from flows.review import run_review  # noqa: PLC0415 - Prefect takes a second to import

        outcome = run_review(round_name, raw, out, province or [], pilot or [], force, as_of, accept_change or [])
    if summary := outcome.summary:
        say(_out, f"\n{summary.out}: {summary.counts}")
        facts = summary.facts
        say(_out, f"{facts.submissions} submissions, {facts.accepted} pilots accepted for {facts.quota} places")
        for line in ("Needs attention:", *(f"  {line}" for line in facts.attention)) if facts.attention else ():
            say(_out, line)
    if outcome.reason:
        incomplete = outcome.summary and outcome.code == INCOMPLETE
        say(_errors, f"peak-review: {'published, but incomplete: ' if incomplete else ''}{outcome.reason}")
    if not outcome.is_recorded:
        leave(outcome.code)
    raise typer.Exit(outcome.code)


@app.command()
def pull(
    round_name: Annotated[str, _ROUND],
    source: Annotated[
        list[str] | None,
        typer.Option(help="A folder, or file:// sftp:// s3:// webdav+https:// URL; default: PEAK_REVIEW_SOURCES."),
    ] = None,
    raw: Annotated[
        str, typer.Option(help="Folder for the submissions of all rounds.", callback=local_folder)
    ] = "data/raw",
    wait: Annotated[float, typer.Option(min=0, help="Seconds between two looks: what changed is still arriving.")] = 2,
) -> None:
    """Take in what lies at the sources of a round."""
    load_round(round_name)
    with _prefect():
        from flows.sources.source_urls import declared_sources  # noqa: PLC0415

        if source:
            try:
                declared_sources(source, lambda _: None)
            except ValueError as error:
                _fail(WRONG_USE, str(error))
        from flows.pull import WRONG, pull  # noqa: PLC0415

        # A URL may hold a password, and Prefect stores and shows parameters.
        state = pull(round_name, [SecretStr(url) for url in source or ()], raw, wait, return_state=True)
        pulled = state.result(raise_on_failure=False)
    if pulled is None or isinstance(pulled, Exception):
        _fail(WRONG_USE if state.name == WRONG else FAILED, state.message or "failed")
    kinds = {"new": "new", "known": "already known", "waiting": "waiting", "refused": "refused"}
    _out.print(f"\n{pulled.folder}: " + ", ".join(f"{pulled.count(kind)} {word}" for kind, word in kinds.items()))
    for kind in ("waiting", "refused"):
        for line in pulled.lines(kind):
            _out.print(f"  {kind}: {line}", markup=False)
    if pulled.errors:
        _fail(FAILED, "\npeak-review: ".join(pulled.errors))


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The workbook or plan (.docx) to check.")],
    round_name: Annotated[str, _ROUND] = "first-batch",
    form: Annotated[str, typer.Option("--format", help="text or json")] = "text",
) -> None:
    """Check one workbook or plan before it is submitted (报送前自查): the same rules, findings to the terminal."""
    contracts = load_round(round_name)
    _one_of(form, "text", "json")
    from flows.sources.collect import is_document  # noqa: PLC0415
    from transforms.self_check import as_text, check_plan, check_submission  # noqa: PLC0415

    if is_document(file):
        findings = check_plan(_read_plan(file, round_name), contracts)
    else:
        findings = check_submission(_read(file, round_name), contracts)
    if form == "json":
        _print_json(findings)
    else:
        _out.print(as_text(findings, contracts), markup=False)
    if any(finding["severity"] in {"blocker", "error"} for finding in findings):
        raise typer.Exit(FAULTY)


@app.command()
def template(
    kind: Annotated[str, typer.Option(help="city or park")],
    pilot: Annotated[str, typer.Option(help="Name of the pilot.")],
    province: Annotated[str, typer.Option(help="Name of the province.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Workbook to write.")],
    earlier: Annotated[
        Path | None, typer.Option("--from", help="An earlier submission of the pilot, whose values it starts with.")
    ] = None,
    round_name: Annotated[str, _ROUND] = "first-batch",
) -> None:
    """Write a guarded workbook to fill in (填报模板), blank or with what was submitted before."""
    contracts = load_round(round_name)
    _one_of(kind, "city", "park")
    from transforms.reports.office_files import workbook_bytes  # noqa: PLC0415
    from transforms.reports.template.earlier import take_up, why_not  # noqa: PLC0415
    from transforms.reports.template.workbook import render_template  # noqa: PLC0415

    known = None
    if earlier:
        submission = _read(earlier, round_name)
        if reason := why_not(submission, kind, pilot, contracts):
            _fail(WRONG_USE, f"cannot take values from {earlier}: {reason}")
        known = take_up(submission)
    workbook = render_template(
        contracts.tables[kind],
        contracts.round,
        pilot=pilot,
        province=province,
        contracts=contract_files.fingerprint(),
        earlier=known,
    )
    try:
        output.write_bytes(workbook_bytes(workbook))
    except OSError as error:
        _fail(FAILED, f"cannot write {output}: {error.strerror}")


@app.command()
def rules(
    form: Annotated[str, typer.Option("--format", help="text, json or md")] = "text",
    round_name: Annotated[str, _ROUND] = "first-batch",
) -> None:
    """Show the catalogue of rules."""
    catalogue = [vars(rule) | {"advice": rule.general_advice} for rule in load_round(round_name).rules.values()]
    _one_of(form, "text", "json", "md")
    columns = ("id", "severity", "level", "title", "applies", "advice", "source")
    if form == "json":
        _print_json(catalogue)
    elif form == "md":
        lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
        lines += ["| " + " | ".join(str(rule[name]) for name in columns) + " |" for rule in catalogue]
        _out.print("\n".join(lines), markup=False)
    else:
        table = Table(*columns[:5])
        for rule in catalogue:
            table.add_row(*(str(rule[name]) for name in columns[:5]))
        _out.print(table)


def main() -> None:
    """Entry point."""
    app()


def _read(file: Path, round_name: str) -> "Submission":
    """Read one workbook, in a child process as always."""
    from flows.workers.sandbox import read_submissions  # noqa: PLC0415

    (submission,) = read_submissions([_take(file)], round_name)
    return submission


def _read_plan(file: Path, round_name: str) -> "Plan":
    """The same of a plan."""
    from flows.workers.plans import read_plans  # noqa: PLC0415

    (plan,) = read_plans([_take(file)], round_name)
    return plan


def _take(file: Path) -> "Received":
    from flows.sources.raw_files import read_raw_file  # noqa: PLC0415

    try:
        return read_raw_file(file, f"submissions/{file.name}")
    except OSError as error:
        _fail(WRONG_USE, f"cannot read {file}: {error.strerror}")


def _one_of(value: str, *known: str) -> None:
    if value not in known:
        _fail(WRONG_USE, f"{value} is none of {', '.join(known)}")


def _print_json(rows: list[dict[str, Any]]) -> None:
    sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")


@contextmanager
def _prefect(meanwhile: Callable[[], None] | None = None) -> Iterator[None]:
    """Have a Prefect server during the block, or end the command with one line; see `prefect_server`."""
    _quiet_prefect()
    from flows.workers.prefect_server import ServerError, prefect_server  # noqa: PLC0415

    try:
        with prefect_server(meanwhile):
            yield
    except ServerError as error:
        _fail(FAILED, f"nothing done: {error}")


def _quiet_prefect() -> None:
    """One line of progress per step, nothing of Prefect's own unless something is wrong; the user's settings win."""
    for name, value in {
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",
        "PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL": "WARNING",
        "PREFECT_LOGGING_FORMATTERS_STANDARD_FLOW_RUN_FMT": "%(asctime)s | %(message)s",
        # Where a flow is started by itself, Prefect's own server needs half a minute on a slow machine.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        # A server that is gone is asked again for 14 s, not for a minute.
        "PREFECT_CLIENT_MAX_RETRIES": "3",
    }.items():
        os.environ.setdefault(name, value)
    # At the end it may say that it still sends events: the reason why a run failed must stand last.
    logging.getLogger("EventsWorker").setLevel(logging.ERROR)
