"""The built wheel, installed into a fresh environment outside the repository: it has all that a run needs."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from contracts.load import DEFINITIONS, round_names
from tests.support.paths import BIN, ROOT, SAMPLE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment with the wheel; its libraries are those of this one, nothing is fetched."""
    place = tmp_path_factory.mktemp("wheel")
    subprocess.run([BIN / "hatchling", "build", "-t", "wheel", "-d", place], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = place.glob("*.whl")
    fresh = place / "venv"
    venv.create(fresh, with_pip=False, symlinks=True)
    python = fresh / "bin" / "python"
    offline = ["--no-deps", "--no-index", "--quiet", "--disable-pip-version-check", wheel]
    subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", *offline], check=True)
    # A path in a .pth file is no site folder: the .pth of the editable install there is not read.
    (site,) = fresh.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return fresh / "bin" / "peak-review"


def run(command: Path, home: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PEAK", "PYTHON"))}
    return subprocess.run(
        [command, *map(str, arguments)],
        env=kept | {"HOME": str(home)} | settings,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_main_job_runs_from_the_wheel_and_a_round_is_added_by_a_folder(command: Path, tmp_path: Path) -> None:
    code = [command.parent / "python", "-c", "import flows; print(flows.__file__)"]
    assert str(command.parents[1]) in subprocess.run(code, cwd=tmp_path, capture_output=True, text=True).stdout  # noqa: PLW1510
    own, raw = tmp_path / "own", tmp_path / "raw"
    (own / "rounds").mkdir(parents=True)
    text = (DEFINITIONS / "rounds/first-batch.yaml").read_text(encoding="utf-8")
    (own / "rounds/second.yaml").write_text(text.replace("round: first-batch", "round: second"), encoding="utf-8")
    raw.mkdir()
    (raw / "second").symlink_to(SAMPLE / "first-batch")
    unknown = run(command, tmp_path, "run", "--round", "second", "--raw", raw)
    assert (unknown.returncode, unknown.stderr) == (
        2,
        f"peak-review: unknown round second; known: {', '.join(round_names())}\n",
    )
    settings = {"PEAK_REVIEW_CONTRACTS": str(own)}
    done = run(command, tmp_path, "run", "--round", "second", "--raw", raw, **settings)
    assert done.returncode == 0, done.stderr
    packages = sorted((tmp_path / "data/out/second").glob("*/datapackage.json"))
    books = sorted((tmp_path / "data/out/second").glob("*/*评审工作簿.xlsx"))
    assert len(packages) == len(books) == 15
    again = run(command, tmp_path, "run", "--round", "second", "--raw", raw, **settings)
    assert "all inputs are as the last run found them" in again.stderr


def test_the_small_commands_work_from_the_wheel(command: Path, tmp_path: Path) -> None:
    made = run(
        command, tmp_path, "template", "--kind", "city", "--pilot", "大连市", "--province", "辽宁省", "-o", "t.xlsx"
    )
    assert (made.returncode, made.stderr) == (0, "")
    assert run(command, tmp_path, "check", "t.xlsx").returncode == 4
    assert run(command, tmp_path, "--version").stdout.startswith("peak-review 0.1.0, contracts ")
