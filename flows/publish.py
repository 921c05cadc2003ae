"""Puts packages in place: all is written beside them first, and a province is replaced as a whole or not at all."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "datapackage.json"
Content = bytes | Path


@dataclass(frozen=True)
class Published:
    """What publishing did, by province: written anew, or left because nothing differed; and what was archived."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    archived: tuple[str, ...]


def publish(
    out: Path,
    archive: Path,
    packages: Mapping[str, Mapping[str, Content]],
    files: Mapping[str, bytes],
    *,
    force: bool = False,
    remove_others: bool = True,
) -> Published:
    """Replace the packages of a round.

    Args:
        out: the round's folder.
        archive: where a file goes that a person put into a package or changed there.
        packages: by province, contents or the files to copy, by path in the package.
        files: the round's own files; empty where only some provinces are published.
        force: write even what has not changed.
        remove_others: take away packages of provinces that are no longer there.

    Raises:
        OSError: if something cannot be written; then every package is as it was before or complete.
    """
    out.mkdir(parents=True, exist_ok=True)
    staging = out / ".staging"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        for province, package in packages.items():
            _write(staging / province, package)
        _write(staging, files)
        changed = [name for name in packages if force or not _same(staging / name, out / name)]
        gone = _gone(out, packages) if remove_others else []
        archived = [kept for name in (*changed, *gone) for kept in _archive(out / name, archive / name)]
        for name in changed:
            _swap(staging / name, out / name, staging / f"{name}.before")
        for name in gone:
            shutil.rmtree(out / name)
        for name in files:
            (staging / name).replace(out / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return Published(tuple(changed), tuple(name for name in packages if name not in changed), tuple(archived))


def _write(folder: Path, package: Mapping[str, Content]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    resources = []
    for name, content in package.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = content.read_bytes() if isinstance(content, Path) else content
        path.write_bytes(data)
        resources.append({"path": name, "bytes": len(data), "hash": f"sha256:{hashlib.sha256(data).hexdigest()}"})
    if folder.name != ".staging":
        manifest = {"name": "review-package", "title": f"{folder.name}评审包", "resources": _named(resources)}
        (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _named(resources: list[dict[str, object]]) -> list[dict[str, object]]:
    """The Data Package standard wants a name of plain letters for each resource."""
    return [{"name": f"file-{number:03d}"} | resource for number, resource in enumerate(resources, 1)]


def _same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes."""
    mine, theirs = _files(one), _files(other)
    return mine.keys() == theirs.keys() and all(
        path.read_bytes() == theirs[name].read_bytes() for name, path in mine.items()
    )


def _files(folder: Path) -> dict[str, Path]:
    return {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}


def _gone(out: Path, packages: Mapping[str, object]) -> list[str]:
    return sorted(path.parent.name for path in out.glob(f"*/{MANIFEST}") if path.parent.name not in packages)


def _archive(package: Path, archive: Path) -> Iterable[str]:
    """Keep what a person added to a package or changed in it: under its hash, so that nothing is ever overwritten."""
    if not package.is_dir():
        return
    try:
        listed = json.loads((package / MANIFEST).read_text(encoding="utf-8"))["resources"]
    except (OSError, ValueError, KeyError):
        listed = []
    ours = {resource["path"]: resource["hash"] for resource in listed}
    for name, path in _files(package).items():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if name == MANIFEST or ours.get(name) == f"sha256:{digest}" or path.name.startswith("~$"):
            continue
        archive.mkdir(parents=True, exist_ok=True)
        kept = archive / f"{digest[:16]}-{path.name}"
        shutil.copyfile(path, kept)
        yield kept.as_posix()


def _swap(new: Path, place: Path, before: Path) -> None:
    if place.exists():
        place.rename(before)
    new.rename(place)
