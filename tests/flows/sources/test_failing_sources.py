"""Sources that fail: they are told in one line, nothing of them stays behind, and a later try completes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from flows.sources import ingest as ingesting
from flows.sources.connections import TimeLimits, connect
from flows.sources.ingest import NEW
from flows.sources.raw_store import read_receipts
from flows.sources.remote_listing import CHUNK
from flows.sources.source_errors import SourceError, source_errors
from flows.sources.source_urls import Source, parse_source
from tests.support.one_in import one_in
from tests.support.source_servers import KINDS, SECRET, free_port, pull, start, statuses, stored

LARGE = b"0123456789abcdef" * 1_250_000
ONCE = (60,)


@pytest.mark.parametrize("kind", one_in(3, KINDS))
def test_a_server_killed_in_the_middle_leaves_nothing_and_the_next_pull_completes(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port, folder, killed = free_port(), tmp_path / "raw", []

    @contextmanager
    def open_and_kill(files: Any, path: str) -> Iterator[Any]:
        """Open a file; kill the server between the first chunk of the large file and the second."""
        with type(files).open(files, path, "rb") as stream:

            def read(size: int) -> bytes:
                if stream.tell() and path.endswith("b.xlsx") and not killed:
                    killed.append(stream.tell())
                    server.kill()
                return stream.read(size)

            yield SimpleNamespace(read=read)

    @contextmanager
    def connect_to_the_doomed(source: Source, limits: TimeLimits) -> Iterator[Any]:
        with connect(source, limits) as files:
            files.open = lambda path, _mode: open_and_kill(files, path)
            yield files

    with start(kind, tmp_path, port) as server, monkeypatch.context() as patched:
        server.put("a.xlsx", b"small")
        server.put("b.xlsx", LARGE)
        source = parse_source(server.url, server.settings.get)
        patched.setattr(ingesting, "connect", connect_to_the_doomed)
        result = pull(source, folder, pauses=(0.01,))
    assert killed == [CHUNK]
    assert len(result.errors) == 1
    assert [file.name for file in result.files] == ["a.xlsx"]
    assert stored(folder) == {"a.xlsx": b"small"}
    assert not list((folder / ".arriving").iterdir())
    with start(kind, tmp_path, port) as server:
        server.put("b.xlsx", LARGE)
        assert statuses(pull(source, folder))["b.xlsx"] == NEW
    assert stored(folder)["b.xlsx"] == LARGE
    assert len(read_receipts(folder)) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_comes_back_is_tried_again(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port, waited = free_port(), []
    with start(kind, tmp_path, port) as server:
        source = parse_source(server.url, server.settings.get)
    with ExitStack() as running:

        def come_back(seconds: float) -> None:
            waited.append(seconds)
            if seconds == 4:
                running.enter_context(start(kind, tmp_path, port)).put("a.xlsx", b"one")

        monkeypatch.setattr(ingesting, "sleep", come_back)
        assert statuses(pull(source, tmp_path / "raw", pauses=(1, 4, 16))) == {"a.xlsx": NEW}
    assert waited == [1, 4, 0.01]


@pytest.mark.parametrize("kind", KINDS)
def test_a_place_that_is_not_there_is_told(kind: str, tmp_path: Path) -> None:
    with start(kind, tmp_path) as server:
        url = server.url.replace("round/", "other/") if kind == "s3" else f"{server.url}/nowhere"
        result = pull(parse_source(url, server.settings.get), tmp_path / "raw", ONCE)
    assert result.errors == ("is not there",)


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_login_is_told_at_once_and_without_the_password(kind: str, tmp_path: Path) -> None:
    # The setting tells the S3 server to let nobody in.
    with start(kind, tmp_path, INITIAL_NO_AUTH_ACTION_COUNT="0") as server:
        source = parse_source(
            server.url.replace("://", f"://nobody:{SECRET}x@", 1), {**server.settings, "SFTP_KEY": None}.get
        )
        result = pull(source, tmp_path / "raw", ONCE)
    assert result.errors == ("access refused",)
    assert SECRET not in repr(result) + repr(source)


def test_an_unknown_ssh_server_gets_no_password(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    with start("sftp", tmp_path) as server:
        settings = server.settings | {"SFTP_KNOWN_HOSTS": str(tmp_path / "empty")}
        result = pull(parse_source(server.url, settings.get), tmp_path / "raw", ONCE)
    (error,) = result.errors
    assert error.startswith("the server's key ssh-ed25519 is not in known_hosts; a further file can be named by PEAK_")


@pytest.mark.parametrize("setting", ["SFTP_KEY", "SFTP_KNOWN_HOSTS"])
def test_a_missing_file_of_a_setting_is_named_and_not_taken_for_the_source(setting: str, tmp_path: Path) -> None:
    source = parse_source("sftp://127.0.0.1:9/inbox", {setting: "/nowhere/at/all"}.get)
    result = pull(source, tmp_path / "raw")
    assert result.errors == (f"the file of PEAK_REVIEW_{setting} is not there: /nowhere/at/all",)


@pytest.mark.parametrize(
    ("url", "settings", "missing"),
    [
        ("sftp://host/in", {"SFTP_USER": "keeper"}, "PEAK_REVIEW_SFTP_PASSWORD or SFTP_KEY"),
        ("sftp://keeper:geheim@host/in", {}, None),
        ("s3://bucket/in", {"S3_KEY": "keeper"}, "PEAK_REVIEW_S3_SECRET"),
        ("webdav+https://host/in", {}, "PEAK_REVIEW_WEBDAV_USER, PEAK_REVIEW_WEBDAV_PASSWORD"),
    ],
)
def test_access_refused_names_the_settings_that_are_not_set(
    url: str, settings: dict[str, str], missing: str | None
) -> None:
    with pytest.raises(SourceError) as raised, source_errors(parse_source(url, settings.get)):
        raise PermissionError
    assert str(raised.value) == "access refused" + (f": credentials are missing, set {missing}" if missing else "")


@pytest.mark.parametrize(
    ("status", "reason", "can_retry"),
    [
        (400, "failed: ", False),
        (401, "access refused", False),
        (403, "access refused", False),
        (404, "is not there", False),
        (428, "failed: ", False),
        (429, "failed: ", True),
        (499, "failed: ", False),
        (500, "failed: ", True),
        (503, "failed: ", True),
    ],
)
def test_what_a_status_of_http_means(status: int, reason: str, can_retry: bool) -> None:
    request = httpx.Request("GET", "https://host/in")
    error = httpx.HTTPStatusError("no", request=request, response=httpx.Response(status))
    with pytest.raises(SourceError) as raised, source_errors(parse_source("webdav+https://u:p@host/in", {}.get)):
        raise error
    assert (str(raised.value).startswith(reason), raised.value.can_retry) == (True, can_retry)
