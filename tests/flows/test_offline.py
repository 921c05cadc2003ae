"""Nothing calls home: the main job runs in a network without routes, and none of it looks for another host."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.support.command import tree
from tests.support.paths import COMMAND, ROOT, SAMPLE
from tests.support.prefect_server import BIN, Server, free_port, started, wait_for
from tests.support.session import SampleRun

UNSHARE = shutil.which("unshare")

# Loaded by every Python process of the run; one that is closed to a process is noted, and refused.
GUARD = """
import os, sys

def _note(event, arguments):
    if event == "socket.connect":
        where = arguments[1]
        if not isinstance(where, tuple) or where[0] in ("127.0.0.1", "::1"):
            return
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        where = arguments[0] if event != "socket.sendto" else arguments[1]
        if where in (None, "localhost", "127.0.0.1", "::1", b"localhost", b"127.0.0.1", "0.0.0.0"):
            return
        if isinstance(where, tuple) and where[0] in ("127.0.0.1", "::1"):
            return
    else:
        return
    with open(os.environ["GUARD_NOTES"], "a") as notes:
        notes.write(f"{event} {where}\\n")
    raise OSError(f"nobody calls {where}")

sys.addaudithook(_note)
"""


def environment(place: Path) -> dict[str, str]:
    (place / "guard").mkdir()
    (place / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PEAK", "DO_NOT"))}
    return kept | {"HOME": str(place), "PYTHONPATH": str(place / "guard"), "GUARD_NOTES": str(place / "notes")}


def without_routes() -> list[str]:
    """What comes before a command so that it has no network; nothing where that is not allowed."""
    probe = [str(UNSHARE), "-rn", sys.executable, "-m", "tests.support.no_network", "/bin/true"]
    if UNSHARE is None or subprocess.run(probe, cwd=ROOT, capture_output=True, check=False).returncode:
        return []
    return probe[:-1]


@pytest.mark.slow
@pytest.mark.server
def test_the_command_with_a_server_of_its_own_calls_nobody_and_publishes_what_a_run_in_this_process_does(
    tmp_path: Path, sample_run: SampleRun
) -> None:
    run = [COMMAND, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", tmp_path / "out"]
    done = subprocess.run(
        [*without_routes(), *map(str, run)],
        env=environment(tmp_path),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert "15 packages written" in done.stdout
    for noise in ("Traceback", "Warning", "WARNING", "ERROR", "Error"):
        assert noise not in done.stderr + done.stdout
    steps = [line.split(" | ")[1].split()[0] for line in done.stderr.splitlines() if " | " in line]
    wanted = ["read", "judge", "render", "publish"]
    assert [step for step in steps if step in wanted] == wanted
    assert not (tmp_path / "notes").exists(), (tmp_path / "notes").read_text()
    assert tree(tmp_path / "out" / "first-batch") == tree(sample_run.out)


@pytest.mark.parametrize("address", ["('192.0.2.1', 80)", "('example.org', 80)"])
def test_the_guard_sees_who_would_be_called(tmp_path: Path, address: str) -> None:
    call = f"import socket; socket.create_connection({address}, timeout=1)"
    done = subprocess.run(
        [sys.executable, "-c", call], env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert "nobody calls" in done.stderr
    assert address.split("'")[1] in (tmp_path / "notes").read_text()


@pytest.mark.slow
def test_the_server_of_the_readme_calls_nobody(tmp_path: Path) -> None:
    """As the README has people start it: in the repository's folder, whose `pyproject.toml` keeps it from telemetry."""
    port = free_port()
    env = environment(tmp_path) | {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    command = [BIN / "prefect", "server", "start", "--host", "127.0.0.1", "--port", port]
    with started(command, env, tmp_path / "log") as process:
        it = Server(tmp_path, port)
        wait_for(it.is_up, 120, lambda: process.poll() is None)
        with urllib.request.urlopen(f"{it.api}/admin/settings", timeout=30) as answer:  # noqa: S310 - loopback
            settings = json.load(answer)["server"]
        assert not settings["analytics_enabled"]
        assert not settings["ui"]["show_promotional_content"]
        time.sleep(3)  # it would send at once
    assert not (tmp_path / "notes").exists(), (tmp_path / "notes").read_text()
