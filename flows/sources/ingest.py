"""Ingest one source: store new files in `data/raw` with a receipt, leave files that are still being uploaded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from time import sleep
from typing import Any

from flows.publication.file_names import UNFINISHED, as_utf8, is_hidden, printable, upload_marks
from flows.sources.connections import connect
from flows.sources.raw_store import Download, TooLargeError, download, relative, store, stored_contents
from flows.sources.receipts import Receipt, append_receipt, read_receipts
from flows.sources.remote_listing import RemoteFile, answers_in_time, is_unchanged, list_files, read_file
from flows.sources.source_errors import GONE, SourceError
from flows.sources.source_urls import Source
from flows.sources.time_limits import TimeLimits
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
    """

    name: str
    status: str
    reason: str = ""
    can_retry: bool = False


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
class _Ingest:
    """What all files of one source share.

    Attributes:
        source: where the files are.
        files: the connection, an fsspec file system.
        folder: the round's raw folder.
        run: the id of the run.
        wait: seconds between the two listings.
        contents: path of each stored content by sha256; grows.
        receipts: name and sha256 of each receipt of this source; grows.
        limits: time limits.
    """

    source: Source
    files: Any
    folder: Path
    run: str
    wait: float
    contents: dict[str, str]
    receipts: set[tuple[str, str]]
    limits: TimeLimits


class _ConnectionLostError(Exception):
    """The connection was lost at a file; the other files need a new one."""

    def __init__(self, file: FileResult) -> None:
        super().__init__(file.reason)
        self.file = file


def ingest(
    source: Source,
    folder: Path,
    run: str,
    wait: float = 2.0,
    pauses: Sequence[float] = PAUSES,
    limits: TimeLimits = _LIMITS,
) -> SourceResult:
    """Store the new files of a source. The caller holds the lock `raw_store.lock_raw`.

    A file that fails is retried after all others are stored.

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
    results: dict[str, FileResult] = {}
    left = list(pauses)
    while True:
        errors: list[str] = []
        try:
            with connect(source, limits) as files:
                listed, errors = list_files(source, files, limits)
                for file in _ingest_listed(source, files, listed, folder, run, wait, limits, done=set(results)):
                    results[file.name] = file
            can_retry = any(file.can_retry for file in results.values())
        except _ConnectionLostError as lost:
            results[lost.file.name] = lost.file
            if not limits.expired:
                continue
            errors, can_retry = ["out of time: other files may wait for the next pull"], False
        except SourceError as error:
            errors, can_retry = [str(error)], error.can_retry
        if not (can_retry and left) or limits.expired:
            break
        sleep(left.pop(0))
        results = {name: file for name, file in results.items() if not file.can_retry}
    return SourceResult(source.name, tuple(results[name] for name in sorted(results)), tuple(errors))


def _ingest_listed(
    source: Source,
    files: Any,  # noqa: ANN401 - fsspec has no types
    listed: list[RemoteFile],
    folder: Path,
    run: str,
    wait: float,
    limits: TimeLimits,
    *,
    done: set[str],
) -> Iterator[FileResult]:
    receipts = [receipt for receipt in read_receipts(folder) if receipt.source == source.name]
    contents = stored_contents(folder)
    present = set(contents.values())
    seen = {(one.name, one.size, one.stamp) for one in receipts if one.stamp and one.stored in present}
    beside = {found.name: found for found in listed}
    candidates: list[RemoteFile] = []
    for found in listed:
        if printable(found.name) in done or is_hidden(found.name):
            continue
        if found.reason or found.size > CONTENT:
            yield FileResult(printable(found.name), REFUSED, found.reason or _TOO_LARGE)
        elif reason := _unfinished(found.name, beside):
            yield FileResult(printable(found.name), WAITING, reason)
        elif (as_utf8(found.name), found.size, found.stamp) in seen:
            yield FileResult(printable(found.name), KNOWN)
        else:
            candidates.append(found)
    if not candidates:
        return
    sleep(wait)
    again = {found.name: found for found in list_files(source, files, limits)[0]}
    job = _Ingest(source, files, folder, run, wait, contents, {(one.name, one.sha256) for one in receipts}, limits)
    for at, found in enumerate(candidates):
        if limits.expired:
            raise SourceError(f"out of time: {len(candidates) - at} files wait for the next pull")
        if again.get(found.name) == found:
            yield _ingest_file(job, found)
        else:
            yield FileResult(printable(found.name), WAITING, "still changing")


def _ingest_file(job: _Ingest, found: RemoteFile) -> FileResult:
    name, source, files = printable(found.name), job.source, job.files
    try:
        chunks = read_file(source, files, found, job.limits)
        with download(job.folder, chunks, CONTENT) as content:
            differs = content.size != found.size
            if not is_unchanged(source, files, found, job.limits) or (differs and source.kind == "s3"):
                return FileResult(name, WAITING, "changed while it was read")
            if differs:
                reason = f"has {found.size} bytes by its listing, and {content.size} when it is read"
                return FileResult(name, FAILED, reason)
            return _keep(job, found, content)
    except TooLargeError:
        return FileResult(name, REFUSED, _TOO_LARGE)
    except SourceError as error:
        if str(error) == GONE:
            return FileResult(name, WAITING, "no longer there")
        failed = FileResult(name, FAILED, str(error), error.can_retry)
        if error.connection_lost or (error.can_retry and not answers_in_time(source, files, job.limits)):
            raise _ConnectionLostError(failed) from None
        return failed


def _keep(job: _Ingest, found: RemoteFile, content: Download) -> FileResult:
    """Store a new content, and append a receipt for each content under each name."""
    stored = job.contents.get(content.sha256)
    new = stored is None
    if stored is None:
        stored = relative(store(job.folder, content, found.name), job.folder)
        job.contents[content.sha256] = stored
    if new or (as_utf8(found.name), content.sha256) not in job.receipts:
        job.receipts.add((as_utf8(found.name), content.sha256))
        certain = job.wait >= _SETTLED or job.source.kind in {"file", "s3"}
        receipt = Receipt(
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            run=job.run,
            source=job.source.name,
            name=as_utf8(found.name),
            size=content.size,
            sha256=content.sha256,
            stored=stored,
            new=new,
            stamp=found.stamp if certain else "",
        )
        append_receipt(job.folder, receipt)
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
