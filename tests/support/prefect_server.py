"""A Prefect server and a worker as processes, with an empty home, a database of their own and no other setting."""

import json
import os
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.paths import BIN, ROOT

POSTGRES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running server: its address, and the environment for commands that talk to it."""

    def __init__(self, home: Path, port: int, **settings: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PEAK"))}
        self.api = f"http://127.0.0.1:{port}/api"
        self.env = kept | {
            "HOME": str(home),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            **settings,
        }

    def command(self, *arguments: object) -> str:
        """Run `prefect` against it."""
        done = subprocess.run(
            [BIN / "prefect", "--no-prompt", *map(str, arguments)],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Ask its API."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.api}/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read() or b"null")

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def started(command: list[Any], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ours, ended with all that it started."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            list(map(str, command)), env=env, cwd=ROOT, stdout=stream, stderr=stream, start_new_session=True
        )
        try:
            yield process
        finally:
            for end, patience in ((process.terminate, 20), (process.kill, 5)):
                end()
                try:
                    process.wait(patience)
                    break
                except subprocess.TimeoutExpired:
                    continue


@contextmanager
def server(home: Path, **settings: str) -> Iterator[Server]:
    """A server on loopback; without settings its database is SQLite, in its home."""
    port = free_port()
    it = Server(home, port, **settings)
    command = [BIN / "prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
    # A scheduled run should be seen at once; by default the server looks once a minute.
    env = it.env | {"PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "10"}
    with started(command, env, home / "server.log") as process:
        wait_for(it.is_up, 120, lambda: process.poll() is None)
        yield it


def wait_for(done: Any, seconds: float, going: Any = lambda: True) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not done():
        assert going(), "it ended"
        assert time.monotonic() < end, "it took too long"
        time.sleep(1)


@contextmanager
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own on loopback; yields the address of its database."""
    binaries, port = POSTGRES[-1], free_port()
    # Not below pytest's folder, which nobody else may enter: PostgreSQL does not run as root.
    with TemporaryDirectory() as data:
        user: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            user = {"user": owner.pw_uid, "group": owner.pw_gid}
            shutil.chown(data, owner.pw_uid, owner.pw_gid)
        make = [binaries / "initdb", "-D", data, "-U", "prefect", "--auth=trust"]
        subprocess.run(make, check=True, capture_output=True, cwd="/", **user)
        start = [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", data]
        process = subprocess.Popen(start, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **user)
        try:
            ready = [binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port)]
            wait_for(lambda: subprocess.run(ready, capture_output=True, check=False).returncode == 0, 60)
            yield f"postgresql+asyncpg://prefect@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # its fast shutdown
            process.wait(30)


def main() -> None:
    """Run a server in a folder until a process has ended: `python -m tests.support.prefect_server FOLDER PID FILE`.

    Its address is in FILE when it answers.
    """
    home, pid, address = Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    watched = os.pidfd_open(pid)
    with server(home) as running:
        part = address.with_suffix(".part")
        part.write_text(running.api, encoding="utf-8")
        part.rename(address)
        select.select([watched], [], [])


if __name__ == "__main__":
    main()
