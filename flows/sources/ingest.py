"""Takes in what lies at one source: what is new goes into `data/raw` with a receipt, what is still arriving waits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from time import sleep
from typing import Any

from flows.sources.raw_store import Fetched, TooLarge, fetched, is_hidden, relative, store, stored_contents
from flows.sources.receipts import Receipt, append_receipt, read_receipts
from flows.sources.remote_listing import (
    GONE,
    Found,
    SourceFault,
    connected,
    is_alive,
    list_files,
    look_again,
    read_file,
)
from flows.sources.source_urls import Source
from flows.sources.time_limits import Patience
from transforms.intake.formats.limits import CONTENT, MIB

PAUSES = (1.0, 4.0, 16.0)
NEW, KNOWN, WAITING, REFUSED, FAULT = "new", "known", "waiting", "refused", "fault"
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial", ".download", ".upload")
# A lock or a part that nobody cleared away for a day is a leftover: the file beside it is not held for ever.
_STALE = timedelta(days=1)
# SFTP and WebDAV tell whole seconds. A file that had not changed for this long when it was taken in cannot change
# later within the second that it is known by.
_SETTLED = 2.0
_PATIENCE = Patience()
_TOO_LARGE = f"larger than {CONTENT // MIB} MiB"


@dataclass(frozen=True)
class Fate:
    """What became of a file at a source: `new`, `known`, `waiting`, `refused` or `fault`, and why.

    `passing`: it is a fault that another try may not meet.
    """

    name: str
    kind: str
    reason: str = ""
    passing: bool = False


@dataclass(frozen=True)
class Taken:
    """What became of the files at a source. `faults` are of the source itself, or of a folder there."""

    source: str
    fates: tuple[Fate, ...] = ()
    faults: tuple[str, ...] = ()

    def count(self, kind: str) -> int:
        """How many files had this fate."""
        return sum(fate.kind == kind for fate in self.fates)


@dataclass(frozen=True)
class Errand:
    """What is the same for all files of one source. `contents` and `told` grow as they are taken in."""

    source: Source
    files: Any
    folder: Path
    run: str
    wait: float
    contents: dict[str, str]
    told: set[tuple[str, str]]
    patience: Patience


class _BrokenError(Exception):
    """A file broke the connection: the others need a new one."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate.reason)
        self.fate = fate


def take_in(
    source: Source,
    folder: Path,
    run: str,
    wait: float = 2.0,
    pauses: Sequence[float] = PAUSES,
    patience: Patience = _PATIENCE,
) -> Taken:
    """Take in what lies at a source. The caller holds the folder, see `storing.alone`.

    A fault of one file costs this file: the others are taken in first, then it is tried again.

    Args:
        source: where.
        folder: the round's raw folder.
        run: the run's id, for the receipts.
        wait: seconds between the two looks that tell a file that is still growing.
        pauses: seconds to wait before each further try where the source, or a file, fails in a way that may pass.
        patience: how long a file, and all of it, may take.

    Raises:
        OSError: if something cannot be written here. What was taken in by then has its receipt.
    """
    fates: dict[str, Fate] = {}
    left = list(pauses)
    while True:
        faults: list[str] = []
        try:
            with connected(source, patience) as files:
                listed, faults = list_files(source, files, patience)
                for fate in _take_listed(source, files, listed, folder, run, wait, patience, done=set(fates)):
                    fates[fate.name] = fate
            passing = any(fate.passing for fate in fates.values())
        except _BrokenError as broken:
            fates[broken.fate.name] = broken.fate
            if not patience.is_over:
                continue
            faults, passing = ["out of time: other files may wait for the next pull"], False
        except SourceFault as fault:
            faults, passing = [str(fault)], fault.passing
        if not (passing and left) or patience.is_over:
            break
        sleep(left.pop(0))
        fates = {name: fate for name, fate in fates.items() if not fate.passing}
    return Taken(source.name, tuple(fates[name] for name in sorted(fates)), tuple(faults))


