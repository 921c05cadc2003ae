"""Pull that is killed, meets a full disk or another pull: nothing is lost or half there."""

import random
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.sources.as_of import RECEIPTS
from flows.sources.ingest import FAILED, KNOWN
from flows.sources.raw_store import PullRunningError, lock_raw, read_receipts
from tests.support.inbox import NAME, pull, put
from tests.support.paths import ROOT
from tests.support.source_servers import statuses, stored


def test_a_torn_receipt_is_passed_over_and_written_again(inbox: Path, folder: Path) -> None:
    pull(inbox, folder)
    whole = (folder / RECEIPTS).read_bytes()
    for cut in (len(whole) - 40, len(whole) - 1):
        (folder / RECEIPTS).write_bytes(whole[:cut])
        assert set(statuses(pull(inbox, folder)).values()) == {KNOWN}
        assert [receipt.name for receipt in read_receipts(folder)] == ["山西省/长治市.xlsx", NAME]
    assert len(stored(folder)) == 2


def test_what_a_killed_pull_left_is_cleared_away(inbox: Path, folder: Path) -> None:
    put(folder / ".arriving", "part", b"half")
    pull(inbox, folder)
    assert not list((folder / ".arriving").iterdir())


def test_killed_at_any_moment_nothing_is_lost_or_half_there(inbox: Path, folder: Path) -> None:
    for number in range(100):
        put(inbox, f"{number:03d}.xlsx", f"{number} ".encode() * 5000)
    command = (
        "from pathlib import Path; from tests.support.inbox import pull; import sys;"
        "from tests.support.dying import die_at; die_at(int(sys.argv[3]), ('open', 'os.'));"
        "pull(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    chance, counts = random.Random(7), []
    for _ in range(4):
        event = str(chance.randint(60, 180))
        ended = subprocess.run([sys.executable, "-c", command, inbox, folder, event], cwd=ROOT, check=False)
        assert ended.returncode == -signal.SIGKILL
        there = stored(folder)
        assert all(content == (inbox / name).read_bytes() for name, content in there.items())
        counts.append(len(there))
    assert counts == sorted(counts)
    assert 0 < counts[0] < counts[-1] < 102
    pull(inbox, folder)
    assert len(stored(folder)) == 102
    assert {receipt.name for receipt in read_receipts(folder)} == set(stored(folder))
    assert len((folder / RECEIPTS).read_bytes().splitlines()) == 102


def test_a_full_disk_leaves_nothing_behind_and_the_next_pull_completes(inbox: Path, folder: Path) -> None:
    put(inbox, "large.xlsx", b"x" * 3_000_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            pull(inbox, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list((folder / ".arriving").iterdir())
    assert "large.xlsx" not in stored(folder)
    pull(inbox, folder)
    assert len(stored(folder)) == len(read_receipts(folder)) == 3


def test_a_receipt_that_cannot_be_written_whole_is_not_there(inbox: Path, folder: Path) -> None:
    pull(inbox, folder)
    put(inbox, "b.xlsx", b"b")
    size = (folder / RECEIPTS).stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, before[1]))
    try:
        with pytest.raises(OSError, match="no space for a complete line"):
            pull(inbox, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (folder / RECEIPTS).stat().st_size == size
    pull(inbox, folder)
    assert [one.name for one in read_receipts(folder)][2:] == ["b.xlsx"]


def test_two_pulls_are_never_at_one_round(inbox: Path, folder: Path) -> None:
    with lock_raw(folder), pytest.raises(PullRunningError, match="another pull is running"):
        pull(inbox, folder)
    assert FAILED not in statuses(pull(inbox, folder)).values()
