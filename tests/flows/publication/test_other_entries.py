"""Links, pipes, sockets, and entries of another kind where a file or folder is expected."""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.publication.reviewer_edits import not_archived
from tests.support.package_folder import BOOK, NAME, contents, run_publication


def test_a_link_is_reported_kept_and_never_followed(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "1")
    secret = tmp_path / "elsewhere" / "secret.txt"
    secret.parent.mkdir()
    secret.write_bytes(b"secret")
    package = published / NAME
    (package / "file.txt").symlink_to(secret)
    (package / "folder").symlink_to(secret.parent)
    (package / "gone.xlsx").symlink_to("nowhere")
    (package / "loop").symlink_to("loop")
    (package / os.fsdecode(b"\xff")).symlink_to("a")
    (package / BOOK).unlink()
    (package / BOOK).symlink_to(secret)
    lines = not_archived(published, [NAME])
    assert len(lines) == 6
    assert f"{NAME}/file.txt: a link to {secret}, not followed" in lines
    run_publication(published)
    assert b"secret" not in contents(published.parent / "reviews")
    assert not_archived(published, [NAME]) == []
    for text in ("new", "newer", "newest"):
        run_publication(published, text)
    assert b"secret" not in contents(published)
    (link,) = published.glob(".history/*/*/file.txt")  # that version is never deleted
    assert link.readlink() == secret
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
def test_a_pipe_or_socket_is_reported_and_replaced(published: Path, make: Callable[[Path], None], name: str) -> None:
    place = published / NAME / name
    place.unlink(missing_ok=True)
    make(place)
    assert not_archived(published, [NAME]) == [f"{NAME}/{name}: no regular file"]
    run_publication(published)
    assert not_archived(published, [NAME]) == []
    run_publication(published, "new")


def replace_by(place: Path, what: str) -> None:
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
def test_any_entry_in_place_of_a_published_one_is_replaced(published: Path, name: str, what: str) -> None:
    (published.parent / "reviews").mkdir()
    replace_by(published / name, what)
    run_publication(published, "new")
    if what in {"file", "folder"} and not (what == "file" and name.endswith("json")):
        assert b"work" in contents(published.parent / "reviews")
    assert (published / "findings.csv").read_bytes() == b"new"
    run_publication(published, "newer")


@pytest.mark.parametrize("what", ["file", "pipe", "dangling"])
def test_any_entry_in_place_of_the_archive_folder_is_left(published: Path, what: str) -> None:
    (published.parent / "reviews" / NAME).mkdir(parents=True)
    replace_by(published.parent / "reviews" / NAME, what)
    (published / NAME / "mine.txt").write_bytes(b"notes")
    run_publication(published)
    assert b"notes" in contents(published.parent / "reviews")
