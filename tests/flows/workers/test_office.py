"""Old documents turned into new ones: with little memory, and asking nobody for what they link to."""

import functools
import os
import shutil
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import flows.workers.plans
from flows.sources.raw_listing import list_raw
from flows.workers.office import MEMORY, to_docx
from flows.workers.plans import read_plans
from tests.support.containers import packed, parts
from tests.support.plan_cases import PLAN, files
from transforms.plans.word.document import read_document

OFFICE = shutil.which("soffice")
needs_office = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
MIB = 1024**2


@dataclass
class Server:
    """Something on loopback that counts who comes, whatever they want."""

    url: str
    asked: list[bytes] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(1)
            found.asked.append(self.request.recv(100))
            self.request.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as serving:
        found = Server(f"http://127.0.0.1:{serving.server_address[1]}")
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield found
        serving.shutdown()


# ---- documents -------------------------------------------------------------------------------------------------------

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_PICTURE = f"""<w:p><w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing">
<wp:extent cx="900000" cy="900000"/><wp:docPr id="9" name="p"/><a:graphic xmlns:a="{_DRAWING}/main">
<a:graphicData uri="{_DRAWING}/picture"><pic:pic xmlns:pic="{_DRAWING}/picture">
<pic:nvPicPr><pic:cNvPr id="9" name="p"/>
<pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{_OFFICE}" r:link="rX"/></pic:blipFill><pic:spPr><a:xfrm>
<a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"/></pic:spPr></pic:pic>
</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"""


def linked(url: str) -> bytes:
    """A good plan with a picture and a template that lie elsewhere."""

    def outside(name: str, kind: str, target: str) -> str:
        return f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{url}/{target}" TargetMode="External"/>'

    inside = parts(files()[PLAN])
    document, links = inside["word/document.xml"].decode(), inside["word/_rels/document.xml.rels"].decode()
    at = document.index("<w:p>")
    settings = inside["word/settings.xml"].decode()
    first = settings.index(">", settings.index("<w:settings")) + 1
    template = f'<w:attachedTemplate xmlns:r="{_OFFICE}" r:id="rT"/>'
    package = links[links.index("<Relationships") : links.index(">", links.index("<Relationships")) + 1]
    changed = {
        "word/document.xml": document[:at] + _PICTURE + document[at:],
        "word/_rels/document.xml.rels": links.replace(
            "</Relationships>", outside("rX", "image", "a.png") + outside("rF", "frame", "b.docx") + "</Relationships>"
        ),
        "word/settings.xml": settings[:first] + template + settings[first:],
        "word/_rels/settings.xml.rels": package + outside("rT", "attachedTemplate", "t.dotm") + "</Relationships>",
    }
    return packed(inside | {name: text.encode() for name, text in changed.items()})


def as_doc(content: bytes, folder: Path) -> bytes:
    """The same as a .doc, made by LibreOffice as it is, without any setting of ours."""
    source = folder / "source.docx"
    source.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'theirs').as_uri()}"
    command = [str(OFFICE), "--headless", profile, "--convert-to", "doc", "--outdir", str(folder), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "source.doc").read_bytes()


def web_page(url: str) -> bytes:
    """A page that is called a document, which LibreOffice opens too."""
    return (
        f'<html><head><link rel="stylesheet" href="{url}/a.css"></head><body><p>国家碳达峰试点<img src="{url}/a.png">'
        f'<iframe src="{url}/b.html"></iframe></p></body></html>'
    ).encode()


# ---- memory ----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.office
@needs_office
def test_an_ordinary_document_needs_half_of_the_memory_that_it_may_have(tmp_path: Path) -> None:
    assert isinstance(to_docx(as_doc(files()[PLAN], tmp_path), ".doc", memory=MEMORY // 2), bytes)


@pytest.mark.slow
@pytest.mark.office
@needs_office
def test_too_little_memory_ends_as_any_conversion_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "raw" / "submissions"
    raw.mkdir(parents=True)
    old = raw / "大连市实施方案.doc"
    old.write_bytes(packed({"a": b"no document"}))
    (failed,) = read_plans(list_raw(raw.parent)[1], "first-batch")
    old.write_bytes(as_doc(files()[PLAN], tmp_path))
    (read,) = read_plans(list_raw(raw.parent)[1], "first-batch")
    monkeypatch.setattr(flows.workers.plans, "to_docx", functools.partial(to_docx, memory=200 * MIB))
    (starved,) = read_plans(list_raw(raw.parent)[1], "first-batch")
    assert read.fault is None
    assert (failed.fault, failed.detail) == (starved.fault, starved.detail) == ("format", "是旧格式的文档，转换失败")


# ---- nothing is left behind ------------------------------------------------------------------------------------------

CONVERTS = "import sys; from flows.workers.office import to_docx; to_docx(b'x', '.doc', float(sys.argv[1]))"


@pytest.mark.parametrize(("end", "seconds"), [(signal.SIGINT, 60), (signal.SIGKILL, 3)])
def test_an_interrupted_or_killed_run_leaves_no_office(tmp_path: Path, end: signal.Signals, seconds: int) -> None:
    """As LibreOffice does, this one leaves its work to another process; that one is busy for ever."""
    office, place = tmp_path / "soffice", tmp_path / "pid"
    office.write_text(
        f"#!/bin/sh\nsleep 1\n(while :; do :; done) &\necho $! > {place}.part\nmv {place}.part {place}\nwait\n"
    )
    office.chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with subprocess.Popen([sys.executable, "-c", CONVERTS, str(seconds)], env=env, stderr=subprocess.DEVNULL) as run:
        while not place.exists():
            assert run.poll() is None
            time.sleep(0.05)
        run.send_signal(end)
    office_pid = int(place.read_text())
    until = time.monotonic() + 60
    while Path(f"/proc/{office_pid}").exists() and time.monotonic() < until:
        time.sleep(0.1)
    left = Path(f"/proc/{office_pid}").exists()
    with suppress(ProcessLookupError):
        os.kill(office_pid, signal.SIGKILL)
    assert not left


# ---- nothing is fetched ----------------------------------------------------------------------------------------------


def test_reading_a_document_asks_nobody(server: Server) -> None:
    content = linked(server.url)
    assert server.url.encode() in b"".join(parts(content).values())
    assert read_document(content).paragraphs == read_document(files()[PLAN]).paragraphs
    assert server.asked == []


@pytest.mark.slow
@pytest.mark.office
@needs_office
def test_converting_a_document_asks_nobody(server: Server, tmp_path: Path) -> None:
    old = as_doc(linked(server.url), tmp_path)
    assert server.asked  # LibreOffice as it is does ask
    server.asked.clear()
    assert server.url.encode("utf-16-le") in old
    converted = to_docx(old, ".doc")
    assert isinstance(converted, bytes)
    assert len(read_document(converted).paragraphs) > 30
    assert server.asked == []


@pytest.mark.slow
@pytest.mark.office
@needs_office
@pytest.mark.parametrize("made", [web_page, linked], ids=["web page", "docx"])
@pytest.mark.parametrize("scheme", ["http", "https", "ftp", "webdav"])
def test_what_is_only_called_a_document_asks_nobody_either(server: Server, made: object, scheme: str) -> None:
    content = made(server.url.replace("http", scheme))  # type: ignore[operator]
    assert isinstance(to_docx(content, ".doc"), bytes)
    assert server.asked == []
