"""Read the files in `data/raw` once each: workbooks and plans with their bytes, and the others with the reason."""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from flows.publication.file_names import as_utf8, is_clutter
from flows.sources.as_of import Counts
from flows.sources.raw_files import Received, read_or_fault
from transforms.intake.formats import sniff

SUBMISSIONS, REVIEWS = "submissions", "reviews"
MODERN, PDF, OLD = ".docx", ".pdf", (".doc", ".wps")
_ARCHIVES = {".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"}
# Usual beside the workbooks; those that may be plans are read.
_NOTES = {".txt", ".md"}
_ATTACHMENTS = {MODERN, *OLD, PDF, ".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", *_NOTES}
# Files that ought to be workbooks, also where they are damaged.
_SPREADSHEETS = {
    ".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb", ".xls", ".xlt", ".et", ".ett", ".ods", ".ots", ".csv", ".tsv",
}  # fmt: skip
# Office files that are packed like workbooks. A file with any other ending is a workbook if its content is packed so.
_OFFICE = {
    ".ofd", ".ppt", ".pptx", ".pptm", ".pps", ".ppsx", ".pot", ".potx", ".dps", ".dpt", ".odp",
    ".rtf", ".odt", ".docm", ".dot", ".dotx", ".wpt", ".pages", ".key", ".vsd", ".vsdx", ".mpp", ".one", ".pub",
    ".xmind", ".caj", ".msg", ".eml", ".jar", ".apk", ".epub",
}  # fmt: skip
_PACKED = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # zip; the container of .xls
_DEEPEST = 32  # levels of folders


@dataclass(frozen=True)
class Ignored:
    """A file that is not a submission, and why.

    Attributes:
        file: its path relative to the round's folder.
        reason: why it is not read.
        notice: the reason in Chinese, if it is to be reported.
        quiet: it is usual beside a workbook, and reported only where there is none.
        archive: its content, if it is an archive that may be unpacked.
    """

    file: str
    reason: str
    notice: str | None = None
    quiet: bool = False
    archive: Received | None = field(default=None, repr=False)


def list_raw(
    folder: Path, below: str = SUBMISSIONS, counts: Counts = lambda *_: True
) -> tuple[list[Received], list[Received], list[Ignored]]:
    """Read all files below `folder/submissions`, in the order of their paths.

    A file or folder that cannot be read gets a fault.

    Args:
        folder: the round's raw folder.
        below: the folder in it: `submissions`, or `reviews`, which has no plans.
        counts: which files had been received, see `as_of.received_until`.

    Returns:
        Workbooks; plans; other files.

    Raises:
        OSError: if `folder/submissions` itself cannot be listed.
    """
    workbooks: list[Received] = []
    plans: list[Received] = []
    ignored: list[Ignored] = []
    for path, error in _walk(folder / below):
        file = as_utf8(path.relative_to(folder).as_posix())
        is_plan = not error and below == SUBMISSIONS and may_be_a_plan(path)
        if not error and (why := why_ignored(path, below) or _irregular(path, folder)):
            if counts(path, None):
                ignored.append(Ignored(file, *why))
        elif counts(path, (item := read_or_fault(path, file, error)).sha256):
            is_plan = is_plan and may_be_a_plan(path, item.content)
            if item.is_unread:  # an archive, too: what is in it is unknown
                (plans if is_plan else workbooks).append(item)
            elif below == SUBMISSIONS and is_archive(path):
                ignored.append(Ignored(file, "an archive", item.fault or notice_of(path), archive=item))
            elif is_plan or below != SUBMISSIONS or is_workbook(path, item.content):
                (plans if is_plan else workbooks).append(item)
            else:
                ignored.append(Ignored(file, "not a workbook", notice_of(path)))
    return workbooks, plans, ignored


def may_be_a_plan(path: PurePath, content: bytes | None = None) -> bool:
    """Return whether a document may be a plan: every .docx, and others with 方案 in the name, if it is no workbook."""
    suffix = path.suffix.lower()
    by_name = suffix == MODERN or (suffix in {*OLD, PDF} and "方案" in path.name)
    return by_name and not sniff.is_workbook(content or b"")


def is_archive(path: PurePath) -> bool:
    """Return whether a file is an archive, by its ending."""
    return path.suffix.lower() in _ARCHIVES


def why_ignored(path: PurePath, below: str = SUBMISSIONS) -> tuple[str, str | None, bool] | None:
    """Return why a file is not read, by its name, as the fields of `Ignored`; None if it is to be read."""
    suffix = path.suffix.lower()
    if is_clutter(path.name):
        return "left behind by the operating system or an open workbook", None, False
    if suffix in _ATTACHMENTS and not (below == SUBMISSIONS and may_be_a_plan(path)):
        return "not a workbook", None if suffix in _NOTES else notice_of(path), True
    if below == SUBMISSIONS:
        return ("not a workbook", notice_of(path), False) if suffix in _OFFICE else None
    return ("not a workbook", notice_of(path), False) if is_archive(path) else None


def _walk(folder: Path) -> Iterator[tuple[Path, OSError | None]]:
    """Yield every file below a folder, and every folder that cannot be listed with the reason; follow no links.

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
    """Return the entries of a folder in reverse order, and whether each is a folder and not a link."""
    with os.scandir(folder) as entries:
        found = sorted(((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries), reverse=True)
    return [(folder / name, is_folder) for name, is_folder in found]


def is_workbook(path: PurePath, content: bytes | None) -> bool:
    """Return whether a file is read as a workbook: by its ending, or by its content if the ending says nothing."""
    suffix = path.suffix.lower()
    if suffix in _SPREADSHEETS or (may_be_a_plan(path) and not may_be_a_plan(path, content)):
        return True
    return suffix not in _OFFICE | _ATTACHMENTS | _ARCHIVES and (content or b"").startswith(_PACKED)


def notice_of(path: PurePath) -> str:
    """Say in Chinese why a file is not read."""
    suffix = path.suffix[1:]
    if is_clutter(path.name):
        return "是系统或办公软件的临时文件，没有读取"
    if is_archive(path):
        return "是压缩包，没有解压"
    if path.suffix.lower() in OLD:
        return "文件名中没有“方案”，没有作为实施方案读取"
    kind = f"是 {suffix.upper()} 文件" if suffix.isascii() and suffix.isalnum() and len(suffix) < 6 else "类型无法识别"
    return f"{kind}，不是工作簿或可读取的文档，没有读取"


def _irregular(path: Path, folder: Path) -> tuple[str, str, bool] | None:
    """Return why a path is not read: it is a link that leads elsewhere, or a pipe, socket or device."""
    try:
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            special = "not a regular file", "不是普通文件（管道、套接字或设备），没有读取", False
            return None if stat.S_ISREG(mode) else special
        # Not Path.resolve, which raises on a loop.
        target = Path(os.path.realpath(path))
        if not target.is_relative_to(os.path.realpath(folder)):
            return "a link that leads out of the raw folder", "是指向报送文件夹之外的链接，没有读取", False
        if not target.is_file():
            return "a link to a folder or to nothing", "是指向文件夹或不存在的文件的链接，没有读取", False
    except OSError:
        pass  # reading it will say why
    return None
