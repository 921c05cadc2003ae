"""Chromium without a window and without a network, spoken to through a pair of pipes: no port is opened."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: Debian package `chromium`")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # it reads one page of ours, and tests run as root in containers
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
    "--hide-scrollbars",
)
_PATIENCE = 60


@dataclass
class Page:
    """An open page; `requests` and `complaints` are all that it asked for and all that the browser said about it."""

    to_browser: int
    from_browser: int
    session: str = ""
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    happened: set[str] = field(default_factory=set)
    asked: int = 0
    rest: bytes = b""

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Ask the browser for something and wait for its answer."""
        self.asked += 1
        message = {"id": self.asked, "method": method, "params": parameters}
        message |= {"sessionId": self.session} if self.session else {}
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != self.asked:
            self._note(answer)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def open(self, path: Path) -> None:
        """Go to a file and wait until it is loaded."""
        self.happened.clear()
        self.call("Page.navigate", url=path.as_uri())
        while "Page.loadEventFired" not in self.happened:
            self._note(self._read())

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def key(self, name: str) -> None:
        """Press and let go a key."""
        text = {"Enter": "\r"}.get(name, "")
        code = {"Enter": 13, "Tab": 9}[name]
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=name, windowsVirtualKeyCode=code, text=text)

    def _read(self) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE
        while b"\0" not in self.rest:
            assert time.monotonic() < end, "the browser does not answer"
            part = os.read(self.from_browser, 1 << 16)
            assert part, "the browser has ended"
            self.rest += part
        message, _, self.rest = self.rest.partition(b"\0")
        return json.loads(message)

    def _note(self, event: dict[str, Any]) -> None:
        method, said = event.get("method", ""), event.get("params", {})
        self.happened.add(method)
        if method == "Network.requestWillBeSent":
            self.requests.append(said["request"]["url"])
        elif method in {"Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"}:
            self.complaints.append(json.dumps(said, ensure_ascii=False))


@contextmanager
def browser(profile: Path, width: int = 1366, height: int = 768) -> Iterator[Page]:
    """A page of a browser of its own, which ends with the block."""
    assert CHROMIUM
    its_input, to_browser = os.pipe()
    from_browser, its_output = os.pipe()
    command = [CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}", "about:blank"]
    # The browser reads from descriptor 3 and writes to descriptor 4; a plain sh knows descriptors of one digit only.
    process = subprocess.Popen(
        ["/bin/bash", "-c", f'exec "$@" 3<&{its_input} 4>&{its_output}', "bash", *command],
        pass_fds=(its_input, its_output),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(its_input)
    os.close(its_output)
    try:
        page = Page(to_browser, from_browser)
        target = page.call("Target.createTarget", url="about:blank")["targetId"]
        page.session = page.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for part in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{part}.enable")
        yield page
        page.session = ""
        page.call("Browser.close")
        process.wait(timeout=_PATIENCE)
    finally:
        os.close(to_browser)
        os.close(from_browser)
        if process.poll() is None:
            process.kill()
            process.wait()
