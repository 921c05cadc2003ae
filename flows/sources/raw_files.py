"""Read one file of `data/raw` once, with its hash, or with the reason why it cannot be read."""

import errno
import hashlib
import os
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from flows.publication.safe_files import naming
from transforms.intake.formats.limits import CONTENT, MIB

# A file larger than `CONTENT` is not reviewed; up to this size it still gets a hash.
_HASHED = 5 * CONTENT
_LONGEST = 2_500  # bytes of a path that can be copied into a package
_REASONS = {
    errno.EACCES: "没有读取权限",
    errno.EPERM: "没有读取权限",
    errno.ENOENT: "读取时已不存在",
    errno.ELOOP: "链接循环",
    errno.ENAMETOOLONG: "路径过长或文件夹嵌套过深",
}


@dataclass(frozen=True)
class Received:
    """A submission, plan or review workbook as it was read.

    Attributes:
        file: its path relative to the round's folder, with `/`.
        path: for messages; the file may have changed since.
        size: in bytes.
        sha256: of the bytes; empty if they could not be read.
        content: the bytes; None if there is a fault.
        fault: why it is not reviewed, in Chinese: it cannot be read, or is too large.
        is_unread: whether this machine could not read it (rights, disk, path): no fault of the submitter.
    """

    file: str
    path: Path
    size: int
    sha256: str
    content: bytes | None = field(default=None, repr=False)
    fault: str | None = None
    is_unread: bool = False


def read_raw_file(path: Path, file: str) -> Received:
    """Read a file; one that is too large is hashed and gets a fault.

    Raises:
        OSError: if it cannot be read, or is not a regular file.
    """
    with _open(path) as stream:
        content = stream.read(CONTENT + 1)
        digest = hashlib.sha256(content)
        if len(content) <= CONTENT:
            return Received(file, path, len(content), digest.hexdigest(), content)
        del content
        size = os.fstat(stream.fileno()).st_size
        while stream.tell() < _HASHED and (piece := stream.read(MIB)):
            digest.update(piece)
        whole = stream.tell() < _HASHED
        size = stream.tell() if whole else size
        fault = f"文件有{size // MIB} MiB，超过{CONTENT // MIB} MiB 的上限"
        return Received(file, path, size, digest.hexdigest() if whole else "", fault=fault)


def copy_large_file(item: Received, to: Path) -> None:
    """Copy a file that was too large to be kept in memory.

    Raises:
        OSError: if it cannot be read any more, or is not what was hashed.
    """
    with naming(to), _open(item.path) as stream, to.open("xb") as target:
        shutil.copyfileobj(stream, target, MIB)
    with to.open("rb") as copy:
        if hashlib.file_digest(copy, "sha256").hexdigest() != item.sha256:
            raise OSError(errno.ESTALE, "changed during the run", str(item.path))


def _open(path: Path) -> BinaryIO:
    if not stat.S_ISREG(path.stat().st_mode):  # opening a device may do something
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return stream


def read_or_fault(path: Path, file: str, error: OSError | None) -> Received:
    """Read a file; if it cannot be read, or its folder cannot be listed because of `error`, return it with a fault."""
    if error is None and len(os.fsencode(file)) > _LONGEST:
        error = OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    if error is None:
        try:
            return read_raw_file(path, file)
        except OSError as reason:
            error = reason
    named = _REASONS.get(error.errno or 0) or str(error.strerror or error)
    return Received(file, path, 0, "", fault=f"无法读取（{named}）", is_unread=True)
