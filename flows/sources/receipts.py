"""The receipts of a round, `receipts.jsonl` in its raw folder: a line for all that was taken in. Only appended to."""

import errno
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

RECEIPTS = "receipts.jsonl"


@dataclass(frozen=True)
class Receipt:
    """That a source had a file with this content under this name, and where the content is stored.

    `new` is false where it was stored before, under whatever name; `stamp` is what the source said of its state.
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
    """All receipts of a round's raw folder. A line that is none, as a crash leaves one, is passed over.

    Raises:
        OSError: if they cannot be read.
    """
    file = folder / RECEIPTS
    if not file.exists():
        return []
    # Not splitlines: a name may hold U+2028.
    return [receipt for line in file.read_bytes().split(b"\n") if (receipt := _parse(line))]


def repair_receipts(folder: Path) -> None:
    """Take away a last line that a crash cut short: its file lies there, and gets another receipt.

    Raises:
        OSError: if that cannot be done.
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
    """Add a line: in one piece and on disk, or not at all.

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
            raise OSError(errno.ENOSPC, "no room for a whole line", str(folder / RECEIPTS))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parse(line: bytes) -> Receipt | None:
    try:
        return Receipt(**json.loads(line))
    except (ValueError, TypeError):
        return None
