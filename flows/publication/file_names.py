"""File names: lock files and clutter of programs, and names that cannot be shown, copied or written elsewhere."""

import hashlib
import os
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath

# Endings of files that are being uploaded.
UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial", ".download", ".upload")
_SYSTEM_FILES = {".ds_store", "thumbs.db", "desktop.ini"}
# Characters that Windows refuses in a name: packages are opened there.
_UNSAFE = set('\\/<>:"|?*')
_LONGEST, _DEEPEST = 200, 10  # bytes of a name, levels of folders


def is_clutter(name: str) -> bool:
    """Return whether a file was left behind by an operating system, or by an office program with an open workbook."""
    return name.lower() in _SYSTEM_FILES or name.startswith((".", "~$"))


def is_hidden(path: str) -> bool:
    """Return whether a file or one of its folders is clutter."""
    return any(is_clutter(part) or part == "__MACOSX" for part in path.split("/") if part not in {"", ".", ".."})


def is_temporary(path: str, paths: Collection[str]) -> bool:
    """Return whether an operating system or an office program wrote a file in a package, not a person.

    Args:
        path: of the file.
        paths: of the files around it: a lock file counts only beside the file that it locks.
    """
    folder, slash, name = path.rpartition("/")
    if name.lower() in _SYSTEM_FILES or locked_file(path) in paths:
        return True
    if name.startswith("._"):  # metadata that macOS keeps beside a file
        return f"{folder}{slash}{name[2:]}" in paths
    if name.startswith("~$") and name.lower().endswith((".doc", ".docx")):  # Word drops the first letters of the name
        return any(name[2:] in {other.rpartition("/")[2][1:], other.rpartition("/")[2][2:]} for other in paths)
    return False


def locked_file(path: str) -> str | None:
    """Return the path of the file that an office program has open, from the path of its lock file; else None.

    Excel writes `~$name`, WPS `.~name`, LibreOffice `.~lock.name#`.
    """
    folder, slash, name = path.rpartition("/")
    if name.startswith(".~lock.") and name.endswith("#"):
        return f"{folder}{slash}{name[len('.~lock.') : -1]}"
    return f"{folder}{slash}{name[2:]}" if name.startswith(("~$", ".~")) else None


def upload_marks(path: str) -> list[str]:
    """Return the paths of lock files and parts that exist beside a file while it is open or being written."""
    place = PurePosixPath(path)
    locks = (f".~lock.{place.name}#", f"~${place.name}", f"~${place.name[2:]}", f".~{place.name}")
    marks = (*locks, *(place.name + ending for ending in UNFINISHED))
    return [str(place.with_name(mark)) for mark in marks]


def as_utf8(name: str) -> str:
    """Return a name unchanged, with escapes where it is not UTF-8, as in mailed archives."""
    try:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # half a character, which no file system gives
        return name.encode("utf-8", "backslashreplace").decode()


def printable(name: str) -> str:
    """Return a name on one line, with escapes for control characters and for bytes that are not UTF-8."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in as_utf8(name))


def short_name(name: str, longest: int = _LONGEST) -> str:
    """Return a name of at most `longest` bytes; file systems allow 255. A shortened one keeps its ending."""
    if len(name.encode()) <= longest:
        return name
    ending = PurePosixPath(name).suffix if len(PurePosixPath(name).suffix.encode()) < 20 else ""
    mark = f"-{hashlib.sha256(name.encode()).hexdigest()[:8]}{ending}"
    return name.encode()[: longest - len(mark.encode())].decode("utf-8", "ignore") + mark


def safe_parts(path: str) -> list[str]:
    """Return the folders and the name of a file, without parts that lead elsewhere or cannot be written or shown."""
    parts = [_safe_part(part) for part in path.split("/") if part not in {"", ".", ".."}]
    return [part for part in parts if part][-_DEEPEST:]


def safe_name(name: str) -> str:
    """Replace what Windows refuses in a name, and what cannot be shown or turns the direction of text."""
    return "".join("_" if char in _UNSAFE or unicodedata.category(char)[0] == "C" else char for char in name)


def _safe_part(part: str) -> str:
    return short_name(safe_name(unicodedata.normalize("NFC", _decoded(part))).strip().rstrip("."))


def _decoded(part: str) -> str:
    """Decode a name that is not UTF-8 as GB 18030, the encoding of old Chinese systems: it often names the pilot."""
    try:
        part.encode()
    except UnicodeEncodeError:
        try:
            return part.encode("utf-8", "surrogateescape").decode("gb18030")
        except UnicodeError:
            return part.encode("utf-8", "replace").decode()
    return part
