"""How the command ends: its exit codes, and the lines that say why."""

import os
import sys
from contextlib import suppress
from typing import NoReturn

import typer
from rich.console import Console

import contracts.load as contract_files

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
    say(Console(stderr=True, highlight=False, soft_wrap=True), f"peak-review: {message}")
    raise typer.Exit(code)


def known_round(round_name: str) -> str:
    """Return the name of a round that has a contract; end the command for any other."""
    known = contract_files.round_names()
    if round_name not in known:
        fail(WRONG_USE, f"unknown round {round_name}; known: {', '.join(known)}")
    return round_name


def load_round(round_name: str) -> contract_files.Contracts:
    """Load the contracts of a round; end the command with all their faults."""
    try:
        return contract_files.load_contracts(known_round(round_name))
    except contract_files.ContractError as error:
        fail(FAILED, f"the contracts are faulty:\n{error}")


def say(console: Console, text: str) -> None:
    """Print a text; where that cannot be written (a full disk, a closed pipe) the rest of it is dropped, no more."""
    try:
        console.print(text, markup=False)
        console.file.flush()
    except OSError:
        # What is left in the buffer would be tried again when the interpreter ends, and change the exit code.
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - its descriptor is what is wanted
            os.dup2(nowhere.fileno(), console.file.fileno())


def one_line(error: BaseException) -> str:
    """Say in one line what an exception says; of the system's errors with the file."""
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    else:
        text = str(error) or type(error).__name__
    return " ".join(text.split())[:500]


def leave(code: int) -> NoReturn:
    """End the process at once: Prefect would try for minutes to hand its events to a server that is gone."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)
