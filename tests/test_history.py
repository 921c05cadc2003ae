"""Earlier versions of packages: kept, limited, and put back."""

from pathlib import Path

import pytest

from flows.publication.history import rolled_back_version, version_files, versions
from flows.publication.manifest import list_package, version_of
from flows.publication.publish import publish
from flows.publication.reviewer_edits import archive_changes
from flows.publication.rollback import VersionNotFoundError, roll_back
from flows.settings import SettingError

BOOK = "河北省评审工作簿.xlsx"


def package(text: str) -> dict[str, dict[str, bytes]]:
    return {"河北省": {BOOK: text.encode(), "submissions/a.xlsx": b"sent"}}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for text in ("one", "two", "three"):
        publish(tmp_path / "out", tmp_path / "archive", package(text), {})
    return tmp_path / "out"


def book(out: Path) -> str:
    return (out / "河北省" / BOOK).read_text(encoding="utf-8")


def kept(out: Path) -> list[str]:
    return [version_files(out, "河北省", name)[BOOK].read_text(encoding="utf-8") for name in versions(out, "河北省")]


def test_what_was_replaced_is_kept_the_last_one_first(out: Path) -> None:
    assert kept(out) == ["two", "one"]
    assert versions(out, "河北省")[0] == version_of(out / ".history" / "河北省" / versions(out, "河北省")[0])


def test_the_first_version_and_an_unchanged_one_leave_no_history(tmp_path: Path) -> None:
    for _ in range(2):
        publish(tmp_path / "out", tmp_path / "archive", package("one"), {})
    assert not (tmp_path / "out" / ".history").exists()


def test_only_so_many_are_kept(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "2")
    publish(out, out.parent / "archive", package("four"), {})
    assert kept(out) == ["three", "two"]
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "0")
    publish(out, out.parent / "archive", package("five"), {})
    assert kept(out) == []
    assert book(out) == "five"


def test_a_wrong_setting_is_told_before_anything_moves(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "many")
    with pytest.raises(SettingError, match="PEAK_REVIEW_HISTORY: Input should be a valid integer"):
        publish(out, out.parent / "archive", package("four"), {})
    assert book(out) == "three"


def test_the_same_version_again_is_kept_once(out: Path) -> None:
    for text in ("one", "two"):
        publish(out, out.parent / "archive", package(text), {})
    assert kept(out) == ["one", "three", "two"]


def test_what_is_saved_later_into_an_open_workbook_does_not_change_what_was(out: Path) -> None:
    (out / "河北省" / f"~${BOOK}").write_bytes(b"open")
    publish(out, out.parent / "archive", package("four"), {})
    with (out / "河北省" / BOOK).open("r+b") as opened:
        opened.write(b"THREE")
    assert kept(out) == ["three", "two", "one"]


def test_a_province_that_is_gone_can_be_had_again(out: Path) -> None:
    publish(out, out.parent / "archive", {}, {})
    assert not (out / "河北省").exists()
    assert kept(out) == ["three", "two", "one"]


def test_the_last_one_is_put_back_or_any_other(out: Path) -> None:
    archive = out.parent / "archive"
    assert roll_back(out, archive, "河北省") == versions(out, "河北省")[1]
    assert book(out) == "two"
    assert kept(out)[0] == "three"
    assert version_of(out / "河北省") == versions(out, "河北省")[1]
    one = versions(out, "河北省")[kept(out).index("one")]
    roll_back(out, archive, "河北省", one[:6])
    assert book(out) == "one"
    assert list(list_package(out / "河北省").files) == ["datapackage.json", "submissions/a.xlsx", BOOK]


@pytest.mark.parametrize("version", ["no such", "..", ""])
def test_what_is_not_there_cannot_be_put_back(out: Path, version: str) -> None:
    with pytest.raises(VersionNotFoundError, match="known: "):
        roll_back(out, out.parent / "archive", "河北省", version)
    with pytest.raises(VersionNotFoundError, match="known: none"):
        roll_back(out, out.parent / "archive", "山西省")
    assert book(out) == "three"


def test_what_a_person_wrote_is_kept_when_a_package_is_put_back(out: Path) -> None:
    (out / "河北省" / BOOK).write_text("remarks", encoding="utf-8")
    roll_back(out, out.parent / "archive", "河北省")
    assert [path.read_bytes() for path in (out.parent / "archive").rglob(f"*{BOOK}")] == [b"remarks"]
    assert archive_changes(out, out.parent / "archive") == ()


def test_what_was_taken_back_is_not_published_again_but_anything_else_is(out: Path) -> None:
    archive = out.parent / "archive"
    roll_back(out, archive, "河北省")
    again = publish(out, archive, package("three"), {})
    assert (again.written, again.unchanged, again.rolled_back) == ((), (), ("河北省",))
    assert book(out) == "two"
    assert publish(out, archive, package("four"), {}).written == ("河北省",)
    assert rolled_back_version(out, "河北省") is None
    assert publish(out, archive, package("three"), {}).written == ("河北省",)


def test_force_publishes_what_was_taken_back(out: Path) -> None:
    roll_back(out, out.parent / "archive", "河北省")
    assert publish(out, out.parent / "archive", package("three"), {}, force=True).written == ("河北省",)
    assert book(out) == "three"
    assert rolled_back_version(out, "河北省") is None
