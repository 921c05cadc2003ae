"""Objects of an S3 bucket: list, fetch and write whole ones, write on a condition. Whatever fails is an `OSError`."""

import errno
import mimetypes
import os
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import sleep
from typing import Any, TypeVar

from flows.fetch import SourceFault, connected, told
from flows.setting import setting
from flows.sources import Source, parse_source
from flows.taking import PAUSES

_REFUSED = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_AT_ONCE = 8
T = TypeVar("T")


@dataclass(frozen=True)
class Bucket:
    """A folder of a bucket; keys are relative to it."""

    source: Source
    files: Any = field(repr=False)
    pauses: tuple[float, ...] = PAUSES

    @property
    def name(self) -> str:
        """Its URL without credentials, and without what stands behind `?`."""
        return self.source.name.partition("?")[0]

    def at(self, key: str) -> dict[str, str]:
        """How an object is called in a request."""
        bucket, _, folder = self.source.root.partition("/")
        return {"Bucket": bucket, "Key": f"{folder}/{key}" if folder else key}


@dataclass(frozen=True)
class Stored:
    """An object as it is listed; `etag` changes with its content."""

    etag: str
    modified: datetime


@contextmanager
def open_bucket(url: str) -> Iterator[Bucket]:
    """Connect to `s3://BUCKET/FOLDER?endpoint=URL`, with the credentials of the settings.

    Raises:
        ValueError: if it is no such URL.
    """
    source = parse_source(url, setting)
    given = os.environ.get("PEAK_REVIEW_PULL_PAUSES")
    pauses = tuple(float(pause) for pause in given.split()) if given else PAUSES
    with connected(source) as files:
        yield Bucket(source, files, pauses)


def list_objects(bucket: Bucket, below: str) -> dict[str, Stored]:
    """All objects below a folder, by key, without what some programs leave for a folder.

    Raises:
        OSError: if they cannot be listed, or a key is no path.
    """
    infos = _try(bucket, lambda: bucket.files.find(f"{bucket.source.root}/{below}", detail=True, withdirs=False))
    found = {}
    for path, info in sorted(infos.items()):
        key = path.removeprefix(bucket.source.root).removeprefix("/")
        if info.get("size") == 0 and path.endswith("/"):
            continue
        if any(part in {"", ".", ".."} for part in key.split("/")) or "\0" in key:
            raise OSError(errno.EINVAL, "a key that is no path", f"{bucket.name}/{key}")
        found[key] = Stored(info["ETag"], info["LastModified"])
    return found


def fetch_objects(bucket: Bucket, places: Mapping[str, Path]) -> None:
    """Fetch objects to their places.

    Raises:
        OSError: if one is no longer there, or cannot be fetched or written.
    """
    for folder in {path.parent for path in places.values()}:
        folder.mkdir(parents=True, exist_ok=True)
    remote = ["/".join(bucket.at(key).values()) for key in places]
    _try(bucket, lambda: bucket.files.get(remote, [str(path) for path in places.values()], batch_size=_AT_ONCE))


def read_object(bucket: Bucket, key: str) -> tuple[bytes, str, float] | None:
    """An object's content, its etag and its age in seconds by the server's own clock; None if it is not there."""

    def attempt() -> tuple[bytes, str, float] | None:
        try:
            answer = bucket.files.call_s3("head_object", **bucket.at(key))
        except FileNotFoundError:
            return None
        now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        content = bucket.files.cat_file("/".join(bucket.at(key).values()))
        return content, answer["ETag"], (now - answer["LastModified"]).total_seconds()

    return _try(bucket, attempt)


def put_objects(bucket: Bucket, contents: Mapping[str, Path | bytes], etags: Mapping[str, str] | None = None) -> None:
    """Write objects, several at a time, each as a whole.

    Args:
        bucket: where.
        contents: by key, the bytes or a file with them.
        etags: of those that are to be replaced; one that is something else by now stays as it is.

    Raises:
        OSError: if one cannot be written.
    """
    known = etags or {}

    def put(key: str, content: Path | bytes) -> None:
        put_if(bucket, key, content.read_bytes() if isinstance(content, Path) else content, etag=known.get(key))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(put, contents, contents.values()):
            pass


def put_if(bucket: Bucket, key: str, content: bytes, *, etag: str | None = None, is_new: bool = False) -> str | None:
    """Write an object: always; or only over the one with this etag; or only where none is.

    Returns:
        The new etag, or None where that was not so.

    Raises:
        OSError: if it cannot be written.
    """
    condition = {"IfNoneMatch": "*"} if is_new else {"IfMatch": etag} if etag else {}
    kind = mimetypes.guess_type(key)[0] or "application/octet-stream"

    def attempt() -> str | None:
        try:
            answer = bucket.files.call_s3("put_object", **bucket.at(key), Body=content, ContentType=kind, **condition)
        except OSError as error:
            if _is_refused(error):
                return None
            raise
        return str(answer["ETag"])

    return _try(bucket, attempt)


def delete_objects(bucket: Bucket, keys: Collection[str]) -> None:
    """Take objects away; one that is not there is fine.

    Raises:
        OSError: if one cannot be taken away.
    """
    for key in keys:
        _try(bucket, lambda key=key: bucket.files.call_s3("delete_object", **bucket.at(key)))  # type: ignore[misc]


def _is_refused(error: OSError) -> bool:
    cause = getattr(error.__cause__, "response", None) or {}
    return str(cause.get("Error", {}).get("Code")) in _REFUSED


def _try(bucket: Bucket, action: Callable[[], T]) -> T:
    """What the network refuses once it may grant a moment later; everything here may be done twice."""
    for pause in (*bucket.pauses, None):
        try:
            with told(bucket.source):
                return action()
        except SourceFault as fault:
            if not fault.passing or pause is None:
                raise OSError(errno.EIO, str(fault), bucket.name) from None
            sleep(pause)
    raise AssertionError
