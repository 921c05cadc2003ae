"""Read regular files without following links, and write files so that a crash leaves the old or the new content."""

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from flows.publication.file_names import printable

_CHUNK = 1024 * 1024


class UnreadableError(Exception):
    """A file cannot be read, or is a link, pipe, socket or device; the message says why."""


@dataclass(frozen=True)
class FolderListing:
    """Readable regular files, and all other entries except folders with the reason why not, by relative path."""

    files: dict[str, Path]
    others: dict[str, str]


def list_folder(folder: Path) -> FolderListing:
    """List everything below a folder in the order of the paths; a folder that cannot be listed is an entry."""
    files: dict[str, Path] = {}
    others: dict[str, str] = {}

    def note(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            others[Path(error.filename).relative_to(folder).as_posix()] = f"cannot be listed: {error.strerror}"

    for place, folders, names in os.walk(folder, onerror=note):
        for path in (Path(place, name) for name in (*names, *folders)):
            if is_folder(path):
                continue
            name = path.relative_to(folder).as_posix()
            try:
                open_regular(path).close()
                files[name] = path
            except UnreadableError as error:
                if os.path.lexists(path):  # else deleted since the folder was listed
                    others[name] = str(error)
    in_order = sorted(files, key=lambda name: name.split("/"))
    return FolderListing({name: files[name] for name in in_order}, dict(sorted(others.items())))


def is_folder(path: Path) -> bool:
    """Return whether the path is a folder, not a link to one."""
    return stat.S_ISDIR(_mode(path))


def is_regular(path: Path) -> bool:
    """Return whether the path is a regular file: no link, pipe or device."""
    return stat.S_ISREG(_mode(path))


def _mode(path: Path) -> int:
    try:
        return path.lstat().st_mode
    except OSError:
        return 0


def open_regular(path: Path) -> BinaryIO:
    """Open a regular file for reading, without following a link or waiting for a pipe.

    Raises:
        UnreadableError: if it does not exist, is not a regular file, or may not be read.
    """
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise UnreadableError(f"a link to {printable(str(path.readlink()))}, not followed")
        if not stat.S_ISREG(mode):
            raise UnreadableError("no regular file")
        # The flags are for what took its place meanwhile.
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error


def read_chunks(path: Path) -> Iterator[bytes]:
    """Read a regular file in pieces of 1 MiB.

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
    """Return the hash of a regular file as manifests write it, `sha256:<hex>`.

    Raises:
        UnreadableError: if it cannot be read.
    """
    found = hashlib.sha256()
    for chunk in read_chunks(path):
        found.update(chunk)
    return f"sha256:{found.hexdigest()}"


def has_digest(path: Path, expected: str | None) -> bool:
    """Return whether the file can be read and has this hash."""
    try:
        return expected is not None and digest(path) == expected
    except UnreadableError:
        return False


def make_folder(path: Path) -> None:
    """Make a folder of this program; a link, which is never followed, or a file with its name is moved aside."""
    if os.path.lexists(path) and not is_folder(path):
        move_aside(path)
    path.mkdir(parents=True, exist_ok=True)


def keep_regular(path: Path) -> None:
    """Move aside a link or folder with the name of a file that this program is about to write."""
    if os.path.lexists(path) and not is_regular(path):
        move_aside(path)


def move_aside(path: Path) -> None:
    """Rename whatever is at a path to an unused name beside it."""
    number = 1
    while os.path.lexists(other := path.with_name(f"{path.name}.moved-{number}")):
        number += 1
    path.rename(other)


@contextmanager
def naming(path: Path) -> Iterator[None]:
    """Name what is written in an error of the block: that of a full disk has no path, or the one that is copied."""
    try:
        yield
    except OSError as error:
        if not error.filename or error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            error.filename = str(path)
        raise


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file to a temporary name, flush it to disk and rename it to its name."""
    part = path.with_name(f".{path.name}.part")
    if is_folder(path):
        move_aside(path)
    keep_regular(part)
    with naming(path), part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
    flush_to_disk([path.parent])


def append_json_line(path: Path, values: Mapping[str, Any]) -> None:
    """Append values as a line and flush it to disk; a line that an earlier crash cut off stays on its own.

    Raises:
        OSError: if it cannot be written; then nothing is appended.
    """
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(handle).st_size
        is_cut = bool(size) and os.pread(handle, 1, size - 1) != b"\n"
        content = b"\n" * is_cut + json.dumps(values, ensure_ascii=False).encode(errors="backslashreplace") + b"\n"
        with naming(path):
            if os.write(handle, content) != len(content):
                os.ftruncate(handle, size)
                raise OSError(errno.ENOSPC, "no space for a complete line")
            os.fsync(handle)
    finally:
        os.close(handle)


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Return the lines of a file that does not have to exist; skip damaged ones.

    Raises:
        OSError: if it cannot be read.
    """
    found = []
    for line in path.read_bytes().split(b"\n") if path.exists() else []:  # not splitlines: a name may hold U+2028
        with suppress(ValueError):
            found.append(json.loads(line))
    return [values for values in found if isinstance(values, dict)]


def flush_to_disk(paths: Iterable[Path]) -> None:
    """Flush files and folders to disk (fsync), so that a power cut cannot reorder what follows before them."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
