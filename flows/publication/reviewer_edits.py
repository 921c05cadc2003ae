"""Keep what people saved in published packages: copied into `data/raw` under its hash, before anything is replaced."""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from flows.publication.atomic import put, sync
from flows.publication.folder_listing import Odd, UnreadableError, chunks, digest, is_folder, is_regular, printable
from flows.publication.manifest import MANIFEST, RECORD, listed, packages_in, short, tree_of

_UNSAFE = re.compile(r'[\\/:*?"<>|]')  # what a Windows share does not take
_LONGEST = 160  # bytes of a name: hashes before it and an ending after it, and a file system takes 255


def archive_changes(out: Path, archive: Path, provinces: Iterable[str] | None = None) -> tuple[str, ...]:
    """Keep what people changed in published packages or added to them.

    Args:
        out: the round's folder.
        archive: where it goes, by province.
        provinces: only these; None is all.

    Raises:
        OSError: if the archive cannot be written.
    """
    names = packages_in(out) if provinces is None else provinces
    return tuple(kept for name in names for kept in archive_package(out / name, archive / name))


def archive_package(package: Path, archive: Path) -> list[str]:
    """Keep what a person added to one package or changed in it; of a link, where it leads.

    What cannot be read is left: `not_archived` names it, and the history never throws it away.
    """
    if not is_folder(package):
        return archive_file(package, archive)
    ours, tree = listed(package / MANIFEST, "resources"), tree_of(package)
    kept = [
        _keep(path, archive, name, ours.get(name))
        for name, path in tree.files.items()
        if name != MANIFEST and not _is_as_listed(path, ours.get(name))
    ]
    return [path for path in (*kept, *(_note(name, entry, archive) for name, entry in tree.odd.items())) if path]


def archive_round(out: Path, archive: Path, names: Iterable[str]) -> list[str]:
    """Keep what a person changed in the round's own files; the earlier record knows what we wrote."""
    ours = listed(out / RECORD, "outputs")
    changed = (name for name in names if name != RECORD and not _is_as_listed(out / name, ours.get(name)))
    return [kept for name in changed for kept in archive_package(out / name, archive)]


def archive_file(path: Path, archive: Path) -> list[str]:
    """Keep one file, or where a link leads."""
    if path.is_symlink():
        found = _note(path.name, Odd("link", str(path.readlink())), archive)
    else:
        found = _keep(path, archive, path.name) if is_regular(path) else None
    return [found] if found else []


def not_archived(out: Path, provinces: Iterable[str]) -> list[str]:
    """What was found in packages and is not copied, a line each: links, pipes, what may not be read."""
    return [
        f"{printable(f'{province}/{name}')}: {entry}"
        for province in provinces
        if is_folder(out / province)
        for name, entry in tree_of(out / province).odd.items()
    ]


def _is_as_listed(path: Path, hash_: str | None) -> bool:
    try:
        return hash_ is not None and digest(path) == hash_
    except UnreadableError:
        return False


def _keep(path: Path, archive: Path, name: str, before: str | None = None) -> str | None:
    """Copy a file under its hash, so that nothing is ever overwritten; None if it cannot be read.

    A workbook that stayed open while we published is listed with the hash under which it was archived then. What is
    saved over it later follows that one, and its name says so: only here is that known.
    """
    archive = _folder(archive)
    part = archive / ".archiving.part"
    try:
        if known := _known(archive, short(digest(path))):
            return known.as_posix()
        # Under its name only when it is complete and on the disk: the original may be gone in a moment.
        mine = short(_copy(path, part))
    except UnreadableError:
        part.unlink(missing_ok=True)
        return None
    earlier = short(before or "")
    follows = bool(earlier) and any(archive.glob(f"{earlier}[.-]*"))
    kept = _free(archive, f"{mine}{f'.{earlier}' if follows else ''}", _safe(name))
    if PurePosixPath(name).name != kept.name.partition("-")[2]:
        put(kept.with_name(f"{kept.name}.原名.txt"), f"{printable(name)}\n".encode())
    part.replace(kept)
    sync([archive])
    return kept.as_posix()


def _note(name: str, entry: Odd, archive: Path) -> str | None:
    """Write down where a link leads."""
    if entry.kind != "link":
        return None
    archive = _folder(archive)
    content = f"{printable(name)} -> {printable(entry.note)}\n".encode()
    kept = archive / f"{hashlib.sha256(content).hexdigest()[:16]}-{_safe(name)}.链接.txt"
    if not kept.exists():
        put(kept, content)
    return kept.as_posix()


def _copy(path: Path, to: Path) -> str:
    """Copy a file onto the disk; the hash is that of the bytes that were copied."""
    found = hashlib.sha256()
    with to.open("wb") as target:
        for chunk in chunks(path):
            found.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return found.hexdigest()


def _known(archive: Path, mine: str) -> Path | None:
    """The copy that is there already; a name alone is no proof of it."""
    return next((path for path in sorted(archive.glob(f"{mine}[.-]*")) if _is_copy(path, mine)), None)


def _is_copy(path: Path, mine: str) -> bool:
    try:
        return short(digest(path)) == mine
    except UnreadableError:
        return False


def _free(archive: Path, hashes: str, name: str) -> Path:
    kept, number = archive / f"{hashes}-{name}", 1
    while os.path.lexists(kept):
        number += 1
        kept = archive / f"{hashes}-{number}-{name}"
    return kept


def _folder(archive: Path) -> Path:
    """Where to archive; beside it, if a person put something else than a folder there."""
    if os.path.lexists(archive) and not archive.is_dir():
        archive = archive.with_name(f"{archive.name}（存档）")
    archive.mkdir(parents=True, exist_ok=True)
    return archive


def _safe(name: str) -> str:
    """A name that every file system takes; one like that of a lock file ends so that it is not read as a workbook."""
    base = PurePosixPath(name).name
    path = PurePosixPath(_UNSAFE.sub("_", printable(base)))
    ending = path.suffix if len(path.suffix.encode()) <= _LONGEST // 4 else ""
    stem = path.name[: len(path.name) - len(ending)].encode()[: _LONGEST - len(ending.encode())]
    return stem.decode("utf-8", "ignore") + ending + (".txt" if base.startswith((".", "~$")) else "")
