"""SFTP as fsspec has it, but only with servers whose key is known, and never waiting for ever."""

import logging

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
            self.ftp = self.client.open_sftp()
            if channel := self.ftp.get_channel():
                channel.settimeout(_ANSWER)
        except BaseException:
            self.client.close()
            raise
