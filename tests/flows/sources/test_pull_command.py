"""`peak-review pull` as a person starts it: settings, summary, exit codes, and no password anywhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.source_servers import SECRET, free_port, start

COMMAND = Path(sys.executable).parent / "peak-review"


def pull(home: Path, *arguments: object, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command with an empty home and nothing configured."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "PEAK_REVIEW"))}
    return subprocess.run(
        [COMMAND, "pull", *map(str, arguments)],
        env=kept | {"HOME": str(home)} | settings,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_one_source_fails_and_the_other_is_taken_in_and_no_password_is_anywhere(home: Path, tmp_path: Path) -> None:
    gone = f"sftp://keeper:{SECRET}@127.0.0.1:{free_port()}/in"
    with start("webdav", tmp_path) as server:
        server.put("河北省/a.xlsx", b"one")
        server.put("b.xlsx.part", b"half")
        login = server.url.replace("://", f"://keeper:{SECRET}@")
        arguments = ("--round", "first-batch", "--source", gone, "--source", login, "--wait", "0.1")
        result = pull(home, *arguments, "--raw", tmp_path / "raw", PEAK_REVIEW_PULL_PAUSES="0.1")
    assert result.returncode == 1
    assert f"{tmp_path}/raw/first-batch: 1 new, 0 already known, 1 waiting, 0 refused\n" in result.stdout
    assert f"waiting: {server.url}: b.xlsx.part: its name says that it is not complete" in result.stdout
    last = result.stderr.splitlines()[-1]
    assert last.startswith(f"peak-review: {gone.replace(f'keeper:{SECRET}@', '')}: failed: ")
    assert "Traceback" not in result.stderr + result.stdout
    (line,) = (tmp_path / "raw/first-batch/receipts.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["source"] == server.url
    # Nor where Prefect keeps what it knows of the run.
    kept = [path for folder in (home, tmp_path / "raw") for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "prefect.db" for path in kept)
    assert not [path for path in kept if SECRET.encode() in path.read_bytes()]
    assert SECRET not in result.stdout + result.stderr


def test_settings_name_the_sources_and_a_good_pull_is_quiet(home: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.xlsx").write_text(name)
    sources = f"{tmp_path}/one\n\n  file://{tmp_path}/two\n"
    result = pull(home, "--round", "first-batch", "--wait", 0, "--raw", tmp_path / "raw", PEAK_REVIEW_SOURCES=sources)
    assert result.returncode == 0, result.stderr
    assert "2 new, 0 already known, 0 waiting, 0 refused" in result.stdout
    for noise in ("Traceback", "Warning", "WARNING", "ERROR", "Error"):
        assert noise not in result.stderr + result.stdout


def test_wrong_use_is_told(home: Path, tmp_path: Path) -> None:
    result = pull(home, "--round", "nowhere", "--source", tmp_path)
    assert (result.returncode, "unknown round nowhere" in result.stderr) == (2, True)
    result = pull(home, "--round", "first-batch", "--source", f"ftp://u:{SECRET}@h/x", "--raw", tmp_path / "raw")
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("peak-review: source 1: it is none of a folder, file://")
    assert SECRET not in result.stderr
    assert not (tmp_path / "raw").exists()
