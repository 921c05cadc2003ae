"""Somebody who reads every package all the time, and notes whatever is not whole."""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def look(package: Path, is_edit: Callable[[bytes], bool]) -> str | None:
    """Hold one package against its manifest.

    The folder is opened once and its files through it, as of one moment; where another one has taken its place
    meanwhile, that is looked at instead.
    """
    while True:
        try:
            folder = os.open(package, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            return f"{package.name} is not there"
        try:
            fault = _fault(folder, is_edit)
            if fault is None:
                return None
            try:
                if os.path.samestat(os.fstat(folder), package.stat()):
                    return f"{package.name}: {fault}"
            except FileNotFoundError:
                return f"{package.name} is not there"
        finally:
            os.close(folder)


def _fault(folder: int, is_edit: Callable[[bytes], bool]) -> str | None:
    try:
        for entry in json.loads(_read(folder, "datapackage.json"))["resources"]:
            content = _read(folder, entry["path"])
            if entry["hash"] != f"sha256:{hashlib.sha256(content).hexdigest()}" and not is_edit(content):
                return f"{entry['path']} is not what the manifest says"
    except (OSError, ValueError) as error:
        return str(error)
    return None


def _read(folder: int, name: str) -> bytes:
    with os.fdopen(os.open(name, os.O_RDONLY, dir_fd=folder), "rb") as stream:
        return stream.read()


@contextmanager
def watching(check: Callable[[], Iterator[str]]) -> Iterator[list[str]]:
    """Check over and over until the end of the block; yields the faults that were seen."""
    faults: list[str] = []
    over = threading.Event()

    def watch() -> None:
        faults.extend(check())
        while not over.is_set():
            faults.extend(check())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield faults
    finally:
        over.set()
        thread.join()
