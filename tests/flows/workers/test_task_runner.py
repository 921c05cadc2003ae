"""Reading here and on a Dask cluster of two workers: the same bytes, and the same isolation."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from flows.sources.raw_listing import list_raw
from flows.workers.sandbox import ReaderError, read_submissions
from flows.workers.task_runner import Chunk, read_chunk
from tests.support.command import peak_review, tree
from tests.support.containers import encrypted
from tests.support.dask_cluster import dask_cluster
from tests.support.paths import ROOT, SAMPLE
from tests.support.source_servers import free_port
from transforms.intake.formats import limits

GOOD = (ROOT / "tests" / "files" / "dalian.xlsx").read_bytes()
# How long Dask waits for a scheduler; half a minute otherwise.
HASTE = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s"}
SHANXI = SAMPLE / "first-batch" / "submissions" / "山西省"

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # The test's readers are looked for where the tests are; and no Prefect server is started for the workers' logs.
    settings = {"PYTHONPATH": str(ROOT), "PREFECT_LOGGING_TO_API_ENABLED": "false"}
    with dask_cluster(tmp_path_factory.mktemp("cluster"), **settings) as address:
        yield address


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that end their reader in every way, one with a password, one too large, among good ones."""
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "submissions").mkdir()
    contents = [GOOD, b"abort", b"memory", encrypted(GOOD, "开门"), b"exit", GOOD, b"", GOOD]
    for number, content in enumerate(contents):
        (folder / "submissions" / f"{number}.xlsx").write_bytes(content)
    (folder / "submissions" / "8.xlsx").write_bytes(b"")
    os.truncate(folder / "submissions" / "8.xlsx", limits.CONTENT + 1)
    return folder


@pytest.fixture(scope="module")
def by_default(attacked: Path) -> list[str]:
    return read_by("threads", attacked)


def read_by(runner: str, folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.read_on_cluster", folder],
        env=dict(os.environ) | {"PEAK_REVIEW_RUNNER": runner, "PEAK_REVIEW_PASSWORDS": "guess\n开门"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert done.returncode == 0, done.stderr
    assert (
        str(ROOT / "flows") not in done.stderr
    )  # a process that starts while others are ended may leave its own trace
    return done.stdout.splitlines()


@pytest.mark.slow
def test_whatever_happens_to_a_reader_is_a_finding_of_its_file(by_default: list[str]) -> None:
    assert len(by_default) == 9
    for number, says in ((1, "SIGABRT"), (2, "内存超过"), (4, "退出码3"), (6, "文件是空的"), (8, "的上限")):
        assert says in by_default[number]
    for number in (0, 3, 5, 7):
        assert "fault=None" in by_default[number]


@pytest.mark.slow
def test_a_cluster_reads_the_same(by_default: list[str], attacked: Path, cluster: str) -> None:
    assert read_by(cluster, attacked) == by_default


@pytest.mark.slow
def test_a_run_on_a_cluster_publishes_the_same_bytes(tmp_path: Path, cluster: str) -> None:
    shutil.copytree(SHANXI, tmp_path / "raw" / "first-batch" / "submissions")
    runs = []
    for runner in ("", cluster):
        out = tmp_path / f"out-{len(runs)}"
        command = ("run", "--round", "first-batch", "--raw", tmp_path / "raw", "--out", out)
        done = peak_review(tmp_path, *command, PEAK_REVIEW_RUNNER=runner)
        assert done.returncode == 0, done.stderr
        for noise in ("Traceback", "Warning", "WARNING", "ERROR", "Error"):
            assert noise not in done.stderr + done.stdout
        runs.append(tree(out))
    assert len(runs[0]) > 30
    assert runs[0] == runs[1]


@pytest.mark.slow
def test_a_cluster_that_is_not_there_ends_the_run_in_one_line(tmp_path: Path) -> None:
    shutil.copytree(SHANXI, tmp_path / "raw" / "first-batch" / "submissions")
    command = ("run", "--round", "first-batch", "--raw", tmp_path / "raw", "--out", tmp_path / "out")
    done = peak_review(tmp_path, *command, PEAK_REVIEW_RUNNER=f"tcp://127.0.0.1:{free_port()}", **HASTE)
    assert done.returncode == 1
    assert "nothing published: " in done.stderr.splitlines()[-1]
    assert "tcp://127.0.0.1:" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_worker_with_other_contracts_reads_nothing(attacked: Path) -> None:
    chunk = Chunk(tuple(list_raw(attacked)[0]), "first-batch", 1, (version("peak-review"), "other"), ())
    with pytest.raises(ReaderError, match="another version"):
        read_chunk.fn(read_submissions, chunk)


def test_what_is_logged_of_a_chunk_has_neither_contents_nor_passwords(attacked: Path) -> None:
    chunk = Chunk(tuple(list_raw(attacked)[0]), "first-batch", 1, ("1", "2"), ("开门",))
    assert GOOD in [one.content for one in chunk.files]
    assert "开门" not in repr(chunk)
    assert len(repr(chunk)) < 3000
