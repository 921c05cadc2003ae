"""Use the Prefect server at PREFECT_API_URL, or start one on loopback that ends with this process.

Prefect's own ephemeral server waits for minutes if it cannot start, and survives a killed run with 230 MB.
"""

import ctypes
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, redirect_stderr, suppress
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import httpx
from filelock import FileLock
from pydantic import ValidationError

from flows.settings import SettingError

_PR_SET_PDEATHSIG = 1
START_SECONDS, ANSWER_SECONDS, LOCK_SECONDS = 120.0, 5.0, 10.0


class ServerError(Exception):
    """No Prefect server answers, or none can be started."""


@contextmanager
def prefect_server(meanwhile: Callable[[], None] | None = None) -> Iterator[None]:
    """Have a Prefect server for the block.

    Args:
        meanwhile: called while a server of this command is starting.

    Raises:
        ServerError: if it does not answer within 5 s, or cannot be started; one line.
        SettingError: if a setting of Prefect is wrong.
    """
    try:
        with redirect_stderr(StringIO()):  # Prefect reports a fault here too, in many lines
            from prefect.settings import PREFECT_API_URL, PREFECT_HOME  # noqa: PLC0415 - takes a second

            url, home = PREFECT_API_URL.value(), PREFECT_HOME.value()
    except ValidationError as error:
        faults = [fault for fault in error.errors() if fault["type"] != "default_factory_not_called"]
        named = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']} ({fault['input']})" for fault in faults)
        raise SettingError(f"a setting of Prefect: {_one_line(named)}") from None
    except Exception as error:  # libraries raise many kinds for a faulty setting or home folder
        raise ServerError(f"Prefect cannot be loaded: {_one_line(str(error))}") from error
    if url:
        _check_answer(url)
        yield
        return
    with _started(meanwhile, home) as url, _settings_for(url):
        yield


def _check_answer(url: str) -> None:
    from prefect.client.orchestration import get_client  # noqa: PLC0415
    from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings  # noqa: PLC0415

    with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
        client = get_client({"timeout": ANSWER_SECONDS}, sync_client=True)
        fault = client.api_healthcheck()
    if fault is not None:
        raise ServerError(f"no Prefect server answers at {url}: {_one_line(str(fault)) or type(fault).__name__}")


@contextmanager
def _started(meanwhile: Callable[[], None] | None, home: Path) -> Iterator[str]:
    """Start a server that ends with this process, also if that is killed; yield the URL of its API."""
    # Two servers that begin at once would both make the tables of a new database. A folder that cannot be written, or a
    # start that takes too long, is left to the server to report.
    lock = FileLock(home / ".peak-review.lock")
    with suppress(OSError):
        lock.acquire(timeout=START_SECONDS, poll_interval=0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening, TemporaryFile() as log:
        port = listening.getsockname()[1]
        process = subprocess.Popen(  # noqa: S603 - this module
            [sys.executable, "-m", "flows.workers.prefect_server", str(listening.fileno()), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[listening.fileno()],
        )
        listening.close()  # so that a connection is refused when the child has ended
        try:
            if meanwhile:
                meanwhile()
            _wait_for_answer(f"http://127.0.0.1:{port}/api", process, log)
            lock.release()
            yield f"http://127.0.0.1:{port}/api"
        finally:
            lock.release()
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for_answer(url: str, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    try:
        # The socket is open already: the answer comes when the server is ready, an error when it has ended.
        httpx.get(f"{url}/health", timeout=START_SECONDS, trust_env=False).raise_for_status()
    except httpx.HTTPError as error:
        process.kill()
        process.wait()
        log.seek(0)
        raise ServerError(
            f"Prefect's server cannot start: {last_cause(log.read().decode(errors='replace'), error)}"
        ) from error


@contextmanager
def _settings_for(url: str) -> Iterator[None]:
    """Use the server at `url` without sending log lines and events to it: it ends with the run."""
    from prefect.events.clients import NullEventsClient  # noqa: PLC0415
    from prefect.events.worker import EventsWorker  # noqa: PLC0415
    from prefect.settings import (  # noqa: PLC0415
        PREFECT_API_URL,
        PREFECT_CLIENT_MAX_RETRIES,
        PREFECT_LOGGING_TO_API_ENABLED,
        PREFECT_UI_URL,
        temporary_settings,
    )

    EventsWorker.set_client_override(NullEventsClient)
    settings = {PREFECT_API_URL: url, PREFECT_UI_URL: "", PREFECT_LOGGING_TO_API_ENABLED: False}
    # It answers 503 while the server of another command writes to the same database.
    with temporary_settings(settings | {PREFECT_CLIENT_MAX_RETRIES: 2}):
        yield


def last_cause(log: str, error: Exception) -> str:
    """Find the last exception in a log, like `sqlalchemy.exc.OperationalError: (…) database is locked`."""
    found = re.findall(r"^(?:[\w.]+\.)?(\w+(?:Error|Exception)\b: .+)$", log, re.MULTILINE)
    return _one_line(found[-1] if found else str(error)) or type(error).__name__


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]


def main() -> None:
    """Serve Prefect's API on the socket with the given descriptor until the process with the given id ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # ends a stopped process, too
    if os.getppid() != int(sys.argv[2]):
        sys.exit(1)
    import uvicorn  # noqa: PLC0415 - not needed by the parent
    from prefect.server.api.server import create_app  # noqa: PLC0415
    from prefect.settings import get_current_settings  # noqa: PLC0415
    from sqlalchemy.engine import make_url  # noqa: PLC0415

    secret = get_current_settings().server.database.connection_url
    url = make_url(secret.get_secret_value()) if secret else None
    if url and url.drivername.startswith("sqlite") and url.database:
        # Prefect would wait for a minute for one that is locked.
        with closing(sqlite3.connect(url.database, timeout=LOCK_SECONDS)) as database:
            database.execute("BEGIN IMMEDIATE")
    config = uvicorn.Config(create_app(ephemeral=True, final=True), log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    server.run(sockets=[socket.socket(fileno=int(sys.argv[1]))])
    sys.exit(0 if server.started else 1)


if __name__ == "__main__":
    main()
