"""An earlier version is put back, and stays until a run has another result."""

from pathlib import Path

import pytest

from flows.publication.history import rolled_back_version, versions
from flows.publication.manifest import list_package, version_of
from flows.publication.publish import publish
from flows.publication.reviewer_edits import archive_changes
from flows.publication.rollback import VersionNotFoundError, roll_back
from tests.support.package_history import BOOK, book, kept, package


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for text in ("one", "two", "three"):
        publish(tmp_path / "out", tmp_path / "archive", package(text), {})
    return tmp_path / "out"


def test_the_last_or_any_other_version_is_put_back(out: Path) -> None:
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
def test_an_unknown_version_is_refused(out: Path, version: str) -> None:
    with pytest.raises(VersionNotFoundError, match="known: "):
        roll_back(out, out.parent / "archive", "河北省", version)
    with pytest.raises(VersionNotFoundError, match="known: none"):
        roll_back(out, out.parent / "archive", "山西省")
    assert book(out) == "three"


def test_edits_are_archived_before_a_rollback(out: Path) -> None:
    (out / "河北省" / BOOK).write_text("remarks", encoding="utf-8")
    roll_back(out, out.parent / "archive", "河北省")
    assert [path.read_bytes() for path in (out.parent / "archive").rglob(f"*{BOOK}")] == [b"remarks"]
    assert archive_changes(out, out.parent / "archive") == ()


def test_a_rolled_back_version_is_not_published_again_but_any_other_is(out: Path) -> None:
    archive = out.parent / "archive"
    roll_back(out, archive, "河北省")
    again = publish(out, archive, package("three"), {})
    assert (again.written, again.unchanged, again.rolled_back) == ((), (), ("河北省",))
    assert book(out) == "two"
    assert publish(out, archive, package("four"), {}).written == ("河北省",)
    assert rolled_back_version(out, "河北省") is None
    assert publish(out, archive, package("three"), {}).written == ("河北省",)


def test_force_publishes_a_rolled_back_version(out: Path) -> None:
    roll_back(out, out.parent / "archive", "河北省")
    assert publish(out, out.parent / "archive", package("three"), {}, force=True).written == ("河北省",)
    assert book(out) == "three"
    assert rolled_back_version(out, "河北省") is None
