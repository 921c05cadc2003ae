"""One run at a time for a round, and who it is."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.publication.lock import LockedError, hold_lock, lock_holder
from tests.support.package_folder import BOOK, NAME, run_publication

SLEEPER = """
import sys, time
from pathlib import Path
from flows.publication.lock import hold_lock
sys.argv = ["/usr/bin/peak-review", "pull", "--source", "sftp://user:secret@host/a b"]
with hold_lock(Path(OUT), "r"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other(tmp_path: Path) -> subprocess.Popen[str]:
    """Another process that holds the round."""
    code = SLEEPER.replace("OUT", repr(str(tmp_path)))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def test_a_second_run_fails_with_the_holder(other: subprocess.Popen[str], tmp_path: Path) -> None:
    with pytest.raises(LockedError) as raised, hold_lock(tmp_path, "r"):
        pass
    text = str(raised.value)
    assert f"another run is at this round (process {other.pid} on {os.uname().nodename} since 20" in text
    assert re.search(r" since 20\S+\+08:00: ", text)  # China's time, as all of `status`
    assert "peak-review pull --source 'sftp://host/a b'" in text
    assert "secret" not in text
    who, alive = lock_holder(tmp_path, "r")
    assert who is not None
    assert who.startswith(f"process {other.pid} on ")
    assert alive


def test_a_killed_holder_is_recognised(other: subprocess.Popen[str], tmp_path: Path) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()
    who, alive = lock_holder(tmp_path, "r")
    assert who is not None
    assert who.startswith(f"process {other.pid} on ")
    assert not alive
    with hold_lock(tmp_path, "r") as before:
        assert before == who
    assert lock_holder(tmp_path, "r") == (None, False)


def test_rounds_have_separate_locks_and_no_holder_is_left(tmp_path: Path) -> None:
    with hold_lock(tmp_path, "r") as one, hold_lock(tmp_path, "s") as two:
        assert (one, two) == (None, None)
        assert lock_holder(tmp_path, "r")[1]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {".r.lock": b"", ".s.lock": b""}


def test_the_lock_is_released_after_an_exception(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), hold_lock(tmp_path, "r"):
        raise RuntimeError
    with hold_lock(tmp_path, "r") as before:
        assert before is None


@pytest.mark.parametrize("kind", ["link", "file", "folder"])
def test_what_has_the_name_of_an_own_folder_or_file_is_moved_aside_and_never_followed(
    tmp_path: Path, kind: str
) -> None:
    folders = [tmp_path / "r" / name for name in (".gate", ".history", ".staging", ".rendered")]
    files = [tmp_path / ".r.lock", tmp_path / ".r.holder"]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_bytes(b"mine")
    (tmp_path / "r").mkdir()
    places = {"link": [*folders, *files], "file": folders, "folder": files}[kind]
    for place in places:
        if kind == "link":
            place.symlink_to(elsewhere)
        elif kind == "file":
            place.write_bytes(b"mine")
        else:
            place.mkdir()
            (place / "mine").write_bytes(b"mine")
    with hold_lock(tmp_path, "r"):
        run_publication(tmp_path / "r")
    for place in places:
        moved = place.with_name(f"{place.name}.moved-1")
        assert moved.is_symlink() if kind == "link" else moved.exists()
    assert [path.name for path in elsewhere.iterdir()] == ["mine"]
    assert (tmp_path / "r" / NAME / BOOK).is_file()
