"""Requests to the Prefect server that a run can do without: artifacts, blocks of secrets and of messages."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from prefect.settings import (
    PREFECT_API_REQUEST_TIMEOUT,
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    temporary_settings,
)

_SECONDS = 10.0  # for one request
_failed: set[str] = set()  # addresses of servers that left a request unanswered


class NotAnsweringError(Exception):
    """The Prefect server left an earlier request of this process unanswered; no more are sent."""


def is_answering() -> bool:
    """Return whether the server has answered every request so far."""
    return (PREFECT_API_URL.value() or "") not in _failed


@contextmanager
def brief_requests() -> Iterator[None]:
    """Send the requests of the block without retries and with a short time limit.

    Raises:
        NotAnsweringError: at once, if an earlier request was not answered.
        httpx.TransportError: if a request is not answered.
    """
    if not is_answering():
        raise NotAnsweringError("the Prefect server does not answer")
    try:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0, PREFECT_API_REQUEST_TIMEOUT: _SECONDS}):
            yield
    except httpx.TransportError:
        _failed.add(PREFECT_API_URL.value() or "")
        raise
