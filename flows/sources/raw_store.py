"""Store downloaded files in `data/raw`: each content once, complete, without overwriting a file."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from flows.publication.file_names import as_utf8, safe_parts
from flows.publication.safe_files import flush_to_disk
from flows.sources.raw_listing import SUBMISSIONS
from transforms.intake.formats.limits import CONTENT

_ARRIVING = ".arriving"  # folder of incomplete files, outside `submissions`
_LOCK = ".pull.lock"


@dataclass(frozen=True)
class Download:
    """A downloaded file that is not stored yet; `size` is in bytes."""

    path: Path
    size: int
    sha256: str


class TooLargeError(Exception):
    """A file is larger than the largest submission."""


class PullRunningError(Exception):
    """Another pull is running in the same raw folder."""


@contextmanager
def lock_raw(folder: Path) -> Iterator[None]:
    """Lock the raw folder of a round against other pulls, and remove incomplete files of a killed pull.

    Raises:
        PullRunningError: if another pull has the lock.
        OSError: if the folder cannot be written.
    """
    arriving = folder / _ARRIVING
    arriving.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / _LOCK, timeout=0):
            for path in arriving.iterdir():
                path.unlink()
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
                contents.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), relative(path, folder))
    return contents


def relative(path: Path, folder: Path) -> str:
    """Return a path relative to the raw folder as receipts have it, with escapes where it is not UTF-8."""
    return as_utf8(path.relative_to(folder).as_posix())


@contextmanager
def download(folder: Path, chunks: Iterable[bytes], limit: int) -> Iterator[Download]:
    """Write the content of a file into a temporary file; it is removed at the end of the block unless stored.

    Raises:
        TooLargeError: as soon as it is larger than `limit` bytes.
        OSError: if it cannot be written.
    """
    part = folder / _ARRIVING / "part"
    digest, size = hashlib.sha256(), 0
    try:
        with part.open("wb") as stream:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise TooLargeError
                digest.update(chunk)
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        yield Download(part, size, digest.hexdigest())
    finally:
        part.unlink(missing_ok=True)


def store(folder: Path, content: Download, name: str) -> Path:
    """Move a download below `submissions`, under its name at the source as far as that is safe; return its path.

    Args:
        folder: the round's raw folder.
        content: the download.
        name: its path at the source, relative, with `/`.

    Raises:
        OSError: if it cannot be moved there.
    """
    mark = f"-{content.sha256[:8]}"
    *parents, last = safe_parts(name) or ["unnamed"]
    place = folder / SUBMISSIONS
    place.mkdir(exist_ok=True)
    for parent in parents:
        # Do not follow a link, or a file with the name of the folder.
        blocked = (place / parent).is_symlink() or ((place / parent).exists() and not (place / parent).is_dir())
        made = place / f"{parent}{mark if blocked else ''}"
        if not made.is_dir():
            made.mkdir()
            flush_to_disk([place])
        place = made
    file = PurePosixPath(last)
    for candidate in (last, f"{file.stem}{mark}{file.suffix}", f"{file.stem}-{content.sha256}{file.suffix}"):
        try:
            _rename(content.path, place / candidate)
        except FileExistsError:
            continue
        flush_to_disk([place])
        return place / candidate
    raise FileExistsError(errno.EEXIST, "another file has its name and hash", str(place / last))


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
