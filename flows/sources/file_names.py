"""File names at sources: which are clutter or uploads in progress, and how names are shown and stored."""

import hashlib
import unicodedata
from pathlib import PurePosixPath

from flows.sources.raw_listing import is_clutter

# Endings of files that are being uploaded.
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial", ".download", ".upload")
# Characters that Windows refuses in a name: packages are opened there.
_UNSAFE = set('\\<>:"|?*')
_LONGEST, _DEEPEST = 200, 10  # bytes of a name, levels of folders


def safe_parts(name: str) -> list[str]:
    """Return the folders and the name of a file, without parts that lead elsewhere or cannot be written or shown."""
    parts = [_safe(part) for part in name.split("/") if part not in {"", ".", ".."}]
    return [part for part in parts if part][-_DEEPEST:]


def is_hidden(name: str) -> bool:
    """Return whether a file or one of its folders was left behind by an operating system or an office program."""
    return any(is_clutter(part) or part == "__MACOSX" for part in name.split("/") if part not in {"", ".", ".."})


def _safe(part: str) -> str:
    """Return one part of a path without control and direction marks, which can make one ending look like another."""
    part = unicodedata.normalize("NFC", _readable(part))
    part = "".join("_" if char in _UNSAFE or unicodedata.category(char)[0] == "C" else char for char in part)
    part = part.strip().rstrip(".")
    if len(part.encode()) <= _LONGEST:
        return part
    ending = PurePosixPath(part).suffix if len(PurePosixPath(part).suffix.encode()) < 20 else ""
    mark = f"-{hashlib.sha256(part.encode()).hexdigest()[:8]}{ending}"
    return part.encode()[: _LONGEST - len(mark.encode())].decode("utf-8", "ignore") + mark


def _readable(part: str) -> str:
    """Decode a name that is not UTF-8 as GB 18030, the encoding of old Chinese systems: it often names the pilot."""
    try:
        part.encode()
    except UnicodeEncodeError:
        try:
            return part.encode("utf-8", "surrogateescape").decode("gb18030")
        except UnicodeError:
            return part.encode("utf-8", "replace").decode()
    return part


def printable(name: str) -> str:
    """Return a name on one line, without characters that move the cursor or turn the direction of text."""
    return "".join(char if char.isprintable() else "�" for char in name)


def recorded(name: str) -> str:
    """Return a name as receipts have it: unchanged, with escapes where it is not UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


def upload_marks(name: str) -> list[str]:
    """Return the names of lock files and parts that exist beside a file while it is open or being written."""
    path = PurePosixPath(name)
    marks = (f".~lock.{path.name}#", f"~${path.name}", f"~${path.name[2:]}", *(path.name + end for end in UNFINISHED))
    return [str(path.with_name(mark)) for mark in marks]
