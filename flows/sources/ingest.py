"""Ingest one source: store new files in `data/raw` with a receipt, leave files that are still being uploaded."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from time import sleep
from typing import Any

from flows.publication.file_names import UNFINISHED, as_utf8, is_hidden, printable, upload_marks
from flows.sources.connections import TimeLimits, connect
from flows.sources.raw_store import Receipt, append_receipt, read_receipts, store, stored_contents
from flows.sources.remote_listing import RemoteFile, is_unchanged, list_files, read_file
from flows.sources.source_errors import GONE, SourceError
from flows.sources.source_urls import Source
from transforms.intake.formats.limits import CONTENT, MIB

PAUSES = (1.0, 4.0, 16.0)
NEW, KNOWN, WAITING, REFUSED, FAILED = "new", "known", "waiting", "refused", "failed"
# After a day a lock file or part is a leftover, and the file beside it is ingested.
_STALE = timedelta(days=1)
# SFTP and WebDAV report times in whole seconds: only the stamp of a file that was unchanged for this many seconds
# identifies its content.
_SETTLED = 2.0
_LIMITS = TimeLimits()
_TOO_LARGE = f"larger than {CONTENT // MIB} MiB"


@dataclass(frozen=True)
class FileResult:
    """The result for one file at a source.

    Attributes:
        name: its path at the source, printable.
        status: `new`, `known`, `waiting`, `refused` or `failed`.
        reason: why it was not stored.
        can_retry: it failed, and another attempt may succeed.
        is_slow: it failed because it took too long.
    """

    name: str
    status: str
    reason: str = ""
    can_retry: bool = False
    is_slow: bool = False


@dataclass(frozen=True)
class SourceResult:
    """The results for all files at a source; `errors` concern the source itself, or a folder there."""

    source: str
    files: tuple[FileResult, ...] = ()
    errors: tuple[str, ...] = ()

    def count(self, status: str) -> int:
        """Return the number of files with a status."""
        return sum(file.status == status for file in self.files)


@dataclass(frozen=True)
class _Pull:
    """The arguments of `ingest`."""

    source: Source
    folder: Path
    run: str
    wait: float
    limits: TimeLimits


def ingest(
    source: Source,
    folder: Path,
    run: str,
    wait: float = 2.0,
    pauses: Sequence[float] = PAUSES,
    limits: TimeLimits = _LIMITS,
) -> SourceResult:
    """Store the new files of a source. The caller holds the lock `raw_store.lock_raw`.

    Where the connection may have caused that a file failed, the others get a new one. The file is tried again when all
    others are stored.

    Args:
        source: where the files are.
        folder: the round's raw folder.
        run: the run's id, for the receipts.
        wait: seconds between two listings; a file that differs is still being uploaded.
        pauses: seconds to wait before each further attempt, if the source or a file failed and a retry may help.
        limits: time limits of a file, and of all of them.

    Raises:
        OSError: if a file cannot be stored. Files stored before have their receipts.
    """
    pull = _Pull(source, folder, run, wait, limits)
    results: dict[str, FileResult] = {}
    hanging: dict[str, str] = {}
    left = list(pauses)
    while True:
        errors: list[str] = []
        can_retry, lost, known = False, False, len(hanging)
        try:
            with connect(source, limits) as files:
                listed, errors = list_files(source, files, limits, hanging)
                for result in _ingest_listed(pull, files, listed, hanging, done=results):
                    results[result.name] = result
                    if lost := result.can_retry or result.is_slow:
                        break
        except SourceError as error:
            errors, can_retry = [str(error)], error.can_retry
            lost = len(hanging) > known
        if limits.expired:
            errors += ["out of time: other files may wait for the next pull"] if lost else []
            break
        if lost:
            continue
        if not left or not (can_retry or any(result.can_retry for result in results.values())):
            break
        sleep(left.pop(0))
        results = {name: result for name, result in results.items() if not result.can_retry}
    return SourceResult(source.name, tuple(results[name] for name in sorted(results)), tuple(errors))


def _ingest_listed(
    pull: _Pull,
    files: Any,  # noqa: ANN401 - fsspec has no types
    listed: list[RemoteFile],
    hanging: dict[str, str],
    *,
    done: Collection[str],
) -> Iterator[FileResult]:
    receipts = [receipt for receipt in read_receipts(pull.folder) if receipt.source == pull.source.name]
    contents = stored_contents(pull.folder)
    present = set(contents.values())
    seen = {(one.name, one.size, one.stamp) for one in receipts if one.stamp and one.stored in present}
    beside = {found.name: found for found in listed}
    candidates: list[RemoteFile] = []
    for found in listed:
        name = printable(found.name)
        if name in done or is_hidden(found.name):
            continue
        if found.reason or found.size > CONTENT:
            yield FileResult(name, REFUSED, found.reason or _TOO_LARGE)
        elif reason := _unfinished(found.name, beside):
            yield FileResult(name, WAITING, reason)
        elif (as_utf8(found.name), found.size, found.stamp) in seen:
            yield FileResult(name, KNOWN)
        else:
            candidates.append(found)
    if not candidates:
        return
    sleep(pull.wait)
    again = {found.name: found for found in list_files(pull.source, files, pull.limits, hanging)[0]}
    known = {(one.name, one.sha256) for one in receipts}
    for at, found in enumerate(candidates):
        if pull.limits.expired:
            raise SourceError(f"out of time: {len(candidates) - at} files wait for the next pull")
        if again.get(found.name) != found:
            yield FileResult(printable(found.name), WAITING, "still changing")
            continue
        content = _read(pull, files, found)
        yield content if isinstance(content, FileResult) else _keep(pull, found, content, contents, known)


def _read(pull: _Pull, files: Any, found: RemoteFile) -> bytes | FileResult:  # noqa: ANN401
    """Return the content of a file, or why it is not stored."""
    name = printable(found.name)
    try:
        content = read_file(pull.source, files, found, pull.limits)
        if len(content) > CONTENT:
            return FileResult(name, REFUSED, _TOO_LARGE)
        unchanged = is_unchanged(pull.source, files, found, pull.limits)
    except SourceError as error:
        if str(error) == GONE:
            return FileResult(name, WAITING, "no longer there")
        return FileResult(name, FAILED, str(error), error.can_retry, error.is_slow)
    differs = len(content) != found.size
    if not unchanged or (differs and pull.source.kind == "s3"):
        return FileResult(name, WAITING, "changed while it was read")
    if differs:
        reason = f"has {found.size} bytes by its listing, and {len(content)} when it is read"
        return FileResult(name, FAILED, reason)
    return content


def _keep(
    pull: _Pull, found: RemoteFile, content: bytes, contents: dict[str, str], known: set[tuple[str, str]]
) -> FileResult:
    """Store a new content, and append a receipt for each content under each name; add to `contents` and `known`."""
    sha256 = hashlib.sha256(content).hexdigest()
    new = sha256 not in contents
    if new:
        contents[sha256] = store(pull.folder, content, found.name)
    if new or (as_utf8(found.name), sha256) not in known:
        known.add((as_utf8(found.name), sha256))
        certain = pull.wait >= _SETTLED or pull.source.kind in {"file", "s3"}
        receipt = Receipt(
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            run=pull.run,
            source=pull.source.name,
            name=as_utf8(found.name),
            size=len(content),
            sha256=sha256,
            stored=contents[sha256],
            new=new,
            stamp=found.stamp if certain else "",
        )
        append_receipt(pull.folder, receipt)
    return FileResult(printable(found.name), NEW if new else KNOWN)


def _unfinished(name: str, listed: Mapping[str, RemoteFile]) -> str | None:
    """Return why a file is incomplete, by its name or by a lock file beside it."""
    if name.lower().endswith(UNFINISHED):
        return "its name says that it is not complete"
    for mark in upload_marks(name):
        found = listed.get(mark)
        if found and found.modified and datetime.now(UTC) - found.modified < _STALE:
            return f"still open or being written: {printable(PurePosixPath(mark).name)} is beside it"
    return None
