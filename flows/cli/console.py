"""Print lines, and end a command with an exit code and the line that gives the reason."""

import json
import os
import sys
from contextlib import suppress
from typing import NoReturn

import typer
from rich.console import Console

OUTPUT = Console(highlight=False, soft_wrap=True, emoji=False)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)


class CommandFailedError(typer.Exit):
    """The command ends with an exit code and the line that was printed."""

    def __init__(self, code: int, message: str) -> None:  # noqa: D107
        super().__init__(code)
        self.message = message


def fail(code: int, message: str) -> NoReturn:
    """End the command with a line on stderr."""
    say(ERRORS, f"peak-review: {message}")
    raise CommandFailedError(code, message)


def say(console: Console, text: str) -> None:
    """Print a text; if that fails (a full disk, a closed pipe) the rest of the output is dropped."""
    try:
        console.print(text, markup=False)
        console.file.flush()
    except OSError:
        # Python would write the rest of the buffer when it ends, fail, and change the exit code.
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - only its descriptor is needed
            os.dup2(nowhere.fileno(), console.file.fileno())


def say_json(value: object) -> None:
    """Print a value as JSON."""
    say(OUTPUT, json.dumps(value, ensure_ascii=False, indent=2))


def leave(code: int) -> NoReturn:
    """End the process at once: Prefect would try for minutes to send its events to a server that is gone."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)
