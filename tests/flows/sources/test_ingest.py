"""Pull: each content once, nothing lost, overwritten or half there, whatever a source is called or does meanwhile."""

import os
import random
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flows.publication.file_names import is_hidden, safe_parts
from flows.sources import ingest as ingesting
from flows.sources.as_of import RECEIPTS
from flows.sources.connections import TimeLimits
from flows.sources.ingest import FAILED, KNOWN, NEW, REFUSED, WAITING, SourceResult
from flows.sources.raw_listing import list_raw
from flows.sources.raw_store import PullRunningError, lock_raw, read_receipts
from flows.sources.source_urls import Source, parse_source
from tests.support.paths import ROOT
from tests.support.source_servers import pull as take
from tests.support.source_servers import statuses, stored
from transforms.intake.formats.limits import CONTENT

NAME = "河北省/唐山市/指标表.xlsx"


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    put(tmp_path / "inbox", NAME, b"one")
    put(tmp_path / "inbox", "山西省/长治市.xlsx", b"two")
    return tmp_path / "inbox"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "raw" / "first-batch").mkdir(parents=True)
    return tmp_path / "raw" / "first-batch"


def put(below: Path, name: str, content: bytes) -> Path:
    path = below / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def pull(inbox: Path, folder: Path) -> SourceResult:
    return take(parse_source(str(inbox), {}.get), folder, wait=0)


@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_has_the_name_of_the_arriving_folder_is_moved_aside(
    inbox: Path, folder: Path, tmp_path: Path, kind: str
) -> None:
    mine = put(tmp_path, "elsewhere/mine", b"mine")
    for name in (".arriving", ".pull.lock"):
        if kind == "link":
            (folder / name).symlink_to(mine.parent)
        elif name == ".arriving":
            (folder / name).write_bytes(b"mine")
        else:
            (folder / name).mkdir()
    assert statuses(pull(inbox, folder)) == {NAME: NEW, "山西省/长治市.xlsx": NEW}
    assert list(mine.parent.iterdir()) == [mine]
    (folder / ".arriving" / "folder").mkdir()
    assert set(statuses(pull(inbox, folder)).values()) == {KNOWN}


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


@pytest.mark.parametrize("lock", ["~$指标表.xlsx", ".~lock.指标表.xlsx#", "~$表.xlsx", "指标表.xlsx.part"])
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


def test_a_link_is_not_followed(inbox: Path, folder: Path, tmp_path: Path) -> None:
    put(tmp_path, "private/key.xlsx", b"secret")
    (inbox / "key.xlsx").symlink_to(tmp_path / "private" / "key.xlsx")
    (inbox / "all").symlink_to(tmp_path / "private")
    (inbox / "round").symlink_to(inbox)
    result = statuses(pull(inbox, folder))
    assert {name for name, kind in result.items() if kind == REFUSED} == {"key.xlsx", "all", "round"}
    assert b"secret" not in stored(folder).values()


