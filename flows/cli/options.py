"""Options that several commands share, and checks of what is given; a wrong argument ends the command."""

from typing import Literal, TypeVar

import typer

import contracts.load as contract_files
from flows.cli.console import fail
from flows.pipeline.exit_codes import FAILED, WRONG_USE
from flows.publication.file_names import as_utf8

TextOrJson = Literal["text", "json"]
TextJsonOrMd = Literal["text", "json", "md"]
T = TypeVar("T", bound=str | list[str] | None)


def filled_text(value: T) -> T:
    """Refuse an empty option, as an unset variable of a shell gives it, and one that is not UTF-8.

    Raises:
        typer.BadParameter: if it is that.
    """
    for one in value if isinstance(value, list) else [] if value is None else [value]:
        if not one.strip():
            raise typer.BadParameter("must not be empty")
        if as_utf8(one) != one:
            raise typer.BadParameter("is not UTF-8")
    return value


def local_folder(value: str) -> str:
    """Refuse a URL where a folder is wanted, and an empty value, which would be the current folder.

    Raises:
        typer.BadParameter: if it is that.
    """
    if not value.strip():
        raise typer.BadParameter("must not be empty")
    if "://" in value:
        raise typer.BadParameter("must be a folder on this machine; a URL is a source: peak-review pull --source URL")
    return value


def known_round(round_name: str) -> str:
    """Return the name of a round that has a contract; end the command for any other."""
    known = contract_files.round_names()
    if round_name not in known:
        fail(WRONG_USE, f"unknown round {round_name}; known: {', '.join(known)}")
    return round_name


def load_round(round_name: str) -> contract_files.Contracts:
    """Load the contracts of a round; end the command with all their faults."""
    known = known_round(round_name)
    try:
        return contract_files.load_contracts(known)
    except contract_files.ContractError:
        return load_checked_round(known)


def load_checked_round(round_name: str) -> contract_files.Contracts:
    """Load the contracts of a round, and check that every rule has its function; end the command with all faults."""
    # Imported here, because it takes half a second, which a night without changes saves.
    from transforms.rules.registry import load_checked  # noqa: PLC0415

    try:
        return load_checked(known_round(round_name))
    except contract_files.ContractError as error:
        fail(FAILED, f"the contracts are faulty:\n{error}")


ROUND = typer.Option("--round", help="Name of the round, e.g. first-batch.", callback=filled_text)
RAW = typer.Option(help="Folder with the submissions of all rounds.", callback=local_folder)
PLANS = typer.Option(
    "--plans", help="Folder with the round of plans that a progress round assesses; else beside it in --raw."
)
OUT = typer.Option(help="Folder for the packages of all rounds.", callback=local_folder)
FORMAT = typer.Option("--format")
