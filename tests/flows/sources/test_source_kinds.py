"""Sources: what a URL says and never shows, and what lies on real servers of each kind."""

import os
from pathlib import Path

import pytest

from flows.sources.as_of import RECEIPTS
from flows.sources.ingest import KNOWN, NEW, WAITING
from flows.sources.raw_store import read_receipts
from flows.sources.source_urls import declared_sources, parse_source
from tests.support.source_servers import KINDS, SECRET, pull, start, statuses, stored

NAME = "河北省/唐山市/指标表 #1 100%?.xlsx"


@pytest.mark.parametrize("kind", KINDS)
def test_takes_in_all_and_then_nothing_and_then_what_changed(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    with start(kind, tmp_path) as server:
        for name, content in {NAME: b"one", "a.xlsx": b"two", ".DS_Store": b"", "b.xlsx.part": b"half"}.items():
            server.put(name, content)
        source = parse_source(server.url, server.settings.get)
        assert statuses(pull(source, folder)) == {NAME: NEW, "a.xlsx": NEW, "b.xlsx.part": WAITING}
        assert stored(folder) == {"河北省/唐山市/指标表 #1 100%_.xlsx": b"one", "a.xlsx": b"two"}
        before = (folder / RECEIPTS).read_bytes()
        assert statuses(pull(source, folder))[NAME] == KNOWN
        assert (folder / RECEIPTS).read_bytes() == before
        server.put("a.xlsx", b"three")
        assert statuses(pull(source, folder))["a.xlsx"] == NEW
    assert sorted(stored(folder).values()) == [b"one", b"three", b"two"]
    assert {receipt.name for receipt in read_receipts(folder)} == {NAME, "a.xlsx"}
    assert SECRET not in (folder / RECEIPTS).read_text(encoding="utf-8") + repr(source)


@pytest.mark.parametrize("kind", ["sftp", "webdav"])
def test_whole_seconds_hide_no_change(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    with start(kind, tmp_path) as server:
        source = parse_source(server.url, server.settings.get)
        for content in (b"one", b"two"):
            server.put("a.xlsx", content)
            os.utime(server.served / "a.xlsx", (1e9, 1e9))
            assert statuses(pull(source, folder)) == {"a.xlsx": NEW}


def test_names_on_sftp_that_are_not_utf8_hide_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    with start("sftp", tmp_path) as server:
        below = server.served / os.fsdecode("唐山市".encode("gb18030"))
        below.mkdir()
        (below / os.fsdecode("表.xlsx".encode("gb18030"))).write_bytes(b"one")
        source = parse_source(server.url, server.settings.get)
        assert list(statuses(pull(source, folder)).values()) == [NEW]
        assert stored(folder) == {"唐山市/表.xlsx": b"one"}
        assert list(statuses(pull(source, folder)).values()) == [KNOWN]


def test_keys_on_s3_that_are_no_paths_are_taken_in(tmp_path: Path) -> None:
    folder = tmp_path / "raw"
    with start("s3", tmp_path) as server:
        for name in ("a", "a/", "a//b.xlsx", "../../c.xlsx", "d\x1b[31m.xlsx", "/e.xlsx"):
            server.put(name, name.encode())
        assert set(statuses(pull(parse_source(server.url, server.settings.get), folder)).values()) == {NEW}
    assert sorted(stored(folder)) == ["a", "a-e90d9f01/b.xlsx", "c.xlsx", "d_[31m.xlsx", "e.xlsx"]


@pytest.mark.parametrize(
    ("url", "name", "root"),
    [
        ("/data/in/", "file:///data/in", "/data/in"),
        ("file:///data/%E6%8A%A5", "file:///data/报", "/data/报"),
        ("sftp://u:p%40ss@h.example:22/in/", "sftp://h.example:22/in", "/in"),
        ("sftp://u@h.example", "sftp://h.example", "/"),
        ("sftp://h.example/~/in", "sftp://h.example/~/in", "in"),
        ("s3://k:p%2Fss@b/in?endpoint=http://h:9000", "s3://b/in?endpoint=http://h:9000", "b/in"),
        ("webdav+https://u:p@h.example/dav/%E6%8A%A5", "webdav+https://h.example/dav/报", "/"),
    ],
)
def test_a_url_is_shown_without_credentials(url: str, name: str, root: str) -> None:
    source = parse_source(url, {}.get)
    assert (source.name, source.root) == (name, root)


@pytest.mark.parametrize(
    "url",
    [
        "sftp://u:top/secret@h/x",
        "sftp://u:top#secret@h/x",
        "sftp://u:top?secret@h/x",
        "sftp://u:top@secret@h/a@b",
        "sftp://u:top-secret@h:port/x",
        "sftp://u:secret@/x",
        "webdav+https://h/x?token=secret",
        "s3://b/x?secret=y",
        "ftp://u:secret@h/x",
        "sftp://u:secret@[h/x",
    ],
)
def test_what_is_no_url_of_a_source_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"written|names no host|none of|cannot be read|only endpoint") as refusal:
        parse_source(url, {}.get)
    assert "secret" not in str(refusal.value)
    assert "top" not in str(refusal.value)


def test_settings_say_what_the_url_does_not() -> None:
    settings = {"SFTP_USER": "u", "SFTP_PASSWORD": "p", "SFTP_KNOWN_HOSTS": "/k"}
    assert parse_source("sftp://h/x", settings.get).options == {
        "host": "h",
        "port": 22,
        "username": "u",
        "password": "p",
        "known_hosts": "/k",
    }
    assert parse_source("sftp://v:q@h/x", settings.get).options["password"] == "q"  # noqa: S105


def test_sources_are_declared_one_a_line() -> None:
    settings = {"SOURCES": "\n/in\n  sftp://h/x \r\n"}
    assert [source.name for source in declared_sources((), settings.get)] == ["file:///in", "sftp://h/x"]
    assert [source.name for source in declared_sources(("/out",), settings.get)] == ["file:///out"]
    with pytest.raises(ValueError, match=r"source 2: it names no host"):
        declared_sources(("/in", "sftp:///x"), settings.get)
    with pytest.raises(ValueError, match=r"no source: give --source URL, or set PEAK_REVIEW_SOURCES"):
        declared_sources((), {}.get)
