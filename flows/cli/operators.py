"""The commands for operators: `status`, `rounds`, `rollback` and `settings`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

import contracts.load as contract_files
from flows.cli.console import OUTPUT, fail, say, say_json
from flows.cli.options import FORMAT, OUT, RAW, ROUND, TextJsonOrMd, TextOrJson, filled_text, known_round, load_round
from flows.pipeline.exit_codes import FAILED, WRONG_USE
from flows.pipeline.outcome import is_environment, one_line
from flows.settings import effective_settings, settings_table


def status(
    round_name: Annotated[
        str | None, typer.Option("--round", help="Only this round; else all that ran.", callback=filled_text)
    ] = None,
    raw: Annotated[str, RAW] = "data/raw",
    out: Annotated[str, OUT] = "data/out",
    count: Annotated[int, typer.Option("--last", min=1, help="How many of the last runs.")] = 5,
    hours: Annotated[
        float | None, typer.Option("--max-age", min=0, help="Exit code 1 if no whole run began in so many hours.")
    ] = None,
    with_versions: Annotated[bool, typer.Option("--versions", help="List the earlier versions of packages.")] = False,
    form: Annotated[TextOrJson, FORMAT] = "text",
) -> None:
    """Show how the last night went and what to do; exit code 0 fine, 1 failed or too old, 3 needs attention."""
    from flows.reporting.health import Places, worst  # noqa: PLC0415
    from flows.reporting.status import as_json, as_text, round_status  # noqa: PLC0415

    rounds = [known_round(round_name)] if round_name else contract_files.round_names()
    try:
        states = [round_status(Places(name, Path(raw), Path(out)), count, hours) for name in rounds]
        states = [state for state in states if state.runs] or states  # not those that never ran, unless none did
    except OSError as error:
        fail(FAILED, f"cannot read {error.filename or out}: {error.strerror}")
    if form == "json":
        say_json([as_json(state) for state in states])
    else:
        say(OUTPUT, "\n\n".join(as_text(state, with_versions=with_versions) for state in states))
    raise typer.Exit(worst([point for state in states for point in state.points]))


def rollback(
    round_name: Annotated[str, ROUND],
    province: Annotated[str, typer.Option(help="Whose package.", callback=filled_text)],
    to: Annotated[str | None, typer.Option(help="The version (status lists them); else the one replaced last.")] = None,
    raw: Annotated[str, RAW] = "data/raw",
    out: Annotated[str, OUT] = "data/out",
) -> None:
    """Put an earlier version of a province's package back; the next run leaves it unless its result differs."""
    from flows.publication.lock import LockedError, hold_lock  # noqa: PLC0415
    from flows.publication.rollback import VersionNotFoundError, roll_back  # noqa: PLC0415
    from flows.publication.swap import PublicationError  # noqa: PLC0415

    regions = {region.short: region.name for region in load_round(round_name).regions}
    name = regions.get(province, province)
    if not (Path(out) / round_name).is_dir():
        fail(WRONG_USE, f"no folder {Path(out) / round_name}: nothing is published there")
    try:
        with hold_lock(Path(out), round_name):
            version = roll_back(Path(out) / round_name, Path(raw) / round_name / "reviews", name, to)
    except VersionNotFoundError as error:
        fail(WRONG_USE, str(error))
    except (PublicationError, LockedError, OSError) as error:
        if not is_environment(error, Path(raw), Path(out)):
            raise
        begun = isinstance(error, PublicationError) and error.begun
        fail(FAILED, f"{'put back in part, the next run finishes' if begun else 'not put back'}: {one_line(error)}")
    say(OUTPUT, f"{Path(out) / round_name / name}: version {version} is in place")


def settings(form: Annotated[TextJsonOrMd, FORMAT] = "text") -> None:
    """Show every setting (PEAK_REVIEW_*) with its value; secrets are masked."""
    if form == "md":
        say(OUTPUT, settings_table().rstrip())
        return
    rows = effective_settings()
    if form == "json":
        say_json(rows)
        return
    for row in rows:
        changed = f"   (default: {row['default'] or 'not set'})" * (row["value"] != row["default"])
        say(OUTPUT, f"{row['setting']}={row['value']}{changed}\n    {row['meaning']}")


def rounds(
    raw: Annotated[str, RAW] = "data/raw",
    out: Annotated[str, OUT] = "data/out",
    form: Annotated[TextOrJson, FORMAT] = "text",
) -> None:
    """List the rounds with their state, years, roster, quota, deadline and counts; exit code 1 if one is faulty."""
    from flows.reporting.rounds import as_text, describe_round  # noqa: PLC0415

    try:
        lines = [describe_round(name, Path(raw), Path(out)) for name in contract_files.round_names()]
    except OSError as error:
        fail(FAILED, f"cannot read {error.filename}: {error.strerror}")
    if form == "json":
        rows = [asdict(line) | {"deadline": line.deadline and line.deadline.isoformat()} for line in lines]
        say_json(rows)
    else:
        say(OUTPUT, "\n\n".join(map(as_text, lines)))
    if any(line.fault for line in lines):
        raise typer.Exit(FAILED)
