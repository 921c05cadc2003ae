"""The whole command, killed: the next one repairs, and its bytes and what it keeps are those of an undisturbed run.

Only `make kill` tries it; each kill takes two runs.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.publication.input_fingerprint import LAST_RUN
from tests.kill.watcher import look, watching
from tests.support.command import peak_review_process
from tests.support.paths import COMMAND, SAMPLE

KILLS = 5
pytestmark = [pytest.mark.slow, pytest.mark.kill]
BOOK = "山西省/山西省评审工作簿.xlsx"


@pytest.fixture(scope="module")
def before(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A round that was published, into which a reviewer wrote, and to which another province has sent since."""
    place = tmp_path_factory.mktemp("before")
    sent = place / "raw" / "first-batch" / "submissions"
    source = SAMPLE / "first-batch" / "submissions"
    shutil.copytree(source / "山西省", sent / "山西省")
    assert run(home, place).returncode == 0
    book = load_workbook(place / "out" / "first-batch" / BOOK)
    book["问题清单"]["A1"] = "a reviewer was here"
    book.save(place / "out" / "first-batch" / BOOK)
    shutil.copytree(source / "河北省", sent / "河北省")
    (place / "raw" / "first-batch" / "receipts.jsonl").write_text('{"sha256": "0"}\n', encoding="utf-8")
    return place


def run(home: Path, place: Path) -> subprocess.CompletedProcess[str]:
    return peak_review_process(home, "run", "--round", "first-batch", "--raw", place / "raw", "--out", place / "out")


def tree(place: Path) -> dict[str, bytes]:
    """All of raw and out but the history, the run log and what a run remembers."""
    files = {path.relative_to(place).as_posix(): path for path in place.rglob("*") if path.is_file()}
    files = {name: path for name, path in files.items() if not name.startswith("out.state/")}
    kept = {name: path for name, path in files.items() if "/.history/" not in name and not name.endswith(LAST_RUN)}
    return {name: path.read_bytes() for name, path in kept.items()}


def test_killed_at_any_moment(home: Path, before: Path, tmp_path: Path) -> None:
    undisturbed = shutil.copytree(before, tmp_path / "undisturbed", copy_function=shutil.copy2)
    started = time.monotonic()
    assert run(home, undisturbed).returncode == 0
    seconds = time.monotonic() - started
    edited = (before / "out" / "first-batch" / BOOK).read_bytes()
    chance = random.Random(7)
    for number in range(KILLS):
        place = shutil.copytree(before, tmp_path / str(number), copy_function=shutil.copy2)

        out = place / "out" / "first-batch"
        provinces = [path.name for path in before.glob("out/first-batch/*省")]

        def faults(out: Path = out, provinces: list[str] = provinces) -> Iterator[str]:
            for province in provinces:
                fault = look(out / province, lambda content: content == edited)
                # Between the two renames of a swap a package is in `.staging`; the next run puts it in place.
                if fault and not fault.endswith("is not there"):
                    yield fault

        with watching(faults) as wrong:
            kill_after(home, place, chance.uniform(0.5, 1) * seconds)
            for province in provinces:
                if not (out / province).exists():
                    assert look(out / ".staging" / "packages" / province, lambda _: False) is None
            assert run(home, place).returncode == 0
        assert wrong == []
        assert tree(place) == tree(undisturbed)
        shutil.rmtree(place)


def kill_after(home: Path, place: Path, seconds: float) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    process = subprocess.Popen(
        [COMMAND, "run", "--round", "first-batch", "--raw", place / "raw", "--out", place / "out"],
        env=kept | {"HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):  # none is left
        os.killpg(process.pid, signal.SIGKILL)  # the server that it had started for itself
