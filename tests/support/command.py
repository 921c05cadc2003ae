"""The command `peak-review`, run in this process or as one of its own, and what it leaves on disk."""

import contextlib
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from typer.testing import CliRunner

from flows.cli import app
from flows.cli.prefect_session import quiet_prefect
from flows.publication.input_fingerprint import LAST_RUN
from tests.support.paths import COMMAND

SERVICE = "TEST_PREFECT_API_URL"
quiet_prefect()  # before Prefect is imported, which reads its settings once


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def peak_review(home: Path, *arguments: object, **settings: str) -> Ended:
    """Run the command in this process, with an empty home, no other settings, and the server of the fixture `served`.

    Raises:
        Exception: what the command does not catch.
    """
    service = os.environ.get(SERVICE)
    environment = _unconfigured() | {"HOME": str(home)} | settings
    with contextlib.ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, environment, clear=True))
        stack.enter_context(contextlib.chdir(home))
        if service:
            stack.enter_context(_prefect_at(service))
        result = CliRunner().invoke(app, list(map(str, arguments)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def peak_review_process(home: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command as a process, likewise."""
    service = {"PREFECT_API_URL": os.environ[SERVICE]} if SERVICE in os.environ else {}
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        env=_unconfigured() | service | {"HOME": str(home)} | settings,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def tree(folder: Path) -> dict[str, bytes]:
    """Return every file but the earlier versions of packages, the record of the last run, and the lock."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    kept = {
        name: path
        for name, path in files.items()
        if ".history" not in path.parts and not name.endswith((LAST_RUN, ".lock"))
    }
    return {name: path.read_bytes() for name, path in kept.items()}


def _unconfigured() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", SERVICE, "POLARS"))}


class _Stderr(logging.Handler):
    """Writes log lines to the stderr of the moment, where Prefect's handler keeps the first one."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")


@contextlib.contextmanager
def _prefect_at(service: str) -> Iterator[None]:
    """Use a Prefect server, and write its log to stderr, during the block."""
    from prefect.logging.configuration import setup_logging  # noqa: PLC0415 - takes a second
    from prefect.logging.handlers import PrefectConsoleHandler  # noqa: PLC0415
    from prefect.settings import PREFECT_API_URL, temporary_settings  # noqa: PLC0415

    quiet_prefect()
    setup_logging()
    root, handler = logging.getLogger(), _Stderr()
    consoles = [one for one in root.handlers if isinstance(one, PrefectConsoleHandler)]
    handler.setFormatter(consoles[0].formatter)
    for console in consoles:
        root.removeHandler(console)
    root.addHandler(handler)
    try:
        with temporary_settings({PREFECT_API_URL: service}):
            yield
    finally:
        root.removeHandler(handler)
        for console in consoles:
            root.addHandler(console)
