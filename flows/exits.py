"""How the command ends: its exit codes, and one line that says why."""

from typing import NoReturn

import typer
from rich.console import Console

DONE, FAILED, WRONG_USE, INCOMPLETE, FAULTY = 0, 1, 2, 3, 4


def local_folder(value: str) -> str:
    """Refuse a URL where a folder is wanted.

    Raises:
        typer.BadParameter: if it is a URL.
    """
    if "://" in value:
        raise typer.BadParameter("must be a folder on this machine; a URL is a source: peak-review pull --source URL")
    return value


def fail(code: int, message: str) -> NoReturn:
    """End the command with a line on stderr."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"peak-review: {message}", markup=False)
    raise typer.Exit(code)
