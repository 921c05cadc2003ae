"""Write, read and verify `datapackage.json`, the manifest of one package: path, bytes and hash of every file."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from flows.publication.file_names import is_temporary
from flows.publication.safe_files import FolderListing, UnreadableError, digest, has_digest, list_folder, read_chunks

MANIFEST = "datapackage.json"
RECORD = "run.json"
GATE, GATE_PAGE = ".gate", "index.html"  # folder of the gate's results beside the packages, and its page
HISTORY, STAGING, RENDERED = ".history", ".staging", ".rendered"  # further folders beside the packages


def write_manifest(
    package: Path, hashes: Mapping[str, str], properties: Mapping[str, Any] = MappingProxyType({})
) -> None:
    """Write the manifest of a package (Data Package standard, which wants a plain name for each resource).

    Args:
        package: the folder.
        hashes: expected hash of each published file, by path in the package.
        properties: further properties of the package.
    """
    resources = [
        {"name": f"file-{number:03d}", "path": name, "bytes": (package / name).stat().st_size, "hash": hashes[name]}
        for number, name in enumerate(sorted(hashes, key=lambda name: name.split("/")), 1)
    ]
    manifest = {"name": "review-package", "title": f"{package.name}评审包", "resources": resources, **properties}
    (package / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def verify(package: Path) -> list[str]:
    """Compare a package with its manifest; return the paths that differ, are missing or are not listed."""
    listing, hashes = list_package(package), listed_hashes(package / MANIFEST, "resources")
    names = {*listing.files, *listing.others, *hashes} - {MANIFEST}
    return sorted(name for name in names if not has_digest(package / name, hashes.get(name)))


def version_of(package: Path) -> str:
    """Return the version of a package: the first 16 digits of its manifest's hash, or `unlisted` without a manifest."""
    try:
        return short_hash(digest(package / MANIFEST))
    except UnreadableError:
        return "unlisted"


def packages_in(out: Path) -> list[str]:
    """Return the provinces that have a package in a round's folder; a link to a folder does not count."""
    folders = (path.parent for path in out.glob(f"*/{MANIFEST}"))
    return sorted(folder.name for folder in folders if not folder.name.startswith(".") and not folder.is_symlink())


def list_package(package: Path) -> FolderListing:
    """List a package without temporary files of systems and office programs.

    A file in the manifest is never temporary: the name of a pilot may begin like that of a lock file.
    """
    listing, published = list_folder(package), listed_hashes(package / MANIFEST, "resources")
    names = {*listing.files, *published}
    temporary = {name for name in (*listing.files, *listing.others) if is_temporary(name, names)} - published.keys()
    return FolderListing(
        {name: path for name, path in listing.files.items() if name not in temporary},
        {name: reason for name, reason in listing.others.items() if name not in temporary},
    )


def read_json(file: Path) -> Any:  # noqa: ANN401 - the caller checks its shape
    """Read a manifest or run record; return None if it is missing or damaged."""
    try:
        return json.loads(b"".join(read_chunks(file)))
    except (UnreadableError, ValueError, RecursionError):
        return None


def listed_hashes(file: Path, key: str) -> dict[str, str]:
    """Read hashes by path from a manifest (`resources`) or a run record (`outputs`); empty if missing or damaged."""
    try:
        return {str(entry["path"]): str(entry["hash"]) for entry in read_json(file)[key]}
    except (KeyError, TypeError):
        return {}


def made_as_of(out: Path) -> str | None:
    """Return the `as_of` moment of the published packages from the record; None is now, or unknown."""
    match read_json(out / RECORD):
        case {"as_of": str(moment)}:
            return moment
        case _:
            return None


def submissions_published(out: Path) -> int:
    """Return the number of submissions that the published packages were made of, from the record; 0 if unknown."""
    match read_json(out / RECORD):
        case {"counts": {"submissions": int(count)}}:
            return count
        case _:
            return 0


def short_hash(value: str) -> str:
    """Return the 16 digits of a hash that file and version names use."""
    return value.removeprefix("sha256:")[:16]
