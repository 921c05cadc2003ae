"""A package's manifest: every file with its size and hash; and what can be told by it. Reads and writes one package."""

import hashlib
import json
from pathlib import Path

from flows.raw import is_clutter

MANIFEST = "datapackage.json"
RECORD = "run.json"
GATE, GATE_PAGE = ".gate", "index.html"  # what the gate before publishing says, beside the packages


def write_manifest(package: Path) -> None:
    """List every file; the Data Package standard wants plain names for them."""
    resources = [
        {"name": f"file-{number:03d}", "path": name, "bytes": path.stat().st_size, "hash": digest(path)}
        for number, (name, path) in enumerate(files_of(package).items(), 1)
    ]
    manifest = {"name": "review-package", "title": f"{package.name}评审包", "resources": resources}
    (package / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def version_of(package: Path) -> str:
    """A name for what we published: the same for the same files, whatever a person did to them since."""
    return short(digest(package / MANIFEST)) if (package / MANIFEST).is_file() else "unlisted"


def packages_in(out: Path) -> list[str]:
    """Names of the packages in a round's folder."""
    return sorted(path.parent.name for path in out.glob(f"*/{MANIFEST}") if not path.parent.name.startswith("."))


def same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files with the same bytes."""
    mine, theirs = files_of(one), files_of(other)
    return mine.keys() == theirs.keys() and all(
        path.read_bytes() == theirs[name].read_bytes() for name, path in mine.items()
    )


def files_of(folder: Path) -> dict[str, Path]:
    """Files below a folder by their path in it, without clutter."""
    return {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not is_clutter(path.name)
    }


def listed(file: Path, key: str) -> dict[str, str]:
    """Hashes by path from a manifest or record of ours; nothing where it is missing or damaged."""
    try:
        return {entry["path"]: entry["hash"] for entry in json.loads(file.read_text(encoding="utf-8"))[key]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def digest(path: Path) -> str:
    """Hash of a file, as manifests have it."""
    return f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"


def short(value: str) -> str:
    """What a hash is called in a file name."""
    return value.removeprefix("sha256:")[:16]
