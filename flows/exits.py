"""How the command ends: its exit codes, and the lines that say why."""

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
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"peak-review: {message}", markup=False)
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
