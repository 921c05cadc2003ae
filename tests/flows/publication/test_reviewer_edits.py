"""Files changed in a package or added to it are archived, whatever their name."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from flows.publication import reviewer_edits
from flows.publication.file_names import as_utf8
from flows.publication.manifest import list_package
from flows.publication.publish import publish
from flows.publication.reviewer_edits import NAMES as RECORDED
from flows.publication.reviewer_edits import archive_changes
from flows.publication.safe_files import FolderListing
from flows.sources.raw_listing import list_raw
from tests.support.package_folder import BOOK, CHANGED, NAME, PACKAGES, archived, contents, record, run_publication


def test_changed_and_added_files_are_archived(out: Path) -> None:
    (out / "河北省" / "河北省评审工作簿.xlsx").write_bytes(b"with remarks")
    (out / "河北省" / "my notes.txt").write_bytes(b"notes")
    (out / "全国汇总.xlsx").write_bytes(b"nation with remarks")
    done = publish(out, out.parent / "archive", PACKAGES, record(b"nation"))
    assert archived(out) == {
        "河北省评审工作簿.xlsx": b"with remarks",
        "my notes.txt": b"notes",
        "全国汇总.xlsx": b"nation with remarks",
    }
    assert len(done.archived) == 3
    assert (out / "河北省" / "河北省评审工作簿.xlsx").read_bytes() == b"book"


def test_published_files_are_not_archived(out: Path) -> None:
    publish(out, out.parent / "archive", PACKAGES | {"山西省": {"b.xlsx": b"new"}}, record(b"new nation"))
    assert archived(out) == {}


def test_each_edit_is_archived_once_and_only_in_the_given_provinces(out: Path) -> None:
    (out / "河北省" / BOOK).write_bytes(b"with remarks")
    (out / "山西省" / "b.xlsx").write_bytes(b"with others")
    archive = out.parent / "archive"
    (kept,) = archive_changes(out, archive, ["河北省"])
    assert Path(kept).read_bytes() == b"with remarks"
    assert archive_changes(out, archive) == (*archive_changes(out, archive, ["山西省"]), kept)
    assert len(archived(out)) == 2


def test_the_copy_of_a_workbook_that_stayed_open_names_its_predecessor(out: Path) -> None:
    archive, place = out.parent / "archive", out / "河北省"
    (place / f"~${BOOK}").write_bytes(b"open")
    (place / BOOK).write_bytes(b"first")
    (first,) = archive_changes(out, archive)
    publish(out, archive, CHANGED, {})
    (place / BOOK).write_bytes(b"second")
    (second,) = archive_changes(out, archive)
    one, two = (hashlib.sha256(text).hexdigest()[:16] for text in (b"first", b"second"))
    assert [Path(first).name, Path(second).name] == [f"{one}-{BOOK}", f"{two}.{one}-{BOOK}"]


LONG = "审" * 80 + ".xlsx"


NAMES = [
    LONG, "长" * 85, os.fsdecode(b"\xb2\xe9.xlsx"), os.fsdecode(b"\xff" * 250), "a\nb.xlsx", 'a"b\\c*.xlsx',
    "~$notes.xlsx", ".hidden.xlsx", ".~notes.xlsx", ".~lock.notes.xlsx#", "._notes", "-", " ", "notes.xlsx.part",
    "x." + "y" * 240,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_file_of_any_name_is_archived(published: Path, name: str) -> None:
    (published / NAME / "submissions" / name).write_bytes(b"work")
    kept = run_publication(published)
    assert b"work" in contents(published.parent / "reviews")
    for path in kept:
        path.encode()
        assert path.isprintable()
    assert sorted(path.name for path in (published / NAME).rglob("*") if path.is_file()) == sorted(
        ["a.xlsx", "datapackage.json", BOOK]
    )
    for file in list_raw(published.parent, "reviews")[0]:  # what is no workbook by its name is not read as one
        assert not Path(file.file).name.partition("-")[2].startswith((".", "~$"))
    (copy,) = {path for path in kept if Path(path).read_bytes() == b"work"}
    names = Path(copy).with_name(RECORDED)
    if Path(copy).name.partition("-")[2] == name:
        assert not names.exists()
    else:
        (line,) = map(json.loads, names.read_text(encoding="utf-8").splitlines())
        assert line == {"copy": Path(copy).name, "name": as_utf8(f"submissions/{name}")}
    assert run_publication(published, "new") == ()
    assert contents(published.parent / "reviews") >= {b"work"}


def test_a_file_that_vanishes_before_it_is_copied_costs_no_other(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, archive = published / NAME, published.parent / "reviews" / NAME
    (package / "b.txt").write_bytes(b"mine")
    found = list_package(package)
    listing = FolderListing({"a.txt": package / "a.txt"} | found.files, found.others)
    monkeypatch.setattr(reviewer_edits, "list_package", lambda _: listing)
    assert [Path(copy).read_bytes() for copy in reviewer_edits.archive_package(package, archive)] == [b"mine"]
    assert [path.name.partition("-")[2] for path in archive.iterdir()] == ["b.txt"]
