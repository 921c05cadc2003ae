"""The Prefect server of a run: killed at any step, broken, out of reach, left behind. `make kill` tries all of it."""

import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path

import polars as pl
import pytest
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.pipeline.outcome import is_environment
from flows.workers.prefect_server import last_cause
from flows.workers.prefect_task import step
from tests.support.paths import COMMAND, ROOT, SAMPLE

pytestmark = pytest.mark.kill
WALL = 600  # seconds, on a machine with much else to do
STEPS = ["Beginning", "read  ", "render ", "gate  "]
HOLDS_A_SERVER = """
import sys, time
from flows.workers.prefect_server import prefect_server
with prefect_server():
    print("ready", flush=True)
    time.sleep(600)
"""


def environment(home: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PEAK"))}
    return kept | {"HOME": str(home)} | settings


def servers_of(pid: int) -> list[int]:
    """Prefect servers that a process has started and that still run."""
    return [child for child in children(pid) if b"prefect_server" in Path(f"/proc/{child}/cmdline").read_bytes()]


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def raw(place: Path) -> Path:
    shutil.copytree(SAMPLE / "first-batch" / "submissions" / "山西省", place / "raw" / "first-batch" / "submissions")
    return place / "raw"


def run_killing(step: str, place: Path, **options: object) -> tuple[int, str]:
    """Run the command, and kill its server when it says that it is at a step; the exit code and stderr."""
    command = [COMMAND, "run", "--round", "first-batch", "--raw", raw(place), "--out", place / "out"]
    env = environment(place, PEAK_REVIEW_STATE=str(place / "state"))
    said: list[str] = []
    killed = False
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True, cwd=place, **options) as process:
        assert process.stderr
        for line in process.stderr:
            said.append(line)
            if not killed and f"| {step}" in line:
                (server,) = servers_of(process.pid)
                os.kill(server, signal.SIGKILL)
                killed = True
    assert killed, said
    return process.returncode, "".join(said)


@pytest.mark.parametrize("step", [pytest.param(step, marks=pytest.mark.slow) for step in STEPS])
def test_a_server_that_is_killed_costs_no_night(tmp_path: Path, step: str) -> None:
    code, said = run_killing(step, tmp_path, stdout=subprocess.DEVNULL)
    assert code == 0, said
    assert "not recorded on the Prefect server" in said
    assert "Traceback" not in said
    assert len(list((tmp_path / "out" / "first-batch").glob("*/datapackage.json"))) == 15


@pytest.mark.slow
def test_what_goes_wrong_after_publishing_is_told_as_published(tmp_path: Path) -> None:
    """All at once: no server, findings that cannot be compared, a log of runs and last words that cannot be written."""
    (tmp_path / "out" / "first-batch").mkdir(parents=True)
    pl.DataFrame({"other": [1]}).write_parquet(tmp_path / "out" / "first-batch" / "findings.parquet")
    (tmp_path / "state" / "first-batch.jsonl").mkdir(parents=True)
    with Path("/dev/full").open("w") as full:
        code, said = run_killing("gate  ", tmp_path, stdout=full)
    assert code == 3, said
    assert re.search(
        r"^peak-review: published \(15 packages written, 0 unchanged\), but .*ColumnNotFoundError", said, re.MULTILINE
    )
    assert "nothing published" not in said
    assert "Traceback" in said  # a fault of the code, it seems
    assert len(list((tmp_path / "out" / "first-batch").glob("*/datapackage.json"))) == 15


@pytest.mark.parametrize(
    "hooked", [pytest.param(name, marks=pytest.mark.slow) for name in ("judge", "publish", "summarize")]
)
def test_an_interruption_that_ends_the_server_too_is_not_taken_for_nothing_published(
    tmp_path: Path, hooked: str
) -> None:
    """Ctrl-C in a terminal, or the end of a service, goes to all processes of a run."""
    command = [sys.executable, "-m", "tests.kill.interrupted_run", hooked, "run", "--round", "first-batch"]
    command += ["--raw", str(raw(tmp_path)), "--out", str(tmp_path / "out")]
    done = subprocess.run(
        command, env=environment(tmp_path), cwd=ROOT, capture_output=True, text=True, check=False, timeout=WALL,
        start_new_session=True,
    )  # fmt: skip
    packages = 0 if hooked == "judge" else 15
    assert len(list((tmp_path / "out" / "first-batch").glob("*/datapackage.json"))) == packages
    said = {
        "judge": "nothing published",
        "publish": "ended while publishing, ",
        "summarize": "published (15 packages written, 0 unchanged)",
    }[hooked]
    assert f"peak-review: {said}" in done.stderr, done.stderr
    assert "interrupted by " in done.stderr
    assert done.returncode == {"judge": 1, "publish": 1, "summarize": 3}[hooked]
    (line,) = (tmp_path / "out.state" / "first-batch.jsonl").read_text(encoding="utf-8").splitlines()
    run = json.loads(line)
    assert (run["outcome"], len(run["written"])) == ("interrupted", 15 if hooked == "summarize" else 0)
    assert run["reason"].startswith(said)
    assert ": interrupted by " in run["reason"]


