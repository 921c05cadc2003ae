"""Puts packages in place: all is written beside them first, and a province is replaced as a whole or not at all."""

import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.archive import archive_package, archive_round
from flows.commit import STAGING, begin, finish, is_begun, staged_files, staged_package
from flows.history import refused
from flows.manifest import packages_in, same, version_of, write_manifest
from flows.open_files import Content, carry_open, fit_around_open, open_files


@dataclass(frozen=True)
class Published:
    """What publishing did, by province: written anew, or left because nothing differed; what was archived; which files
    lie beside the one that they should replace, because a person has that one open; and which provinces keep an
    earlier package, because a person took back the one that would replace it."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    archived: tuple[str, ...]
    beside: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()


def publish(
    out: Path,
    archive: Path,
    packages: Mapping[str, Mapping[str, Content]],
    files: Mapping[str, bytes],
    *,
    force: bool = False,
    remove_others: bool = True,
    keep: Collection[str] = (),
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

    Raises:
        OSError: if something cannot be written. Before the journal is written everything is as it was; after it every
            package is as it was or replaced, and the next run finishes.
    """
    out.mkdir(parents=True, exist_ok=True)
    archived = finish(out, archive)
    try:
        aside = {name: _stage(out, name, package) for name, package in packages.items()}
        _write(staged_files(out), files)
        held = [name for name in packages if not force and _is_taken_back(out, name)]
        changed = [
            name for name in packages if name not in held and (force or not same(staged_package(out, name), out / name))
        ]
        gone = _gone(out, {*packages, *keep}) if remove_others else []
        archived += [kept for name in (*changed, *gone) for kept in archive_package(out / name, archive / name)]
        archived += archive_round(out, archive, files)
        begin(out, changed, gone, [name for name in files if force or _differs(out, name)])
        archived += finish(out, archive)
    except OSError:
        if not is_begun(out) and (out / STAGING).is_dir():
            shutil.rmtree(out / STAGING)
        raise
    return Published(
        written=tuple(changed),
        unchanged=tuple(name for name in packages if name not in {*changed, *held}),
        archived=tuple(dict.fromkeys(archived)),
        beside=tuple((out / name / file).as_posix() for name in packages if name not in held for file in aside[name]),
        taken_back=tuple(held),
    )


def _stage(out: Path, name: str, package: Mapping[str, Content]) -> list[str]:
    staged = staged_package(out, name)
    fitting, aside = fit_around_open(out / name, package)
    _write(staged, fitting)
    carry_open(out / name, staged)
    write_manifest(staged)
    return aside


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
    place = out / name
    return not place.is_file() or place.read_bytes() != (staged_files(out) / name).read_bytes()


def _gone(out: Path, staying: Collection[str]) -> list[str]:
    return [name for name in packages_in(out) if name not in staying and not open_files(out / name)]
