"""Lists and reads the files at a source, whatever it speaks. Every fault there is a `SourceFault`; writes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import fsspec

from flows.sources.source_urls import Source
from flows.sources.time_limits import Patience, TooSlowError
from transforms.intake.formats.limits import CONTENT

CHUNK = 1024**2
# A server may list a folder within itself; no one nests submissions as deep as this.
_DEEPEST = 32
_DENIED, _MISSING, _TOO_MANY, _THEIRS = (401, 403), 404, 429, 500
GONE = "is not there"


class SourceFault(Exception):  # noqa: N818 - a word of the domain
    """What is wrong at a source, without credentials.

    `passing`: trying again can help; `broken`: not by this connection.
    """

    def __init__(self, reason: str, *, passing: bool = False, broken: bool = False) -> None:  # noqa: D107
        super().__init__(reason)
        self.passing = passing
        self.broken = broken


@dataclass(frozen=True)
class Found:
    """A file at a source. `name` is relative to its root; `stamp` changes when the file does.

    `reason` says why it is none to take in.
    """

    path: str
    name: str
    size: int
    stamp: str
    modified: datetime | None = None
    reason: str | None = None


@contextmanager
def connected(source: Source, patience: Patience) -> Iterator[Any]:
    """A connection, as an fsspec file system. Never one of before: that may be dead.

    Raises:
        SourceFault: if there is none to be had.
    """
    files = None
    try:
        with told(source):
            files = patience.call(lambda: _connect(source))
        yield files
    finally:
        if source.kind in {"sftp", "webdav"} and files is not None:
            (files.client if source.kind == "sftp" else files.client.http).close()


def list_files(
    source: Source,
    files: Any,  # noqa: ANN401 - fsspec has no types
    patience: Patience,
) -> tuple[list[Found], list[str]]:
    """All files at a source in the order of their names, and what could not be listed.

    Raises:
        SourceFault: if the source as a whole cannot be listed.
    """
    faults: list[str] = []

    def listing() -> list[Found]:
        if source.kind == "s3":
            return _list_bucket(source, files)
        if source.kind != "webdav" and files.info(source.root)["type"] != "directory":
            raise NotADirectoryError
        return list(_walk(source, files, source.root, faults))

    with told(source):
        found = patience.call(listing)
    return sorted(found, key=lambda one: one.name), faults


def read_file(source: Source, files: Any, found: Found, patience: Patience) -> Iterator[bytes]:  # noqa: ANN401
    """The bytes of a file in pieces, not many more than a submission may have.

    Raises:
        SourceFault: if it cannot be read to its end.
    """

    def pieces() -> Iterator[bytes]:
        left = CONTENT
        with files.open(found.path, "rb") as stream:
            while left >= 0 and (piece := stream.read(CHUNK)):
                left -= len(piece)
                yield piece

    with told(source):
        yield from patience.each_of(pieces)


def look_again(source: Source, files: Any, found: Found, patience: Patience) -> bool:  # noqa: ANN401
    """Whether a file is still what it was when it was listed.

    Raises:
        SourceFault: if that cannot be told.
    """
    if source.kind == "s3":
        # An object is replaced as a whole, and s3fs reads on only in the one that it began with.
        return True
    with told(source):
        now = _found(source, patience.call(lambda: files.info(found.path)))
    return (now.size, now.stamp) == (found.size, found.stamp)


def answers(source: Source, files: Any) -> bool:  # noqa: ANN401
    """Whether a source still answers by this connection, after a fault that may be one of a file or folder only."""
    place = source.root.partition("/")[0] if source.kind == "s3" else source.root
    try:
        files.ls(place, detail=False)
    except Exception:  # whatever it is, it is no answer
        return False
    return True


def is_alive(source: Source, files: Any, patience: Patience) -> bool:  # noqa: ANN401
    """The same, within the time that there is."""
    try:
        return patience.call(lambda: answers(source, files))
    except TooSlowError:
        return False


def _connect(source: Source) -> Any:  # noqa: ANN401
    options: dict[str, Any] = dict(source.options)
    if source.kind == "sftp":
        from flows.sources.sftp import Sftp  # noqa: PLC0415 - each takes a while to import

        return Sftp(skip_instance_cache=True, **options)
    if source.kind == "s3":
        # What it could not do at once is tried again by us, with longer pauses.
        patience = {"connect_timeout": 15, "read_timeout": 60, "retries": {"max_attempts": 1}}
        return fsspec.filesystem(
            "s3",
            skip_instance_cache=True,
            use_listings_cache=False,
            default_block_size=8 * CHUNK,
            config_kwargs=patience,
            **options,
        )
    if source.kind == "webdav":
        from flows.sources.webdav import open_webdav  # noqa: PLC0415

        return open_webdav(**options)
    return fsspec.filesystem("file", skip_instance_cache=True)


def _list_bucket(source: Source, files: Any) -> list[Found]:  # noqa: ANN401
    """Flat, so that a key with // or .. in it is not lost between two levels. A folder that is empty does not exist."""
    bucket = source.root.partition("/")[0]
    files.invalidate_cache()
    files.ls(bucket, detail=False) if bucket == source.root else files.info(bucket)
    infos = files.find(source.root, detail=True, withdirs=False)
    # A key that ends in / is what some programs leave for a folder.
    return [_found(source, info) for path, info in infos.items() if path != source.root and not path.endswith("/")]


