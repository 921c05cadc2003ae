"""Real servers on loopback, started and stopped by the tests: OpenSSH, an S3 server, WebDAV. None needs root."""

import json
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SSHD, KEYGEN, SFTP_SERVER = Path("/usr/sbin/sshd"), Path("/usr/bin/ssh-keygen"), Path("/usr/lib/openssh/sftp-server")


@dataclass(frozen=True)
class Server:
    """A server and what it serves. `url` is that of its folder; `settings` is what a client needs besides."""

    url: str
    process: subprocess.Popen[bytes]
    settings: dict[str, str] = field(default_factory=dict)

    def kill(self) -> None:
        """As a power cut would: with all that it started, at once."""
        for pid in _family(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def sftp(served: Path, work: Path, port: int | None = None) -> Iterator[Server]:
    if not all(program.exists() for program in (SSHD, KEYGEN, SFTP_SERVER)):
        pytest.skip("needs the Debian package openssh-server")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    port = port or free_port()
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
        yield Server(f"sftp://127.0.0.1:{port}{served}", process, settings)


@contextmanager
def webdav(served: Path, work: Path, port: int | None = None) -> Iterator[Server]:
    port = port or free_port()
    work.mkdir(exist_ok=True)
    accounts = {"user_mapping": {"*": {"keeper": {"password": "geheim-4711"}}}}
    config = {"host": "127.0.0.1", "port": port, "provider_mapping": {"/": str(served)}, "simple_dc": accounts}
    (work / "config.json").write_text(json.dumps(config | {"http_authenticator": {"accept_digest": False}}))
    command = [sys.executable, "-m", "wsgidav.server.server_cli", "--config", work / "config.json"]
    with _running(command, port) as process:
        settings = {"WEBDAV_USER": "keeper", "WEBDAV_PASSWORD": "geheim-4711"}
        yield Server(f"webdav+http://127.0.0.1:{port}", process, settings)


@contextmanager
def s3(port: int | None = None) -> Iterator[Server]:
    port = port or free_port()
    with _running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port) as process:
        settings = {"S3_KEY": "keeper", "S3_SECRET": "geheim-4711"}
        yield Server(f"s3://round/inbox?endpoint=http://127.0.0.1:{port}", process, settings)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _running(command: list[str | Path], port: int) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    server = Server("", process)
    try:
        for _ in range(300):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert process.poll() is None, process.communicate()[1].decode()
            time.sleep(0.05)
        yield process
    finally:
        server.kill()
        assert process.stderr
        process.stderr.close()


def _family(pid: int) -> list[int]:
    """A process and all below it: sshd serves each connection in a session of its own."""
    family = [pid]
    with suppress(FileNotFoundError, ProcessLookupError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            for child in children.read_text().split():
                family += _family(int(child))
    return family
