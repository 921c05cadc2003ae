"""Find out when a file in `data/raw` was received: by its receipt, else by its modification time."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone
from pathlib import Path

from flows.publication.safe_files import read_json_lines

RECEIPTS = "receipts.jsonl"
CHINA = timezone(timedelta(hours=8))
# Whether a file with this path and sha256 counts; the sha256 is None for files that are not read.
Counts = Callable[[Path, str | None], bool]


def parse_as_of(text: str) -> datetime:
    """Parse a date or time: a date means its end, and without a zone it is China's.

    Raises:
        ValueError: if it is neither; the message is for a person.
    """
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= len("2026-01-31"):
            moment = datetime.combine(moment.date(), time.max)
    except ValueError:
        raise ValueError(f"as of {text}: a date (2026-01-31) or a time (2026-01-31T02:00) is wanted") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def moment_of(as_of: str | None) -> str | None:
    """Return a date or time in ISO 8601, however it was written; None means now."""
    return parse_as_of(as_of).isoformat() if as_of else None


def received_until(folder: Path, as_of: str | None) -> Counts:
    """Return a function that says which files had been received at a time.

    Args:
        folder: the round's raw folder.
        as_of: the time, see `parse_as_of`; None means now: all files.

    Raises:
        ValueError: if `as_of` is not a date or time.
        OSError: if the receipts cannot be read.
    """
    if not as_of:
        return lambda *_: True
    moment = parse_as_of(as_of)
    received = _first_receipts(folder)

    def counts(path: Path, sha256: str | None) -> bool:
        try:
            on_disk = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
        except OSError:  # it has no date
            return True
        return received.get(sha256 or "", on_disk) <= moment

    return counts


def _first_receipts(folder: Path) -> dict[str, datetime]:
    """Return the time of the first receipt of each content, by sha256."""
    found: dict[str, datetime] = {}
    for receipt in read_json_lines(folder / RECEIPTS):
        try:  # an earlier form had `taken`, and `sha256:` before the digits
            sha256 = str(receipt["sha256"]).removeprefix("sha256:")
            moment = datetime.fromisoformat(receipt.get("taken") or receipt["time"])
        except (ValueError, KeyError, TypeError):
            continue
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        found[sha256] = min(found.get(sha256, moment), moment)
    return found
