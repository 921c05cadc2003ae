"""The command `peak-review`."""

import sys
from importlib.metadata import version
from io import TextIOWrapper
from platform import python_version
from typing import Annotated

import typer

from contracts.load import fingerprint
from flows.cli.console import ERRORS, OUTPUT, fail, say
from flows.cli.deploy import deploy
from flows.cli.interruptions import end_on_signals
from flows.cli.operators import rollback, rounds, settings, status
from flows.cli.run_and_pull import pull, run
from flows.cli.submitters import check, rules, template
from flows.pipeline.exit_codes import WRONG_USE
from flows.settings import SettingError, load_settings, unknown_settings

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        say(OUTPUT, f"peak-review {version('peak-review')}, contracts {fingerprint()[:12]}, Python {python_version()}")
        raise typer.Exit


@app.callback()
def peak_review(
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and end.")
    ] = False,
) -> None:
    """Provincial review packages for the national carbon-peak pilots (国家碳达峰试点)."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a file name may hold what the terminal cannot show
    try:
        load_settings()
    except SettingError as error:
        fail(WRONG_USE, str(error))
    for line in unknown_settings():
        say(ERRORS, f"peak-review: {line}")


for command in (run, pull, check, template, rules, status, rounds, rollback, settings, deploy):
    app.command()(command)


def main() -> None:
    """Start the command."""
    end_on_signals()
    app()
