"""What lies in `data/raw`: which files are submissions, which are not, and why. Writes nothing there."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.as_of import Counts

PASSWORDS = "PEAK_REVIEW_PASSWORDS"  # setting: what to try where a file is encrypted, one a line
_CLUTTER = {".ds_store", "thumbs.db", "desktop.ini"}
# The plan and its annexes lie beside the workbook; plans are listed by `list_documents`, the others are not read.
_ATTACHMENTS = {".docx", ".doc", ".wps", ".pdf", ".jpg", ".jpeg", ".png", ".zip", ".rar", ".7z", ".txt", ".md"}


@dataclass(frozen=True)
class Received:
    """A submission as it lies in raw; `file` is relative to the round's folder, with `/`."""

    file: str
    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class Ignored:
    """A file that is no submission, and why."""

    file: str
    reason: str


def list_raw(
    folder: Path, below: str = "submissions", counts: Counts = lambda *_: True
) -> tuple[list[Received], list[Ignored]]:
    """Everything below `folder/submissions`, in the order of the paths.

    Args:
        folder: the round's raw folder.
        below: which part of it: `submissions`, or `reviews`.
        counts: which files are there at all, as of some moment.

    Raises:
        OSError: if a file cannot be read.
    """
    received: list[Received] = []
    ignored: list[Ignored] = []
    for path in _walk(folder / below):
        file = _name_of(path, folder)
        if reason := _why_not(path, folder):
            if counts(path, None):
                ignored.append(Ignored(file, reason))
        elif counts(path, (item := take(path, file)).sha256):
            received.append(item)
    return received, ignored


def list_documents(folder: Path, wanted: Callable[[Path], bool], counts: Counts = lambda *_: True) -> list[Received]:
    """The attachments below `folder/submissions` that are wanted, in the order of the paths; no links out of it.

    Args:
        folder: the round's raw folder.
        wanted: which of them, by their path.
        counts: which files are there at all, as of some moment.

    Raises:
        OSError: if a file cannot be read.
    """
    found = []
    for path in _walk(folder / "submissions"):
        if path.suffix.lower() not in _ATTACHMENTS or is_clutter(path.name) or not wanted(path):
            continue
        if _why_not_link(path, folder) if path.is_symlink() else not path.is_file():
            continue
        if counts(path, (item := take(path, _name_of(path, folder))).sha256):
            found.append(item)
    return found


def take(path: Path, file: str) -> Received:
    """A file as it lies there, under a name. Read in pieces: one that is too large is refused later, with a finding.

    Raises:
        OSError: if it cannot be read.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return Received(file, path, stream.tell(), digest)


def _name_of(path: Path, folder: Path) -> str:
    """A name from a mailed archive may not be UTF-8; it stays readable, and the path still opens it."""
    return os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "backslashreplace")


def _walk(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def is_clutter(name: str) -> bool:
    """Whether a file is left behind by an operating system or by an office program that has a workbook open."""
    return name.lower() in _CLUTTER or name.startswith((".", "~$"))


def _why_not(path: Path, folder: Path) -> str | None:
    if is_clutter(path.name):
        return "left behind by the operating system or an open workbook"
    if path.suffix.lower() in _ATTACHMENTS:
        return "not a workbook"
    if path.is_symlink():
        return _why_not_link(path, folder)
    return None if path.is_file() else "not a regular file"


def _why_not_link(path: Path, folder: Path) -> str | None:
    # Not Path.resolve, which raises on a loop.
    target = Path(os.path.realpath(path))
    if not target.is_relative_to(os.path.realpath(folder)):
        return "a link that leads out of the raw folder"
    return None if target.is_file() else "a link to a folder or to nothing"
