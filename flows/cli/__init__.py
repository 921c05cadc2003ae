"""The command `peak-review`."""

import sys
from io import TextIOWrapper

import typer

from flows.cli.ending import fail
from flows.cli.operators import rollback, status
from flows.cli.run_and_pull import pull, run
from flows.cli.submitters import check, rules, template
from flows.pipeline.outcome import WRONG_USE
from flows.settings import SettingError, load_settings

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def peak_review() -> None:
    """Provincial review packages for the national carbon-peak pilots (国家碳达峰试点)."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a file name may hold what the terminal cannot show
    try:
        load_settings()
    except SettingError as error:
        fail(WRONG_USE, str(error))


for command in (run, pull, check, template, rules, status, rollback):
    app.command()(command)


def main() -> None:
    """Start the command."""
    app()
