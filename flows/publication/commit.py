"""The last step of publishing: what is staged and listed in the journal takes its place, in this run or in the next."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from flows.publication.atomic import exchange, put, sync, sync_tree
from flows.publication.folder_listing import is_folder, is_regular
from flows.publication.history import prune, refuse, retire
from flows.publication.manifest import MANIFEST, RECORD
from flows.publication.reviewer_edits import archive_package
from flows.settings import load_settings

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
    load_settings()  # a wrong value is reported before anything moves
    staging = out / STAGING
    kept: list[str] = []
    if is_begun(out):
        journal = json.loads((staging / _JOURNAL).read_text(encoding="utf-8"))
        for name, inode in journal["packages"].items():
            _place(out, name, inode)
            kept += _retire_all(out, name, archive)
            refuse(out, name, journal["refused"].get(name))
        for name in journal["gone"]:
            if is_regular(out / name / MANIFEST):
                _move(out / name, staging / _REPLACED / name)
            kept += _retire_all(out, name, archive)
        for name in journal["files"]:
            if (staged_files(out) / name).is_file():
                if is_folder(out / name):  # a person's, where a file of ours belongs
                    kept += archive_package(out / name, archive)
                    retire(out / name, out, name, staging / _TRASH)
                (staged_files(out) / name).replace(out / name)
        sync([out])
        # Without the journal the rest is rubbish: it goes first.
        (staging / _JOURNAL).unlink()
    discard(out)
    return kept


def discard(out: Path) -> None:
    """Throw away what is staged; nothing to do is fine.

    Raises:
        OSError: if something of ours cannot be removed. What a person may have put into an old package is passed over.
    """
    for made in (out / STAGING / _PACKAGES, staged_files(out)):
        if made.is_dir():
            shutil.rmtree(made)
    shutil.rmtree(out / STAGING, ignore_errors=True)


def _place(out: Path, name: str, inode: int) -> None:
    staged, place = staged_package(out, name), out / name
    if not _is_staged(staged, inode):
        return
    if os.path.lexists(place) and not exchange(staged, place):
        # The file system cannot exchange: for a moment the package is not there, and never half there.
        _move(place, out / STAGING / _REPLACED / name)
    if _is_staged(staged, inode):
        staged.rename(place)
    sync([out])


def _is_staged(staged: Path, inode: int) -> bool:
    return is_folder(staged) and staged.lstat().st_ino == inode


def _retire_all(out: Path, name: str, archive: Path) -> list[str]:
    kept: list[str] = []
    for old in (staged_package(out, name), out / STAGING / _REPLACED / name):
        if not os.path.lexists(old):
            continue
        # Somebody may have saved between the first look and the exchange.
        kept += archive_package(old, archive / name)
        if is_folder(old):
            retire(old, out, name, out / STAGING / _TRASH)
        else:
            old.unlink()  # a link or a file under the name of a package
    prune(out, name, out / STAGING / _TRASH)
    return kept


def _move(folder: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(to)
