"""List a folder that reviewers write to: regular files, and other entries with the reason why they are not read."""

import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.publication.safe_files import UnreadableError, is_folder, open_regular

_SYSTEM_FILES = {".ds_store", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class OtherEntry:
    """An entry that is not read.

    Attributes:
        kind: `link` (never followed), `special` (pipe, socket or device) or `unreadable` (may hold a reviewer's work).
        note: the target of a link, else the reason.
    """

    kind: Literal["link", "special", "unreadable"]
    note: str

    def __str__(self) -> str:
        """Describe the entry for a log line."""
        return f"a link to {printable(self.note)}, not followed" if self.kind == "link" else self.note


@dataclass(frozen=True)
class FolderListing:
    """Readable regular files, and all other entries except folders, by relative path with `/`."""

    files: dict[str, Path]
    others: dict[str, OtherEntry]

    @property
    def unreadable(self) -> list[str]:
        """Paths that may hold a reviewer's work and cannot be copied."""
        return [name for name, entry in self.others.items() if entry.kind == "unreadable"]


def list_folder(folder: Path) -> FolderListing:
    """List everything below a folder; a folder that cannot be listed is an entry of its own name."""
    found: dict[str, Path | OtherEntry] = dict(_entries(folder, ""))
    names = sorted(found, key=lambda name: name.split("/"))
    files = {name: entry for name in names if isinstance(entry := found[name], Path)}
    return FolderListing(files, {name: entry for name in names if isinstance(entry := found[name], OtherEntry)})


def _entries(folder: Path, prefix: str) -> Iterator[tuple[str, Path | OtherEntry]]:
    try:
        paths = list(folder.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        yield prefix.rstrip("/") or ".", OtherEntry("unreadable", f"cannot be listed: {error.strerror}")
        return
    for path in paths:
        name = f"{prefix}{path.name}"
        if is_folder(path):
            yield from _entries(path, f"{name}/")
        elif entry := _classify(path):
            yield name, entry


def _classify(path: Path) -> Path | OtherEntry | None:
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return OtherEntry("link", str(path.readlink()))
        if not stat.S_ISREG(mode):
            return OtherEntry("special", "no regular file")
        with open_regular(path):
            return path
    except FileNotFoundError:
        return None  # deleted since the folder was listed
    except UnreadableError as error:
        return OtherEntry("unreadable", str(error)) if os.path.lexists(path) else None
    except OSError as error:
        return OtherEntry("unreadable", f"cannot be read: {error.strerror}")


def locked_file(name: str) -> str | None:
    """Return the path of the file that an office program has open, from the path of its lock file; else None.

    Excel writes `~$name`, WPS `.~name`, LibreOffice `.~lock.name#`.
    """
    folder, slash, base = name.rpartition("/")
    if base.startswith(".~lock.") and base.endswith("#"):
        return f"{folder}{slash}{base[len('.~lock.') : -1]}"
    return f"{folder}{slash}{base[2:]}" if base.startswith(("~$", ".~")) else None


def is_temporary(name: str, names: Collection[str]) -> bool:
    """Return whether an operating system or an office program wrote this file, not a person.

    Args:
        name: path of the file.
        names: paths of the files around it: a lock file counts only beside the file that it locks.
    """
    folder, slash, base = name.rpartition("/")
    if base.lower() in _SYSTEM_FILES or locked_file(name) in names:
        return True
    if base.startswith("._"):  # metadata that macOS keeps beside a file
        return f"{folder}{slash}{base[2:]}" in names
    if base.startswith("~$") and base.lower().endswith((".doc", ".docx")):  # Word drops the first letters of the name
        return any(base[2:] in {other.rpartition("/")[2][1:], other.rpartition("/")[2][2:]} for other in names)
    return False


def printable(name: str) -> str:
    """Return a file name with control characters and bytes that are not UTF-8 escaped."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
