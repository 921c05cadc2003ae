"""What is in a folder that people write to: the files, and the entries that are not read, with why. Follows no link."""

import hashlib
import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

_SYSTEM = {".ds_store", "thumbs.db", "desktop.ini"}
_CHUNK = 1024 * 1024
# A link is never followed; a pipe, socket or device holds nothing; what cannot be read may hold somebody's work.
Kind = Literal["link", "special", "unreadable"]


class UnreadableError(OSError):
    """A file cannot be read, or is no regular file; the message says why."""


@dataclass(frozen=True)
class Odd:
    """An entry that is not read; `note` is the target of a link, or else why it is not read."""

    kind: Kind
    note: str

    def __str__(self) -> str:
        """For a person."""
        return f"a link to {printable(self.note)}, not followed" if self.kind == "link" else self.note


@dataclass(frozen=True)
class Tree:
    """Regular files that can be read, and everything else but folders, each by its path in the folder with `/`."""

    files: dict[str, Path]
    odd: dict[str, Odd]

    @property
    def unreadable(self) -> list[str]:
        """Paths of what may hold somebody's work and cannot be copied."""
        return [name for name, entry in self.odd.items() if entry.kind == "unreadable"]


def walk(folder: Path) -> Tree:
    """List all that is below a folder; a folder that cannot be listed is an odd entry of its own name."""
    found: dict[str, Path | Odd] = dict(_walk(folder, ""))
    names = sorted(found, key=lambda name: name.split("/"))
    files = {name: entry for name in names if isinstance(entry := found[name], Path)}
    return Tree(files, {name: entry for name in names if isinstance(entry := found[name], Odd)})


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, Path | Odd]]:
    try:
        paths = list(folder.iterdir())
    except FileNotFoundError:
        return
    except OSError as error:
        yield prefix.rstrip("/") or ".", Odd("unreadable", f"cannot be listed: {error.strerror}")
        return
    for path in paths:
        name = f"{prefix}{path.name}"
        if is_folder(path):
            yield from _walk(path, f"{name}/")
        elif entry := _look_at(path):
            yield name, entry


def _look_at(path: Path) -> Path | Odd | None:
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return Odd("link", str(path.readlink()))
        if not stat.S_ISREG(mode):
            return Odd("special", "no regular file")
        with open_regular(path):
            return path
    except FileNotFoundError:
        return None  # it has just been deleted
    except UnreadableError as error:
        return Odd("unreadable", str(error)) if os.path.lexists(path) else None
    except OSError as error:
        return Odd("unreadable", f"cannot be read: {error.strerror}")


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading; never a link, and never waits for a pipe.

    Raises:
        UnreadableError: if it is not there, no regular file, or may not be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnreadableError("no regular file")
    return os.fdopen(handle, "rb")


def chunks(path: Path) -> Iterator[bytes]:
    """Read a regular file in pieces.

    Raises:
        UnreadableError: if it cannot be read to its end.
    """
    with open_regular(path) as stream:
        while True:
            try:
                chunk = stream.read(_CHUNK)
            except OSError as error:
                raise UnreadableError(f"cannot be read: {error.strerror}") from error
            if not chunk:
                return
            yield chunk


def digest(path: Path) -> str:
    """Hash of a file, as manifests have it.

    Raises:
        UnreadableError: if it cannot be read.
    """
    found = hashlib.sha256()
    for chunk in chunks(path):
        found.update(chunk)
    return f"sha256:{found.hexdigest()}"


def is_folder(path: Path) -> bool:
    """Whether this is a folder itself, and no link to one."""
    return _is(path, stat.S_ISDIR)


def is_regular(path: Path) -> bool:
    """Whether this is a file itself: no link, pipe or device."""
    return _is(path, stat.S_ISREG)


def _is(path: Path, kind: object) -> bool:
    try:
        return bool(kind(path.lstat().st_mode))  # type: ignore[operator]
    except OSError:
        return False


def locked_by(name: str) -> str | None:
    """The file that an office program has open, by the path of its lock file; None where the name is not that of one.

    Excel writes `~$name`, WPS `.~name`, LibreOffice `.~lock.name#`.
    """
    folder, slash, base = name.rpartition("/")
    if base.startswith(".~lock.") and base.endswith("#"):
        return f"{folder}{slash}{base[len('.~lock.') : -1]}"
    return f"{folder}{slash}{base[2:]}" if base.startswith(("~$", ".~")) else None


def is_left_behind(name: str, names: Collection[str]) -> bool:
    """Whether a system or an office program wrote a file beside others, and no person.

    Args:
        name: its path.
        names: the paths of the files around it: a lock without its file may be somebody's work.
    """
    folder, slash, base = name.rpartition("/")
    if base.lower() in _SYSTEM or locked_by(name) in names:
        return True
    if base.startswith("._"):  # what macOS keeps beside a file
        return f"{folder}{slash}{base[2:]}" in names
    if base.startswith("~$") and base.lower().endswith((".doc", ".docx")):  # Word drops the first letters of the name
        return any(base[2:] in {other.rpartition("/")[2][1:], other.rpartition("/")[2][2:]} for other in names)
    return False


def printable(name: str) -> str:
    """A name that is not UTF-8, or holds control characters, for a person; it stays readable."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)
