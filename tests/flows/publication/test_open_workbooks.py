"""Open workbooks are not replaced; the new one is published beside them."""

import json
from pathlib import Path

import pytest

from flows.publication.open_workbooks import open_files
from flows.publication.publish import publish
from flows.publication.reviewer_edits import archive_changes
from tests.support.package_folder import BOOK, CHANGED, NAME, PACKAGES, archived, run_publication

NEW = "河北省评审工作簿（新）.xlsx"


LOCKS = pytest.mark.parametrize("lock", [f"~${BOOK}", f".~{BOOK}", f".~lock.{BOOK}#"])


def names(out: Path) -> set[str]:
    return {path.name for path in (out / "河北省").iterdir()}


@LOCKS
def test_an_open_workbook_is_not_replaced(out: Path, lock: str) -> None:
    (out / "河北省" / lock).write_bytes(b"open")
    inode = (out / "河北省" / BOOK).stat().st_ino
    done = publish(out, out.parent / "archive", CHANGED, {})
    assert done.beside == ((out / "河北省" / NEW).as_posix(),)
    assert (out / "河北省" / BOOK).read_bytes() == b"book"
    assert (out / "河北省" / BOOK).stat().st_ino == inode  # a program that has it open still writes into it
    assert (out / "河北省" / NEW).read_bytes() == b"new"
    assert names(out) == {BOOK, NEW, lock, "submissions", "datapackage.json"}
    again = publish(out, out.parent / "archive", CHANGED, {})
    assert (again.written, again.beside) == ((), done.beside)
    (out / "河北省" / lock).unlink()
    closed = publish(out, out.parent / "archive", CHANGED, {})
    assert (closed.written, closed.beside) == (("河北省",), ())
    assert (out / "河北省" / BOOK).read_bytes() == b"new"
    assert names(out) == {BOOK, "submissions", "datapackage.json"}
    assert archived(out) == {}


@LOCKS
def test_an_open_workbook_with_the_same_content_gets_no_second_name(out: Path, lock: str) -> None:
    (out / "河北省" / lock).write_bytes(b"open")
    done = publish(out, out.parent / "archive", PACKAGES, {}, force=True)
    assert done.beside == ()
    assert names(out) == {BOOK, lock, "submissions", "datapackage.json"}


def test_if_both_names_are_open_the_new_workbook_waits(out: Path) -> None:
    (out / "河北省" / f"~${BOOK}").write_bytes(b"open")
    publish(out, out.parent / "archive", CHANGED, {})
    (out / "河北省" / f"~${NEW}").write_bytes(b"open")
    publish(out, out.parent / "archive", PACKAGES | {"河北省": PACKAGES["河北省"] | {BOOK: b"newer"}}, {})
    assert (out / "河北省" / BOOK).read_bytes() == b"book"
    assert (out / "河北省" / NEW).read_bytes() == b"new"


def test_a_lock_file_without_its_file_is_ignored(out: Path) -> None:
    (out / "河北省" / "~$gone.xlsx").write_bytes(b"open")
    assert publish(out, out.parent / "archive", CHANGED, {}).beside == ()


def test_a_package_with_an_open_workbook_is_not_removed(out: Path) -> None:
    (out / "山西省" / "~$b.xlsx").write_bytes(b"open")
    publish(out, out.parent / "archive", {"河北省": PACKAGES["河北省"]}, {})
    assert (out / "山西省" / "b.xlsx").exists()


TILDE = {BOOK: b"book", "notices/~$张家口市补正通知.docx": b"one", "notices/张家口市补正通知.docx": b"two"}


def test_a_published_file_named_like_a_lock_file_is_not_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for text in (b"book", b"new"):
        done = publish(out, tmp_path / "reviews", {NAME: TILDE | {BOOK: text}}, {})
        assert (done.written, done.beside, done.archived) == ((NAME,), (), ())
        manifest = json.loads((out / NAME / "datapackage.json").read_bytes())
        assert {entry["path"] for entry in manifest["resources"]} == TILDE.keys()
        assert open_files(out / NAME) == {}
    (out / NAME / "notices" / "~$张家口市补正通知.docx").write_bytes(b"with remarks")
    assert len(archive_changes(out, tmp_path / "reviews")) == 1
    (out / NAME / f"~${BOOK}").write_bytes(b"open")
    assert list(open_files(out / NAME)) == [BOOK]


def test_a_lock_file_of_an_unpublished_file_is_ignored(published: Path) -> None:
    (published / NAME / "mine.xlsx").write_bytes(b"work")
    (published / NAME / "~$mine.xlsx").write_bytes(b"lock")
    assert open_files(published / NAME) == {}
    assert len(set(run_publication(published, "new"))) == 1
    assert not (published / NAME / "mine.xlsx").exists()


def test_a_lock_file_of_word_is_not_archived(published: Path) -> None:
    publish(published, published.parent / "reviews", {NAME: TILDE}, {})
    (published / NAME / "notices" / "~$口市补正通知.docx").write_bytes(b"lock")
    assert archive_changes(published, published.parent / "reviews") == ()
