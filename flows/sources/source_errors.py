"""Turn the exceptions of fsspec, paramiko, s3fs, webdav4 and the system into one `SourceError`, without credentials."""

from collections.abc import Iterator
from contextlib import contextmanager

from flows.sources.source_urls import Source

GONE, REFUSED = "is not there", "access refused"
_DENIED, _MISSING, _TOO_MANY, _SERVER_ERROR = (401, 403), 404, 429, 500


class TooSlowError(Exception):
    """A call exceeded its time limit."""


class MissingFileError(Exception):
    """A file that a setting names is not there."""


class SourceError(Exception):
    """A source, or a file at it, cannot be listed or read.

    Attributes:
        can_retry: another attempt may succeed.
        is_slow: it took too long; the call may still go on, and use the connection.
    """

    def __init__(self, reason: str, *, can_retry: bool = False, is_slow: bool = False) -> None:
        """Keep the reason, one line without credentials."""
        super().__init__(reason)
        self.can_retry, self.is_slow = can_retry, is_slow


@contextmanager
def source_errors(source: Source) -> Iterator[None]:
    """Raise every exception of the block as a `SourceError`. Wrap only calls to libraries of sources."""
    try:
        yield
    except SourceError:
        raise
    except Exception as error:
        reason, can_retry = _reason(error)
        if reason == REFUSED and source.unset:
            reason = f"{REFUSED}: credentials are missing, set PEAK_REVIEW_{', PEAK_REVIEW_'.join(source.unset)}"
        for secret in source.secrets:
            reason = reason.replace(secret, "***")
        raise SourceError(reason, can_retry=can_retry, is_slow=isinstance(error, TooSlowError)) from None


def _reason(error: Exception) -> tuple[str, bool]:
    """Return why a call failed, and whether another attempt may succeed."""
    names = {kind.__name__ for kind in type(error).__mro__}
    status = _status(error)
    text = "".join(char if char.isprintable() else " " for char in str(error))[:200].strip()
    described = f"{type(error).__name__}: {text}" if text else type(error).__name__
    if names & {"TooSlowError", "MissingFileError", "UnknownHostKeyError", "BadHostKeyException"}:
        return text, False
    if status in _DENIED or names & {
        "PermissionError", "AuthenticationException", "ForbiddenOperation", "NoCredentialsError",
    } or "No authentication methods" in text:  # fmt: skip
        return REFUSED, False
    if status == _MISSING or isinstance(error, FileNotFoundError):
        return GONE, False
    if isinstance(error, NotADirectoryError | IsADirectoryError):
        return "is not a folder", False
    if isinstance(error, UnicodeError):
        return f"a name there is not UTF-8: {text}", False
    can_retry = bool(names & {"OSError", "EOFError", "SSHException", "TransportError", "BotoCoreError", "TimeoutError"})
    if status is not None:
        can_retry = status >= _SERVER_ERROR or status == _TOO_MANY
    return f"failed: {described}", can_retry


def _status(error: Exception) -> int | None:
    """Return the HTTP status in an error of httpx, webdav4 or botocore."""
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    else:
        status = getattr(response, "status_code", None)
    return status if isinstance(status, int) else None
