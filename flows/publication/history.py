"""Earlier versions of packages, in `.history/<province>/<version>` of a round's folder."""

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

from flows.publication.manifest import HISTORY, list_package, version_of
from flows.publication.safe_files import is_folder, is_regular, make_folder, write_atomically
from flows.settings import load_settings

_ROLLED_BACK, _REMOVED = "refused", "removed.txt"  # names of files beside the versions


def retire(package: Path, out: Path, province: str, trash: Path) -> None:
    """Move a replaced package to the history; if the history has the same version already, move it to the trash."""
    version = version_of(package)
    place = out / HISTORY / province / version
    make_folder(place.parent)
    if is_folder(place) and not list_package(package).others:
        _delete(package, trash)
    else:
        number = 1
        while os.path.lexists(place):
            number += 1
            place = place.with_name(f"{version}.{number}")
        _copy_linked_files(package, trash)
        package.rename(place)
    os.utime(place)  # versions are ordered by the time at which they were replaced


def prune(out: Path, province: str, trash: Path) -> None:
    """Delete the oldest versions of a province, except those with links or files that could not be archived.

    Of a province that is no longer in the round the last one stays.
    """
    least = 1 if is_regular(out / HISTORY / province / _REMOVED) else 0
    for old in versions(out, province)[max(load_settings().history, least) :]:
        package = out / HISTORY / province / old
        if not list_package(package).others:
            _delete(package, trash)


def versions(out: Path, province: str) -> list[str]:
    """Return the versions of a province in the history, the last replaced first."""
    folder = out / HISTORY / province
    found = list(filter(is_folder, folder.iterdir())) if is_folder(folder) else []
    return [path.name for path in sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.name))]


def provinces_with_history(out: Path) -> list[str]:
    """Return the provinces that have a folder in the history."""
    folder = out / HISTORY
    return sorted(path.name for path in folder.iterdir() if is_folder(path)) if is_folder(folder) else []


def mark_rolled_back(out: Path, province: str, version: str | None) -> None:
    """Record the version that a person rolled back; None deletes the record, because another version is published."""
    file = out / HISTORY / province / _ROLLED_BACK
    if version is None:
        if not is_folder(file):
            file.unlink(missing_ok=True)
        return
    make_folder(file.parent)
    write_atomically(file, f"{version}\n".encode())


def mark_removed(out: Path, province: str, *, removed: bool) -> None:
    """Write or delete the note that a province is no longer in the round, beside its last package."""
    note = out / HISTORY / province / _REMOVED
    if not removed:
        if is_regular(note):
            note.unlink()
        return
    make_folder(note.parent)
    text = f"{province}已不在本批次中：名额安排里没有，也没有报送。最后一版评审包保存在本文件夹。\n"
    write_atomically(note, text.encode())


def rolled_back_version(out: Path, province: str) -> str | None:
    """Return the version that a person rolled back and that must not be published again, or None."""
    file = out / HISTORY / province / _ROLLED_BACK
    return file.read_text(encoding="utf-8").strip() if file.is_file() else None


def _copy_linked_files(package: Path, trash: Path) -> None:
    """Replace hard links by copies: an open workbook is also in the new package, and is still being saved into."""
    for path in list_package(package).files.values():
        if path.stat().st_nlink > 1:
            copy = Path(mkdtemp(dir=trash)) / "copy"
            shutil.copyfile(path, copy)
            copy.replace(path)


def _delete(package: Path, trash: Path) -> None:
    # Renamed first, so that a kill never leaves half a version in the history.
    gone = Path(mkdtemp(dir=trash)) / package.name
    package.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)  # may hold a folder that only the person who made it can empty
