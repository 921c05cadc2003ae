"""Archive reviewers' edits: copy files changed in a package or added to it to `data/raw`, named after their hash."""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from flows.publication.folder_listing import OtherEntry, printable
from flows.publication.manifest import MANIFEST, RECORD, list_package, listed_hashes, packages_in, short_hash
from flows.publication.safe_files import (
    UnreadableError,
    digest,
    flush_to_disk,
    has_digest,
    is_folder,
    is_regular,
    read_chunks,
    write_atomically,
)

_UNSAFE = re.compile(r'[\\/:*?"<>|]')  # characters that a Windows share refuses
_LONGEST = 160  # bytes of a name: hashes go before it and an ending after it, and file systems allow 255


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
    """Archive the edits in one package; of a link, its target as text. Return the paths of the copies.

    Files that cannot be read are left: `not_archived` lists them, and the history never deletes them.
    """
    if not is_folder(package):
        return _archive_file(package, archive)
    published, listing = listed_hashes(package / MANIFEST, "resources"), list_package(package)
    copies = [
        _copy(path, archive, name, published.get(name))
        for name, path in listing.files.items()
        if name != MANIFEST and not has_digest(path, published.get(name))
    ]
    notes = [_write_link(name, entry, archive) for name, entry in listing.others.items()]
    return [path for path in (*copies, *notes) if path]


def archive_round_files(out: Path, archive: Path, names: Iterable[str]) -> list[str]:
    """Archive the edits in the round's own files, which differ from the hashes in the published record."""
    published = listed_hashes(out / RECORD, "outputs")
    changed = (name for name in names if name != RECORD and not has_digest(out / name, published.get(name)))
    return [kept for name in changed for kept in archive_package(out / name, archive)]


def not_archived(out: Path, provinces: Iterable[str]) -> list[str]:
    """Describe the entries of packages that are not copied, a line each: links, pipes, unreadable files."""
    return [
        f"{printable(f'{province}/{name}')}: {entry}"
        for province in provinces
        if is_folder(out / province)
        for name, entry in list_package(out / province).others.items()
    ]


def _archive_file(path: Path, archive: Path) -> list[str]:
    if path.is_symlink():
        copy = _write_link(path.name, OtherEntry("link", str(path.readlink())), archive)
    else:
        copy = _copy(path, archive, path.name) if is_regular(path) else None
    return [copy] if copy else []


def _copy(path: Path, archive: Path, name: str, published: str | None = None) -> str | None:
    """Copy a file to `<hash>-<name>`, so that nothing is ever overwritten; return None if it cannot be read.

    A workbook that stayed open during a run is published with the hash of its archived copy. When it is saved again,
    the new copy is named `<hash>.<earlier hash>-<name>`: the only record of their order.
    """
    archive = _archive_folder(archive)
    part = archive / ".archiving.part"
    try:
        if known := _find_copy(archive, short_hash(digest(path))):
            return known.as_posix()
        # Renamed only when it is complete and on disk, because the original may be replaced right afterwards.
        found = short_hash(_copy_to_disk(path, part))
    except UnreadableError:
        part.unlink(missing_ok=True)
        return None
    earlier = short_hash(published or "")
    follows = bool(earlier) and any(archive.glob(f"{earlier}[.-]*"))
    copy = _unused_path(archive, f"{found}{f'.{earlier}' if follows else ''}", _safe_name(name))
    if PurePosixPath(name).name != copy.name.partition("-")[2]:
        write_atomically(copy.with_name(f"{copy.name}.原名.txt"), f"{printable(name)}\n".encode())
    part.replace(copy)
    flush_to_disk([archive])
    return copy.as_posix()


def _write_link(name: str, entry: OtherEntry, archive: Path) -> str | None:
    """Write the target of a link to a text file."""
    if entry.kind != "link":
        return None
    archive = _archive_folder(archive)
    content = f"{printable(name)} -> {printable(entry.note)}\n".encode()
    note = archive / f"{hashlib.sha256(content).hexdigest()[:16]}-{_safe_name(name)}.链接.txt"
    if not note.exists():
        write_atomically(note, content)
    return note.as_posix()


def _copy_to_disk(path: Path, to: Path) -> str:
    """Copy a file and flush it to disk; return the hash of the bytes that were copied."""
    found = hashlib.sha256()
    with to.open("wb") as target:
        for chunk in read_chunks(path):
            found.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return found.hexdigest()


def _find_copy(archive: Path, hash_: str) -> Path | None:
    """Find a copy by the hash in its name, and check its content."""
    return next((path for path in sorted(archive.glob(f"{hash_}[.-]*")) if _is_copy(path, hash_)), None)


def _is_copy(path: Path, hash_: str) -> bool:
    try:
        return short_hash(digest(path)) == hash_
    except UnreadableError:
        return False


def _unused_path(archive: Path, hashes: str, name: str) -> Path:
    path, number = archive / f"{hashes}-{name}", 1
    while os.path.lexists(path):
        number += 1
        path = archive / f"{hashes}-{number}-{name}"
    return path


def _archive_folder(archive: Path) -> Path:
    """Create the archive's folder; beside it if a person put something else there."""
    if os.path.lexists(archive) and not archive.is_dir():
        archive = archive.with_name(f"{archive.name}（存档）")
    archive.mkdir(parents=True, exist_ok=True)
    return archive


def _safe_name(name: str) -> str:
    """Return a name that every file system accepts, a lock file with `.txt` so that it is not reviewed."""
    base = PurePosixPath(name).name
    path = PurePosixPath(_UNSAFE.sub("_", printable(base)))
    ending = path.suffix if len(path.suffix.encode()) <= _LONGEST // 4 else ""
    stem = path.name[: len(path.name) - len(ending)].encode()[: _LONGEST - len(ending.encode())]
    return stem.decode("utf-8", "ignore") + ending + (".txt" if base.startswith((".", "~$")) else "")
