"""What lies in `data/raw`: which files are submissions, which are not, and why. Writes nothing there."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_CLUTTER = {".ds_store", "thumbs.db", "desktop.ini"}
# The plan and its annexes lie beside the workbook; they are not read here.
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


def list_raw(folder: Path) -> tuple[list[Received], list[Ignored]]:
    """Everything below `folder/submissions`, in the order of the paths.

    Args:
        folder: the round's raw folder.

    Raises:
        OSError: if a file cannot be read.
    """
    received: list[Received] = []
    ignored: list[Ignored] = []
    for path in _walk(folder / "submissions"):
        file = path.relative_to(folder).as_posix()
        if reason := _why_not(path, folder):
            ignored.append(Ignored(file, reason))
        else:
            content = path.read_bytes()
            received.append(Received(file, path, len(content), hashlib.sha256(content).hexdigest()))
    return received, ignored


def _walk(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


def _why_not(path: Path, folder: Path) -> str | None:
    name = path.name.lower()
    if name in _CLUTTER or name.startswith("."):
        return "left behind by the operating system"
    if name.startswith("~$"):
        return "lock file of a workbook that is open"
    if path.suffix.lower() in _ATTACHMENTS:
        return "not a workbook"
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        return "a link that leads out of the raw folder"
    if not path.is_file():
        return "not a regular file"
    return None
