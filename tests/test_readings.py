"""What is remembered of earlier readings is never wrong: whatever happened to it, the right thing is read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from flows.raw import Received
from flows.readings import CACHE, place_of, read_changed


@dataclass(frozen=True)
class Read:
    file: str
    sha256: str
    fault: str | None = None


class Reader:
    """Reads, and says what it was asked for."""

    def __init__(self, **faults: str) -> None:
        self.asked: list[str] = []
        self._faults = faults

    def __call__(self, received: list[Received]) -> list[Read]:
        self.asked += [item.file for item in received]
        return [Read(item.file, item.sha256, self._faults.get(item.file)) for item in received]


FILES = [Received(name, Path(name), 1, f"hash of {name}") for name in "abc"]


def again(place: Path, files: list[Received] = FILES, by: str = "code", *, anew: bool = False) -> list[str]:
    """Which files are read by another run."""
    reader = Reader()
    found = read_changed(place, by, files, reader, anew=anew)
    assert found == [Read(item.file, item.sha256) for item in files]
    return reader.asked


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "cache" / "first-batch-submissions.readings"
    assert again(place) == ["a", "b", "c"]
    return place


def test_what_was_read_before_is_not_read_again(place: Path) -> None:
    assert again(place) == []
    assert again(place, FILES[::-1]) == []


def test_only_what_is_new_is_read(place: Path) -> None:
    changed = [FILES[0], replace(FILES[1], sha256="another"), FILES[2], replace(FILES[0], file="copy")]
    assert again(place, changed) == ["b", "copy"]
    assert again(place, changed) == []


def test_an_earlier_night_does_not_cost_the_next_one(place: Path) -> None:
    assert again(place, FILES[:1]) == []
    assert again(place) == []


DAMAGES: dict[str, Callable[[Path], object]] = {
    "deleted": lambda place: place.unlink(),
    "cut": lambda place: place.write_bytes(place.read_bytes()[:-1]),
    "a bit turned": lambda place: place.write_bytes(place.read_bytes().replace(b"hash of a", b"hash of d")),
    "empty": lambda place: place.write_bytes(b""),
    "something else": lambda place: place.write_bytes(b"\n\n"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_what_is_damaged_is_read_again(place: Path, damage: Callable[[Path], object]) -> None:
    damage(place)
    assert again(place) == ["a", "b", "c"]
    assert again(place) == []


def test_other_code_contracts_or_passwords_read_all_of_it(place: Path) -> None:
    assert again(place, by="other code") == ["a", "b", "c"]
    assert again(place) == ["a", "b", "c"]  # and what they left does not count here


def test_a_person_may_have_all_of_it_read(place: Path) -> None:
    assert again(place, anew=True) == ["a", "b", "c"]
    assert again(place) == []


def test_what_may_be_the_machines_fault_is_tried_again(tmp_path: Path) -> None:
    place = tmp_path / "readings"
    read_changed(place, "code", FILES, Reader(a="unreadable", b="no_table"))
    reader = Reader()
    found = read_changed(place, "code", FILES, reader)
    assert reader.asked == ["a"]
    assert [one.fault for one in found] == [None, "no_table", None]


def test_what_is_no_longer_sent_does_not_pile_up(tmp_path: Path) -> None:
    place = tmp_path / "readings"
    for night in range(200):
        again(place, [replace(item, sha256=f"{item.sha256} {night}") for item in FILES])
    assert place.stat().st_size < 20_000


def test_it_lies_with_the_user_and_not_beside_the_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path))
    assert place_of("plans", "first-batch") == tmp_path / "first-batch-plans.readings"
    monkeypatch.delenv(CACHE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert place_of("plans", "first-batch") == tmp_path / "xdg/peak-review/first-batch-plans.readings"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert place_of("plans", "first-batch") == tmp_path / "home/.cache/peak-review/first-batch-plans.readings"
