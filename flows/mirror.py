"""Mirrors a bucket's `raw` and `out` into folders, where a run works as it always does. Writes nothing to the bucket.

A bucket cannot rename, so a published round lies there as

    <round>/<province>/<version>/…            a package as it is in a folder, byte for byte, never the one being made
    <round>/<province>/datapackage.json       the pointer: the current version's manifest, its paths with <version>/
    <round>/.history/versions.json            by province the versions before, the last replaced first
    <round>/run.json, findings.csv, …         as in a folder

so that who reads the pointer and then what it names finds a whole package, at any moment.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flows.archive import archive_package
from flows.bucket import Bucket, Stored, fetch_objects, list_objects
from flows.history import HISTORY, provinces_kept, versions
from flows.manifest import MANIFEST, digest

VERSIONS = f"{HISTORY}/versions.json"
_HOUR = 3600


@dataclass(frozen=True)
class Mirror:
    """A round of a bucket and the folder in which it lies here.

    Attributes:
        bucket: where it comes from.
        folder: where its files are now, by key.
        round: name of the round.
        keys: all objects that were there.
        known: the hash of the content that each object had, by key, of those that were fetched.
        current: the version of each province that was published.
    """

    bucket: Bucket
    folder: Path
    round: str
    keys: Mapping[str, Stored]
    known: Mapping[str, str]
    current: Mapping[str, str]


def mirror_raw(bucket: Bucket, folder: Path, round_name: str) -> Mirror:
    """Fetch what was submitted and what was archived; the time of a file is that of its object.

    Raises:
        OSError: if that fails, see `flows.bucket`.
    """
    keys = list_objects(bucket, round_name)
    hidden = f"{round_name}/."
    places = {key: folder / key for key in keys if not key.startswith(hidden)}
    fetch_objects(bucket, places)
    for key, path in places.items():
        os.utime(path, (keys[key].modified.timestamp(),) * 2)
    return Mirror(bucket, folder, round_name, keys, _digests(places), {})


def mirror_out(bucket: Bucket, folder: Path, round_name: str, archive: Path) -> Mirror:
    """Fetch what was published, earlier versions too: a person may have saved into one as it was replaced.

    Args:
        bucket: where from.
        folder: where to; a round's folder there is as if all had been published in it.
        round_name: which round.
        archive: where what people changed in earlier versions is kept; it is in nobody's way there.

    Raises:
        OSError: if that fails, see `flows.bucket`.
    """
    keys = list_objects(bucket, round_name)
    pointers = [key for key in keys if key.endswith(f"/{MANIFEST}") and key.count("/") == 2]
    read = _read(bucket, folder, [*pointers, f"{round_name}/{VERSIONS}"], keys)
    current = {key.split("/")[1]: read[key]["version"] for key in pointers}
    earlier = read.get(f"{round_name}/{VERSIONS}", {})
    places = {key: folder / place for key in keys if (place := _place(key, current, earlier))}
    fetch_objects(bucket, places)
    target = folder / round_name
    for province, names in earlier.items():
        # Their order is that in which they were replaced, which is told by the time of a folder.
        for number, name in enumerate(names, 1):
            if (kept := target / HISTORY / province / name).is_dir():
                os.utime(kept, ns=(0, kept.stat().st_mtime_ns - number * _HOUR * 10**9))
    known = _digests(places)
    for province in provinces_kept(target):
        for name in versions(target, province):
            archive_package(target / HISTORY / province / name, archive / province)
    return Mirror(bucket, folder, round_name, keys, known, current)


def _read(bucket: Bucket, folder: Path, wanted: list[str], keys: Mapping[str, Stored]) -> dict[str, dict[str, Any]]:
    """Small files of ours, by key; one that is not there is passed over."""
    places = {key: folder / ".pointers" / str(number) for number, key in enumerate(wanted) if key in keys}
    fetch_objects(bucket, places)
    return {key: json.loads(path.read_bytes()) for key, path in places.items()}


def _place(key: str, current: Mapping[str, str], earlier: Mapping[str, list[str]]) -> str | None:
    """Where an object belongs; None where it was never published, or is only there for the bucket."""
    round_name, *rest = key.split("/")
    if len(rest) == 1 or rest[0].startswith("."):
        return None if key.endswith(f"/{VERSIONS}") else key
    province, version, *inside = rest
    if not inside:
        return None
    if version == current.get(province):
        return "/".join([round_name, province, *inside])
    if version in earlier.get(province, ()):
        return "/".join([round_name, HISTORY, province, version, *inside])
    return None


def _digests(places: Mapping[str, Path]) -> dict[str, str]:
    return {key: digest(path) for key, path in places.items()}
