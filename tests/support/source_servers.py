"""Real servers on loopback, started and stopped by the tests: OpenSSH, an S3 server, WebDAV. None needs root.

And what the tests of `pull` have in common.
"""

import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import boto3
import pytest

from flows.sources.ingest import SourceResult, ingest
from flows.sources.raw_store import lock_raw
from flows.sources.source_urls import Source

SECRET = "geheim-4711"  # noqa: S105 - of servers that live as long as a test
KINDS = ("sftp", "webdav", "s3")

SSHD, KEYGEN, SFTP_SERVER = Path("/usr/sbin/sshd"), Path("/usr/bin/ssh-keygen"), Path("/usr/lib/openssh/sftp-server")


@dataclass(frozen=True)
class Server:
    """A server and what it serves. `url` is that of its folder; `settings` is what a client needs besides."""

    kind: str
    url: str
    process: subprocess.Popen[bytes]
    served: Path = Path()
    settings: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, content: bytes) -> None:
        """Upload a file: into the folder that is served, where there is one."""
        if self.kind != "s3":
            (self.served / name).parent.mkdir(parents=True, exist_ok=True)
            (self.served / name).write_bytes(content)
            return
        client = boto3.client(
            "s3",
            endpoint_url=self.url.partition("endpoint=")[2],
            aws_access_key_id="keeper",
            aws_secret_access_key=SECRET,
            region_name="us-east-1",
        )
        client.create_bucket(Bucket="round")
        client.put_object(Bucket="round", Key=f"报送/{name}", Body=content)
        client.close()

    def kill(self) -> None:
        """As a power cut would: with all that it started, at once."""
        for pid in _family(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


def start(kind: str, work: Path, port: int | None = None, **environment: str) -> AbstractContextManager[Server]:
    """A server of a kind, `sftp`, `webdav` or `s3`, for what lies in `work/served`."""
    served = work / "served" / "报送"
    served.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    if kind == "s3":
        return _s3(port, environment)
    return (_sftp if kind == "sftp" else _webdav)(served, work / kind, port)


def pull(source: Source, folder: Path, pauses: tuple[float, ...] = (), wait: float = 0.01) -> SourceResult:
    """As the flow does it, without Prefect."""
    folder.mkdir(parents=True, exist_ok=True)
    with lock_raw(folder):
        return ingest(source, folder, "run-1", wait, pauses)


def statuses(result: SourceResult) -> dict[str, str]:
    """What became of each file of a source in which nothing went wrong."""
    assert not result.errors
    return {file.name: file.status for file in result.files}


def stored(folder: Path) -> dict[str, bytes]:
    """What lies in raw."""
    below = folder / "submissions"
    return {path.relative_to(below).as_posix(): path.read_bytes() for path in below.rglob("*") if path.is_file()}


@contextmanager
def _sftp(served: Path, work: Path, port: int) -> Iterator[Server]:
    if not all(program.exists() for program in (SSHD, KEYGEN, SFTP_SERVER)):
        pytest.skip("needs the Debian package openssh-server")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    work.mkdir(exist_ok=True)
    for name in ("host", "user"):
        if not (work / name).exists():
            subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "", "-f", work / name], check=True)
    known = work / "known_hosts"
    known.write_text(f"[127.0.0.1]:{port} {(work / 'host.pub').read_text()}")
    (work / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {work}/host\nAuthorizedKeysFile {work}/user.pub\nPidFile none\n"
        f"StrictModes no\nUsePAM no\nPasswordAuthentication yes\nPermitRootLogin yes\nSubsystem sftp {SFTP_SERVER}\n"
    )
    settings = {
        "SFTP_USER": pwd.getpwuid(os.geteuid()).pw_name,
        "SFTP_KEY": str(work / "user"),
        "SFTP_KNOWN_HOSTS": str(known),
    }
    with _running([SSHD, "-D", "-e", "-f", work / "config"], port) as process:
        yield Server("sftp", f"sftp://127.0.0.1:{port}{served}", process, served, settings)


@contextmanager
def _webdav(served: Path, work: Path, port: int) -> Iterator[Server]:
    work.mkdir(exist_ok=True)
    accounts = {"user_mapping": {"*": {"keeper": {"password": SECRET}}}}
    config = {"host": "127.0.0.1", "port": port, "provider_mapping": {"/": str(served)}, "simple_dc": accounts}
    (work / "config.json").write_text(json.dumps(config | {"http_authenticator": {"accept_digest": False}}))
    command = [sys.executable, "-m", "wsgidav.server.server_cli", "--config", work / "config.json"]
    with _running(command, port) as process:
        settings = {"WEBDAV_USER": "keeper", "WEBDAV_PASSWORD": SECRET}
        yield Server("webdav", f"webdav+http://127.0.0.1:{port}", process, served, settings)


@contextmanager
def _s3(port: int, environment: dict[str, str]) -> Iterator[Server]:
    with _running(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port, environment
    ) as process:
        settings = {"S3_KEY": "keeper", "S3_SECRET": SECRET}
        yield Server("s3", f"s3://round/报送?endpoint=http://127.0.0.1:{port}", process, settings=settings)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(
    command: list[str | Path], port: int, environment: dict[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    environment = dict(os.environ) | (environment or {})
    # No pipe: a server that nobody listens to stands still once that is full.
    with TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=said)
        server = Server("", "", process)
        try:
            for _ in range(300):
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                assert process.poll() is None, _all_of(said)
                time.sleep(0.05)
            yield process
        finally:
            server.kill()


def _all_of(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode()


def _family(pid: int) -> list[int]:
    """A process and all below it: sshd serves each connection in a session of its own."""
    family = [pid]
    with suppress(FileNotFoundError, ProcessLookupError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                family += _family(int(child))
    return family
