"""One run at a time for a round whose `out` is a bucket: an object that names its holder, written only where none is.

Nobody lets go for a run that is killed: it renews its lease while it lives, and one that is too old is taken over.
"""

import errno
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from time import monotonic
from uuid import uuid4

from flows.bucket import Bucket, delete_objects, put_if, read_object
from flows.lock import Holder, myself

EXPIRY, RENEWAL = 120.0, 20.0


class Lease:
    """Our hold on a round, renewed by a thread."""

    def __init__(self, bucket: Bucket, key: str, body: bytes, etag: str) -> None:  # noqa: D107
        self._bucket, self._key, self._body, self._etag = bucket, key, body, etag
        self._renewed = monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Make sure that it is still ours: what comes next is seen by others.

        Raises:
            OSError: if it is not, because this process stood still for too long.
        """
        if monotonic() - self._renewed > EXPIRY / 2:
            raise OSError(
                errno.ESTALE, "another run may have taken over this round", f"{self._bucket.name}/{self._key}"
            )

    def let_go(self) -> None:
        """End it."""
        self._over.set()
        self._thread.join()
        found = read_object(self._bucket, self._key)
        if found and found[1] == self._etag:
            delete_objects(self._bucket, [self._key])

    def _renew(self) -> None:
        while not self._over.wait(RENEWAL):
            began = monotonic()
            try:
                etag = put_if(self._bucket, self._key, self._body, etag=self._etag)
            except OSError:
                continue  # the network; `check` counts the time
            if etag is None:
                self._renewed = float("-inf")
                return
            self._etag, self._renewed = etag, began


@contextmanager
def lease(bucket: Bucket, key: str) -> Iterator[tuple[Callable[[], None], Holder | None]]:
    """Hold a round.

    Yields:
        `Lease.check`, and the holder before if that one was killed.

    Raises:
        BlockingIOError: if another run holds it; it names the holder.
        OSError: if it cannot be reached, or does not know conditions.
    """
    body = json.dumps({**asdict(myself()), "lease": uuid4().hex}, ensure_ascii=False).encode()
    etag, before = _acquire(bucket, key, body)
    held = Lease(bucket, key, body, etag)
    try:
        yield held.check, before
    finally:
        held.let_go()


def lease_holder(bucket: Bucket, key: str) -> tuple[Holder | None, bool]:
    """Who holds it, and whether that run still lives; nobody is (None, False)."""
    found = read_object(bucket, key)
    return (_parse(found[0]), found[2] <= EXPIRY) if found else (None, False)


def _acquire(bucket: Bucket, key: str, body: bytes) -> tuple[str, Holder | None]:
    for _ in range(3):
        if etag := put_if(bucket, key, body, is_new=True):
            # A store that does not know the condition would let everybody in.
            if put_if(bucket, key, body, is_new=True):
                raise OSError(errno.ENOTSUP, "this store does not know If-None-Match, so that runs could overlap", key)
            return etag, None
        found = read_object(bucket, key)
        if found is None:
            continue
        content, etag, age = found
        if content == body:
            return etag, None  # ours: the answer to the first request was lost
        if age <= EXPIRY:
            break
        if mine := put_if(bucket, key, body, etag=etag):
            return mine, _parse(content)
    reason = f"another run is at this round ({_parse(content) if found else 'it has just begun'})"
    raise BlockingIOError(errno.EWOULDBLOCK, reason, f"{bucket.name}/{key}")


def _parse(content: bytes) -> Holder | None:
    try:
        values = json.loads(content)
        return Holder(**{name: values[name] for name in Holder.__dataclass_fields__})
    except (ValueError, TypeError, KeyError):
        return None
