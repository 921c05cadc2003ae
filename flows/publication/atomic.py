"""What happens in one step or not at all: two paths exchanged, a file put in place. And what outlives a power cut."""

import ctypes
import errno
import os
from collections.abc import Iterable
from pathlib import Path

_HERE = -100  # AT_FDCWD: a relative path starts from the working directory
_EXCHANGE = 2  # RENAME_EXCHANGE
_CANNOT = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP}


def exchange(one: Path, other: Path) -> bool:
    """Let two paths of one file system change places: nobody ever finds one of them missing.

    Returns:
        False where the system or the file system cannot do it; then nothing has happened.

    Raises:
        OSError: if a path is not there, or may not be moved.
    """
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(other))


def put(path: Path, content: bytes) -> None:
    """Write a file that is whole under its name or not there under it, whatever happens meanwhile."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
    sync([path.parent])


def sync(paths: Iterable[Path]) -> None:
    """Have files and folders on the disk before what comes next relies on them."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_tree(folder: Path) -> None:
    """The same for a folder with all that is below it."""
    sync((*folder.rglob("*"), folder))
