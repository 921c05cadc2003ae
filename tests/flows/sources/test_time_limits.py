"""Sources that hang, drip or lie: a fault costs its file, the others are taken in, and there is an end to it."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from time import monotonic
from urllib.parse import unquote

import pytest

from flows.sources import sftp  # noqa: F401 - imported before the time limits are measured
from flows.sources.connections import TimeLimits
from flows.sources.ingest import FAILED, KNOWN, NEW, REFUSED, WAITING, ingest
from flows.sources.source_urls import parse_source
from tests.support.source_servers import SECRET, start, stored

SIZE = 6
ENTRY = """<d:response><d:href>{0}</d:href><d:propstat><d:prop><d:resourcetype>{1}</d:resourcetype>
<d:getcontentlength>{2}</d:getcontentlength><d:getetag>"1"</d:getetag>
<d:getlastmodified>Mon, 12 Jan 2026 09:25:56 GMT</d:getlastmodified></d:prop><d:status>HTTP/1.1 200 OK</d:status>
</d:propstat></d:response>"""
FOLDERS = {"/": ["/broken/", "/b/"], "/b/": []}
FILES = {
    "/": ["500.xlsx", "drip.xlsx", "endless.xlsx", "gone.xlsx", "hang.xlsx", "loop.xlsx", "more.xlsx", "short.xlsx"],
    "/b/": ["good.xlsx"],
}


class Odd(BaseHTTPRequestHandler):
    """A WebDAV server with a fault for each name."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_PROPFIND(self) -> None:
        """List a folder, or describe a file."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = unquote(self.path)
        if path.rstrip("/") == "/broken":
            return self.send_error(500)
        if path.rstrip("/") in {"/hang", "/slow"}:
            time.sleep(8)
            return None
        folder = path if path in FOLDERS else f"{path}/" if f"{path}/" in FOLDERS else None
        if folder is None:
            entries = [ENTRY.format(self.path, "", SIZE)]
        else:
            entries = [ENTRY.format(name, "<d:collection/>", "") for name in (folder, *FOLDERS[folder])]
            entries += [ENTRY.format(folder + name, "", SIZE) for name in FILES[folder]]
        body = f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">{"".join(entries)}</d:multistatus>'.encode()
        self.send_response(207)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def do_GET(self) -> None:
        """Serve a file, each in its own way."""
        name = self.path.rsplit("/", 1)[-1].removesuffix(".xlsx")
        if name in {"500", "gone"}:
            return self.send_error(500 if name == "500" else 404)
        if name == "hang":
            time.sleep(8)
            return None
        self.send_response(302 if name == "loop" else 200)
        if name == "loop":
            self.send_header("Location", self.path)
        if name in {"short", "drip", "good", "loop"}:
            self.send_header("Content-Length", str(SIZE))
        self.end_headers()
        try:
            for at in range(SIZE // 2) if name == "short" else range(9) if name == "more" else count():
                if name in {"good", "loop"} and at == SIZE:
                    break
                self.wfile.write(b"x" * (1 if name != "endless" else 10**6))
                if name == "drip":
                    self.wfile.flush()
                    time.sleep(0.4)
        except OSError:
            pass
        self.close_connection = True
        return None


@pytest.fixture
def odd() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Odd) as server:
        server.daemon_threads = True
        server.block_on_close = False
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"webdav+http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_fault_of_a_file_or_folder_costs_it_and_no_other(odd: str, tmp_path: Path) -> None:
    source = parse_source(odd, {}.get)
    began = monotonic()
    result = ingest(source, folder_in(tmp_path), "run-1", 0, (0.01,), TimeLimits(2.0))

    assert monotonic() - began < 40
    statuses = {file.name: (file.status, file.reason) for file in result.files}
    assert statuses.pop("b/good.xlsx") == (NEW, "")
    assert statuses.pop("endless.xlsx") == (REFUSED, "larger than 50 MiB")
    assert statuses.pop("gone.xlsx") == (WAITING, "no longer there")
    assert statuses["hang.xlsx"] == statuses["drip.xlsx"] == (FAILED, "took longer than 2 s")
    assert statuses["more.xlsx"] == (FAILED, "has 6 bytes by its listing, and 9 when it is read")
    assert "500" in statuses["500.xlsx"][1]
    assert set(statuses) == {"500.xlsx", "drip.xlsx", "hang.xlsx", "loop.xlsx", "more.xlsx", "short.xlsx"}
    assert {kind for kind, _ in statuses.values()} == {FAILED}
    assert [fault.partition(":")[0] for fault in result.errors] == ["broken"]
    assert stored(tmp_path / "raw") == {"b/good.xlsx": b"x" * SIZE}


def test_a_folder_that_hangs_costs_itself_and_is_named(
    odd: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FOLDERS, "/", ["/b/", "/hang/", "/slow/", "/z/"])
    monkeypatch.setitem(FOLDERS, "/z/", [])
    monkeypatch.setitem(FILES, "/", [])
    monkeypatch.setitem(FILES, "/z/", ["good.xlsx"])
    result = ingest(parse_source(odd, {}.get), folder_in(tmp_path), "run-1", 0, (), TimeLimits(2.0))
    assert [(file.name, file.status) for file in result.files] == [("b/good.xlsx", NEW), ("z/good.xlsx", KNOWN)]
    assert sorted(result.errors) == ["hang: took longer than 2 s", "slow: took longer than 2 s"]


def test_the_whole_has_an_end_and_says_what_waits(odd: str, tmp_path: Path) -> None:
    result = ingest(
        parse_source(odd, {}.get), folder_in(tmp_path), "run-1", 0, (9.0,), TimeLimits(9.0, monotonic() + 4)
    )

    assert any(fault.startswith("out of time") for fault in result.errors)


@pytest.mark.parametrize("url", ["s3://round/a?endpoint=http://127.0.0.1:{}", "webdav+http://127.0.0.1:{}"])
def test_a_server_that_never_answers_is_given_up(url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        source = parse_source(url.format(silent.getsockname()[1]), {"S3_KEY": "keeper", "S3_SECRET": SECRET}.get)
        began = monotonic()
        result = ingest(source, folder_in(tmp_path), "run-1", 0, (9.0,), TimeLimits(1.0))
    assert result.errors == ("took longer than 1 s",)
    assert monotonic() - began < 6


def test_a_pipe_on_sftp_is_refused_and_the_others_are_taken_in(tmp_path: Path) -> None:
    with start("sftp", tmp_path) as server:
        os.mkfifo(server.served / "a.xlsx")
        (server.served / "b.xlsx").symlink_to("b.xlsx")
        server.put("c.xlsx", b"one")
        source = parse_source(server.url, server.settings.get)
        result = ingest(source, folder_in(tmp_path), "run-1", 0, (), TimeLimits(5.0))
    assert not result.errors
    assert [(file.name, file.status, file.reason) for file in result.files] == [
        ("a.xlsx", REFUSED, "not a regular file"),
        ("b.xlsx", REFUSED, "a link"),
        ("c.xlsx", NEW, ""),
    ]


def test_what_is_odd_in_raw_does_not_end_a_pull(tmp_path: Path) -> None:
    below = folder_in(tmp_path) / "submissions"
    below.mkdir()
    os.mkfifo(below / "pipe.xlsx")
    (below / "loop.xlsx").symlink_to("loop.xlsx")
    os.truncate(_new(below / "large.xlsx"), 2**42)
    (below / "known.xlsx").write_bytes(b"one")
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.xlsx").write_bytes(b"one")
    os.mkfifo(tmp_path / "inbox" / "b.xlsx")
    result = ingest(parse_source(str(tmp_path / "inbox"), {}.get), tmp_path / "raw", "run-1", 0, (), TimeLimits(5.0))
    assert [(file.name, file.status) for file in result.files] == [("a.xlsx", KNOWN), ("b.xlsx", REFUSED)]


def folder_in(tmp_path: Path) -> Path:
    (tmp_path / "raw" / ".arriving").mkdir(parents=True)
    return tmp_path / "raw"


def _new(path: Path) -> Path:
    path.write_bytes(b"")
    return path
