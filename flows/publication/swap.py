"""Swap staged packages into place by rename, and finish a swap that a kill interrupted.

In `.staging` of a round's folder, `packages/<province>` and `files/` hold what is to be published, `replaced/` earlier
packages on their way to the history, and `journal.json` the list of renames. Until the journal is written a kill
changes nothing; from then on `finish`, called by this run or the next, carries out what is still to be done.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from types import MappingProxyType

from flows.publication.history import mark_removed, mark_rolled_back, prune, retire
from flows.publication.manifest import MANIFEST, RECORD, STAGING
from flows.publication.reviewer_edits import archive_package
from flows.publication.safe_files import flush_to_disk, is_folder, is_regular, write_atomically
from flows.settings import load_settings

_JOURNAL = "journal.json"


class PublicationError(Exception):
    """Publishing failed because of a disk, a folder or a file; the message names it.

    Attributes:
        begun: whether the journal was written: then some packages may be replaced, and the next run finishes.
    """

    def __init__(self, reason: str, *, begun: bool) -> None:  # noqa: D107
        super().__init__(reason)
        self.begun = begun


@contextmanager
def publication_errors(out: Path) -> Iterator[None]:
    """Raise a PublicationError for an error of the disk, and discard what is staged if the journal is not written."""
    try:
        yield
    except OSError as error:
        begun = is_begun(out)
        if not begun:
            discard(out)
        path = f": {os.fsdecode(error.filename)}" if error.filename else ""
        raise PublicationError(f"{error.strerror or error}{path}", begun=begun) from error


def staged_package(out: Path, province: str) -> Path:
    """Return the folder in which a package is built."""
    return out / STAGING / "packages" / province


def staged_files(out: Path) -> Path:
    """Return the folder in which the round's own files are built."""
    return out / STAGING / "files"


def is_begun(out: Path) -> bool:
    """Return whether a swap has begun and is not finished."""
    return (out / STAGING / _JOURNAL).is_file()


def begin(
    out: Path,
    packages: Sequence[str],
    removed: Sequence[str] = (),
    files: Sequence[str] = (),
    rolled_back: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Flush what is staged to disk and write the journal; from here on `finish` completes the swap, even after a kill.

    Args:
        out: the round's folder.
        packages: provinces whose staged packages go into place.
        removed: provinces whose packages go to the history without a successor.
        files: staged files of the round that go into place.
        rolled_back: by province, the version that a person rolls back.
    """
    for staged in (*(staged_package(out, name) for name in packages), staged_files(out)):
        if staged.is_dir():
            flush_to_disk((*staged.rglob("*"), staged))
    journal = {
        "packages": list(packages),
        "removed": list(removed),
        "files": sorted(files, key=lambda name: (name == RECORD, name)),  # the record last: it lists the others
        "rolled_back": dict(rolled_back),
    }
    write_atomically(out / STAGING / _JOURNAL, json.dumps(journal, ensure_ascii=False).encode())


def finish(out: Path, archive: Path) -> list[str]:
    """Finish a swap that has begun, or discard what was staged without a journal; do nothing if neither is there.

    Every step can be repeated, so that the next call continues after a kill or an error.

    Returns:
        Paths of reviewers' edits archived from the replaced packages: saved between the first archiving and the swap.

    Raises:
        OSError: if something cannot be moved; the next call continues there.
    """
    load_settings()  # a wrong setting fails before anything moves
    kept: list[str] = []
    if is_begun(out):
        journal = json.loads((out / STAGING / _JOURNAL).read_text(encoding="utf-8"))
        for name in journal["packages"]:
            _swap_in(out, name)
        for name in journal["removed"]:
            if is_regular(out / name / MANIFEST):
                _set_aside(out, name)
        flush_to_disk([out])
        kept = _retire_replaced(out, archive)
        for name in journal["packages"]:
            mark_rolled_back(out, name, journal["rolled_back"].get(name))
            mark_removed(out, name, removed=False)
        for name in journal["removed"]:
            mark_removed(out, name, removed=True)
        for name in (*journal["packages"], *journal["removed"]):
            prune(out, name, out / STAGING)
        for name in journal["files"]:
            kept += _swap_in_file(out, name, archive)
        flush_to_disk([out])
        (out / STAGING / _JOURNAL).unlink()
    discard(out)
    return kept


def discard(out: Path) -> None:
    """Delete `.staging`, except folders that only the person who made them can empty."""
    shutil.rmtree(out / STAGING, ignore_errors=True)


def _swap_in(out: Path, name: str) -> None:
    # Two renames, not one exchange (renameat2), which Python does not offer and network file systems refuse. Between
    # them the package is absent for microseconds; after a kill just there it is absent, but whole in `.staging`, until
    # the next run calls `finish`. A reader never finds files of two versions in one package.
    staged = staged_package(out, name)
    if is_folder(staged):  # else it was swapped in before a kill
        _set_aside(out, name)
        staged.rename(out / name)


def _set_aside(out: Path, name: str) -> None:
    """Move the published package, or whatever has its name, to a folder of its own in `.staging/replaced`."""
    if os.path.lexists(out / name):
        replaced = out / STAGING / "replaced"
        replaced.mkdir(exist_ok=True)
        (out / name).rename(Path(mkdtemp(dir=replaced)) / name)


def _retire_replaced(out: Path, archive: Path) -> list[str]:
    replaced, kept = out / STAGING / "replaced", []
    for folder in sorted(replaced.iterdir()) if replaced.is_dir() else []:
        for old in folder.iterdir():
            kept += archive_package(old, archive / old.name)
            if is_folder(old):
                retire(old, out, old.name, out / STAGING)
            else:
                old.unlink()  # a link or a file with the name of a package
    return kept


def _swap_in_file(out: Path, name: str, archive: Path) -> list[str]:
    staged, kept = staged_files(out) / name, []
    if staged.is_file():
        if is_folder(out / name):  # a person's folder with the name of a published file
            kept = archive_package(out / name, archive)
            retire(out / name, out, name, out / STAGING)
        staged.replace(out / name)
    return kept
