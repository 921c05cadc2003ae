"""SIGKILL at any moment of publishing: no package is ever half there, the next run repairs, and nothing is lost.

`make kill` tries 100 moments, `make test` six.
"""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.publication.history import versions
from flows.publication.manifest import list_package, version_of
from flows.publication.swap import staged_package
from tests.kill.publish_process import PROVINCES, ROUND, book_of, expected, packages, round_files, run
from tests.kill.watcher import look, watching
from tests.support.paths import ROOT

SEED = 20301
pytestmark = pytest.mark.kill


def child(out: Path, raw: Path, state: int, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.kill.publish_process", out, raw, str(state), *options]
    return subprocess.Popen(
        list(map(str, command)), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def published(out: Path) -> dict[str, bytes]:
    """All that is not hidden, but for the manifests."""
    files = list_package(out / ROUND).files
    seen = {name: path.read_bytes() for name, path in files.items() if not name.startswith(".")}
    return {name: content for name, content in seen.items() if not name.endswith("datapackage.json")}


def edit_of(state: int) -> bytes:
    return b"what a reviewer decided in state %d" % state


def archived(raw: Path) -> set[bytes]:
    reviews = raw / ROUND / "reviews"
    return {path.read_bytes() for path in reviews.rglob("*") if path.is_file() and not path.name.startswith(".")}


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path]:
    """A round in state 0, with what was submitted."""
    out, raw = tmp_path / "out", tmp_path / "raw"
    (raw / ROUND / "submissions").mkdir(parents=True)
    (raw / ROUND / "submissions" / "a.xlsx").write_bytes(b"submitted")
    (raw / ROUND / "receipts.jsonl").write_bytes(b'{"sha256": "0"}\n')
    run(out, raw, 0)
    return out, raw


def faults(out: Path, state: int) -> Iterator[str]:
    """What is wrong at this moment, between a state and the next; a package may be absent between two renames."""
    for province in packages(state).keys() & packages(state + 1).keys():
        fault = look(out / ROUND / province, lambda content: content.startswith(b"what a reviewer decided"))
        if fault and not fault.endswith("is not there"):
            yield fault
    for name, content in round_files(state).items():
        if (out / ROUND / name).read_bytes() not in {content, round_files(state + 1)[name]}:
            yield f"{name} is torn"


def attack(place: tuple[Path, Path], kills: int, seed: int) -> None:
    """State by state: a reviewer saves, the run is killed, the next one is not."""
    out, raw = place
    chance = random.Random(seed)
    deaths = 0
    code, counted, _ = ended(child(out, raw, 0, "--die-at", "0"))
    assert code == 0
    started = time.monotonic()
    ended(child(out, raw, 0))
    seconds = time.monotonic() - started
    written = set()
    for state in range(kills):
        book = out / ROUND / PROVINCES[state % 5] / book_of(PROVINCES[state % 5])
        book.write_bytes(edit_of(state))
        written.add(edit_of(state))
        # Every second one by what the process does, which reaches every gap; the others by the clock.
        by_clock = state % 2
        moment = () if by_clock else ("--die-at", str(chance.randint(1, int(int(counted) * 1.6))))
        with watching(lambda state=state: faults(out, state)) as wrong:
            process = child(out, raw, state + 1, *moment)
            if by_clock:
                time.sleep(chance.uniform(0.3, 1.1) * seconds)
                process.kill()
            code, _, error = ended(process)
        assert code in {0, -signal.SIGKILL}, error
        deaths += code != 0
        assert wrong == []
        with watching(lambda state=state: faults(out, state)) as wrong:
            code, _, error = ended(child(out, raw, state + 1))
        assert (code, error) == (0, "")
        assert wrong == []
        assert published(out) == expected(state + 1)
        assert archived(raw) == written
        assert not list(out.glob("**/.staging")) + list(out.glob(".*.holder"))
    assert deaths >= kills / 3  # the others were through before their moment came
    assert (raw / ROUND / "submissions" / "a.xlsx").read_bytes() == b"submitted"
    assert (raw / ROUND / "receipts.jsonl").read_bytes() == b'{"sha256": "0"}\n'


def test_killed_at_any_moment(place: tuple[Path, Path], tries: int | None) -> None:
    attack(place, tries or 6, SEED)


def test_killed_before_every_move(place: tuple[Path, Path], tries: int | None) -> None:
    """Not by chance: every step in which something takes another's place, one after the other."""
    out, raw = place
    # The second publication has what the first has not: something to replace, and something to throw away.
    _, counted, _ = ended(child(out, raw, 1, "--die-at", "0", "--moves"))
    state, last, between = 1, int(counted) + 3, 0
    assert last > 20
    for event in range(1, last, 1 if tries else 3):
        ended(child(out, raw, state + 1, "--die-at", str(event), "--moves"))
        assert list(faults(out, state)) == []
        absent = [name for name in PROVINCES[:5] if not (out / ROUND / name).exists()]
        for name in absent:  # killed between the two renames
            assert look(staged_package(out / ROUND, name), lambda _: False) is None
        between += len(absent)
        assert ended(child(out, raw, state + 1))[0] == 0
        state += 1
        assert published(out) == expected(state)
        for province in set(PROVINCES[:4]):
            kept = versions(out / ROUND, province)
            assert version_of(out / ROUND / province) not in kept, "what was finished was undone, and done again"
            assert len(kept) == min(state, 7)
    assert between
    assert archived(raw) == set()


def test_two_at_once(place: tuple[Path, Path], tries: int | None) -> None:
    out, raw = place
    for state in range(max(3, (tries or 0) // 5)):
        with watching(lambda state=state: faults(out, state)) as wrong:
            ends = [ended(process) for process in [child(out, raw, state + 1) for _ in range(2)]]
        assert wrong == []
        assert 0 in {code for code, _, _ in ends}  # the other one came later, or was told who is at it
        for code, _, error in ends:
            assert code == 0 or "LockedError: another run is at this round (process " in error
        assert published(out) == expected(state + 1)
