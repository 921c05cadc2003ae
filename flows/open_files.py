"""Workbooks that a person has open: told by the lock file beside them, kept where they are, never replaced."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

Content = bytes | Path
_NEW = "（新）"


def open_files(folder: Path) -> dict[str, list[Path]]:
    """Files below a folder that are open, by path in it, with their lock files."""
    found: dict[str, list[Path]] = {}
    locks = (path for path in sorted(folder.rglob("*")) if path.name.startswith((".~", "~$")) and path.is_file())
    for lock in locks:
        file = lock.with_name(_locked_name(lock.name))
        if file.is_file():
            found.setdefault(file.relative_to(folder).as_posix(), []).append(lock)
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


def carry_open(folder: Path, to: Path) -> None:
    """Take open files and their locks along: the same file under a second name, so that a program can save into it."""
    for name, locks in open_files(folder).items():
        for file in (folder / name, *locks):
            target = to / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file, target)
            except OSError:  # not every file system has second names
                shutil.copyfile(file, target)


def _locked_name(lock: str) -> str:
    """Excel writes `~$name`, WPS `.~name`, LibreOffice `.~lock.name#`."""
    if lock.startswith(".~lock."):
        return lock.removeprefix(".~lock.").removesuffix("#")
    return lock.removeprefix("~$").removeprefix(".~")


def content_of(content: Content) -> bytes:
    """The bytes, wherever they are."""
    return content if isinstance(content, bytes) else content.read_bytes()
