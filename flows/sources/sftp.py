"""fsspec's SFTP with host keys checked, time limits, and file names in any encoding."""

import logging
import os
import stat
from pathlib import Path
from typing import Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

_CONNECT, _ANSWER = 15, 60
# Failures are reported by `source_errors`; paramiko would also print tracebacks.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


class UnknownHostKeyError(paramiko.SSHException):
    """The server's key is not in known_hosts."""


class _Refuse(paramiko.MissingHostKeyPolicy):
    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        further = "a further file can be named by PEAK_REVIEW_SFTP_KNOWN_HOSTS"
        raise UnknownHostKeyError(f"the server's key {key.get_name()} is not in known_hosts; {further}")


class _AnyNames(paramiko.Message):
    """A message that decodes names as the file system does: names of old Chinese systems are not UTF-8."""

    def get_text(self) -> str:
        return os.fsdecode(self.get_string())


class _Client(paramiko.SFTPClient):
    def _request(self, t: int, *args: Any) -> tuple[int, paramiko.Message]:  # noqa: ANN401
        kind, answer = super()._request(t, *args)  # type: ignore[misc]
        return kind, _AnyNames(answer.get_remainder())

    def _adjust_cwd(self, path: str | bytes) -> bytes:
        return super()._adjust_cwd(os.fsencode(path))  # type: ignore[misc,no-any-return]


def _open_session(client: paramiko.SSHClient) -> Any:  # noqa: ANN401 - its types know no subclass
    transport = client.get_transport()
    session = _Client.from_transport(transport) if transport else None
    channel = session.get_channel() if session else None
    if channel is None:
        raise paramiko.SSHException("the server opens no SFTP session")
    channel.settimeout(_ANSWER)
    return session


class Sftp(SFTPFileSystem):  # type: ignore[misc] # fsspec has no types
    """File system that takes the path `known_hosts`, and all arguments of `SSHClient.connect`."""

    def _connect(self) -> None:
        options = dict(self.ssh_kwargs)
        known = options.pop("known_hosts", None)
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(_Refuse())
        try:
            self.client.load_system_host_keys()  # the user's own
            if known:
                self.client.load_system_host_keys(Path(known).expanduser())
            self.client.connect(self.host, timeout=_CONNECT, banner_timeout=_CONNECT, auth_timeout=_CONNECT, **options)
            self.ftp = _open_session(self.client)
        except BaseException:
            self.client.close()
            raise

    def ls(self, path: str, detail: bool = True, **_: object) -> list[Any]:
        """List a folder as fsspec specifies."""
        entries = []
        for entry in self.ftp.listdir_attr(path):
            info = self._decode_stat(entry, path)
            # fsspec reports pipes, which would block, and devices as files.
            if info["type"] == "file" and not stat.S_ISREG(entry.st_mode or stat.S_IFREG):
                info["type"] = "other"
            entries.append(info)
        return entries if detail else [entry["name"] for entry in entries]
