"""Puts packages in place: all is written beside them first, and a province is replaced as a whole or not at all."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flows.open_files import Content, carry_open, fit_around_open, open_files
from flows.raw import is_clutter

MANIFEST = "datapackage.json"
RECORD = "run.json"


@dataclass(frozen=True)
class Published:
    """What publishing did, by province: written anew, or left because nothing differed; what was archived; and which
    files lie beside the one that they should replace, because a person has that one open."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    archived: tuple[str, ...]
    beside: tuple[str, ...] = ()


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
    """Replace the packages of a round.

    Args:
        out: the round's folder.
        archive: where a file goes that a person put into a package or changed there.
        packages: by province, contents or the files to copy, by path in the package.
        files: the round's own files with their record `run.json`; empty where only some provinces are published.
        force: write even what has not changed.
        remove_others: take away packages of provinces that are no longer there.
        keep: provinces whose packages are left as they are, whatever else is done.

    Raises:
        OSError: if something cannot be written, or another run is at it; every package is then as it was or complete.
    """
    out.mkdir(parents=True, exist_ok=True)
    staging = out / ".staging"
    with _alone(out):
        _recover(staging, out)
        try:
            beside: list[str] = []
            for province, package in packages.items():
                fitting, aside = fit_around_open(out / province, package)
                _write(staging / province, fitting)
                carry_open(out / province, staging / province)
                _list(staging / province)
                beside += [(out / province / name).as_posix() for name in aside]
            _write(staging, files)
            changed = [name for name in packages if force or not _same(staging / name, out / name)]
            gone = _gone(out, {*packages, *keep}) if remove_others else []
            archived = [kept for name in (*changed, *gone) for kept in _archive(out / name, archive / name)]
            archived += _archive_round(out, archive, files)
            for name in changed:
                _swap(staging / name, out / name, staging / f"{name}.before")
            for name in gone:
                shutil.rmtree(out / name)
            for name in files:
                (staging / name).replace(out / name)
        finally:
            _recover(staging, out)
    unchanged = tuple(name for name in packages if name not in changed)
    return Published(tuple(changed), unchanged, tuple(archived), tuple(beside))


def archive_changes(out: Path, archive: Path, provinces: Iterable[str] | None = None) -> tuple[str, ...]:
    """Keep what people changed in published packages or added to them, before anything is made anew.

    Args:
        out: the round's folder.
        archive: where it goes, by province.
        provinces: only these; None is all.

    Raises:
        OSError: if something cannot be read or written.
    """
    names = sorted(path.parent.name for path in out.glob(f"*/{MANIFEST}")) if provinces is None else provinces
    return tuple(kept for name in names for kept in _archive(out / name, archive / name))


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the round's folder locked; the system lets go when the process ends, however it ends."""
    folder = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise BlockingIOError(error.errno, "another run is publishing this round", str(out)) from error
    finally:
        os.close(folder)


def _recover(staging: Path, out: Path) -> None:
    """Put back what a run that was killed had moved aside and not replaced, then clear the rest away."""
    for before in staging.glob("*.before"):
        place = out / before.name.removesuffix(".before")
        if not place.exists():
            before.rename(place)
    if staging.is_dir():
        shutil.rmtree(staging)


def _write(folder: Path, contents: Mapping[str, Content]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, path)
        else:
            path.write_bytes(content)


def _list(package: Path) -> None:
    """Write the manifest: every file with its size and hash; the Data Package standard wants plain names for them."""
    resources = [
        {"name": f"file-{number:03d}", "path": name, "bytes": path.stat().st_size, "hash": _digest(path)}
        for number, (name, path) in enumerate(_files(package).items(), 1)
    ]
    manifest = {"name": "review-package", "title": f"{package.name}评审包", "resources": resources}
    (package / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes."""
    mine, theirs = _files(one), _files(other)
    return mine.keys() == theirs.keys() and all(
        path.read_bytes() == theirs[name].read_bytes() for name, path in mine.items()
    )


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not is_clutter(path.name)
    }


def _gone(out: Path, packages: Collection[str]) -> list[str]:
    names = sorted(path.parent.name for path in out.glob(f"*/{MANIFEST}"))
    return [name for name in names if name not in packages and not open_files(out / name)]


def _archive(package: Path, archive: Path) -> Iterable[str]:
    """Keep what a person added to a package or changed in it."""
    ours = _listed(package / MANIFEST, "resources")
    for name, path in _files(package).items():
        if name != MANIFEST and ours.get(name) != _digest(path):
            yield _keep(path, archive, ours.get(name))


def _archive_round(out: Path, archive: Path, files: Mapping[str, bytes]) -> Iterable[str]:
    """Keep what a person changed in the round's own files; the earlier record knows what we wrote."""
    ours = _listed(out / RECORD, "outputs")
    for name in files:
        path = out / name
        if name != RECORD and path.is_file() and ours.get(name) != _digest(path):
            yield _keep(path, archive)


def _listed(file: Path, key: str) -> dict[str, str]:
    """Hashes by path from a manifest or record of ours; nothing where it is missing or damaged."""
    try:
        return {entry["path"]: entry["hash"] for entry in json.loads(file.read_text(encoding="utf-8"))[key]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _keep(path: Path, archive: Path, before: str | None = None) -> str:
    """Copy a file under its hash, so that nothing is ever overwritten.

    A workbook that stayed open while we published is listed with the hash under which it was archived then. What is
    saved over it later follows that one, and its name says so: only here is that known.
    """
    archive.mkdir(parents=True, exist_ok=True)
    mine, earlier = _short(_digest(path)), _short(before or "")
    follows = bool(earlier) and any(archive.glob(f"{earlier}[.-]*"))
    known = sorted(archive.glob(f"{mine}[.-]*"))
    kept = known[0] if known else archive / f"{mine}{f'.{earlier}' if follows else ''}-{path.name}"
    if not known:
        # Under its name only when it is complete: a file that is half there would pass for kept.
        part = archive / f".{kept.name}.part"
        shutil.copyfile(path, part)
        part.replace(kept)
    return kept.as_posix()


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:16]


def _digest(path: Path) -> str:
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def _swap(new: Path, place: Path, before: Path) -> None:
    if place.exists():
        place.rename(before)
    new.rename(place)
