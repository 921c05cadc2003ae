"""Publishing: a package is replaced as a whole or not at all, and nothing that a person put there is ever lost."""

import hashlib
import json
from pathlib import Path

import pytest

from flows.publication import swap
from flows.publication.manifest import write_manifest
from flows.publication.publish import publish
from flows.publication.reviewer_edits import archive_changes
from flows.publication.swap import PublicationError

PACKAGES = {"河北省": {"河北省评审工作簿.xlsx": b"book", "submissions/a.xlsx": b"sent"}, "山西省": {"b.xlsx": b"other"}}


def record(nation: bytes) -> dict[str, bytes]:
    entry = {"path": "全国汇总.xlsx", "hash": f"sha256:{hashlib.sha256(nation).hexdigest()}"}
    return {"全国汇总.xlsx": nation, "run.json": json.dumps({"outputs": [entry]}).encode()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    publish(tmp_path / "out", tmp_path / "archive", PACKAGES, record(b"nation"))
    return tmp_path / "out"


def archived(out: Path) -> dict[str, bytes]:
    folder = out.parent / "archive"
    return {path.name.split("-", 1)[1]: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_again_writes_nothing(out: Path) -> None:
    done = publish(out, out.parent / "archive", PACKAGES, record(b"nation"))
    assert (done.written, done.unchanged, done.archived) == ((), ("河北省", "山西省"), ())
    assert publish(out, out.parent / "archive", PACKAGES, {}, force=True).written == ("河北省", "山西省")


def test_only_what_changed_is_written(out: Path) -> None:
    changed = PACKAGES | {"山西省": {"b.xlsx": b"new"}}
    assert publish(out, out.parent / "archive", changed, {}).written == ("山西省",)
    assert (out / "山西省" / "b.xlsx").read_bytes() == b"new"


def test_a_province_that_is_gone_is_taken_away_unless_only_some_were_asked_for(out: Path) -> None:
    one = {"河北省": PACKAGES["河北省"]}
    publish(out, out.parent / "archive", one, {}, remove_others=False)
    assert (out / "山西省").is_dir()
    publish(out, out.parent / "archive", one, {})
    assert not (out / "山西省").exists()


def test_a_package_that_is_held_back_is_neither_written_nor_taken_away(out: Path) -> None:
    done = publish(out, out.parent / "archive", {"河北省": PACKAGES["河北省"]}, {}, force=True, keep=["山西省"])
    assert done.written == ("河北省",)
    assert (out / "山西省" / "b.xlsx").read_bytes() == b"other"


def test_what_a_person_changed_or_added_is_kept(out: Path) -> None:
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


def test_what_we_wrote_ourselves_is_not_archived(out: Path) -> None:
    publish(out, out.parent / "archive", PACKAGES | {"山西省": {"b.xlsx": b"new"}}, record(b"new nation"))
    assert archived(out) == {}


@pytest.mark.parametrize("name", ["~$河北省评审工作簿.xlsx", ".~lock.河北省评审工作簿.xlsx#", ".DS_Store", "Thumbs.db"])
def test_clutter_in_a_package_is_nobodys_work(out: Path, name: str) -> None:
    (out / "河北省" / name).write_bytes(b"clutter")
    done = publish(out, out.parent / "archive", PACKAGES, record(b"nation"))
    assert (done.written, archived(out)) == ((), {})


@pytest.mark.parametrize("damage", ["", "[]", '{"resources": [{}]}', '{"resources": 3}'])
def test_a_damaged_manifest_costs_nothing(out: Path, damage: str) -> None:
    (out / "河北省" / "datapackage.json").write_text(damage, encoding="utf-8")
    assert publish(out, out.parent / "archive", PACKAGES, record(b"nation")).written == ("河北省",)
    assert set(archived(out).values()) == {b"book", b"sent"}  # without a manifest nobody knows that they are ours


def test_a_failure_in_the_middle_leaves_every_package_whole(out: Path) -> None:
    missing = {"河北省": {"a.xlsx": b"new"}, "山西省": {"submissions/gone.xlsx": out / "no such file"}}
    with pytest.raises(PublicationError, match=r"nothing published: No such file or directory: .*no such file"):
        publish(out, out.parent / "archive", missing, {})
    assert (out / "河北省" / "河北省评审工作簿.xlsx").read_bytes() == b"book"
    assert not (out / ".staging").exists()


def test_a_province_that_is_held_back_stays_as_it_is(out: Path) -> None:
    done = publish(out, out.parent / "archive", {"河北省": PACKAGES["河北省"]}, {}, keep=["山西省"])
    assert done.unchanged == ("河北省",)
    assert (out / "山西省" / "b.xlsx").read_bytes() == b"other"


def test_what_is_saved_right_before_the_swap_is_archived(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def save_and_set_aside(folder: Path, name: str) -> None:
        (out / "河北省" / "河北省评审工作簿.xlsx").write_bytes(b"saved late")
        set_aside(folder, name)

    set_aside = swap._set_aside
    monkeypatch.setattr("flows.publication.swap._set_aside", save_and_set_aside)
    done = publish(out, out.parent / "archive", PACKAGES | {"河北省": {"河北省评审工作簿.xlsx": b"new"}}, {})
    assert archived(out) == {"河北省评审工作簿.xlsx": b"saved late"}
    assert len(done.archived) == 1
    assert (out / "河北省" / "河北省评审工作簿.xlsx").read_bytes() == b"new"


def test_a_staged_package_that_differs_from_its_manifest_is_not_published(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_with_a_disk_fault(folder: Path, hashes: dict[str, str], properties: dict[str, object]) -> None:
        write_manifest(folder, hashes, properties)
        (folder / "b.xlsx").write_bytes(b"n\0w")

    monkeypatch.setattr("flows.publication.publish.write_manifest", write_with_a_disk_fault)
    with pytest.raises(PublicationError, match=r"nothing published: is not on the disk as it was written: .*b\.xlsx"):
        publish(out, out.parent / "archive", {"山西省": {"b.xlsx": b"new"}}, {}, remove_others=False)
    assert (out / "山西省" / "b.xlsx").read_bytes() == b"other"


def test_a_file_that_did_not_change_is_not_touched(out: Path) -> None:
    before = (out / "全国汇总.xlsx").stat()
    publish(out, out.parent / "archive", PACKAGES, record(b"nation"))
    assert (out / "全国汇总.xlsx").stat().st_mtime_ns == before.st_mtime_ns
    publish(out, out.parent / "archive", PACKAGES, record(b"nation"), force=True)
    assert (out / "全国汇总.xlsx").stat().st_ino != before.st_ino


# ---- open workbooks --------------------------------------------------------------------------------------------------

BOOK, NEW = "河北省评审工作簿.xlsx", "河北省评审工作簿（新）.xlsx"
CHANGED = PACKAGES | {"河北省": PACKAGES["河北省"] | {BOOK: b"new"}}
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
def test_an_open_workbook_that_would_stay_the_same_needs_no_other(out: Path, lock: str) -> None:
    (out / "河北省" / lock).write_bytes(b"open")
    done = publish(out, out.parent / "archive", PACKAGES, {}, force=True)
    assert done.beside == ()
    assert names(out) == {BOOK, lock, "submissions", "datapackage.json"}


def test_where_both_are_open_the_newest_has_to_wait(out: Path) -> None:
    (out / "河北省" / f"~${BOOK}").write_bytes(b"open")
    publish(out, out.parent / "archive", CHANGED, {})
    (out / "河北省" / f"~${NEW}").write_bytes(b"open")
    publish(out, out.parent / "archive", PACKAGES | {"河北省": PACKAGES["河北省"] | {BOOK: b"newer"}}, {})
    assert (out / "河北省" / BOOK).read_bytes() == b"book"
    assert (out / "河北省" / NEW).read_bytes() == b"new"


def test_a_lock_of_nothing_holds_nothing(out: Path) -> None:
    (out / "河北省" / "~$gone.xlsx").write_bytes(b"open")
    assert publish(out, out.parent / "archive", CHANGED, {}).beside == ()


def test_a_package_with_an_open_workbook_is_not_taken_away(out: Path) -> None:
    (out / "山西省" / "~$b.xlsx").write_bytes(b"open")
    publish(out, out.parent / "archive", {"河北省": PACKAGES["河北省"]}, {})
    assert (out / "山西省" / "b.xlsx").exists()


# ---- what a person wrote, before anything is made anew ---------------------------------------------------------------


def test_changes_are_kept_once_and_only_where_asked(out: Path) -> None:
    (out / "河北省" / BOOK).write_bytes(b"with remarks")
    (out / "山西省" / "b.xlsx").write_bytes(b"with others")
    archive = out.parent / "archive"
    (kept,) = archive_changes(out, archive, ["河北省"])
    assert Path(kept).read_bytes() == b"with remarks"
    assert archive_changes(out, archive) == (*archive_changes(out, archive, ["山西省"]), kept)
    assert len(archived(out)) == 2


def test_what_is_saved_over_a_workbook_that_stayed_open_says_what_it_follows(out: Path) -> None:
    archive, place = out.parent / "archive", out / "河北省"
    (place / f"~${BOOK}").write_bytes(b"open")
    (place / BOOK).write_bytes(b"first")
    (first,) = archive_changes(out, archive)
    publish(out, archive, CHANGED, {})
    (place / BOOK).write_bytes(b"second")
    (second,) = archive_changes(out, archive)
    one, two = (hashlib.sha256(text).hexdigest()[:16] for text in (b"first", b"second"))
    assert [Path(first).name, Path(second).name] == [f"{one}-{BOOK}", f"{two}.{one}-{BOOK}"]
