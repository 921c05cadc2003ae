"""The command `peak-review`."""

import typer

from flows.commands.ending import fail
from flows.commands.files import check, rules, template
from flows.commands.operations import rollback, status
from flows.commands.reviewing import pull, run
from flows.outcome import WRONG_USE
from flows.settings import SettingError, load_settings

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def peak_review() -> None:
    """Provincial review packages for the national carbon-peak pilots (国家碳达峰试点)."""
    try:
        load_settings()
    except SettingError as error:
        fail(WRONG_USE, str(error))


for command in (run, pull, check, template, rules, status, rollback):
    app.command()(command)


def main() -> None:
    """Start the command."""
    app()
