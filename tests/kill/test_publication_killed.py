"""SIGKILL at any moment of publishing: no package is ever half there, the next run repairs, and nothing is lost.

`make kill` tries 100 moments, half of them by the clock; `make test` six, each before a certain system call.
"""

import multiprocessing
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from flows.publication.history import versions
from flows.publication.manifest import list_package, version_of
from flows.publication.swap import staged_package
from tests.kill.publish_process import PROVINCES, ROUND, book_of, expected, packages, round_files, run, run_and_die
from tests.kill.watcher import look, watching
from tests.support.session import start_fork_server

pytestmark = pytest.mark.kill
EVERYTHING = ("open", "os.", "shutil.", "tempfile.", "fcntl.")
MOVES = ("os.rename", "os.remove")


@dataclass(frozen=True)
class Child:
    """A process that publishes."""

    process: BaseProcess
    tells: Connection

    def end(self) -> tuple[int | None, int | str | None]:
        """Wait for it; return its exit code, and how many events there were or what went wrong."""
        self.process.join(60)
        try:
            said = self.tells.recv()
        except EOFError:  # it was killed before
            said = None
        self.tells.close()
        return self.process.exitcode, said


def child(out: Path, raw: Path, state: int, die_at: int = 0, kinds: tuple[str, ...] = EVERYTHING) -> Child:
    """Start to publish a state in a process that is killed before one of its audit events."""
    tells, told = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("forkserver").Process(
        target=run_and_die, args=(told, out, raw, state, die_at, kinds)
    )
    process.start()
    told.close()
    return Child(process, tells)


@pytest.fixture(autouse=True, scope="module")
def fork_server() -> None:
    """The process from which the children are forked."""
    start_fork_server()


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


def test_killed_at_any_moment(place: tuple[Path, Path], tries: int | None) -> None:
    """State by state: a reviewer saves, the run is killed, the next one is not."""
    out, raw = place
    chance, kills, deaths = random.Random(20301), tries or 6, 0
    code, counted = child(out, raw, 0).end()
    assert code == 0
    started = time.monotonic()
    child(out, raw, 0).end()
    seconds = time.monotonic() - started
    written = set()
    for state in range(kills):
        book = out / ROUND / PROVINCES[state % 5] / book_of(PROVINCES[state % 5])
        book.write_bytes(edit_of(state))
        written.add(edit_of(state))
        # What the process does reaches every gap. The clock is not the same twice, so only `make kill` goes by it.
        by_clock = tries and state % 2
        moment = 0 if by_clock else chance.randint(1, int(counted * 1.6))
        with watching(lambda state=state: faults(out, state)) as wrong:
            publishing = child(out, raw, state + 1, moment)
            if by_clock:
                time.sleep(chance.uniform(0.3, 1.1) * seconds)
                publishing.process.kill()
            code, said = publishing.end()
        assert code in {0, -signal.SIGKILL}, said
        deaths += code != 0
        assert wrong == []
        with watching(lambda state=state: faults(out, state)) as wrong:
            code, said = child(out, raw, state + 1).end()
        assert code == 0
        assert isinstance(said, int), said
        assert wrong == []
        assert published(out) == expected(state + 1)
        assert archived(raw) == written
        assert not list(out.glob("**/.staging")) + list(out.glob(".*.holder"))
    assert deaths >= kills / 3  # the others were through before their moment came
    assert (raw / ROUND / "submissions" / "a.xlsx").read_bytes() == b"submitted"
    assert (raw / ROUND / "receipts.jsonl").read_bytes() == b'{"sha256": "0"}\n'


def test_killed_before_every_move(place: tuple[Path, Path], tries: int | None) -> None:
    """Not by chance: every step in which something takes another's place, one after the other."""
    out, raw = place
    # The second publication has what the first has not: something to replace, and something to throw away.
    _, counted = child(out, raw, 1, kinds=MOVES).end()
    state, last, between = 1, counted + 3, 0
    assert last > 20
    for event in range(1, last, 1 if tries else 3):
        child(out, raw, state + 1, event, MOVES).end()
        assert list(faults(out, state)) == []
        absent = [name for name in PROVINCES[:5] if not (out / ROUND / name).exists()]
        for name in absent:  # killed between the two renames
            assert look(staged_package(out / ROUND, name), lambda _: False) is None
        between += len(absent)
        assert child(out, raw, state + 1).end()[0] == 0
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
            ends = [publishing.end() for publishing in [child(out, raw, state + 1) for _ in range(2)]]
        assert wrong == []
        assert {code for code, _ in ends} == {0}
        refused = [said for _, said in ends if isinstance(said, str)]
        assert len(refused) < 2  # the other one came later, or was told who is at it
        assert all(said.startswith("LockedError: another run is at this round (") for said in refused)
        assert published(out) == expected(state + 1)
