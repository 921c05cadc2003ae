"""SFTP as fsspec has it, but only with servers whose key is known, never waiting for ever, and with any file name."""

import logging
import os
import stat
from typing import Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

_ARRIVE, _ANSWER = 15, 60
# What goes wrong is told once, by us; paramiko would also print its tracebacks.
logging.getLogger("paramiko").setLevel(logging.CRITICAL)


class UnknownHostKey(paramiko.SSHException):
    """The server's key is not among the known ones."""


class _Refuse(paramiko.MissingHostKeyPolicy):
    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002
        raise UnknownHostKey(f"the server's key {key.get_name()} is not in known_hosts")


class _Names(paramiko.Message):
    """An answer whose names need not be UTF-8: an old Chinese system's are not, and one such name hides a folder."""

    def get_text(self) -> str:
        return os.fsdecode(self.get_string())


class _Client(paramiko.SFTPClient):
    def _request(self, t: int, *args: Any) -> tuple[int, paramiko.Message]:  # noqa: ANN401
        kind, answer = super()._request(t, *args)  # type: ignore[misc]
        return kind, _Names(answer.get_remainder())

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
    """Takes `known_hosts`, a file, besides what `SSHClient.connect` takes."""

    def _connect(self) -> None:
        options = dict(self.ssh_kwargs)
        known = options.pop("known_hosts", None)
        self.client = paramiko.SSHClient()
        self.client.set_missing_host_key_policy(_Refuse())
        try:
            self.client.load_system_host_keys(known)
            self.client.connect(self.host, timeout=_ARRIVE, banner_timeout=_ARRIVE, auth_timeout=_ARRIVE, **options)
            self.ftp = _open_session(self.client)
        except BaseException:
            self.client.close()
            raise

    def ls(self, path: str, detail: bool = True, **_: object) -> list[Any]:
        """As fsspec wants it."""
        entries = []
        for entry in self.ftp.listdir_attr(path):
            info = self._decode_stat(entry, path)
            # fsspec takes a pipe, which would be waited for, or a device for a file.
            if info["type"] == "file" and not stat.S_ISREG(entry.st_mode or stat.S_IFREG):
                info["type"] = "other"
            entries.append(info)
        return entries if detail else [entry["name"] for entry in entries]
