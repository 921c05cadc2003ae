"""A package's manifest: every file with its size and hash; and what can be told by it. Reads and writes one package."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flows.publication.folder_listing import Tree, UnreadableError, chunks, digest, is_left_behind, walk

MANIFEST = "datapackage.json"
RECORD = "run.json"
GATE, GATE_PAGE = ".gate", "index.html"  # what the gate before publishing says, beside the packages


def write_manifest(
    package: Path, names: Iterable[str] | None = None, about: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """List the files of a package; the Data Package standard wants plain names for them, and allows more properties.

    Args:
        package: the folder.
        names: paths of the files in it that are published; None is all.
        about: what else is written down of the package.
    """
    resources = [
        {"name": f"file-{number:03d}", "path": name, "bytes": path.stat().st_size, "hash": digest(path)}
        for number, (name, path) in enumerate(_of(package, names).items(), 1)
    ]
    manifest = {"name": "review-package", "title": f"{package.name}评审包", "resources": resources, **about}
    (package / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _of(package: Path, names: Iterable[str] | None) -> dict[str, Path]:
    if names is None:
        return files_of(package)
    return {name: package / name for name in sorted(names, key=lambda name: name.split("/"))}


def version_of(package: Path) -> str:
    """A name for what we published: the same for the same files, whatever a person did to them since."""
    try:
        return short(digest(package / MANIFEST))
    except UnreadableError:
        return "unlisted"


def packages_in(out: Path) -> list[str]:
    """Names of the packages in a round's folder; a link to a folder is none."""
    folders = (path.parent for path in out.glob(f"*/{MANIFEST}"))
    return sorted(folder.name for folder in folders if not folder.name.startswith(".") and not folder.is_symlink())


def same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes, and nothing else."""
    mine, theirs = tree_of(one), tree_of(other)
    if mine.files.keys() != theirs.files.keys() or mine.odd or theirs.odd:
        return False
    try:
        return all(digest(path) == digest(theirs.files[name]) for name, path in mine.files.items())
    except UnreadableError:
        return False


def tree_of(package: Path) -> Tree:
    """All that is in a package but what systems and office programs leave behind there.

    What is ours is told by the manifest: a pilot's name may begin like that of a lock file.
    """
    everything, ours = walk(package), listed(package / MANIFEST, "resources")
    names = {*everything.files, *ours}
    left = {name for name in (*everything.files, *everything.odd) if name not in ours and is_left_behind(name, names)}
    return Tree(
        {name: path for name, path in everything.files.items() if name not in left},
        {name: entry for name, entry in everything.odd.items() if name not in left},
    )


def files_of(package: Path) -> dict[str, Path]:
    """Files of a package by their path in it, without what is left behind there."""
    return tree_of(package).files


def read_json(file: Path) -> Any:  # noqa: ANN401 - what is in there is the caller's to check
    """A manifest or record; None where it is missing or damaged."""
    try:
        return json.loads(b"".join(chunks(file)))
    except (UnreadableError, ValueError, RecursionError):
        return None


def listed(file: Path, key: str) -> dict[str, str]:
    """Hashes by path from a manifest or record of ours; nothing where it is missing or damaged."""
    try:
        return {str(entry["path"]): str(entry["hash"]) for entry in read_json(file)[key]}
    except (KeyError, TypeError):
        return {}


def short(value: str) -> str:
    """What a hash is called in a file name."""
    return value.removeprefix("sha256:")[:16]
