"""Earlier versions of packages: kept and limited."""

from pathlib import Path

import pytest

from flows.publication.history import versions
from flows.publication.manifest import version_of
from flows.publication.publish import publish
from flows.settings import SettingError
from tests.support.package_history import BOOK, book, kept, package


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for text in ("one", "two", "three"):
        publish(tmp_path / "out", tmp_path / "archive", package(text), {})
    return tmp_path / "out"


def test_replaced_versions_are_listed_last_first(out: Path) -> None:
    assert kept(out) == ["two", "one"]
    assert versions(out, "河北省")[0] == version_of(out / ".history" / "河北省" / versions(out, "河北省")[0])


def test_the_first_version_and_an_unchanged_one_leave_no_history(tmp_path: Path) -> None:
    for _ in range(2):
        publish(tmp_path / "out", tmp_path / "archive", package("one"), {})
    assert not (tmp_path / "out" / ".history").exists()


def test_the_setting_limits_the_versions(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "2")
    publish(out, out.parent / "archive", package("four"), {})
    assert kept(out) == ["three", "two"]
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "0")
    publish(out, out.parent / "archive", package("five"), {})
    assert kept(out) == []
    assert book(out) == "five"


def test_a_wrong_setting_fails_before_anything_moves(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "many")
    with pytest.raises(SettingError, match="PEAK_REVIEW_HISTORY: Input should be a valid integer"):
        publish(out, out.parent / "archive", package("four"), {})
    assert book(out) == "three"


def test_the_same_version_again_is_kept_once(out: Path) -> None:
    for text in ("one", "two"):
        publish(out, out.parent / "archive", package(text), {})
    assert kept(out) == ["one", "three", "two"]


def test_saving_an_open_workbook_does_not_change_its_earlier_version(out: Path) -> None:
    (out / "河北省" / f"~${BOOK}").write_bytes(b"open")
    publish(out, out.parent / "archive", package("four"), {})
    with (out / "河北省" / BOOK).open("r+b") as opened:
        opened.write(b"THREE")
    assert kept(out) == ["three", "two", "one"]


def test_a_removed_package_is_in_the_history(out: Path) -> None:
    publish(out, out.parent / "archive", {}, {})
    assert not (out / "河北省").exists()
    assert kept(out) == ["three", "two", "one"]


def test_a_province_that_leaves_the_round_keeps_its_package_with_a_note_until_it_is_back(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "0")
    note = out / ".history" / "河北省" / "removed.txt"
    left = publish(out, out.parent / "archive", {}, {})
    assert (left.removed, kept(out)) == (("河北省",), ["three"])
    assert note.read_text(encoding="utf-8").startswith("河北省已不在本批次中")
    back = publish(out, out.parent / "archive", package("four"), {})
    assert (back.removed, book(out), note.exists()) == ((), "four", False)
