"""List the files in `data/raw` and read each of them once: which are submissions, which are not, and why."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flows.sources.as_of import Counts
from transforms.intake.formats.limits import CONTENT, MIB

_CLUTTER = {".ds_store", "thumbs.db", "desktop.ini"}
# The plan and its annexes are beside the workbook; plans are listed by `list_documents`, the others are not read.
_ATTACHMENTS = {".docx", ".doc", ".wps", ".pdf", ".jpg", ".jpeg", ".png", ".zip", ".rar", ".7z", ".txt", ".md"}
_ARCHIVES = {".zip", ".rar", ".7z"}
# Other office files; whatever is not listed may be a workbook under an odd name, and its content decides.
_OFFICE = {
    ".ofd", ".ppt", ".pptx", ".pptm", ".pps", ".ppsx", ".pot", ".potx", ".dps", ".dpt", ".odp",
    ".rtf", ".odt", ".docm", ".dot", ".dotx", ".wpt", ".pages", ".key", ".vsd", ".vsdx", ".mpp", ".one", ".pub",
    ".xmind", ".caj", ".msg", ".eml",
}  # fmt: skip
SUBMISSIONS = "submissions"
Why = tuple[str, str | None]
# No reader takes more than `CONTENT`; up to here a larger file still gets a hash, beyond it may never end.
_HASHED = 5 * CONTENT
# A path of more bytes cannot be copied into a package, and folders nested deeper are no one's intention.
_LONGEST, _DEEPEST = 2_500, 32
_REASONS = {
    errno.EACCES: "没有读取权限",
    errno.EPERM: "没有读取权限",
    errno.ENOENT: "读取时已不存在",
    errno.ELOOP: "链接循环",
    errno.ENAMETOOLONG: "路径过长或文件夹嵌套过深",
}


@dataclass(frozen=True)
class Received:
    """A submission, plan or review workbook, read once: whoever needs its bytes takes `content`.

    Attributes:
        file: its path relative to the round's folder, with `/`.
        path: where it was; for messages, its bytes may have changed since.
        size: in bytes.
        sha256: of the bytes; empty where they could not be read.
        content: the bytes; None where there is a fault.
        fault: in Chinese, why no reader gets it: it cannot be read, or is too large.
    """

    file: str
    path: Path
    size: int
    sha256: str
    content: bytes | None = field(default=None, repr=False)
    fault: str | None = None


@dataclass(frozen=True)
class Ignored:
    """A file that is no submission, and why; `notice` says it in Chinese where someone should know."""

    file: str
    reason: str
    notice: str | None = None


def list_raw(
    folder: Path, below: str = SUBMISSIONS, counts: Counts = lambda *_: True
) -> tuple[list[Received], list[Ignored]]:
    """Read everything below `folder/submissions`, in the order of the paths.

    A file or folder that cannot be read is received with a fault.

    Args:
        folder: the round's raw folder.
        below: which part of it: `submissions`, or `reviews`.
        counts: which files are there at all, as of some moment.

    Raises:
        OSError: if `folder/submissions` itself cannot be listed.
    """
    received: list[Received] = []
    ignored: list[Ignored] = []
    for path, error in _walk(folder / below):
        file = _name_of(path, folder)
        if not error and (why := _why_not(path, folder, below)):
            if _counted(counts, path, None):
                ignored.append(Ignored(file, *why))
        elif _counted(counts, path, (item := _read(path, file, error)).sha256):
            received.append(item)
    return received, ignored


def list_documents(folder: Path, wanted: Callable[[Path], bool], counts: Counts = lambda *_: True) -> list[Received]:
    """Read the attachments below `folder/submissions` that are wanted, in the order of the paths; no links out of it.

    Args:
        folder: the round's raw folder.
        wanted: which of them, by their path.
        counts: which files are there at all, as of some moment.

    Raises:
        OSError: if `folder/submissions` itself cannot be listed.
    """
    found = []
    for path, error in _walk(folder / SUBMISSIONS):
        if error or path.suffix.lower() not in _ATTACHMENTS or is_clutter(path.name) or not wanted(path):
            continue
        if _irregular(path, folder):
            continue
        if _counted(counts, path, (item := _read(path, _name_of(path, folder), None)).sha256):
            found.append(item)
    return found


def take(path: Path, file: str) -> Received:
    """Read a file once, under a name. One that is too large is hashed and has a fault.

    Raises:
        OSError: if it cannot be read, or is no regular file.
    """
    if not stat.S_ISREG(path.stat().st_mode):  # opening a device may do something
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
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
        fault = f"文件有 {size // MIB} MiB，超过 {CONTENT // MIB} MiB 的上限"
        return Received(file, path, size, digest.hexdigest() if whole else "", fault=fault)


def _read(path: Path, file: str, error: OSError | None) -> Received:
    """Read a file; what cannot be read costs this file only. `error`: why the folder of this path cannot be listed."""
    if error is None and len(os.fsencode(file)) > _LONGEST:
        error = OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
    if error is None:
        try:
            return take(path, file)
        except OSError as reason:
            error = reason
    said = _REASONS.get(error.errno or 0) or str(error.strerror or error)
    return Received(file, path, 0, "", fault=f"无法读取（{said}）")


def _counted(counts: Counts, path: Path, sha256: str | None) -> bool:
    try:
        return counts(path, sha256)
    except OSError:  # without a date: it is there now
        return True


def _name_of(path: Path, folder: Path) -> str:
    """A name from a mailed archive may not be UTF-8; it stays readable, and the path still opens it."""
    return os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "backslashreplace")


def _walk(folder: Path) -> Iterator[tuple[Path, OSError | None]]:
    """Every file below a folder, and every folder that cannot be listed, with the reason; links are not followed.

    Raises:
        OSError: if the folder itself cannot be listed.
    """
    try:
        left = _entries(folder)
    except FileNotFoundError:
        return
    while left:
        path, is_folder = left.pop()
        if not is_folder:
            yield path, None
            continue
        if len(path.relative_to(folder).parts) > _DEEPEST:
            yield path, OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
            continue
        try:
            left += _entries(path)
        except OSError as error:
            yield path, error


def _entries(folder: Path) -> list[tuple[Path, bool]]:
    """The entries of a folder, the last name first, each with whether it is a folder and no link."""
    with os.scandir(folder) as entries:
        found = sorted(((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries), reverse=True)
    return [(folder / name, is_folder) for name, is_folder in found]


def is_clutter(name: str) -> bool:
    """Whether a file is left behind by an operating system or by an office program that has a workbook open."""
    return name.lower() in _CLUTTER or name.startswith((".", "~$"))


def _why_not(path: Path, folder: Path, below: str) -> Why | None:
    suffix = path.suffix.lower()
    if is_clutter(path.name):
        return "left behind by the operating system or an open workbook", None
    if irregular := _irregular(path, folder):
        return irregular
    if suffix in _ATTACHMENTS:
        return "not a workbook", "是压缩包，没有解压" if suffix in _ARCHIVES else None
    if suffix in _OFFICE and below == SUBMISSIONS:
        return "not a workbook", f"是 {suffix[1:].upper()} 文件，不是工作簿或可读取的文档，没有读取"
    return None


def _irregular(path: Path, folder: Path) -> Why | None:
    """Why a path is not read although it is there: it is a link that leads elsewhere, or a pipe, socket or device."""
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            special = "not a regular file", "不是普通文件（管道、套接字或设备），没有读取"
            return None if stat.S_ISREG(mode) else special
        # Not Path.resolve, which raises on a loop.
        target = Path(os.path.realpath(path))
        if not target.is_relative_to(os.path.realpath(folder)):
            return "a link that leads out of the raw folder", "是指向报送文件夹之外的链接，没有读取"
        if not target.is_file():
            return "a link to a folder or to nothing", "是指向文件夹或不存在的文件的链接，没有读取"
    except OSError:
        pass  # reading it will say why
    return None