@step("add")
def add(calls: list[int], value: int) -> int:
    calls.append(value)
    if value < 0:
        raise ValueError(value)
    if value == 0:
        raise KeyboardInterrupt
    return value + 1


def test_a_step_is_done_once_where_no_prefect_server_answers() -> None:
    calls: list[int] = []
    settings = {PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}
    with temporary_settings(settings):
        assert add(calls, 1) == 2
        with pytest.raises(ValueError, match="-1"):
            add(calls, -1)
        with pytest.raises(KeyboardInterrupt):
            add(calls, 0)
    assert calls == [1, -1, 0]


def fails_at_once(home: str | Path, place: Path, **settings: str) -> str:
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [COMMAND, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", place / "out"],
        env=environment(Path(home), **settings), cwd=place, capture_output=True, text=True, check=False, timeout=WALL,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("peak-review: nothing done: ")
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Seconds of processor time: a loaded machine makes the command wait, not work.
    assert ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime < 60
    assert not (place / "out").exists()
    return line


def test_a_server_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    line = fails_at_once(tmp_path, tmp_path, PREFECT_API_URL="http://127.0.0.1:9/api")
    assert line.endswith("no Prefect server answers at http://127.0.0.1:9/api: [Errno 111] Connection refused")


@pytest.mark.slow
def test_a_broken_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / ".prefect").mkdir()
    (tmp_path / ".prefect" / "prefect.db").write_bytes(b"no database " * 100)
    assert "file is not a database" in fails_at_once(tmp_path, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("home", ["/dev/null/home", "a file"])
def test_a_home_that_cannot_be_written_is_one_line(tmp_path: Path, home: str) -> None:
    (tmp_path / "a file").write_text("")
    fails_at_once(tmp_path / home, tmp_path)


@pytest.mark.slow
def test_a_database_of_another_version_or_that_is_locked_is_one_line(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", HOLDS_A_SERVER.replace("600", "0")], env=environment(tmp_path), cwd=ROOT, check=True
    )
    with closing(sqlite3.connect(tmp_path / ".prefect" / "prefect.db", isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        assert "database is locked" in fails_at_once(tmp_path, tmp_path)
        database.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
        database.execute("COMMIT")
    assert "ffffffffffff" in fails_at_once(tmp_path, tmp_path)


@pytest.mark.slow
def test_commands_that_start_at_once_make_one_database(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS_A_SERVER.replace("600", "0")]
    started = [subprocess.Popen(command, env=environment(tmp_path), cwd=ROOT, stdout=subprocess.PIPE) for _ in range(3)]
    assert [(process.communicate()[0], process.returncode) for process in started] == [(b"ready\n", 0)] * 3


@pytest.mark.parametrize("stopped", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_killed_run_leaves_no_server(tmp_path: Path, stopped: bool) -> None:
    command = [sys.executable, "-c", HOLDS_A_SERVER]
    process = subprocess.Popen(command, env=environment(tmp_path), cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        (server,) = servers_of(process.pid)
        assert is_running(server)
        if stopped:
            os.kill(server, signal.SIGSTOP)
    finally:
        process.kill()
        process.communicate()
    end = time.monotonic() + 60
    while is_running(server) and time.monotonic() < end:
        time.sleep(0.1)
    left = is_running(server)
    with suppress(ProcessLookupError):
        os.kill(server, signal.SIGKILL)
    assert not left


def test_only_what_files_and_disks_do_is_told_without_a_traceback(tmp_path: Path) -> None:
    for error, expected in (
        (FileNotFoundError(2, "No such file", str(tmp_path / "raw" / "a.xlsx")), True),
        (OSError(28, "No space left on device"), True),
        (OSError(9, "Bad file descriptor"), False),
        (FileNotFoundError(2, "No such file", "/usr/lib/ours.yaml"), False),
        (KeyError("province"), False),
    ):
        assert is_environment(error, tmp_path / "raw") is expected, error


def test_the_cause_is_the_last_exception_of_a_log() -> None:
    log = "Traceback …\nsqlite3.DatabaseError: file\n\nTraceback …\nsqlalchemy.exc.DatabaseError: (x) file\n[SQL: x]\n"
    assert last_cause(log, ValueError("no answer")) == "DatabaseError: (x) file"
    assert last_cause("", ValueError("no answer")) == "no answer"
