"""Keeps what people wrote into published files: copied into `data/raw` under its hash, before anything is made anew."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from flows.atomic import sync
from flows.manifest import MANIFEST, RECORD, digest, files_of, listed, packages_in, short


def archive_changes(out: Path, archive: Path, provinces: Iterable[str] | None = None) -> tuple[str, ...]:
    """Keep what people changed in published packages or added to them.

    Args:
        out: the round's folder.
        archive: where it goes, by province.
        provinces: only these; None is all.

    Raises:
        OSError: if something cannot be read or written.
    """
    names = packages_in(out) if provinces is None else provinces
    return tuple(kept for name in names for kept in archive_package(out / name, archive / name))


def archive_package(package: Path, archive: Path) -> list[str]:
    """Keep what a person added to one package or changed in it."""
    ours = listed(package / MANIFEST, "resources")
    return [
        _keep(path, archive, ours.get(name))
        for name, path in files_of(package).items()
        if name != MANIFEST and ours.get(name) != digest(path)
    ]


def archive_round(out: Path, archive: Path, names: Iterable[str]) -> list[str]:
    """Keep what a person changed in the round's own files; the earlier record knows what we wrote."""
    ours = listed(out / RECORD, "outputs")
    return [
        _keep(out / name, archive)
        for name in names
        if name != RECORD and (out / name).is_file() and ours.get(name) != digest(out / name)
    ]


def _keep(path: Path, archive: Path, before: str | None = None) -> str:
    """Copy a file under its hash, so that nothing is ever overwritten.

    A workbook that stayed open while we published is listed with the hash under which it was archived then. What is
    saved over it later follows that one, and its name says so: only here is that known.
    """
    archive.mkdir(parents=True, exist_ok=True)
    mine, earlier = short(digest(path)), short(before or "")
    follows = bool(earlier) and any(archive.glob(f"{earlier}[.-]*"))
    known = sorted(archive.glob(f"{mine}[.-]*"))
    kept = known[0] if known else archive / f"{mine}{f'.{earlier}' if follows else ''}-{path.name}"
    if not known:
        # Under its name only when it is complete and on the disk: the original may be gone in a moment.
        part = archive / f".{kept.name}.part"
        shutil.copyfile(path, part)
        sync([part])
        part.replace(kept)
        sync([archive])
    return kept.as_posix()
