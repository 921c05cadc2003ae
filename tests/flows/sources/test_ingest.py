"""Pull: each content once under its path with a receipt, and what is still changing waits."""

import os
from pathlib import Path

import pytest

from flows.publication.file_names import is_hidden
from flows.sources import ingest as ingesting
from flows.sources.as_of import RECEIPTS
from flows.sources.connections import TimeLimits
from flows.sources.ingest import KNOWN, NEW, REFUSED, WAITING
from flows.sources.raw_listing import list_raw
from flows.sources.raw_store import read_receipts
from flows.sources.source_urls import Source
from tests.support.inbox import NAME, pull, put
from tests.support.source_servers import statuses, stored
from transforms.intake.formats.limits import CONTENT


def test_everything_is_taken_in_under_its_path_with_a_receipt(inbox: Path, folder: Path) -> None:
    assert statuses(pull(inbox, folder)) == {NAME: NEW, "山西省/长治市.xlsx": NEW}
    assert stored(folder) == {NAME: b"one", "山西省/长治市.xlsx": b"two"}
    first = read_receipts(folder)[1]
    assert (first.source, first.name, first.size, first.run) == (f"file://{inbox}", NAME, 3, "run-1")
    assert first.sha256 == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    assert first.stored == f"submissions/{NAME}"
    assert first.new
    assert first.time.endswith("+00:00")


def test_what_the_review_finds_is_the_submissions_and_no_more(inbox: Path, folder: Path) -> None:
    pull(inbox, folder)
    received, _, ignored = list_raw(folder)
    assert [item.file for item in received] == ["submissions/山西省/长治市.xlsx", f"submissions/{NAME}"]
    assert not ignored
    assert (folder / RECEIPTS).exists()


def test_a_second_pull_changes_nothing(inbox: Path, folder: Path) -> None:
    pull(inbox, folder)
    before = (folder / RECEIPTS).read_bytes()
    assert set(statuses(pull(inbox, folder)).values()) == {KNOWN}
    assert (folder / RECEIPTS).read_bytes() == before
    assert len(stored(folder)) == 2


def test_a_changed_file_is_kept_beside_the_earlier_one(inbox: Path, folder: Path) -> None:
    pull(inbox, folder)
    put(inbox, NAME, b"uno")
    assert statuses(pull(inbox, folder))[NAME] == NEW
    assert stored(folder) == {
        NAME: b"one",
        "河北省/唐山市/指标表-bf0ec369.xlsx": b"uno",
        "山西省/长治市.xlsx": b"two",
    }


def test_known_content_under_another_name_gets_one_receipt_and_no_copy(inbox: Path, folder: Path) -> None:
    pull(inbox, folder)
    put(inbox, "again.xlsx", b"one")
    for _ in range(2):
        assert statuses(pull(inbox, folder))["again.xlsx"] == KNOWN
        (receipt,) = [one for one in read_receipts(folder) if one.name == "again.xlsx"]
        assert (receipt.new, receipt.stored) == (False, f"submissions/{NAME}")
    assert len(stored(folder)) == 2


def test_what_a_person_put_into_raw_by_hand_is_known(inbox: Path, folder: Path) -> None:
    put(folder / "submissions", "by hand.xlsx", b"one")
    assert statuses(pull(inbox, folder)) == {NAME: KNOWN, "山西省/长治市.xlsx": NEW}


def test_a_file_is_fetched_again_when_raw_no_longer_has_it(inbox: Path, folder: Path) -> None:
    pull(inbox, folder)
    (folder / "submissions" / NAME).unlink()
    assert statuses(pull(inbox, folder))[NAME] == NEW
    assert stored(folder)[NAME] == b"one"
    assert [receipt.new for receipt in read_receipts(folder) if receipt.name == NAME] == [True, True]


def test_a_file_that_grows_between_two_looks_waits(inbox: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ingesting, "sleep", lambda _: put(inbox, NAME, b"one and more"))
        result = pull(inbox, folder)
    assert statuses(result) == {NAME: WAITING, "山西省/长治市.xlsx": NEW}
    assert "still changing" in {file.reason for file in result.files}
    assert stored(folder) == {"山西省/长治市.xlsx": b"two"}
    assert statuses(pull(inbox, folder))[NAME] == NEW


def test_a_file_that_changes_while_it_is_read_waits(inbox: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_and_change(source: Source, files: object, found: ingesting.RemoteFile, limits: TimeLimits) -> bytes:
        content = read_file(source, files, found, limits)
        if found.name == NAME:
            put(inbox, NAME, b"new")
        return content

    read_file = ingesting.read_file
    monkeypatch.setattr(ingesting, "read_file", read_and_change)
    assert statuses(pull(inbox, folder)) == {NAME: WAITING, "山西省/长治市.xlsx": NEW}
    assert NAME not in stored(folder)


@pytest.mark.parametrize("name", ["a.xlsx.part", "a.xlsx.TMP", "a.xlsx.crdownload", "a.xlsx.filepart"])
def test_a_name_of_an_upload_waits(inbox: Path, folder: Path, name: str) -> None:
    put(inbox, name, b"half")
    assert statuses(pull(inbox, folder))[name] == WAITING
    assert len(stored(folder)) == 2


@pytest.mark.parametrize(
    "lock", ["~$指标表.xlsx", ".~lock.指标表.xlsx#", "~$表.xlsx", ".~指标表.xlsx", "指标表.xlsx.part"]
)
def test_a_file_with_a_lock_beside_it_waits_until_the_lock_is_stale(inbox: Path, folder: Path, lock: str) -> None:
    beside = put(inbox, f"河北省/唐山市/{lock}", b"")
    assert statuses(pull(inbox, folder))[NAME] == WAITING
    os.utime(beside, (1e9, 1e9))
    assert statuses(pull(inbox, folder))[NAME] == NEW


def test_clutter_is_passed_over(inbox: Path, folder: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", ".git/config", "__MACOSX/a.xlsx", "~$b.xlsx", ".~lock.b.xlsx#"):
        put(inbox, name, b"clutter")
        assert is_hidden(name)
    assert set(statuses(pull(inbox, folder))) == {NAME, "山西省/长治市.xlsx"}


def test_what_is_too_large_is_noted_and_not_stored(inbox: Path, folder: Path) -> None:
    with (inbox / "large.xlsx").open("wb") as stream:
        stream.truncate(CONTENT + 1)
    (file,) = [file for file in pull(inbox, folder).files if file.status == REFUSED]
    assert (file.name, file.reason) == ("large.xlsx", "larger than 50 MiB")
    assert "large.xlsx" not in stored(folder)
