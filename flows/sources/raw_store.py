"""Store files in `data/raw`: each content once, complete, without overwriting a file, with a receipt."""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from flows.publication.file_names import as_utf8, safe_parts
from flows.publication.safe_files import (
    append_json_line,
    flush_to_disk,
    is_folder,
    keep_regular,
    make_folder,
    naming,
    read_json_lines,
)
from flows.sources.as_of import RECEIPTS
from flows.sources.raw_listing import SUBMISSIONS
from transforms.intake.formats.limits import CONTENT

_ARRIVING = ".arriving"  # folder of incomplete files, outside `submissions`
_LOCK = ".pull.lock"


class PullRunningError(Exception):
    """Another pull is running in the same raw folder."""


@dataclass(frozen=True)
class Receipt:
    """One file at a source, and where its content is stored: a line of `receipts.jsonl`.

    Attributes:
        time: of the ingest, ISO 8601 in UTC.
        run: id of the run.
        source: URL without credentials.
        name: path at the source.
        size: in bytes.
        sha256: of the content.
        stored: path of the content, relative to the raw folder.
        new: false if the content was stored before, under any name.
        stamp: state of the file at the source, see `RemoteFile`; empty if it does not identify the content.
    """

    time: str
    run: str
    source: str
    name: str
    size: int
    sha256: str
    stored: str
    new: bool
    stamp: str


def read_receipts(folder: Path) -> list[Receipt]:
    """Return all receipts in a round's raw folder; skip a line that a crash cut short.

    Raises:
        OSError: if they cannot be read.
    """
    fields = Receipt.__dataclass_fields__.keys()
    return [Receipt(**line) for line in read_json_lines(folder / RECEIPTS) if line.keys() == fields]


def append_receipt(folder: Path, receipt: Receipt) -> None:
    """Append a receipt and flush it to disk, or append nothing.

    Raises:
        OSError: if it cannot be written.
    """
    append_json_line(folder / RECEIPTS, asdict(receipt))


@contextmanager
def lock_raw(folder: Path) -> Iterator[None]:
    """Lock the raw folder of a round against other pulls, and remove incomplete files of a killed pull.

    Raises:
        PullRunningError: if another pull has the lock.
        OSError: if the folder cannot be written.
    """
    arriving = folder / _ARRIVING
    make_folder(arriving)
    keep_regular(folder / _LOCK)
    try:
        with FileLock(folder / _LOCK, timeout=0):
            for path in arriving.iterdir():
                shutil.rmtree(path) if is_folder(path) else path.unlink()
            yield
    except Timeout:
        raise PullRunningError(f"another pull is running: {folder}") from None


def stored_contents(folder: Path) -> dict[str, str]:
    """Return the path of each stored content by its sha256, relative to the raw folder; of equal files the first.

    Files that cannot be read or are too large to have been stored are left out.
    """
    contents: dict[str, str] = {}
    for path in sorted((folder / SUBMISSIONS).rglob("*")):
        with suppress(OSError):
            if stat.S_ISREG((status := path.lstat()).st_mode) and status.st_size <= CONTENT:
                sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
                contents.setdefault(sha256, as_utf8(path.relative_to(folder).as_posix()))
    return contents


def store(folder: Path, content: bytes, name: str) -> str:
    """Store a content below `submissions`, under its name at the source as far as that is safe.

    Args:
        folder: the round's raw folder.
        content: the bytes of the file.
        name: its path at the source, relative, with `/`.

    Returns:
        The path of the stored file, relative to the raw folder.

    Raises:
        OSError: if it cannot be written.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    part, mark = folder / _ARRIVING / "part", f"-{sha256[:8]}"
    *parents, last = safe_parts(name) or ["unnamed"]
    file = PurePosixPath(last)
    try:
        with naming(part):
            part.write_bytes(content)
        flush_to_disk([part])
        place = _make_folders(folder / SUBMISSIONS, parents, mark)
        for candidate in (last, f"{file.stem}{mark}{file.suffix}", f"{file.stem}-{sha256}{file.suffix}"):
            with suppress(FileExistsError):
                _rename(part, place / candidate)
                flush_to_disk([place])
                return as_utf8((place / candidate).relative_to(folder).as_posix())
    finally:
        part.unlink(missing_ok=True)
    raise FileExistsError(errno.EEXIST, "another file has its name and hash", str(place / last))


def _make_folders(place: Path, names: list[str], mark: str) -> Path:
    """Make folders below a place; one whose name a link or a file has gets the mark, too."""
    place.mkdir(exist_ok=True)
    for name in names:
        blocked = (place / name).is_symlink() or ((place / name).exists() and not (place / name).is_dir())
        made = place / f"{name}{mark if blocked else ''}"
        if not made.is_dir():
            made.mkdir()
            flush_to_disk([place])
        place = made
    return place


def _rename(part: Path, place: Path) -> None:
    """Move a file without replacing another one: a hard link fails where a file exists."""
    try:
        os.link(part, place)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}:
            raise
        # The file system has no hard links; `lock_raw` keeps other pulls out.
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, "exists already", str(place)) from None
        part.rename(place)
