"""Puts what was fetched into `data/raw`: each content once, nothing ever overwritten, nothing half there."""

import errno
import fcntl
import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flows.sources.raw_listing import is_clutter
from transforms.intake.formats.limits import CONTENT

SUBMISSIONS = "submissions"
# Beside the submissions, so that what is half there is never taken for one.
_ARRIVING = ".arriving"
# What Windows does not take in a name: packages are opened there.
_UNSAFE = set('\\<>:"|?*')
_LONGEST, _DEEPEST = 200, 10


@dataclass(frozen=True)
class Fetched:
    """A file's content, in a place of its own until it is stored."""

    path: Path
    size: int
    sha256: str


class TooLarge(Exception):  # noqa: N818
    """A file is larger than a submission may be."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a round's raw folder against a second pull, and clear away what one that was killed left behind.

    The system lets go when the process ends, however it ends.

    Raises:
        OSError: if the folder cannot be written, or another pull is at it.
    """
    arriving = folder / _ARRIVING
    arriving.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(arriving, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise BlockingIOError(error.errno, "another pull is at this round", str(folder)) from None
    try:
        for left in arriving.iterdir():
            left.unlink()
        yield
    finally:
        os.close(descriptor)


def stored_contents(folder: Path) -> dict[str, str]:
    """Where each content is that the round has, by sha256, relative to its raw folder; the first of several.

    What cannot be read, or is larger than what is ever stored, is passed over.
    """
    contents: dict[str, str] = {}
    for path in sorted((folder / SUBMISSIONS).rglob("*")):
        with suppress(OSError):
            if stat.S_ISREG((status := path.lstat()).st_mode) and status.st_size <= CONTENT:
                contents.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), relative(path, folder))
    return contents


def relative(path: Path, folder: Path) -> str:
    """A path as receipts have it; readable even where a name is not UTF-8."""
    return os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "backslashreplace")


@contextmanager
def fetched(folder: Path, pieces: Iterable[bytes], limit: int) -> Iterator[Fetched]:
    """Write a file's content beside the submissions; what is not stored by the end is gone.

    Raises:
        TooLarge: as soon as it is larger than `limit`, whatever the source said.
        OSError: if it cannot be written.
    """
    part = folder / _ARRIVING / "part"
    digest, size = hashlib.sha256(), 0
    try:
        with part.open("wb") as stream:
            for piece in pieces:
                size += len(piece)
                if size > limit:
                    raise TooLarge
                digest.update(piece)
                stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        yield Fetched(part, size, digest.hexdigest())
    finally:
        part.unlink(missing_ok=True)


def store(folder: Path, content: Fetched, name: str) -> Path:
    """Give a content its place below `submissions`, under the name that it had, as far as that is safe.

    Args:
        folder: the round's raw folder.
        content: what was fetched.
        name: relative, with `/`, as the source has it.

    Raises:
        OSError: if it cannot be put there.
    """
    mark = f"-{content.sha256[:8]}"
    *parents, last = safe_parts(name) or ["unnamed"]
    place = folder / SUBMISSIONS
    place.mkdir(exist_ok=True)
    for parent in parents:
        # A file of this name, or a link that might lead out, is not gone through.
        taken = (place / parent).is_symlink() or ((place / parent).exists() and not (place / parent).is_dir())
        made = place / f"{parent}{mark if taken else ''}"
        if not made.is_dir():
            made.mkdir()
            _sync(place)
        place = made
    file = PurePosixPath(last)
    for candidate in (last, f"{file.stem}{mark}{file.suffix}", f"{file.stem}-{content.sha256}{file.suffix}"):
        try:
            _rename(content.path, place / candidate)
        except FileExistsError:
            continue
        _sync(place)
        return place / candidate
    raise FileExistsError(errno.EEXIST, "other content lies under its hash", str(place / last))


def safe_parts(name: str) -> list[str]:
    """The folders and the name of a file, without what leads elsewhere or cannot be written or shown."""
    parts = [_safe(part) for part in name.split("/") if part not in {"", ".", ".."}]
    return [part for part in parts if part][-_DEEPEST:]


def is_hidden(name: str) -> bool:
    """Whether a file, or a folder that it lies in, is clutter of a system, an office program or an upload."""
    return any(is_clutter(part) or part == "__MACOSX" for part in name.split("/") if part not in {"", ".", ".."})


def _safe(part: str) -> str:
    """One part of a path. Marks that turn the direction of writing go too: they make one ending look like another."""
    part = unicodedata.normalize("NFC", _readable(part))
    part = "".join("_" if char in _UNSAFE or unicodedata.category(char)[0] == "C" else char for char in part)
    part = part.strip().rstrip(".")
    if len(part.encode()) <= _LONGEST:
        return part
    ending = PurePosixPath(part).suffix if len(PurePosixPath(part).suffix.encode()) < 20 else ""
    mark = f"-{hashlib.sha256(part.encode()).hexdigest()[:8]}{ending}"
    return part.encode()[: _LONGEST - len(mark.encode())].decode("utf-8", "ignore") + mark


def _readable(part: str) -> str:
    """A name that is not UTF-8 comes from an old Chinese system: read so if it can be, for it often names the pilot."""
    try:
        part.encode()
    except UnicodeEncodeError:
        try:
            return part.encode("utf-8", "surrogateescape").decode("gb18030")
        except UnicodeError:
            return part.encode("utf-8", "replace").decode()
    return part


def _rename(part: Path, place: Path) -> None:
    """Rename without ever replacing a file: a hard link fails where one is."""
    try:
        os.link(part, place)
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}:
            raise
        # A file system without hard links: no other pull is at it, see `alone`.
        if os.path.lexists(place):
            raise FileExistsError(errno.EEXIST, "is there already", str(place)) from None
        part.rename(place)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
