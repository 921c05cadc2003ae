"""Connect to a source as an fsspec file system, with limits on time.

To add a kind of source: parse its URL in `source_urls.py`, open it in `_open` here, and, if its library has exceptions
of its own, name their reasons in `source_errors.py`. Listing, reading and ingest work with every fsspec file system.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import quote

import fsspec
from pebble import concurrent

from flows.sources.source_errors import MissingFileError, TooSlowError, source_errors
from flows.sources.source_urls import Source

_CONNECT, _ANSWER = 15, 60  # seconds
T = TypeVar("T")


@dataclass(frozen=True)
class TimeLimits:
    """Limits of a pull from one source, which may never answer or send one byte at a time.

    Attributes:
        each: seconds for one file, listing or connection.
        until: when all of it ends, by `time.monotonic`.
    """

    each: float = 120.0
    until: float = float("inf")

    @property
    def expired(self) -> bool:
        """Return whether no time is left."""
        return monotonic() >= self.until

    def call(self, function: Callable[[], T]) -> T:
        """Call a function in a thread and return its result.

        Raises:
            TooSlowError: if it exceeds the time. Its thread may still use the connection.
        """
        seconds = max(min(self.each, self.until - monotonic()), 0)
        future = concurrent.thread(function)()
        try:
            return future.result(seconds)
        except TimeoutError:
            if future.done():  # raised by the function
                raise
            raise TooSlowError(f"took longer than {seconds:.0f} s") from None


@contextmanager
def connect(source: Source, limits: TimeLimits) -> Iterator[Any]:
    """Open a new connection, and close it at the end of the block. An earlier one may be dead.

    Raises:
        SourceError: if the source cannot be reached.
    """
    files = None
    try:
        with source_errors(source):
            files = limits.call(lambda: _open(source))
        yield files
    finally:
        if source.kind in {"sftp", "webdav"} and files is not None:
            (files.client if source.kind == "sftp" else files.client.http).close()


def _open(source: Source) -> Any:  # noqa: ANN401 - fsspec has no types
    options: dict[str, Any] = dict(source.options)
    if source.kind == "sftp":
        from flows.sources.sftp import Sftp  # noqa: PLC0415 - each library takes a while to import

        for option, setting in (("key_filename", "SFTP_KEY"), ("known_hosts", "SFTP_KNOWN_HOSTS")):
            if option in options and not Path(options[option]).expanduser().is_file():
                raise MissingFileError(f"the file of PEAK_REVIEW_{setting} is not there: {options[option]}")
        return Sftp(skip_instance_cache=True, **options)
    if source.kind == "s3":
        # `ingest` retries, with longer pauses.
        timeouts = {"connect_timeout": _CONNECT, "read_timeout": _ANSWER, "retries": {"max_attempts": 1}}
        cached = {"skip_instance_cache": True, "use_listings_cache": False}
        return fsspec.filesystem("s3", default_block_size=8 * 1024**2, config_kwargs=timeouts, **cached, **options)
    if source.kind == "webdav":
        return _open_webdav(**options)
    return fsspec.filesystem("file", skip_instance_cache=True)


def _open_webdav(base_url: str, auth: tuple[str, str] | None = None) -> Any:  # noqa: ANN401
    from webdav4.client import Client  # noqa: PLC0415
    from webdav4.fsspec import WebdavFileSystem  # noqa: PLC0415
    from webdav4.urls import URL  # noqa: PLC0415

    class QuotingClient(Client):  # type: ignore[misc] # has no types
        def join_url(self, path: str, add_trailing_slash: bool = False) -> URL:
            """Quote names, which webdav4 puts into URLs as they are, with % ? and #."""
            return super().join_url(quote(path), add_trailing_slash)

    client = QuotingClient(base_url, auth=auth, timeout=_ANSWER, retry=False)  # `ingest` retries
    return WebdavFileSystem(base_url, client=client, skip_instance_cache=True)
