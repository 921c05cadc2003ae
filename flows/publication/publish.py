"""Publish the packages of a round: stage, verify, archive reviewers' edits, swap in by rename."""

import hashlib
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flows.publication.file_names import as_utf8, short_name
from flows.publication.history import rolled_back_version
from flows.publication.manifest import packages_in, verify, version_of, write_manifest
from flows.publication.open_workbooks import Content, link_open_files, open_files, place_beside_open
from flows.publication.reviewer_edits import archive_package, archive_round_files
from flows.publication.safe_files import digest, has_digest, is_folder, naming
from flows.publication.swap import begin, finish, publication_errors, staged_files, staged_package


@dataclass(frozen=True)
class PublishResult:
    """What publishing did.

    Attributes:
        written: provinces whose package was replaced.
        unchanged: provinces whose package was the same already.
        archived: paths of reviewers' edits that were copied to the archive.
        beside: paths of files published under a second name, because a person has the published file open.
        rolled_back: provinces that keep an earlier package, because a person rolled back the one now staged.
        locked: provinces that keep their package, because its folder may not be read or written.
        removed: provinces no longer in the round, whose package is in the history now.
    """

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    archived: tuple[str, ...]
    beside: tuple[str, ...] = ()
    rolled_back: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Count the packages."""
        return f"{len(self.written)} packages written, {len(self.unchanged)} unchanged"


def publish(
    out: Path,
    archive: Path,
    packages: Mapping[str, Mapping[str, Content]],
    files: Mapping[str, bytes],
    *,
    force: bool = False,
    remove_others: bool = True,
    keep: Collection[str] = (),
    properties: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
) -> PublishResult:
    """Replace the packages of a round. The caller holds the round's lock.

    Args:
        out: the round's folder.
        archive: folder for files that a person changed in a package or added to it.
        packages: by province, contents or files to copy, by path in the package.
        files: the round's own files with the record `run.json`; empty if only some provinces are published.
        force: replace packages that did not change or that a person rolled back.
        remove_others: move packages of all other provinces to the history.
        keep: provinces whose package stays even so.
        properties: by province, further properties of its manifest.

    Raises:
        PublicationError: if something cannot be read or written; its `begun` says whether anything was replaced.
    """
    out.mkdir(parents=True, exist_ok=True)
    with publication_errors(out):
        archived = finish(out, archive)  # what a killed run left
        locked = [name for name in packages if _is_locked(out / name)]
        staged = [name for name in packages if name not in locked]
        beside = {name: _stage(out, name, packages[name], properties.get(name, {})) for name in staged}
        _write(staged_files(out), files)

        rolled_back = [name for name in staged if not force and _is_rolled_back(out, name)]
        fit = [name for name in staged if name not in rolled_back]
        changed = [name for name in fit if force or not _is_published(out, name)]
        others = [name for name in packages_in(out) if name not in {*packages, *keep} and not open_files(out / name)]
        removed = others if remove_others else []

        archived += [kept for name in (*changed, *removed) for kept in archive_package(out / name, archive / name)]
        archived += archive_round_files(out, archive, files)
        begin(out, changed, removed, [name for name in files if force or _differs(out, name)])
        archived += finish(out, archive)
    return PublishResult(
        written=tuple(changed),
        unchanged=tuple(name for name in fit if name not in changed),
        archived=tuple(dict.fromkeys(archived)),
        beside=tuple((out / name / file).as_posix() for name in fit for file in beside[name]),
        rolled_back=tuple(rolled_back),
        locked=tuple(locked),
        removed=tuple(removed),
    )


def _stage(out: Path, name: str, package: Mapping[str, Content], properties: Mapping[str, Any]) -> list[str]:
    """Build a package with its manifest and verify it; return the paths published beside an open file."""
    staged = staged_package(out, name)
    contents, beside = place_beside_open(out / name, {_short_path(file): content for file, content in package.items()})
    hashes = _write(staged, contents)
    linked = {file: digest(staged / file) for file in link_open_files(out / name, staged)}
    write_manifest(staged, hashes | linked, properties)
    if wrong := [file for file in verify(staged) if file not in linked]:  # an open file may be saved at any moment
        raise OSError(None, "is not on the disk as it was written", str(staged / wrong[0]))
    return beside


def _write(folder: Path, contents: Mapping[str, Content]) -> dict[str, str]:
    """Write contents below a folder; return the hash of each, taken from the content and not from the disk."""
    folder.mkdir(parents=True, exist_ok=True)
    hashes = {}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            with naming(path):
                shutil.copyfile(content, path)
            with content.open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256")
        else:
            with naming(path):
                path.write_bytes(content)
            found = hashlib.sha256(content)
        hashes[name] = f"sha256:{found.hexdigest()}"
    return hashes


def _short_path(file: str) -> str:
    """Return the path of a file in a package as UTF-8, each part of it short enough for a file system."""
    return "/".join(map(short_name, as_utf8(file).split("/")))


def _is_locked(package: Path) -> bool:
    return is_folder(package) and not os.access(package, os.R_OK | os.W_OK | os.X_OK, effective_ids=True)


def _is_rolled_back(out: Path, name: str) -> bool:
    return version_of(staged_package(out, name)) == rolled_back_version(out, name)


def _is_published(out: Path, name: str) -> bool:
    return version_of(staged_package(out, name)) == version_of(out / name) and not verify(out / name)


def _differs(out: Path, name: str) -> bool:
    return not has_digest(out / name, digest(staged_files(out) / name))
