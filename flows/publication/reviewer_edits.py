"""Archive reviewers' edits: copy files changed in a package or added to it to `data/raw`, named after their hash."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from flows.publication.file_names import as_utf8, printable, safe_name, short_name
from flows.publication.manifest import MANIFEST, RECORD, list_package, listed_hashes, packages_in, short_hash
from flows.publication.safe_files import (
    UnreadableError,
    append_json_line,
    flush_to_disk,
    has_digest,
    is_folder,
    is_regular,
    keep_regular,
    naming,
    read_chunks,
)

_LONGEST = 160  # bytes of a name: hashes go before it
NAMES = "原文件名.txt"  # beside the copies: the original path of each with another name, a JSON line each


def archive_changes(out: Path, archive: Path, provinces: Iterable[str] | None = None) -> tuple[str, ...]:
    """Archive the edits in published packages; return the paths of the copies.

    Args:
        out: the round's folder.
        archive: folder of the copies, with a folder for each province.
        provinces: only these; None is all.

    Raises:
        OSError: if the archive cannot be written.
    """
    names = packages_in(out) if provinces is None else provinces
    return tuple(kept for name in names for kept in archive_package(out / name, archive / name))


def archive_package(package: Path, archive: Path) -> list[str]:
    """Archive the edits in one package; return the paths of the copies.

    Links, and files that cannot be read, are left: `not_archived` lists them, and the history never deletes them.
    """
    if not is_folder(package):  # a person put something else in its place
        return _copy(package, archive, package.name) if is_regular(package) else []
    published = listed_hashes(package / MANIFEST, "resources")
    return [
        copy
        for name, path in list_package(package).files.items()
        if name != MANIFEST and not has_digest(path, published.get(name))
        for copy in _copy(path, archive, name, published.get(name))
    ]


def archive_round_files(out: Path, archive: Path, names: Iterable[str]) -> list[str]:
    """Archive the edits in the round's own files, which differ from the hashes in the published record."""
    published = listed_hashes(out / RECORD, "outputs")
    changed = (name for name in names if name != RECORD and not has_digest(out / name, published.get(name)))
    return [kept for name in changed for kept in archive_package(out / name, archive)]


def not_archived(out: Path, provinces: Iterable[str]) -> list[str]:
    """Describe the entries of packages that are not copied, a line each: links, pipes, unreadable files."""
    return [
        f"{printable(f'{province}/{name}')}: {reason}"
        for province in provinces
        if is_folder(out / province)
        for name, reason in list_package(out / province).others.items()
    ]


def _copy(path: Path, archive: Path, name: str, published: str | None = None) -> list[str]:
    """Copy a file to `<hash>-<name>`, so that nothing is overwritten; return its path, or none if unreadable.

    A name that cannot be written everywhere is replaced, and recorded in `NAMES`.

    A workbook that stayed open during a run is published with the hash of its archived copy. When it is saved again,
    the new copy is named `<hash>.<earlier hash>-<name>`: the only record of their order.
    """
    if os.path.lexists(archive) and not is_folder(archive):  # a person put something else there
        archive = archive.with_name(f"{archive.name}（存档）")
    archive.mkdir(parents=True, exist_ok=True)
    part = archive / ".archiving.part"
    keep_regular(part)
    try:
        hash_ = _copy_to_disk(path, part)
    except UnreadableError:
        part.unlink(missing_ok=True)
        return []
    found = short_hash(hash_)
    for copy in sorted(archive.glob(f"{found}[.-]*")):
        if has_digest(copy, hash_):
            part.unlink()
            return [copy.as_posix()]
    earlier = short_hash(published or "")
    follows = bool(earlier) and any(archive.glob(f"{earlier}[.-]*"))
    # Renamed only when it is complete and on disk, because the original may be replaced right afterwards.
    safe = _archive_name(name)
    copy = _unused_path(archive, f"{found}{f'.{earlier}' if follows else ''}", safe)
    if safe != PurePosixPath(name).name:
        keep_regular(archive / NAMES)
        append_json_line(archive / NAMES, {"copy": copy.name, "name": as_utf8(name)})
    part.replace(copy)
    flush_to_disk([archive])
    return [copy.as_posix()]


def _copy_to_disk(path: Path, to: Path) -> str:
    """Copy a file and flush it to disk; return the hash of the bytes that were copied."""
    found = hashlib.sha256()
    with naming(to), to.open("wb") as target:
        for chunk in read_chunks(path):
            found.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return f"sha256:{found.hexdigest()}"


def _unused_path(archive: Path, hashes: str, name: str) -> Path:
    path, number = archive / f"{hashes}-{name}", 1
    while os.path.lexists(path):
        number += 1
        path = archive / f"{hashes}-{number}-{name}"
    return path


def _archive_name(path: str) -> str:
    """Return a name that every file system accepts, a lock file with `.txt` so that it is not reviewed."""
    name = PurePosixPath(path).name
    return short_name(safe_name(printable(name)), _LONGEST) + (".txt" if name.startswith((".", "~$")) else "")
