"""Published files that a person has open, recognised by the lock file beside them: they are never replaced."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from flows.publication.file_names import locked_file, printable
from flows.publication.manifest import MANIFEST, listed_hashes
from flows.publication.safe_files import list_folder

Content = bytes | Path
_NEW = "（新）"


def open_files(package: Path) -> dict[str, list[Path]]:
    """Return the published files of a package that are open, by path in it, with their lock files.

    A published file is no lock file, whatever its name. Without a manifest any file counts as published.
    """
    files, published = list_folder(package).files, listed_hashes(package / MANIFEST, "resources")
    found: dict[str, list[Path]] = {}
    for name, path in files.items():
        file = locked_file(name)
        is_lock = name not in published and file in files
        if file and is_lock and (file in published or (not published and printable(file) == file)):
            found.setdefault(file, []).append(path)
    return found


def beside_name(file: str) -> str:
    """Return the path of the new version beside an open file."""
    path = PurePosixPath(file)
    return path.with_name(f"{path.stem}{_NEW}{path.suffix}").as_posix()


def place_beside_open(package: Path, contents: Mapping[str, Content]) -> tuple[dict[str, Content], list[str]]:
    """Give a new name to each content that would replace an open file with something else.

    Args:
        package: the published package.
        contents: contents of its successor, by path.

    Returns:
        The contents of the successor without its open files, and the new names. A content whose new name is open too is
        left out until the next run.
    """
    opened = open_files(package)
    placed: dict[str, Content] = {}
    beside: list[str] = []
    for name, content in contents.items():
        if name not in opened:
            placed[name] = content
        elif read_content(content) != (package / name).read_bytes():
            other = beside_name(name)
            beside.append(other)
            if other not in opened:
                placed[other] = content
    return placed, beside


def link_open_files(package: Path, to: Path) -> list[str]:
    """Hard-link open files and their locks into the successor, so that the office program saves into the same file.

    Returns:
        Paths of the open files in the package.
    """
    found = open_files(package)
    for name, locks in found.items():
        for file in (package / name, *locks):
            target = to / file.relative_to(package)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(file, target)
            except OSError:  # the file system has no hard links
                shutil.copyfile(file, target)
    return list(found)


def read_content(content: Content) -> bytes:
    """Return the bytes of a content."""
    return content if isinstance(content, bytes) else content.read_bytes()
