"""List and read the files at a source, through fsspec. Every failure is a `SourceError`; nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flows.sources.connections import TimeLimits
from flows.sources.source_errors import SourceError, source_errors
from flows.sources.source_urls import Source
from transforms.intake.formats.limits import CONTENT

CHUNK = 1024**2  # bytes
_DEEPEST = 32  # levels: a server may list a folder within itself


@dataclass(frozen=True)
class RemoteFile:
    """A file at a source.

    Attributes:
        path: as fsspec names it.
        name: relative to the root of the source.
        size: in bytes.
        stamp: changes when the file changes: its time, ETag or inode.
        modified: when it was changed last, if the source has that.
        reason: why it cannot be a submission, e.g. because it is a link.
    """

    path: str
    name: str
    size: int
    stamp: str
    modified: datetime | None = None
    reason: str | None = None


def list_files(
    source: Source,
    files: Any,  # noqa: ANN401 - fsspec has no types
    limits: TimeLimits,
    hanging: dict[str, str],
) -> tuple[list[RemoteFile], list[str]]:
    """Return all files at a source in the order of their names, and the folders that could not be listed, with reasons.

    Args:
        source: where the files are.
        files: the connection.
        limits: time limits of each folder.
        hanging: folders that did not answer, with the reason; they are left out. One more is added before the error.

    Raises:
        SourceError: if the source as a whole cannot be listed, or a folder does not answer: the others need a new
            connection.
    """
    faults: list[str] = []
    if source.kind == "s3":
        with source_errors(source):
            found = limits.call(lambda: _list_bucket(source, files))
    else:
        found = list(_walk(source, files, limits, hanging, faults))
    return sorted(found, key=lambda one: one.name), faults


def read_file(source: Source, files: Any, file: RemoteFile, limits: TimeLimits) -> bytes:  # noqa: ANN401
    """Read a file, to its end or to the first byte after the largest size of a submission.

    Raises:
        SourceError: if it cannot be read completely.
    """

    def read() -> bytes:
        content = bytearray()
        with files.open(file.path, "rb") as stream:
            while len(content) <= CONTENT and (chunk := stream.read(CHUNK)):
                content += chunk
        return bytes(content)

    with source_errors(source):
        return limits.call(read)


def is_unchanged(source: Source, files: Any, file: RemoteFile, limits: TimeLimits) -> bool:  # noqa: ANN401
    """Return whether a file has the size and stamp of its listing.

    Raises:
        SourceError: if the source does not answer.
    """
    if source.kind == "s3":
        # An object is replaced as a whole, and s3fs reads only the version that it opened.
        return True
    with source_errors(source):
        now = _as_remote_file(source, limits.call(lambda: files.info(file.path)))
    return (now.size, now.stamp) == (file.size, file.stamp)


def _list_bucket(source: Source, files: Any) -> list[RemoteFile]:  # noqa: ANN401
    """List keys without levels, because a key may contain // or ..; an empty folder does not exist in a bucket."""
    bucket = source.root.partition("/")[0]
    files.invalidate_cache()
    files.ls(bucket, detail=False) if bucket == source.root else files.info(bucket)
    infos = files.find(source.root, detail=True, withdirs=False)
    # Some programs make a key that ends in / for a folder.
    return [
        _as_remote_file(source, info) for path, info in infos.items() if path != source.root and not path.endswith("/")
    ]


def _walk(
    source: Source,
    files: Any,  # noqa: ANN401
    limits: TimeLimits,
    hanging: dict[str, str],
    faults: list[str],
) -> Iterator[RemoteFile]:
    left = [(source.root, 0)]
    while left:
        folder, depth = left.pop()
        if depth > _DEEPEST or folder in hanging:
            faults.append(f"{_relative(source, folder)}: {hanging.get(folder, 'nested too deep')}")
            continue
        try:
            with source_errors(source):
                infos = limits.call(partial(_list_folder, source, files, folder))
        except SourceError as error:
            if error.is_slow and folder != source.root and not limits.expired:
                hanging[folder] = str(error)
            if error.is_slow or folder == source.root:
                raise
            faults.append(f"{_relative(source, folder)}: {error}")
            continue
        for info in infos:
            if info["name"].strip("/") == folder.strip("/"):
                continue
            if info["type"] == "directory":
                left.append((info["name"], depth + 1))
            else:
                yield _as_remote_file(source, info)


def _list_folder(source: Source, files: Any, folder: str) -> list[dict[str, Any]]:  # noqa: ANN401
    if folder == source.root and source.kind != "webdav" and files.info(folder)["type"] != "directory":
        raise NotADirectoryError
    return list(files.ls(folder, detail=True))


def _as_remote_file(source: Source, info: dict[str, Any]) -> RemoteFile:
    try:
        return _read_info(source, info)
    except (ValueError, TypeError, OverflowError, ArithmeticError, OSError):  # the other entries are listed
        return RemoteFile(info["name"], _relative(source, info["name"]), 0, "", None, "its size or date makes no sense")


def _read_info(source: Source, info: dict[str, Any]) -> RemoteFile:
    reason = None
    if info.get("islink") or info["type"] != "file":
        reason = "a link" if info.get("islink") or info["type"] == "link" else "not a regular file"
    times = [info[key] for key in ("mtime", "LastModified", "modified") if info.get(key) is not None]
    modified = _as_utc(times[0]) if times else None
    stamp = " ".join(str(info[key]) for key in ("ETag", "etag", "ino") if info.get(key))
    stamp = f"{modified.isoformat() if modified else ''} {stamp}".strip()
    return RemoteFile(info["name"], _relative(source, info["name"]), int(info["size"] or 0), stamp, modified, reason)


def _as_utc(time: float | datetime) -> datetime:
    moment = datetime.fromtimestamp(time, UTC) if isinstance(time, int | float) else time
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _relative(source: Source, path: str) -> str:
    return path.removeprefix(source.root).removeprefix("/") if source.root != "." else path.removeprefix("./")
