"""A relay in front of a Prefect server, which can stop answering, or answer 503, at any moment."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


@dataclass
class Relay:
    """The relay: its address, and what it does: `relay`, `refuse` (503) or `hang`.

    Attributes:
        busy: so many of the next changes are refused, as a server does whose database another process writes to.
        busy_at: only requests to this path are.
        page: what a refusal says.
    """

    url: str
    mode: str = "relay"
    busy: int = 0
    busy_at: str | None = None
    page: bytes = b"{}"
    ended: threading.Event = field(default_factory=threading.Event)


@contextmanager
def relay(service: str) -> Iterator[Relay]:
    """A relay on loopback to the API at `service`."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if it.mode == "hang":
                it.ended.wait(60)
                return
            status, body = 503, it.page
            is_busy = it.busy > 0 and self.command != "GET" and it.busy_at in {None, self.path}
            it.busy -= is_busy
            if it.mode == "relay" and not is_busy:
                headers = {"Content-Type": "application/json"}
                path = self.path.removeprefix("/api")
                answer = httpx.request(self.command, f"{service}{path}", content=content, headers=headers, timeout=60)
                status, body = answer.status_code, answer.content
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if is_busy:
                self.send_header("Retry-After", "0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = answer  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    it = Relay(f"http://127.0.0.1:{server.server_port}/api")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield it
    finally:
        it.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
