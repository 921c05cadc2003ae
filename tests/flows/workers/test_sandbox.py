"""Reading in child processes, and what lies in raw: one bad file costs itself and nothing else."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from flows.sources.raw_listing import list_raw
from flows.workers.sandbox import read_submissions
from tests.support.clean_round import workbook
from tests.support.containers import encrypted
from tests.support.crashes import fail_as_told
from tests.support.paths import ROOT
from transforms.intake.formats import limits

GOOD = (ROOT / "tests" / "files" / "dalian.xlsx").read_bytes()


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    (tmp_path / "submissions").mkdir()
    return tmp_path


def put(raw: Path, name: str, content: bytes = GOOD) -> Path:
    path = raw / "submissions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_submissions_are_listed_in_order_and_all_else_with_a_reason(raw: Path, tmp_path: Path) -> None:
    for name in ("b.xlsx", "a/c.xlsx", "a/~$c.xlsx", ".DS_Store", "photo.jpg", "a/Thumbs.db"):
        put(raw, name)
    put(raw, "plan.docx", b"plan")
    outside = tmp_path.parent / f"{tmp_path.name}-outside.xlsx"
    outside.write_bytes(GOOD)
    (raw / "submissions" / "link.xlsx").symlink_to(outside)
    received, plans, ignored = list_raw(raw)
    assert [item.file for item in received] == ["submissions/a/c.xlsx", "submissions/b.xlsx"]
    assert [item.file for item in plans] == ["submissions/plan.docx"]
    assert {item.file.rsplit("/", 1)[-1]: item.reason for item in ignored} == {
        "~$c.xlsx": "left behind by the operating system or an open workbook",
        ".DS_Store": "left behind by the operating system or an open workbook",
        "Thumbs.db": "left behind by the operating system or an open workbook",
        "photo.jpg": "not a workbook",
        "link.xlsx": "a link that leads out of the raw folder",
    }


def test_links_that_lead_nowhere_and_folders_end_nothing(raw: Path) -> None:
    folder = raw / "submissions"
    (folder / "folder.xlsx").mkdir()
    put(raw, "folder.xlsx/a.xlsx")
    (folder / "loop.xlsx").symlink_to(folder / "loop.xlsx")
    (folder / "gone.xlsx").symlink_to(folder / "nothing.xlsx")
    (folder / "to a folder").symlink_to(folder / "folder.xlsx")
    (folder / "to a file.xlsx").symlink_to(folder / "folder.xlsx" / "a.xlsx")
    put(raw, "empty.xlsx", b"")
    received, _, ignored = list_raw(raw)
    assert [item.file.removeprefix("submissions/") for item in received] == [
        "empty.xlsx",
        "folder.xlsx/a.xlsx",
        "to a file.xlsx",
    ]
    assert {item.reason for item in ignored} == {"a link to a folder or to nothing"}
    assert len(ignored) == 3
    empty, *others = read_submissions(received, "first-batch")
    assert (empty.fault, empty.detail) == ("unreadable", "文件是空的")
    assert [other.fault for other in others] == [None, None]


def test_a_file_that_is_too_large_is_never_read(raw: Path) -> None:
    os.truncate(put(raw, "大连市.xlsx"), limits.CONTENT + 1)
    (large,) = read_submissions(list_raw(raw)[0], "first-batch")
    assert "上限" in (large.detail or "")
    assert large.identity.pilot == "大连市"


def test_passwords_come_from_the_setting_and_are_never_told(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(raw, "大连市.xlsx", encrypted(GOOD, "开门"))
    received, _, _ = list_raw(raw)
    (closed,) = read_submissions(received, "first-batch")
    assert closed.fault == "encrypted"
    monkeypatch.setenv("PEAK_REVIEW_PASSWORDS", "guess\n开门\n")
    (opened,) = read_submissions(received, "first-batch")
    assert opened.fault is None
    assert opened.observations
    monkeypatch.setenv("PEAK_REVIEW_PASSWORDS", "guess")
    (wrong,) = read_submissions(received, "first-batch")
    assert "guess" not in repr(wrong)


@pytest.mark.skipif(sys.platform != "linux", reason="names of bytes are Linux's")
def test_a_name_that_is_not_utf8_is_still_read(raw: Path) -> None:
    path = os.fsencode(raw / "submissions") + "/大连市.xlsx".encode("gbk")
    Path(os.fsdecode(path)).write_bytes(GOOD)
    received, _, _ = list_raw(raw)
    assert received[0].file.encode("utf-8")
    (submission,) = read_submissions(received, "first-batch")
    assert submission.identity.pilot == "大连市"  # its cover says so


def test_no_file_and_many_files(raw: Path) -> None:
    assert read_submissions([], "first-batch") == []
    for number in range(9):
        put(raw, f"{number}.xlsx")
    received, _, _ = list_raw(raw)
    assert [one.file for one in read_submissions(received, "first-batch")] == [item.file for item in received]


def test_a_file_that_takes_too_long_says_so_and_the_next_ones_are_read(raw: Path) -> None:
    for name, content in (("大连市.xlsx", b"loop"), ("a.xlsx", GOOD), ("b.xlsx", GOOD)):
        put(raw, name, content)
    *good, slow = read_submissions(list_raw(raw)[0], "first-batch", seconds=2, workers=1, reader=fail_as_told)
    assert (slow.fault, slow.detail) == ("unreadable", "读取超过2秒，已停止")
    assert slow.identity.pilot == "大连市"
    assert [one.fault for one in good] == [None, None]


def test_a_file_that_changes_or_vanishes_is_reviewed_as_it_was_hashed(raw: Path) -> None:
    path = put(raw, "a.xlsx")
    received, _, _ = list_raw(raw)
    (before,) = read_submissions(received, "first-batch")
    path.write_bytes(workbook("河北省", "唐山市"))
    (changed,) = read_submissions(received, "first-batch")
    path.unlink()
    (gone,) = read_submissions(received, "first-batch")
    assert before == changed == gone
    assert before.sha256 == received[0].sha256 == hashlib.sha256(GOOD).hexdigest()
    assert received[0].content == GOOD
    assert before.identity.pilot == "大连市"
