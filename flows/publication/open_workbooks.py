"""Workbooks that a person has open: told by the lock file beside them, kept where they are, never replaced."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from flows.publication.folder_listing import locked_by, printable, walk
from flows.publication.manifest import MANIFEST, listed

Content = bytes | Path
_NEW = "（新）"


def open_files(folder: Path) -> dict[str, list[Path]]:
    """Published files of a package that are open, by path in it, with their lock files.

    A file of ours locks nothing, whatever it is called. Where the manifest is lost, any file may be a published one.
    """
    files, ours = walk(folder).files, listed(folder / MANIFEST, "resources")
    found: dict[str, list[Path]] = {}
    for name, path in files.items():
        file = locked_by(name)
        if name not in ours and file in files and (file in ours or (not ours and printable(file) == file)):
            found.setdefault(file, []).append(path)
    return found


def fit_around_open(folder: Path, package: Mapping[str, Content]) -> tuple[dict[str, Content], list[str]]:
    """Make room in a package for the files of the published one that are open.

    Args:
        folder: the published package.
        package: what is to replace it.

    Returns:
        The package without the files that would replace an open one with something else, each under a new name beside
        it instead; and these names. If that one is open too, it has to wait for the next run.
    """
    busy = open_files(folder)
    fitting: dict[str, Content] = {}
    aside: list[str] = []
    for name, content in package.items():
        if name not in busy:
            fitting[name] = content
        elif content_of(content) != (folder / name).read_bytes():
            path = PurePosixPath(name)
            other = path.with_name(f"{path.stem}{_NEW}{path.suffix}").as_posix()
            aside.append(other)
            if other not in busy:
                fitting[other] = content
    return fitting, aside


def carry_open(folder: Path, to: Path) -> list[str]:
    """Take open files and their locks along: the same file under a second name, so that a program can save into it.

    Returns:
        The paths of the open files in the package.
    """
    found = open_files(folder)
    for name, locks in found.items():
        for file in (folder / name, *locks):
            target = to / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file, target)
            except OSError:  # not every file system has second names
                shutil.copyfile(file, target)
    return list(found)


def content_of(content: Content) -> bytes:
    """The bytes, wherever they are."""
    return content if isinstance(content, bytes) else content.read_bytes()
