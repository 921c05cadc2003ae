"""Whatever a person puts into a package: nothing of it is lost, and no run fails because of it."""

import hashlib
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows.publication.history import versions
from flows.publication.input_fingerprint import LastRun, load_last_run, match_manifests, output_hashes, save_last_run
from flows.publication.open_workbooks import open_files
from flows.publication.publish import publish
from flows.publication.reviewer_edits import archive_changes, not_archived
from flows.publication.rollback import VersionNotFoundError, roll_back
from flows.publication.swap import PublicationError
from flows.sources.raw_listing import list_raw

NAME, BOOK = "河北省", "河北省评审工作簿.xlsx"
PACKAGE = {BOOK: b"book", "submissions/a.xlsx": b"sent"}
NOBODY = 65534


@pytest.fixture
def out(tmp_path: Path) -> Path:
    night(tmp_path / "out")
    return tmp_path / "out"


def night(out: Path, text: str = "book") -> tuple[str, ...]:
    """What a run does around publishing."""
    kept = archive_changes(out, out.parent / "reviews")
    entry = {"path": "findings.csv", "hash": f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"}
    files = {"run.json": json.dumps({"outputs": [entry]}).encode(), "findings.csv": text.encode()}
    done = publish(out, out.parent / "reviews", {NAME: PACKAGE | {BOOK: text.encode()}}, files)
    assert (out / NAME / BOOK).read_bytes() == text.encode()
    outputs = output_hashes(out)
    assert match_manifests(out, outputs)
    save_last_run(out, LastRun("inputs", outputs, 1, 1, 1, [], [NAME], []))
    assert load_last_run(out, "inputs") is not None
    return (*kept, *done.archived)


def contents(folder: Path) -> set[bytes]:
    return {path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


LONG = "审" * 80 + ".xlsx"
NAMES = [
    LONG, "长" * 85, os.fsdecode(b"\xb2\xe9.xlsx"), os.fsdecode(b"\xff" * 250), "a\nb.xlsx", 'a"b\\c*.xlsx',
    "~$notes.xlsx", ".hidden.xlsx", ".~notes.xlsx", ".~lock.notes.xlsx#", "._notes", "-", " ", "notes.xlsx.part",
    "x." + "y" * 240,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_file_under_any_name_is_kept_and_costs_no_night(out: Path, name: str) -> None:
    (out / NAME / "submissions" / name).write_bytes(b"work")
    kept = night(out)
    assert b"work" in contents(out.parent / "reviews")
    for path in kept:
        path.encode()
        assert path.isprintable()
    assert sorted(path.name for path in (out / NAME).rglob("*") if path.is_file()) == sorted(
        ["a.xlsx", "datapackage.json", BOOK]
    )
    for file in list_raw(out.parent, "reviews")[0]:  # what is no workbook by its name is not read as one
        assert not Path(file.file).name.partition("-")[2].startswith((".", "~$"))
    assert night(out, "new") == ()
    assert contents(out.parent / "reviews") >= {b"work"}


def test_the_name_that_a_file_had_is_written_down(out: Path) -> None:
    (out / NAME / LONG).write_bytes(b"work")
    (kept, _) = night(out)
    assert Path(f"{kept}.原名.txt").read_text(encoding="utf-8") == f"{LONG}\n"


def test_a_link_is_noted_and_never_followed(out: Path, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere" / "secret.txt"
    secret.parent.mkdir()
    secret.write_bytes(b"secret")
    package = out / NAME
    (package / "file.txt").symlink_to(secret)
    (package / "folder").symlink_to(secret.parent)
    (package / "gone.xlsx").symlink_to("nowhere")
    (package / "loop").symlink_to("loop")
    (package / os.fsdecode(b"\xff")).symlink_to("a")
    (package / BOOK).unlink()
    (package / BOOK).symlink_to(secret)
    lines = not_archived(out, [NAME])
    assert len(lines) == 6
    assert f"{NAME}/file.txt: a link to {secret}, not followed" in lines
    night(out)
    assert b"secret" not in contents(out.parent / "reviews")
    assert f"file.txt -> {secret}\n".encode() in contents(out.parent / "reviews")
    assert not_archived(out, [NAME]) == []
    night(out, "new")
    assert b"secret" not in contents(out)
    assert secret.read_bytes() == b"secret"


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        here = Path.cwd()
        os.chdir(path.parent)
        try:
            one.bind(path.name)
        finally:
            os.chdir(here)


@pytest.mark.parametrize("make", [os.mkfifo, make_socket], ids=["pipe", "socket"])
@pytest.mark.parametrize("name", ["new", BOOK, "datapackage.json", "submissions/a.xlsx"])
def test_what_is_no_file_is_told_and_stops_nothing(out: Path, make: Callable[[Path], None], name: str) -> None:
    place = out / NAME / name
    place.unlink(missing_ok=True)
    make(place)
    assert not_archived(out, [NAME]) == [f"{NAME}/{name}: no regular file"]
    night(out)
    assert not_archived(out, [NAME]) == []
    night(out, "new")


def in_place_of(place: Path, what: str) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()
    if what == "file":
        place.write_bytes(b"work")
    elif what == "folder":
        place.mkdir()
        (place / "mine.txt").write_bytes(b"work")
    elif what == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to({"dangling": "nowhere", "link": "../reviews"}[what])


@pytest.mark.parametrize("what", ["file", "folder", "pipe", "dangling", "link"])
@pytest.mark.parametrize(
    "name", [NAME, f"{NAME}/submissions", f"{NAME}/{BOOK}", f"{NAME}/datapackage.json", "findings.csv"]
)
def test_something_else_where_our_own_belongs(out: Path, name: str, what: str) -> None:
    (out.parent / "reviews").mkdir()
    in_place_of(out / name, what)
    night(out, "new")
    if what in {"file", "folder"} and not (what == "file" and name.endswith("json")):
        assert b"work" in contents(out.parent / "reviews")
    assert (out / "findings.csv").read_bytes() == b"new"
    night(out, "newer")


@pytest.mark.parametrize("what", ["file", "pipe", "dangling"])
def test_something_else_where_the_archive_belongs(out: Path, what: str) -> None:
    (out.parent / "reviews" / NAME).mkdir(parents=True)
    in_place_of(out.parent / "reviews" / NAME, what)
    (out / NAME / "mine.txt").write_bytes(b"notes")
    night(out)
    assert b"notes" in contents(out.parent / "reviews")


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder as a user sees it whom permissions concern: root may do everything."""
    place = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    if root:
        os.chown(place, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield place
    finally:
        if root:
            os.seteuid(0)
        for folder, folders, _ in os.walk(place):
            for name in folders:
                Path(folder, name).chmod(0o700)
        shutil.rmtree(place)


@pytest.mark.parametrize("name", ["mine.txt", "mine/folder.txt", BOOK])
def test_what_may_not_be_read_is_never_thrown_away(shared: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "1")
    out = shared / "out"
    night(out)
    place = out / NAME / name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"work")
    closed = place.parent if name == "mine/folder.txt" else place
    closed.chmod(0)
    (line,) = not_archived(out, [NAME])
    assert line.startswith(f"{closed.relative_to(out)}: cannot be ")
    for text in ("book", "two", "book", "four"):
        night(out, text)
    history = out / ".history" / NAME
    (old,) = [version for version in versions(out, NAME) if not_archived(history, [version])]
    (history / old / closed.relative_to(out / NAME)).chmod(0o700)
    assert (history / old / name).read_bytes() == b"work"


def test_a_folder_that_may_not_be_emptied_costs_no_night(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "0")
    out = shared / "out"
    night(out)
    place = out / NAME / "mine"
    place.mkdir()
    (place / "notes.txt").write_bytes(b"work")
    place.chmod(0o500)
    for text in ("one", "two"):
        night(out, text)
    assert b"work" in contents(shared / "reviews")


def test_a_package_that_may_not_be_read_stays_and_the_others_go_on(shared: Path) -> None:
    out, archive = shared / "out", shared / "reviews"
    packages = {NAME: PACKAGE, "山西省": {"b.xlsx": b"other"}}
    publish(out, archive, packages, {})
    (out / NAME).chmod(0)
    done = publish(out, archive, {name: {"b.xlsx": b"new"} for name in packages}, {})
    assert (done.written, done.locked) == (("山西省",), (NAME,))
    (out / NAME).chmod(0o700)
    assert publish(out, archive, {name: {"b.xlsx": b"new"} for name in packages}, {}).written == (NAME,)


# ---- what is ours is told by the manifest ----------------------------------------------------------------------------

TILDE = {BOOK: b"book", "notices/~$张家口市补正通知.docx": b"one", "notices/张家口市补正通知.docx": b"two"}


def test_letters_of_a_pilot_with_the_name_of_a_lock_are_letters(tmp_path: Path) -> None:
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


def test_a_lock_of_somebody_elses_file_holds_nothing(out: Path) -> None:
    (out / NAME / "mine.xlsx").write_bytes(b"work")
    (out / NAME / "~$mine.xlsx").write_bytes(b"lock")
    assert open_files(out / NAME) == {}
    assert len(set(night(out, "new"))) == 1
    assert not (out / NAME / "mine.xlsx").exists()


def test_a_lock_of_word_is_no_work(out: Path) -> None:
    publish(out, out.parent / "reviews", {NAME: TILDE}, {})
    (out / NAME / "notices" / "~$口市补正通知.docx").write_bytes(b"lock")
    assert archive_changes(out, out.parent / "reviews") == ()


@pytest.mark.parametrize(
    "file", ["submissions/" + "长" * 86, "submissions/" + "\\xb2" * 70 + ".xlsx", "notices/\ud83d.docx"]
)
def test_a_name_of_ours_that_is_too_long_or_no_unicode_costs_nothing(tmp_path: Path, file: str) -> None:
    for _ in range(2):
        publish(tmp_path / "out", tmp_path / "reviews", {NAME: PACKAGE | {file: b"long"}}, {})
    (path,) = [path for path in (tmp_path / "out" / NAME).rglob("*") if path.is_file() and path.read_bytes() == b"long"]
    manifest = json.loads((tmp_path / "out" / NAME / "datapackage.json").read_bytes())
    assert path.relative_to(tmp_path / "out" / NAME).as_posix() in {entry["path"] for entry in manifest["resources"]}
    assert contents(tmp_path / "reviews") == set()


# ---- what a failure says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("begun", [False, True])
def test_a_failure_says_whether_anything_was_published(shared: Path, begun: bool) -> None:
    out = shared / "out"
    night(out)
    if begun:
        (out / ".history").mkdir()
        (out / ".history").chmod(0o500)
    else:
        out.chmod(0o500)
    with pytest.raises(PublicationError) as caught:
        night(out, "new")
    assert caught.value.begun == begun
    assert str(caught.value).startswith(
        "published in part, the next run finishes: " if begun else "nothing published: "
    )
    assert (out / NAME / BOOK).read_bytes() == (b"new" if begun else b"book")
    if begun:
        (out / ".history").chmod(0o700)
        with pytest.raises(VersionNotFoundError):
            roll_back(out, shared / "reviews", NAME, "no such")  # what was begun is finished first
        (version,) = versions(out, NAME)
        (out / ".history").chmod(0o500)
        (out / ".history" / NAME).chmod(0o500)
        with pytest.raises(PublicationError, match="published in part") as caught:
            roll_back(out, shared / "reviews", NAME, version)
        assert (caught.value.begun, (out / NAME / BOOK).read_bytes()) == (True, b"book")
