"""A small disk that fills up at any moment of publishing, or cannot be written to.

For a mount namespace of its own: `unshare -rm python -m tests.kill.fill_disk FOLDER TRIES`.
"""

import errno
import os
import random
import subprocess
import sys
from pathlib import Path

from flows.publication.swap import PublicationError
from tests.kill.publish_process import PROVINCES, ROUND, book_of, expected, packages, round_files, run
from tests.kill.watcher import look

SIZE = 32 * 1024**2


def main() -> None:
    place, tries = Path(sys.argv[1]), int(sys.argv[2])
    os.environ["PEAK_REVIEW_HISTORY"] = "2"
    _mount(place, f"size={SIZE}")
    out, raw, filler = place / "out", place / "raw", place / "filler"
    (raw / ROUND / "submissions").mkdir(parents=True)
    run(out, raw, 0)
    chance, refused, state, edits = random.Random(1), 0, 0, set()
    for number in range(tries):
        edit = b"decided %d" % number * 1000
        (out / ROUND / PROVINCES[0] / book_of(PROVINCES[0])).write_bytes(edit)
        edits.add(edit)
        # A publication needs about 0.8 MB; every margin below it fails somewhere else.
        filler.write_bytes(b"\0" * max(0, _free(place) - chance.randrange(1_600_000)))
        code = _try(out, raw, state + 1)
        assert code in {0, errno.ENOSPC}, os.strerror(code)
        refused += code != 0
        _check_whole(out, state)
        filler.unlink()
        run(out, raw, state + 1)
        _check_done(out, raw, state + 1, edits)
        state += 1
    assert tries / 3 < refused < tries, f"{refused} of {tries}: the margins are not right"
    _mount(place, "remount,ro")
    assert _try(out, raw, state + 1) == errno.EROFS
    _check_done(out, raw, state, edits)
    _mount(place, "remount,rw")
    run(out, raw, state + 1)
    _check_done(out, raw, state + 1, edits)
    sys.stdout.write(f"full {refused} of {tries} times\n")


def _try(out: Path, raw: Path, state: int) -> int:
    """Publish; return 0 or the error number of what went wrong."""
    try:
        run(out, raw, state)
    except OSError as error:
        return error.errno or -1
    except PublicationError as error:
        return getattr(error.__cause__, "errno", None) or -1
    return 0


def _mount(place: Path, options: str) -> None:
    subprocess.run(["/bin/mount", "-t", "tmpfs", "-o", options, "tmpfs", place], check=True)


def _free(place: Path) -> int:
    disk = os.statvfs(place)
    return disk.f_bavail * disk.f_frsize


def _check_whole(out: Path, state: int) -> None:
    for province in packages(state).keys() & packages(state + 1).keys():
        assert look(out / ROUND / province, lambda content: content.startswith(b"decided")) is None
    for name, content in round_files(state).items():
        assert (out / ROUND / name).read_bytes() in {content, round_files(state + 1)[name]}


def _check_done(out: Path, raw: Path, state: int, edits: set[bytes]) -> None:
    for name, content in expected(state).items():
        assert (out / ROUND / name).read_bytes() == content, name
    kept = {path.read_bytes() for path in (raw / ROUND / "reviews").rglob("*") if path.is_file()}
    assert kept == edits
    assert not (out / ROUND / ".staging").exists()


if __name__ == "__main__":
    main()