def _walk(source: Source, files: Any, folder: str, faults: list[str], depth: int = 0) -> Iterator[Found]:  # noqa: ANN401
    for info in files.ls(folder, detail=True):
        if info["name"].strip("/") == folder.strip("/"):
            continue
        if info["type"] != "directory":
            yield _found(source, info)
        elif depth == _DEEPEST:
            faults.append(f"{_relative(source, info['name'])}: nested too deep")
        else:
            try:
                with told(source):
                    inside = list(_walk(source, files, info["name"], faults, depth + 1))
            except SourceFault as fault:
                # One folder that cannot be listed does not hide the others; a dead server does.
                if fault.passing and not answers(source, files):
                    raise
                faults.append(f"{_relative(source, info['name'])}: {fault}")
            else:
                yield from inside


def _found(source: Source, info: dict[str, Any]) -> Found:
    try:
        return _described(source, info)
    except (ValueError, TypeError, OverflowError, ArithmeticError, OSError):  # one odd entry hides no others
        return Found(info["name"], _relative(source, info["name"]), 0, "", None, "its size or date makes no sense")


def _described(source: Source, info: dict[str, Any]) -> Found:
    reason = None
    if info.get("islink") or info["type"] != "file":
        reason = "a link" if info.get("islink") or info["type"] == "link" else "not a regular file"
    times = [info[key] for key in ("mtime", "LastModified", "modified") if info.get(key) is not None]
    modified = _moment(times[0]) if times else None
    stamp = " ".join(str(info[key]) for key in ("ETag", "etag", "ino") if info.get(key))
    stamp = f"{modified.isoformat() if modified else ''} {stamp}".strip()
    return Found(info["name"], _relative(source, info["name"]), int(info["size"] or 0), stamp, modified, reason)


def _moment(time: float | datetime) -> datetime:
    moment = datetime.fromtimestamp(time, UTC) if isinstance(time, int | float) else time
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _relative(source: Source, path: str) -> str:
    return path.removeprefix(source.root).removeprefix("/") if source.root != "." else path.removeprefix("./")


@contextmanager
def told(source: Source) -> Iterator[None]:
    """Whatever the five libraries beneath raise, as one fault in one line. Only calls to them stand inside."""
    try:
        yield
    except SourceFault:
        raise
    except Exception as error:
        reason, passing = _reason(error)
        for secret in source.secrets:
            reason = reason.replace(secret, "***")
        raise SourceFault(reason, passing=passing, broken=isinstance(error, TooSlowError)) from None


def _reason(error: Exception) -> tuple[str, bool]:
    """Why, and whether trying again can help."""
    names = {kind.__name__ for kind in type(error).__mro__}
    status = _status(error)
    text = "".join(char if char.isprintable() else " " for char in str(error))[:200].strip()
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if names & {"TooSlowError", "UnknownHostKey", "BadHostKeyException"}:
        return text, False
    if status in _DENIED or names & {
        "PermissionError", "AuthenticationException", "ForbiddenOperation", "NoCredentialsError",
    } or "No authentication methods" in text:  # fmt: skip
        return "access refused", False
    if status == _MISSING or isinstance(error, FileNotFoundError):
        return GONE, False
    if isinstance(error, NotADirectoryError | IsADirectoryError):
        return "is not a folder", False
    if isinstance(error, UnicodeError):
        return f"a name there is not UTF-8: {text}", False
    passing = bool(names & {"OSError", "EOFError", "SSHException", "TransportError", "BotoCoreError", "TimeoutError"})
    if status is not None:
        passing = status >= _THEIRS or status == _TOO_MANY
    return f"failed: {said}", passing


def _status(error: Exception) -> int | None:
    """The HTTP status in an error of httpx, webdav4 or botocore."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        status = getattr(response, "status_code", None)
    return status if isinstance(status, int) else None