def test_a_folder_that_is_closed_to_us_does_not_hide_the_others(
    inbox: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def closed(path: str) -> object:
        if str(path).endswith("唐山市"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    result = pull(inbox, folder)
    assert result.errors == ("河北省/唐山市: access refused",)
    assert [file.name for file in result.files] == ["山西省/长治市.xlsx"]


def test_a_password_in_a_library_s_words_is_not_told(
    inbox: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise OSError("login keeper:geheim-4711 failed\nat once")

    monkeypatch.setattr(os, "scandir", fail)
    source = Source("file:///in", "file", str(inbox), secrets=("geheim-4711",))
    assert take(source, folder).errors == ("failed: OSError: login keeper:*** failed at once",)


def test_a_source_that_is_not_there_is_told(tmp_path: Path, folder: Path) -> None:
    assert pull(tmp_path / "nowhere", folder).errors == ("is not there",)
    assert pull(put(tmp_path, "file.xlsx", b""), folder).errors == ("is not a folder",)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/abs/./x.xlsx", "abs/x.xlsx"),
        ("a//b.xlsx", "a/b.xlsx"),
        ("..\\..\\x.xlsx", ".._.._x.xlsx"),
        ("x\n\x1b[31m\x00.xlsx", "x__[31m_.xlsx"),
        ("gpj\u202exslx.exe", "gpj_xslx.exe"),
        ('con<>:"|?*.xlsx', "con_______.xlsx"),
        ("trailing. /x.xlsx ", "trailing/x.xlsx"),
        ("ｅ\u0301é/e\u0301.xlsx", "ｅ\u0301é/é.xlsx"),
        (os.fsdecode("唐山市.xlsx".encode("gb18030")), "唐山市.xlsx"),
        ("bad\udcff\ud800.xlsx", "bad__.xlsx"),
        ("", ""),
        ("/../", ""),
    ],
)
def test_a_hostile_name_leads_nowhere_else(name: str, safe: str) -> None:
    assert "/".join(safe_parts(name)) == safe


def test_a_long_name_is_cut_and_stays_its_own() -> None:
    one, other = safe_parts("表" * 300 + "一.xlsx"), safe_parts("表" * 300 + "二.xlsx")
    assert one != other
    assert all(len(name.encode()) <= 200 and name.endswith(".xlsx") for name in (*one, *other))
    assert len(safe_parts("/".join("abcdefghijklmnop"))) == 10


def test_names_of_old_systems_are_read_and_told(inbox: Path, folder: Path) -> None:
    path = os.fsencode(inbox) + "/大连市.xlsx".encode("gb18030")
    Path(os.fsdecode(path)).write_bytes(b"three")
    pull(inbox, folder)
    assert stored(folder)["大连市.xlsx"] == b"three"
    assert statuses(pull(inbox, folder)).popitem()[1] == KNOWN
    assert len(read_receipts(folder)) == 3


def test_what_lies_in_the_way_is_neither_replaced_nor_gone_through(inbox: Path, folder: Path, tmp_path: Path) -> None:
    put(folder / "submissions", "山西省", b"a file of that name")
    (tmp_path / "outside").mkdir()
    (folder / "submissions" / "河北省").symlink_to(tmp_path / "outside")
    pull(inbox, folder)
    assert not list((tmp_path / "outside").iterdir())
    assert stored(folder) == {
        "山西省": b"a file of that name",
        "山西省-3fc4ccfe/长治市.xlsx": b"two",
        "河北省-7692c3ad/唐山市/指标表.xlsx": b"one",
    }


def test_a_torn_receipt_is_passed_over_and_written_again(inbox: Path, folder: Path) -> None:
    pull(inbox, folder)
    whole = (folder / RECEIPTS).read_bytes()
    for cut in (len(whole) - 40, len(whole) - 1):
        (folder / RECEIPTS).write_bytes(whole[:cut])
        assert set(statuses(pull(inbox, folder)).values()) == {KNOWN}
        assert [receipt.name for receipt in read_receipts(folder)] == ["山西省/长治市.xlsx", NAME]
    assert len(stored(folder)) == 2


def test_what_a_killed_pull_left_is_cleared_away(inbox: Path, folder: Path) -> None:
    put(folder / ".arriving", "part", b"half")
    pull(inbox, folder)
    assert not list((folder / ".arriving").iterdir())


def test_killed_at_any_moment_nothing_is_lost_or_half_there(inbox: Path, folder: Path) -> None:
    for number in range(100):
        put(inbox, f"{number:03d}.xlsx", f"{number} ".encode() * 5000)
    command = (
        "from pathlib import Path; from tests.flows.sources.test_ingest import pull; import sys;"
        "from tests.support.dying import die_at; die_at(int(sys.argv[3]), ('open', 'os.'));"
        "pull(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    chance, counts = random.Random(7), []
    for _ in range(4):
        event = str(chance.randint(60, 180))
        ended = subprocess.run([sys.executable, "-c", command, inbox, folder, event], cwd=ROOT, check=False)
        assert ended.returncode == -signal.SIGKILL
        there = stored(folder)
        assert all(content == (inbox / name).read_bytes() for name, content in there.items())
        counts.append(len(there))
    assert counts == sorted(counts)
    assert 0 < counts[0] < counts[-1] < 102
    pull(inbox, folder)
    assert len(stored(folder)) == 102
    assert {receipt.name for receipt in read_receipts(folder)} == set(stored(folder))
    assert len((folder / RECEIPTS).read_bytes().splitlines()) == 102


def test_a_full_disk_leaves_nothing_behind_and_the_next_pull_completes(inbox: Path, folder: Path) -> None:
    put(inbox, "large.xlsx", b"x" * 3_000_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            pull(inbox, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list((folder / ".arriving").iterdir())
    assert "large.xlsx" not in stored(folder)
    pull(inbox, folder)
    assert len(stored(folder)) == len(read_receipts(folder)) == 3


def test_a_receipt_that_cannot_be_written_whole_is_not_there(inbox: Path, folder: Path) -> None:
    pull(inbox, folder)
    put(inbox, "b.xlsx", b"b")
    size = (folder / RECEIPTS).stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, before[1]))
    try:
        with pytest.raises(OSError, match="no space for a complete line"):
            pull(inbox, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (folder / RECEIPTS).stat().st_size == size
    pull(inbox, folder)
    assert [one.name for one in read_receipts(folder)][2:] == ["b.xlsx"]


def test_two_pulls_are_never_at_one_round(inbox: Path, folder: Path) -> None:
    with lock_raw(folder), pytest.raises(PullRunningError, match="another pull is running"):
        pull(inbox, folder)
    assert FAILED not in statuses(pull(inbox, folder)).values()
