"""Hands what a run did in its folders over to the bucket they mirror: nothing is seen before it is whole.

Killed at any moment, it leaves what was published, or some provinces anew as a whole; the next run does the rest.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from flows.bucket import delete_objects, put_objects
from flows.history import provinces_kept, versions
from flows.manifest import MANIFEST, RECORD, digest, files_of, packages_in, version_of
from flows.mirror import VERSIONS, Mirror
from flows.receipts import RECEIPTS

Contents = dict[str, Path | bytes]


def hand_over_raw(mirror: Mirror) -> None:
    """Add what is new in `raw`; the receipts come last, after that which they tell of.

    Raises:
        OSError: if it cannot be written.
    """
    target = mirror.folder / mirror.round
    found = {path.relative_to(mirror.folder).as_posix(): path for path in sorted(target.rglob("*")) if path.is_file()}
    new: Contents = {
        key: path
        for key, path in found.items()
        if not key.startswith(f"{mirror.round}/.") and mirror.known.get(key) != digest(path)
    }
    receipts = {key: new.pop(key) for key in list(new) if key == f"{mirror.round}/{RECEIPTS}"}
    put_objects(mirror.bucket, new)
    put_objects(mirror.bucket, receipts)


def hand_over_out(mirror: Mirror, check: Callable[[], None]) -> None:
    """Publish: versions first, each with its manifest last; then a pointer for each province; the record at the end.

    Args:
        mirror: what lay there when the run began, and the folder with what it made of it.
        check: that the round is still ours.

    Raises:
        OSError: if something cannot be written, or the round is no longer ours.
    """
    target, name = mirror.folder / mirror.round, mirror.round
    current = {province: version_of(target / province) for province in packages_in(target)}
    packages: Contents = {
        f"{name}/{province}/{version}/{file}": path
        for province, version in current.items()
        for file, path in files_of(target / province).items()
    }
    manifests = {key: packages.pop(key) for key in list(packages) if key.endswith(f"/{MANIFEST}")}
    _put(mirror, packages)
    _put(mirror, manifests)
    # Killed before the pointer is written, the version that was replaced here is the current one there: it is both.
    earlier = {
        province: [one for one in versions(target, province) if one != current.get(province)]
        for province in provinces_kept(target)
    }
    put_objects(mirror.bucket, {f"{name}/{VERSIONS}": _as_json(earlier)})
    check()
    pointers = {f"{name}/{province}/{MANIFEST}": version for province, version in current.items()}
    put_objects(
        mirror.bucket,
        {
            key: _pointer(target / key.split("/")[1] / MANIFEST, version)
            for key, version in pointers.items()
            if mirror.current.get(key.split("/")[1]) != version
        },
    )
    delete_objects(mirror.bucket, [f"{name}/{gone}/{MANIFEST}" for gone in mirror.current if gone not in current])
    others: Contents = {f"{name}/{path.name}": path for path in sorted(target.iterdir()) if path.is_file()}
    hidden = [path for folder in sorted(target.glob(".*")) for path in sorted(folder.rglob("*")) if path.is_file()]
    others |= {
        f"{name}/{path.relative_to(target).as_posix()}": path for path in hidden if not _is_version(path, target)
    }
    record = {key: others.pop(key) for key in list(others) if key == f"{name}/{RECORD}"}
    _put(mirror, others)
    _put(mirror, record)
    check()
    staying = {*packages, *manifests, *pointers, *others, *record, f"{name}/{VERSIONS}"}
    delete_objects(mirror.bucket, [key for key in mirror.keys if key not in staying and not _is_kept(key, earlier)])


def _put(mirror: Mirror, contents: Mapping[str, Path | bytes]) -> None:
    """What differs from what lay there. What a person has saved over since stays, and is read by the next run."""
    new = {key: path for key, path in contents.items() if mirror.known.get(key) != digest(Path(str(path)))}
    put_objects(mirror.bucket, new, {key: mirror.keys[key].etag for key in new if key in mirror.known})


def _pointer(manifest: Path, version: str) -> bytes:
    content = json.loads(manifest.read_text(encoding="utf-8"))
    resources = [one | {"path": f"{version}/{one['path']}"} for one in content["resources"]]
    return _as_json(content | {"version": version, "resources": resources})


def _is_version(path: Path, target: Path) -> bool:
    """Whether a file is part of an earlier version: these lie in the bucket where they were published."""
    folder, *rest = path.relative_to(target).parts
    return folder == ".history" and len(rest) > 2


def _is_kept(key: str, earlier: Mapping[str, list[str]]) -> bool:
    _, province, *rest = key.split("/")
    return len(rest) > 1 and rest[0] in earlier.get(province, ())


def _as_json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
