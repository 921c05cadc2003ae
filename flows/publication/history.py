"""Earlier versions of packages, in `.history/<province>/<version>` of a round's folder, and the one to go back to."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from flows.publication.atomic import put
from flows.publication.manifest import files_of, tree_of, version_of
from flows.settings import load_settings

HISTORY = ".history"
_REFUSED = "refused"


def retire(package: Path, out: Path, province: str, trash: Path) -> None:
    """Take a package that was replaced into the history.

    Args:
        package: the folder, which is moved.
        out: the round's folder.
        province: whose it was.
        trash: a folder for what is thrown away, so that half of a version never passes for a whole one.
    """
    version = version_of(package)
    place = out / HISTORY / province / version
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists() and not tree_of(package).unreadable:
        _throw(package, trash)
    else:
        number = 1
        while place.exists():
            number += 1
            place = place.with_name(f"{version}.{number}")
        _part_from_open(package, trash)
        package.rename(place)
    os.utime(place)  # the order of the versions is that in which they were replaced


def prune(out: Path, province: str, trash: Path) -> None:
    """Take out of the history what is too old; by itself, so that it happens even where a kill came before it."""
    for old in versions(out, province)[load_settings().history :]:
        package = out / HISTORY / province / old
        if not tree_of(package).unreadable:  # somebody's work may be there, of which no copy could be made
            _throw(package, trash)


def versions(out: Path, province: str) -> list[str]:
    """The versions that are kept of a province, the last replaced first."""
    folder = out / HISTORY / province
    found = [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []
    return [path.name for path in sorted(found, key=lambda path: (-path.stat().st_mtime_ns, path.name))]


def provinces_kept(out: Path) -> list[str]:
    """Provinces of which something is kept."""
    folder = out / HISTORY
    return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def contents(out: Path, province: str, version: str) -> Mapping[str, Path]:
    """The files of a version, by path in the package."""
    return files_of(out / HISTORY / province / version)


def refuse(out: Path, province: str, version: str | None) -> None:
    """Remember that a person took this version back; None forgets it, because something else has been published."""
    file = out / HISTORY / province / _REFUSED
    if version is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    put(file, f"{version}\n".encode())


def refused(out: Path, province: str) -> str | None:
    """The version that a person took back, if any."""
    file = out / HISTORY / province / _REFUSED
    return file.read_text(encoding="utf-8").strip() if file.is_file() else None


def _part_from_open(package: Path, trash: Path) -> None:
    """A workbook that is open is one file under two names: what is saved into it must not change what was."""
    for path in files_of(package).values():
        if path.stat().st_nlink > 1:
            trash.mkdir(parents=True, exist_ok=True)
            part = trash / "part"
            shutil.copyfile(path, part)
            part.replace(path)


def _throw(folder: Path, trash: Path) -> None:
    trash.mkdir(parents=True, exist_ok=True)
    gone, number = trash / "1", 1
    while gone.exists():
        number += 1
        gone = trash / str(number)
    folder.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)  # a person may have made a folder in it that only that person can empty
