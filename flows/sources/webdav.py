"""WebDAV as webdav4 has it, but with any file name."""

from typing import Any
from urllib.parse import quote

from webdav4.client import Client
from webdav4.fsspec import WebdavFileSystem
from webdav4.urls import URL

_ANSWER = 60


class _Client(Client):  # type: ignore[misc] # has no types
    def join_url(self, path: str, add_trailing_slash: bool = False) -> URL:
        """It puts names into its URLs as they are, whatever % ? # is in them."""
        return super().join_url(quote(path), add_trailing_slash)


def open_webdav(base_url: str, auth: tuple[str, str] | None = None) -> Any:  # noqa: ANN401
    """A connection, as an fsspec file system."""
    # What fails is tried again by us, after the other files.
    client = _Client(base_url, auth=auth, timeout=_ANSWER, retry=False)
    return WebdavFileSystem(base_url, client=client, skip_instance_cache=True)
