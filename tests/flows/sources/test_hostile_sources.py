"""Pull from a source with hostile names, links, closed folders or secrets: nothing leaves the raw folder."""

import os
from pathlib import Path

import pytest

from flows.publication.file_names import safe_parts
from flows.sources.ingest import KNOWN, NEW, REFUSED
from flows.sources.raw_store import read_receipts
from flows.sources.source_urls import Source
from tests.support.inbox import NAME, pull, put
from tests.support.source_servers import pull as take
from tests.support.source_servers import statuses, stored


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