def _take_listed(
    source: Source,
    files: Any,  # noqa: ANN401 - fsspec has no types
    listed: list[Found],
    folder: Path,
    run: str,
    wait: float,
    patience: Patience,
    *,
    done: set[str],
) -> Iterator[Fate]:
    receipts = [receipt for receipt in read_receipts(folder) if receipt.source == source.name]
    contents = stored_contents(folder)
    present = set(contents.values())
    seen = {(one.name, one.size, one.stamp) for one in receipts if one.stamp and one.stored in present}
    beside = {found.name: found for found in listed}
    candidates: list[Found] = []
    for found in listed:
        if shown(found.name) in done or is_hidden(found.name):
            continue
        if found.reason or found.size > CONTENT:
            yield Fate(shown(found.name), REFUSED, found.reason or _TOO_LARGE)
        elif reason := _unfinished(found.name, beside):
            yield Fate(shown(found.name), WAITING, reason)
        elif (_told(found.name), found.size, found.stamp) in seen:
            yield Fate(shown(found.name), KNOWN)
        else:
            candidates.append(found)
    if not candidates:
        return
    sleep(wait)
    again = {found.name: found for found in list_files(source, files, patience)[0]}
    errand = Errand(source, files, folder, run, wait, contents, {(one.name, one.sha256) for one in receipts}, patience)
    for at, found in enumerate(candidates):
        if patience.is_over:
            raise SourceFault(f"out of time: {len(candidates) - at} files wait for the next pull")
        if again.get(found.name) == found:
            yield _take(errand, found)
        else:
            yield Fate(shown(found.name), WAITING, "still changing")


def _take(errand: Errand, found: Found) -> Fate:
    name, source, files = shown(found.name), errand.source, errand.files
    try:
        pieces = read_file(source, files, found, errand.patience)
        with fetched(errand.folder, pieces, CONTENT) as content:
            differs = content.size != found.size
            if not look_again(source, files, found, errand.patience) or (differs and source.kind == "s3"):
                return Fate(name, WAITING, "changed while it was read")
            if differs:
                return Fate(name, FAULT, f"has {found.size} bytes by its listing, and {content.size} when it is read")
            return _keep(errand, found, content)
    except TooLarge:
        return Fate(name, REFUSED, _TOO_LARGE)
    except SourceFault as fault:
        if str(fault) == GONE:
            return Fate(name, WAITING, "no longer there")
        fate = Fate(name, FAULT, str(fault), fault.passing)
        if fault.broken or (fault.passing and not is_alive(source, files, errand.patience)):
            raise _BrokenError(fate) from None
        return fate


def _keep(errand: Errand, found: Found, content: Fetched) -> Fate:
    """Store a content that is new; and write a receipt, once for each content under each name."""
    stored = errand.contents.get(content.sha256)
    new = stored is None
    if stored is None:
        stored = relative(store(errand.folder, content, found.name), errand.folder)
        errand.contents[content.sha256] = stored
    if new or (_told(found.name), content.sha256) not in errand.told:
        errand.told.add((_told(found.name), content.sha256))
        certain = errand.wait >= _SETTLED or errand.source.kind in {"file", "s3"}
        receipt = Receipt(
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            run=errand.run,
            source=errand.source.name,
            name=_told(found.name),
            size=content.size,
            sha256=content.sha256,
            stored=stored,
            new=new,
            stamp=found.stamp if certain else "",
        )
        append_receipt(errand.folder, receipt)
    return Fate(shown(found.name), NEW if new else KNOWN)


def shown(name: str) -> str:
    """A name from elsewhere in one line of a terminal: nothing in it moves the cursor or turns the text."""
    return "".join(char if char.isprintable() else "�" for char in name)


def _told(name: str) -> str:
    """A name as receipts have it: as it is, but writable where it is not UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


def _unfinished(name: str, beside: Mapping[str, Found]) -> str | None:
    """Why a file is not complete yet, by its name or by what lies beside it."""
    if name.lower().endswith(_UNFINISHED):
        return "its name says that it is not complete"
    path = PurePosixPath(name)
    locks = (f".~lock.{path.name}#", f"~${path.name}", f"~${path.name[2:]}", *(path.name + end for end in _UNFINISHED))
    for lock in locks:
        found = beside.get(str(path.with_name(lock)))
        if found and found.modified and datetime.now(UTC) - found.modified < _STALE:
            return f"still open or being written: {shown(lock)} lies beside it"
    return None
