"""Puts packages in place: all is written beside them first, and a province is replaced as a whole or not at all."""

import hashlib
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from flows.publication.commit import begin, discard, finish, is_begun, staged_files, staged_package
from flows.publication.folder_listing import UnreadableError, digest, is_folder
from flows.publication.history import refused
from flows.publication.manifest import packages_in, same, version_of, write_manifest
from flows.publication.open_workbooks import Content, carry_open, fit_around_open, open_files
from flows.publication.reviewer_edits import archive_package, archive_round

_LONGEST = 200  # bytes of one name: a file system takes 255, and a new workbook beside an open one has a longer one


class PublicationError(OSError):
    """Publishing failed; the message says what was published and what was not.

    Attributes:
        begun: whether the journal is written: then some packages may be replaced, and the next run finishes.
    """

    def __init__(self, error: Exception, *, begun: bool) -> None:
        """Wrap what went wrong."""
        if isinstance(error, OSError):
            super().__init__(error.errno, error.strerror or str(error), error.filename)
        else:
            super().__init__(None, f"{type(error).__name__}: {error}")
        self.begun = begun

    def __str__(self) -> str:
        """For a person."""
        done = "published in part, the next run finishes" if self.begun else "nothing published"
        return f"{done}: {self.strerror}" + (f": {self.filename}" if self.filename else "")


@dataclass(frozen=True)
class Published:
    """What publishing did, by province: written anew, or left because nothing differed; what was archived; which files
    lie beside the one that they should replace, because a person has that one open; and which provinces keep an
    earlier package, because a person took back the one that would replace it, or because its folder is `locked`: we
    may not read it or write into it."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    archived: tuple[str, ...]
    beside: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()


def publish(
    out: Path,
    archive: Path,
    packages: Mapping[str, Mapping[str, Content]],
    files: Mapping[str, bytes],
    *,
    force: bool = False,
    remove_others: bool = True,
    keep: Collection[str] = (),
    about: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> Published:
    """Replace the packages of a round. The caller holds the round's lock.

    Args:
        out: the round's folder.
        archive: where a file goes that a person put into a package or changed there.
        packages: by province, contents or the files to copy, by path in the package.
        files: the round's own files with their record `run.json`; empty where only some provinces are published.
        force: write even what has not changed, or what a person took back.
        remove_others: take away packages of provinces that are no longer there.
        keep: provinces whose package stays as it is, whatever else goes.
        about: by province, what else its manifest says.

    Raises:
        PublicationError: if something cannot be written. Before the journal is written everything is as it was; after
            it every package is as it was or replaced, and the next run finishes.
    """
    out.mkdir(parents=True, exist_ok=True)
    try:
        archived = finish(out, archive)
        locked = [name for name in packages if _is_locked(out / name)]
        free = {name: package for name, package in packages.items() if name not in locked}
        aside = {name: _stage(out, name, package, about.get(name, {})) for name, package in free.items()}
        _write(staged_files(out), files)
        held = [name for name in free if not force and _is_taken_back(out, name)]
        changed = [
            name for name in free if name not in held and (force or not same(staged_package(out, name), out / name))
        ]
        gone = _gone(out, {*packages, *keep}) if remove_others else []
        archived += [kept for name in (*changed, *gone) for kept in archive_package(out / name, archive / name)]
        archived += archive_round(out, archive, files)
        begin(out, changed, gone, [name for name in files if force or _differs(out, name)])
        archived += finish(out, archive)
    except (OSError, UnicodeError) as error:
        begun = is_begun(out)
        if not begun:
            discard(out)
        raise PublicationError(error, begun=begun) from error
    return Published(
        written=tuple(changed),
        unchanged=tuple(name for name in free if name not in {*changed, *held}),
        archived=tuple(dict.fromkeys(archived)),
        beside=tuple((out / name / file).as_posix() for name in free if name not in held for file in aside[name]),
        taken_back=tuple(held),
        locked=tuple(locked),
    )


def _stage(out: Path, name: str, package: Mapping[str, Content], about: Mapping[str, Any]) -> list[str]:
    staged = staged_package(out, name)
    fitting, aside = fit_around_open(out / name, {_fitting(file): content for file, content in package.items()})
    _write(staged, fitting)
    write_manifest(staged, {*fitting, *carry_open(out / name, staged)}, about)
    return aside


def _fitting(file: str) -> str:
    """The path of a file in a package, each part of it short enough for a file system and UTF-8."""
    return "/".join(_fitting_part(part) for part in file.encode("utf-8", "backslashreplace").decode().split("/"))


def _fitting_part(part: str) -> str:
    if len(part.encode()) <= _LONGEST:
        return part
    ending = PurePosixPath(part).suffix if len(PurePosixPath(part).suffix.encode()) <= _LONGEST // 4 else ""
    mark = f"-{hashlib.sha256(part.encode()).hexdigest()[:8]}{ending}"
    return part.encode()[: _LONGEST - len(mark.encode())].decode("utf-8", "ignore") + mark


def _is_locked(package: Path) -> bool:
    return is_folder(package) and not os.access(package, os.R_OK | os.W_OK | os.X_OK, effective_ids=True)


def _write(folder: Path, contents: Mapping[str, Content]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_bytes(content)


def _is_taken_back(out: Path, name: str) -> bool:
    return version_of(staged_package(out, name)) == refused(out, name)


def _differs(out: Path, name: str) -> bool:
    try:
        return digest(out / name) != digest(staged_files(out) / name)
    except UnreadableError:
        return True


def _gone(out: Path, staying: Collection[str]) -> list[str]:
    return [name for name in packages_in(out) if name not in staying and not open_files(out / name)]
