"""Read regular files without following links, and write files so that a crash leaves the old or the new content."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

_CHUNK = 1024 * 1024


class UnreadableError(Exception):
    """A file cannot be read, or is not a regular file; the message says why."""


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
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UnreadableError(f"cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnreadableError("no regular file")
    return os.fdopen(handle, "rb")


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


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file to a temporary name, flush it to disk and rename it to its name."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
    flush_to_disk([path.parent])


def flush_to_disk(paths: Iterable[Path]) -> None:
    """Flush files and folders to disk (fsync), so that a power cut cannot reorder what follows before them."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
