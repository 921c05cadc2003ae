"""The installed command as a process of its own; tests/flows/test_offline.py has a whole run of it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contracts.load import round_names
from tests.support.command import peak_review_process
from tests.support.paths import COMMAND, ROOT, SUBMISSIONS


def test_check_ends_with_4_where_something_must_be_corrected(home: Path) -> None:
    result = peak_review_process(home, "check", next(SUBMISSIONS.glob("附件2：沈阳市*.xlsx")))
    assert (result.returncode, result.stderr) == (4, "")
    assert "见附件" in result.stdout


@pytest.mark.parametrize(
    "content",
    ['active = "x', pytest.param(None, marks=pytest.mark.slow), pytest.param("setting", marks=pytest.mark.slow)],
)
def test_settings_of_prefect_that_cannot_be_read_are_one_line(tmp_path: Path, content: str | None) -> None:
    profiles = tmp_path / ".prefect" / "profiles.toml"
    profiles.parent.mkdir()
    settings: dict[str, str] = {}
    if content is None:
        profiles.mkdir()
    elif content == "setting":
        settings["PREFECT_LOGGING_LEVEL"] = "NONSENSE"
    else:
        profiles.write_text(content)
    result = peak_review_process(tmp_path, "pull", "--round", "first-batch", "--source", tmp_path, **settings)
    assert result.returncode == (2 if settings else 1)
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("peak-review: ")


def test_an_unknown_round_is_one_line_on_stderr(home: Path) -> None:
    result = peak_review_process(home, "rules", "--round", "no")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"peak-review: unknown round no; known: {', '.join(round_names())}\n"


# As a library that catches everything does while it is imported.
CAUGHT = """
import contextlib, signal
from flows.cli import main
from flows.cli.run_and_pull import prefect_session
import flows.cli.run_and_pull as module

@contextlib.contextmanager
def session(*meanwhile):
    with prefect_session(*meanwhile):
        with contextlib.suppress(BaseException):
            signal.raise_signal(signal.SIGHUP)
        yield

module.prefect_session = session
main()
"""


@pytest.mark.slow
@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("command", ["run", "pull"])
def test_a_signal_that_a_library_catches_still_ends_the_command(home: Path, tmp_path: Path, command: str) -> None:
    options = [command, "--round", "first-batch", "--raw", tmp_path / "raw"]
    options += ["--out", tmp_path / "out"] if command == "run" else ["--source", tmp_path]
    shutil.copytree(SUBMISSIONS / "山西省", tmp_path / "raw" / "first-batch" / "submissions" / "山西省")
    done = subprocess.run(
        [sys.executable, "-c", CAUGHT, *map(str, options)],
        env={**os.environ, "HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
    )
    assert done.returncode == 129, done.stderr
    assert not (tmp_path / "out" / "first-batch").exists()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGINT, 130, marks=pytest.mark.slow),
        (signal.SIGTERM, 143),
        pytest.param(signal.SIGHUP, 129, marks=pytest.mark.slow),
    ],
)
def test_a_signal_before_the_flow_begins_is_one_line_and_in_the_status(tmp_path: Path, number: int, code: int) -> None:
    (tmp_path / "data" / "out").mkdir(parents=True)
    command = [COMMAND, "run", "--round", "first-batch", "--raw", str(SUBMISSIONS.parents[1])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment | {"HOME": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # noqa: PLW1509 - the tests may run under nohup
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not children.read_text():  # its Prefect server
        time.sleep(0.05)
    process.send_signal(number)
    stderr = process.communicate(timeout=60)[1]
    assert process.returncode == code
    assert "peak-review: interrupted, nothing published" in stderr.splitlines()
    status = peak_review_process(tmp_path, "status")
    assert status.returncode == 1
    assert "  interrupted: nothing published: interrupted by " in status.stdout
