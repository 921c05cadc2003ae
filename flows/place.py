"""Where a run works: in `raw` and `out` themselves where these are folders; in a mirror where they are buckets."""

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from flows.bucket import Bucket, open_bucket
from flows.handing import hand_over_out, hand_over_raw
from flows.lease import lease, lease_holder
from flows.lock import Holder
from flows.mirror import Mirror, mirror_out, mirror_raw
from flows.sources import is_bucket


class NoPlace(Exception):  # noqa: N818 - it is what happened to the request
    """A URL is none."""


class Unfinished(OSError):  # noqa: N818
    """Some of what was done is in the bucket, and some is not: the next run does the rest."""


@dataclass(frozen=True)
class Place:
    """Folders to work in.

    Attributes:
        raw: with the submissions of all rounds; or in a mirror, of one.
        out: with the packages, likewise.
        hand_over: writes to the buckets what was done here; to be called once, when it is done.
        killed: the holder of the round before, if that run was killed.
        told: a text for people, in which the mirror's paths are those of the buckets.
    """

    raw: Path
    out: Path
    hand_over: Callable[[], None] = lambda: None
    killed: Holder | None = None
    told: Callable[[str], str] = str


@contextmanager
def at_hand(raw: str | Path, out: str | Path | None, round_name: str) -> Iterator[Place]:
    """Have a round at hand, with its lock where a bucket is written to.

    Args:
        raw: a folder or `s3://BUCKET/FOLDER?endpoint=URL`.
        out: likewise; None where only raw is written to.
        round_name: which round; of others nothing is fetched.

    Raises:
        NoPlace: if a URL is none.
        BlockingIOError: if another run is at the round.
        OSError: if a bucket cannot be read, or the mirror not be written.
    """
    if not is_bucket(raw) and not (out and is_bucket(out)):
        yield Place(Path(raw), Path(out or raw))
        return
    with ExitStack() as stack:
        try:
            far_raw = stack.enter_context(open_bucket(str(raw))) if is_bucket(raw) else None
            far_out = stack.enter_context(open_bucket(str(out))) if out and is_bucket(out) else None
        except ValueError as error:
            raise NoPlace(str(error)) from None
        locked = _locked(far_raw, far_out, round_name, only_raw=out is None)
        check, killed = stack.enter_context(lease(*locked)) if locked else (lambda: None, None)
        scratch = stack.enter_context(_scratch(f"{raw} {out} {round_name}"))
        here = Place(scratch / "raw" if far_raw else Path(raw), scratch / "out" if far_out else Path(out or raw))
        mirrors = _fetch(far_raw, far_out, here, round_name)

        def hand_over() -> None:
            check()
            try:
                if mirrors[0]:
                    hand_over_raw(mirrors[0])
                if mirrors[1]:
                    hand_over_out(mirrors[1], check)
            except OSError as error:
                raise Unfinished(error.errno, error.strerror, error.filename) from error

        def told(text: str) -> str:
            for folder, bucket in ((here.raw, far_raw), (here.out, far_out)):
                text = text.replace(str(folder), bucket.name) if bucket else text
            return text

        yield Place(here.raw, here.out, hand_over, killed, told)


@contextmanager
def in_sight(out: str, round_name: str) -> Iterator[tuple[Path, tuple[Holder | None, bool] | None]]:
    """What is published of a round, to look at: a folder, and of a bucket who holds it.

    Raises:
        NoPlace: if a URL is none.
        OSError: if it cannot be read.
    """
    if not is_bucket(out):
        yield Path(out), None
        return
    with ExitStack() as stack:
        try:
            far = stack.enter_context(open_bucket(out))
        except ValueError as error:
            raise NoPlace(str(error)) from None
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="peak-review-")))
        mirror_out(far, scratch / "out", round_name, scratch / "reviews")
        yield scratch / "out", lease_holder(far, f".{round_name}.lock")


def _locked(raw: Bucket | None, out: Bucket | None, round_name: str, *, only_raw: bool) -> tuple[Bucket, str] | None:
    """What is held: as with folders, taking in and publishing do not keep each other out."""
    if out:
        return out, f".{round_name}.lock"
    return (raw, f"{round_name}/.arriving.lock") if raw and only_raw else None


def _fetch(raw: Bucket | None, out: Bucket | None, here: Place, round_name: str) -> tuple[Mirror | None, Mirror | None]:
    mine = mirror_raw(raw, here.raw, round_name) if raw else None
    archive = here.raw / round_name / "reviews"
    return mine, mirror_out(out, here.out, round_name, archive) if out else None


@contextmanager
def _scratch(name: str) -> Iterator[Path]:
    """A folder of our own that is empty, and gone afterwards; if we are killed, the next run clears it."""
    folder = Path(gettempdir()) / f"peak-review-{os.getuid()}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise OSError(errno.EPERM, "this folder is not ours", str(folder))
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BlockingIOError(error.errno, "another run is at this round", str(folder)) from None
        for left in folder.iterdir():
            shutil.rmtree(left)
        yield folder
        for left in folder.iterdir():
            shutil.rmtree(left)
    finally:
        os.close(handle)
