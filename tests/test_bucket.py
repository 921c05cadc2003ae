"""`raw` and `out` in a bucket of a real S3 server: whole at any moment, nothing lost, the same as in folders."""

import errno
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from s3fs import S3FileSystem

import flows.lease
from flows.bucket import list_objects, open_bucket, put_if
from flows.commit import finish
from flows.lease import lease, lease_holder
from flows.place import NoPlace, Unfinished, at_hand
from flows.restore import restore
from flows.sources import shown_place
from tests.kill.child import PROVINCES, ROUND, book_of, expected, run
from tests.servers import SECRET, start
from tests.shelf import NAME, Shelf, shelf, watched

KILLS = int(os.environ.get("PEAK_REVIEW_KILLS", "6"))
EDIT = b"what a reviewer decided"


class Killed(BaseException):
    """Nothing of ours reaches the server any more."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with shelf(tmp_path_factory.mktemp("s3")) as it:
        yield it


@pytest.fixture
def bucket(server: Shelf, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """An empty one, and the settings with which it is reached."""
    monkeypatch.setenv("PEAK_REVIEW_S3_KEY", "keeper")
    monkeypatch.setenv("PEAK_REVIEW_S3_SECRET", SECRET)
    monkeypatch.setenv("PEAK_REVIEW_PULL_PAUSES", "0 0")
    server.clear()
    server.put(f"raw/{ROUND}/submissions/a.xlsx", b"submitted")
    return server


def publish(bucket: Shelf, state: int) -> None:
    """A night: what it publishes is made up, how it does so is not."""
    with at_hand(bucket.raw, bucket.out, ROUND) as place:
        run(place.out, place.raw, state)
        place.hand_over()


def is_edit(content: bytes) -> bool:
    return content.startswith(EDIT)


def archived(bucket: Shelf) -> list[bytes]:
    return [bucket.get(key) for key in bucket.keys(f"raw/{ROUND}/reviews/")]


def key_of(bucket: Shelf, province: str, name: str) -> str:
    pointer = bucket.pointer(province)
    assert pointer
    return f"out/{ROUND}/{province}/{pointer['version']}/{name}"


def test_a_round_is_published_and_published_again(bucket: Shelf) -> None:
    for state in (1, 3, 4):
        publish(bucket, state)
        assert bucket.published() == expected(state)
        assert bucket.fault(PROVINCES[0], is_edit) is None
    assert bucket.get(f"raw/{ROUND}/submissions/a.xlsx") == b"submitted"
    assert not [key for key in bucket.keys("") if "lock" in key or "staging" in key or "part" in key]


def test_a_version_is_byte_for_byte_a_package_of_a_folder(bucket: Shelf, tmp_path: Path) -> None:
    publish(bucket, 1)
    run(tmp_path / "out", tmp_path / "raw", 1)
    folder = tmp_path / "out" / ROUND / PROVINCES[0]
    for path in folder.rglob("*"):
        if path.is_file():
            assert bucket.get(key_of(bucket, PROVINCES[0], path.relative_to(folder).as_posix())) == path.read_bytes()


def test_what_has_not_changed_is_not_written(bucket: Shelf) -> None:
    publish(bucket, 1)

    def stamps() -> dict[str, Any]:
        with open_bucket(bucket.out) as it:
            return {
                key: one.modified for key, one in list_objects(it, ROUND).items() if not key.endswith("versions.json")
            }

    before = stamps()
    time.sleep(1.1)  # their times have whole seconds
    publish(bucket, 1)
    assert stamps() == before


def test_a_province_that_is_gone_has_no_pointer_but_its_versions_stay(bucket: Shelf) -> None:
    publish(bucket, 1)
    assert bucket.pointer(PROVINCES[5])
    publish(bucket, 2)
    assert bucket.pointer(PROVINCES[5]) is None
    assert bucket.keys(f"out/{ROUND}/{PROVINCES[5]}/")
    assert bucket.published() == expected(2)


def test_as_many_versions_stay_as_the_setting_says_and_one_can_be_put_back(
    bucket: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "2")
    versions = []
    for state in (1, 3, 4, 6):
        publish(bucket, state)
        versions.append((bucket.pointer(PROVINCES[0]) or {})["version"])
    kept = {key.split("/")[3] for key in bucket.keys(f"out/{ROUND}/{PROVINCES[0]}/") if key.count("/") > 3}
    assert kept == set(versions[1:])
    with at_hand(bucket.raw, bucket.out, ROUND) as place:
        assert restore(place.out / ROUND, place.raw / ROUND / "reviews", PROVINCES[0]) == versions[2]
        place.hand_over()
    assert (bucket.pointer(PROVINCES[0]) or {})["version"] == versions[2]
    publish(bucket, 6)  # what was taken back stays so
    assert (bucket.pointer(PROVINCES[0]) or {})["version"] == versions[2]
    publish(bucket, 7)
    assert bucket.published() == expected(7)


def test_what_a_person_saves_is_kept_whenever_it_comes(bucket: Shelf) -> None:
    publish(bucket, 1)
    first = key_of(bucket, PROVINCES[0], book_of(PROVINCES[0]))
    bucket.put(first, EDIT + b" 1")
    bucket.put(key_of(bucket, PROVINCES[4], "note.txt"), EDIT + b" in a package that does not change")
    with at_hand(bucket.raw, bucket.out, ROUND) as place:
        run(place.out, place.raw, 3)
        # While the run is at it, and after it was replaced.
        bucket.put(first, EDIT + b" 2")
        place.hand_over()
    bucket.put(first.replace(book_of(PROVINCES[0]), "annex.docx"), EDIT + b" 3")
    publish(bucket, 3)
    assert sorted(archived(bucket)) == [
        EDIT + b" 1",
        EDIT + b" 2",
        EDIT + b" 3",
        EDIT + b" in a package that does not change",
    ]
    assert bucket.published() == expected(3)


def test_killed_after_any_number_of_writes(bucket: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(bucket, 0)
    call, count, last = S3FileSystem.call_s3, 0, 0
    lock = threading.Lock()

    def counted(self: S3FileSystem, method: str, *arguments: object, **keywords: object) -> object:
        nonlocal count
        if method in {"put_object", "delete_object"}:
            with lock:
                count += 1
                if last and count > last:
                    raise Killed
        return call(self, method, *arguments, **keywords)

    monkeypatch.setattr(S3FileSystem, "call_s3", counted)
    publish(bucket, 1)
    writes, state = count, 1
    assert writes > 30
    provinces = list(PROVINCES[:5])
    for moment in range(2, writes + 2, 2 if KILLS >= 100 else 12):
        edit = EDIT + str(moment).encode()
        bucket.put(key_of(bucket, PROVINCES[0], book_of(PROVINCES[0])), edit)
        with watched(bucket, provinces, is_edit) as wrong:
            count, last = 0, moment
            with pytest.raises(Killed):
                publish(bucket, state + 1)
            for name, content in expected(state).items():
                if "/" not in name:
                    assert bucket.get(f"out/{ROUND}/{name}") in {content, expected(state + 1)[name]}
            last = 0
            # As if its time had run out, which has a test of its own.
            bucket.client.delete_object(Bucket=NAME, Key=f"out/.{ROUND}.lock")
            publish(bucket, state + 1)
        assert wrong == []
        assert bucket.published() == expected(state + 1)
        assert edit in archived(bucket)
        state += 1
    assert bucket.get(f"raw/{ROUND}/submissions/a.xlsx") == b"submitted"


def test_a_server_that_dies_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_S3_KEY", "keeper")
    monkeypatch.setenv("PEAK_REVIEW_S3_SECRET", SECRET)
    monkeypatch.setenv("PEAK_REVIEW_PULL_PAUSES", "0")
    with start("s3", tmp_path) as dying:
        it = Shelf(dying)
        it.clear()
        with pytest.raises(OSError, match="failed: ") as failed, at_hand(it.raw, it.out, ROUND) as place:  # noqa: PT012
            run(place.out, place.raw, 1)
            dying.kill()
            place.hand_over()
        it.client.close()
    assert failed.value.errno == errno.EIO
    assert SECRET not in str(failed.value)


def test_two_runs_do_not_overlap_and_the_second_is_told_who_is_at_it(bucket: Shelf) -> None:
    with at_hand(bucket.raw, bucket.out, ROUND):
        with (
            pytest.raises(BlockingIOError, match=r"another run is at this round \(process "),
            at_hand(bucket.raw, bucket.out, ROUND),
        ):
            pass
        with open_bucket(bucket.out) as it:
            who, alive = lease_holder(it, f".{ROUND}.lock")
            assert who
            assert alive
    assert not [key for key in bucket.keys("") if "lock" in key]


def test_a_lease_that_ran_out_is_taken_over_and_its_holder_told(bucket: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_bucket(bucket.out) as it, lease(it, "lock") as (check, before):
        assert before is None
        check()
        monkeypatch.setattr(flows.lease, "EXPIRY", 0.0)
        time.sleep(1.1)
        with lease(it, "lock") as (_, killed):
            assert killed
            assert killed.pid > 0
        with pytest.raises(OSError, match="may have taken over"):
            check()
        # The first one does not let go of what is no longer its own.
        mine = put_if(it, "lock", b"{}", is_new=True)
        assert mine
    assert bucket.keys("out/lock") == ["out/lock"]


def test_a_lease_is_renewed_while_its_run_lives(bucket: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.lease, "RENEWAL", 0.05)
    with open_bucket(bucket.out) as it, lease(it, "lock") as (check, _):
        first = list_objects(it, "")["lock"].modified
        time.sleep(1.5)
        assert list_objects(it, "")["lock"].modified > first
        check()


def test_a_store_without_conditions_is_refused(bucket: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    call = S3FileSystem.call_s3

    def old(self: S3FileSystem, method: str, *arguments: object, **keywords: object) -> object:
        keywords.pop("IfNoneMatch", None)
        return call(self, method, *arguments, **keywords)

    monkeypatch.setattr(S3FileSystem, "call_s3", old)
    with open_bucket(bucket.out) as it, pytest.raises(OSError, match="does not know If-None-Match"), lease(it, "lock"):
        pass


def test_half_of_it_handed_over_is_told(bucket: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "failed: made for this test", "s3://round/out")

    monkeypatch.setattr("flows.place.hand_over_out", refuse)
    with pytest.raises(Unfinished, match="made for this test"):
        publish(bucket, 1)


@pytest.mark.parametrize("key", ["raw/first-batch/submissions/../../../x.xlsx", "raw/first-batch//x.xlsx"])
def test_a_key_that_is_no_path_is_never_written_to_disk(bucket: Shelf, key: str) -> None:
    bucket.put(key, b"x")
    with pytest.raises(OSError, match="a key that is no path"), at_hand(bucket.raw, bucket.out, ROUND):
        pass


def test_a_url_that_is_none_is_wrong_use() -> None:
    with pytest.raises(NoPlace), at_hand("s3://", "data/out", ROUND):
        pass


def test_a_place_is_shown_without_credentials() -> None:
    assert shown_place(f"s3://keeper:{SECRET}@{NAME}/out?endpoint=http://127.0.0.1:1") == f"s3://{NAME}/out"


def test_a_folder_is_worked_in_as_it_is(tmp_path: Path) -> None:
    with at_hand(tmp_path / "raw", tmp_path / "out", ROUND) as place:
        assert (place.raw, place.out) == (tmp_path / "raw", tmp_path / "out")
        assert finish(place.out / ROUND, place.raw / ROUND) == []
        assert json.dumps(place.told("/x")) == '"/x"'
