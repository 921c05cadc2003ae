"""The last step of publishing: what is staged and listed in the journal takes its place, in this run or in the next."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from flows.archive import archive_package
from flows.atomic import exchange, put, sync, sync_tree
from flows.history import nights, prune, refuse, retire
from flows.manifest import MANIFEST, RECORD

STAGING = ".staging"
_JOURNAL = "journal.json"
_PACKAGES, _FILES, _REPLACED, _TRASH = "packages", "files", "replaced", "trash"


def staged_package(out: Path, province: str) -> Path:
    """Where a package is made."""
    return out / STAGING / _PACKAGES / province


def staged_files(out: Path) -> Path:
    """Where the round's own files are made."""
    return out / STAGING / _FILES


def is_begun(out: Path) -> bool:
    """Whether a publication was begun that has yet to be finished."""
    return (out / STAGING / _JOURNAL).is_file()


def begin(
    out: Path,
    packages: Sequence[str],
    gone: Sequence[str] = (),
    files: Sequence[str] = (),
    refused: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write down what is to take its place; from here on it will, even if the process is killed.

    A staged folder is told by its inode: once it has changed places, the earlier package lies under its name.

    Args:
        out: the round's folder.
        packages: staged packages that take their places.
        gone: packages that are taken away.
        files: staged files of the round that take their places.
        refused: by province, the version that a person takes back by this.
    """
    for name in packages:
        sync_tree(staged_package(out, name))
    if files:
        sync_tree(staged_files(out))
    journal = {
        "packages": {name: staged_package(out, name).stat().st_ino for name in packages},
        "gone": list(gone),
        "refused": dict(refused),
        "files": sorted(files, key=lambda name: (name == RECORD, name)),  # who finds the record finds all of it
    }
    put(out / STAGING / _JOURNAL, json.dumps(journal, ensure_ascii=False).encode())


def finish(out: Path, archive: Path) -> list[str]:
    """Finish what was begun, or throw away what was not; nothing to do is fine.

    Returns:
        What people had written into the packages up to the moment when they were replaced, as it is kept now.

    Raises:
        OSError: if something cannot be moved; the next call goes on from there.
    """
    nights()  # a wrong setting is told before anything moves
    staging = out / STAGING
    kept: list[str] = []
    if is_begun(out):
        journal = json.loads((staging / _JOURNAL).read_text(encoding="utf-8"))
        for name, inode in journal["packages"].items():
            _place(out, name, inode)
            kept += _retire_all(out, name, archive)
            refuse(out, name, journal["refused"].get(name))
        for name in journal["gone"]:
            if (out / name / MANIFEST).is_file():
                _move(out / name, staging / _REPLACED / name)
            kept += _retire_all(out, name, archive)
        for name in journal["files"]:
            if (staged_files(out) / name).is_file():
                (staged_files(out) / name).replace(out / name)
        sync([out])
        # Without the journal the rest is rubbish: it goes first.
        (staging / _JOURNAL).unlink()
    if staging.is_dir():
        shutil.rmtree(staging)
    return kept


def _place(out: Path, name: str, inode: int) -> None:
    staged, place = staged_package(out, name), out / name
    if not staged.is_dir() or staged.stat().st_ino != inode:
        return
    if place.exists() and not exchange(staged, place):
        # The file system cannot exchange: for a moment the package is not there, and never half there.
        _move(place, out / STAGING / _REPLACED / name)
    if staged.is_dir() and staged.stat().st_ino == inode:
        staged.rename(place)
    sync([out])


def _retire_all(out: Path, name: str, archive: Path) -> list[str]:
    kept: list[str] = []
    for old in (staged_package(out, name), out / STAGING / _REPLACED / name):
        if old.is_dir():
            # Somebody may have saved between the first look and the exchange.
            kept += archive_package(old, archive / name)
            retire(old, out, name, out / STAGING / _TRASH)
    prune(out, name, out / STAGING / _TRASH)
    return kept


def _move(folder: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(to)
