"""When a file in `data/raw` was received: by its receipt, or else by its date on the disk. Reads only."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path

RECEIPTS = "receipts.jsonl"
CHINA = timezone(timedelta(hours=8))
# Whether a file with this hash (None where nobody looked inside) counts.
Counts = Callable[[Path, str | None], bool]


def parse_moment(text: str) -> datetime:
    """A date is its end in China; a time without a zone is China's.

    Raises:
        ValueError: if it is neither, with a text for a person.
    """
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= len("2026-01-31"):
            moment = datetime.combine(moment.date(), time.max)
    except ValueError:
        raise ValueError(f"as of {text}: a date (2026-01-31) or a time (2026-01-31T02:00) is wanted") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def moment_of(as_of: str | None) -> str | None:
    """The same moment in one form, however it was written; None is now."""
    return parse_moment(as_of).isoformat() if as_of else None


def received_until(folder: Path, as_of: str | None) -> Counts:
    """Tells which files had been received at a moment.

    Args:
        folder: the round's raw folder.
        as_of: until then, see `parse_moment`; None is now, when all of them have been.

    Raises:
        ValueError: if that is no moment.
        OSError: if the receipts cannot be read.
    """
    if not as_of:
        return lambda *_: True
    moment = parse_moment(as_of)
    taken = _taken(folder / RECEIPTS)

    def counts(path: Path, sha256: str | None) -> bool:
        on_disk = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
        return taken.get(sha256 or "", on_disk) <= moment

    return counts


def _taken(receipts: Path) -> dict[str, datetime]:
    """The first time that each content was taken in."""
    found: dict[str, datetime] = {}
    if not receipts.is_file():
        return found
    for line in receipts.read_bytes().splitlines():
        try:
            receipt = json.loads(line)
            sha256, moment = str(receipt["sha256"]), datetime.fromisoformat(receipt.get("taken") or receipt["time"])
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # a line that was cut off when the machine went down
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        sha256 = sha256.removeprefix("sha256:")
        found[sha256] = min(found.get(sha256, moment), moment)
    return found
