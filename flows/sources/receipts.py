"""Read and append the receipts of a round: `receipts.jsonl` in its raw folder, a line for each file ingested."""

import errno
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

RECEIPTS = "receipts.jsonl"


@dataclass(frozen=True)
class Receipt:
    """One file at a source, and where its content is stored.

    Attributes:
        time: of the ingest, ISO 8601 in UTC.
        run: id of the run.
        source: URL without credentials.
        name: path at the source.
        size: in bytes.
        sha256: of the content.
        stored: path of the content, relative to the raw folder.
        new: false if the content was stored before, under any name.
        stamp: state of the file at the source, see `RemoteFile`; empty if it does not identify the content.
    """

    time: str
    run: str
    source: str
    name: str
    size: int
    sha256: str
    stored: str
    new: bool
    stamp: str


def read_receipts(folder: Path) -> list[Receipt]:
    """Return all receipts in a round's raw folder; skip a line that a crash cut short.

    Raises:
        OSError: if they cannot be read.
    """
    file = folder / RECEIPTS
    if not file.exists():
        return []
    # Not splitlines: a name may hold U+2028.
    return [receipt for line in file.read_bytes().split(b"\n") if (receipt := _parse(line))]


def repair_receipts(folder: Path) -> None:
    """Remove a last line that a crash cut short; the next ingest writes that receipt again.

    Raises:
        OSError: if the file cannot be written.
    """
    file = folder / RECEIPTS
    if not file.exists():
        return
    with file.open("r+b") as stream:
        content = stream.read()
        whole = content.rfind(b"\n") + 1
        if whole == len(content):
            return
        if _parse(content[whole:]):
            stream.write(b"\n")
        else:
            stream.truncate(whole)
        stream.flush()
        os.fsync(stream.fileno())


def append_receipt(folder: Path, receipt: Receipt) -> None:
    """Append a line completely and sync it to disk, or append nothing.

    Raises:
        OSError: if it cannot be written.
    """
    line = (json.dumps(asdict(receipt), ensure_ascii=False) + "\n").encode()
    descriptor = os.open(folder / RECEIPTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        before = os.fstat(descriptor).st_size
        try:
            written = os.write(descriptor, line)
        except OSError:
            os.ftruncate(descriptor, before)
            raise
        if written != len(line):
            os.ftruncate(descriptor, before)
            raise OSError(errno.ENOSPC, "no space for a complete line", str(folder / RECEIPTS))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parse(line: bytes) -> Receipt | None:
    try:
        return Receipt(**json.loads(line))
    except (ValueError, TypeError):
        return None
