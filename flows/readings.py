"""What was read before is not read again: results by the content that gave them. Forgetting them costs time, no more.

They lie in a folder of the user who runs the pipeline, `PEAK_REVIEW_CACHE` or `peak-review` among the user's caches,
and never beside the packages, where others write: to open them is to run what they say.
"""

import hashlib
import os
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from prefect import get_run_logger

from flows.atomic import put
from flows.raw import Received

CACHE = "PEAK_REVIEW_CACHE"
# What the content itself gives; whatever else is wrong with a file may be the machine's fault, and is tried again.
_LASTING = (None, "no_table")
_MORE = 100  # a small round may keep many nights of itself


class Reading(Protocol):
    """What came of a file."""

    @property
    def fault(self) -> str | None:
        """Why there is nothing in it."""


T = TypeVar("T", bound=Reading)
Key = tuple[str, str]  # path and hash


def read_changed(
    place: Path,
    read_by: str,
    received: Sequence[Received],
    read: Callable[[list[Received]], list[T]],
    *,
    anew: bool = False,
) -> list[T]:
    """Read what was not read before, and take the rest as it was read then.

    Args:
        place: the file in which results are kept.
        read_by: one hash of all besides a file's bytes that decides what is read from it.
        received: what to read.
        read: reads these, in the order given.
        anew: read all of it, whatever is kept.

    Returns:
        What `read` gives for each file, in the order given.
    """
    known: dict[Key, T] = {} if anew else _recall(place, read_by)
    keys = [(item.file, item.sha256) for item in received]
    left = [item for item, key in zip(received, keys, strict=True) if key not in known]
    found = dict(zip(((item.file, item.sha256) for item in left), read(left), strict=True)) if left else {}
    results = [found[key] if key in found else known[key] for key in keys]
    lasting = {key: one for key, one in zip(keys, results, strict=True) if one.fault in _LASTING}
    # What is not there now may be asked for again as of an earlier night; some of it, not all that ever was.
    kept = known | lasting if len(known) <= 2 * len(lasting) + _MORE else lasting
    if kept.keys() != known.keys() or anew:
        try:
            _keep(place, read_by, kept)
        except OSError as error:
            get_run_logger().warning("the next run will have to read all of it again: %s", error)
    return results


def place_of(kind: str, round_name: str) -> Path:
    """Where readings are kept.

    Args:
        kind: what the files are, e.g. submissions.
        round_name: whose contracts they were read by.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "peak-review"
    return Path(os.environ.get(CACHE) or home) / f"{round_name}-{kind}.readings"


def _recall(place: Path, read_by: str) -> dict[Key, T]:
    try:
        head, _, content = place.read_bytes().partition(b"\n")
    except OSError:
        return {}
    if head != _head(read_by, content):
        return {}
    return pickle.loads(content)  # type: ignore[no-any-return]  # noqa: S301 - of our own, with the hash we gave it


def _keep(place: Path, read_by: str, results: dict[Key, T]) -> None:
    content = pickle.dumps(results, pickle.HIGHEST_PROTOCOL)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    put(place, _head(read_by, content) + b"\n" + content)


def _head(read_by: str, content: bytes) -> bytes:
    return f"{read_by} {hashlib.sha256(content).hexdigest()}".encode()
