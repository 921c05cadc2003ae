"""Hostile files cost seconds and megabytes, not the run; each is answered with a reason of its own."""

import logging
from pathlib import Path

import pytest

from flows.sources.raw_files import read_raw_file
from flows.workers.sandbox import MEMORY, read_submissions
from tests.support.crashes import fail_as_told, measure
from tests.support.hostile_files import FILES, HOSTILE, Hostile, far_xlsb
from transforms.failures import FAILED
from transforms.intake.submission import Submission

# The largest seen is 323 MiB, of distant cells in .xlsb.
SECONDS, MIB = 5.0, 400
GOOD = (FILES / "dalian.xlsx").read_bytes()


@pytest.fixture(scope="module")
def hostile_files_read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Submission]:
    """Every hostile file as a run reads it, by its name."""
    folder, received = tmp_path_factory.mktemp("hostile"), []
    for number, hostile in enumerate(HOSTILE):
        path = folder / f"{number}.xlsx"
        path.write_bytes(hostile.make())
        received.append(read_raw_file(path, f"submissions/{number:02}/大连市.xlsx"))
    read = read_submissions(received, "first-batch", seconds=120, reader=measure)
    by_file = {submission.file: submission for submission in read}
    return {hostile.name: by_file[f"submissions/{number:02}/大连市.xlsx"] for number, hostile in enumerate(HOSTILE)}


@pytest.mark.parametrize("hostile", HOSTILE, ids=[hostile.name for hostile in HOSTILE])
def test_a_hostile_file_costs_little_and_says_what_it_is(
    hostile: Hostile, hostile_files_read: dict[str, Submission]
) -> None:
    submission = hostile_files_read[hostile.name]
    assert submission.explained
    mib, seconds = submission.explained
    assert submission.fault == hostile.fault
    assert hostile.says in (submission.oddities if hostile.fault is None else submission.detail or "")
    assert float(seconds) < SECONDS
    assert int(mib) < MIB


def test_every_hostile_file_has_its_own_reason() -> None:
    assert len(HOSTILE) > 15
    assert len({hostile.name for hostile in HOSTILE}) == len(HOSTILE)


def read(folder: Path, *contents: bytes, seconds: float = 10) -> list[Submission]:
    received = []
    for number, content in enumerate(contents):
        path = folder / f"{number}.xlsx"
        path.write_bytes(content)
        received.append(read_raw_file(path, f"submissions/{number}.xlsx"))
    return read_submissions(received, "first-batch", seconds=seconds, reader=fail_as_told)


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (b"abort", "SIGABRT"),
        (b"segfault", "SIGSEGV"),
        (b"exit", "退出码3"),
        (b"memory", f"内存超过{MEMORY // 1024**2} MiB"),
        (b"loop", "已停止"),
    ],
)
def test_whatever_happens_in_a_worker_is_one_finding(failure: bytes, says: str, tmp_path: Path) -> None:
    bad, *others = read(tmp_path, failure, *[GOOD] * 4, seconds=2 if failure == b"loop" else 20)
    assert bad.fault == "unreadable"
    assert says in (bad.detail or "")
    assert [other.fault for other in others] == [None] * 4


def test_an_area_beyond_the_memory_ends_the_child_and_costs_that_file_only(tmp_path: Path) -> None:
    paths = [tmp_path / "1.xlsb", tmp_path / "2.xlsx"]
    for path, content in zip(paths, (far_xlsb(1_048_576, 16_384), GOOD), strict=True):
        path.write_bytes(content)
    far, other = read_submissions(
        [read_raw_file(path, f"submissions/{path.name}") for path in paths], "first-batch", workers=1
    )
    assert far.fault == "unreadable"
    assert "异常终止" in (far.detail or "")
    assert other.fault is None


def test_a_flood_of_warnings_is_not_heard(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    noisy, other = read(tmp_path, b"warn", GOOD)
    assert "没有分列" in (noisy.detail or "")  # it is a text, and read to its end
    assert other.fault is None
    assert capfd.readouterr().err == ""


def test_a_fault_of_ours_costs_the_file_and_is_no_fault_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        bad, other = read(tmp_path, b"our own fault", GOOD)
    assert (bad.fault, bad.detail) == (FAILED, "ZeroDivisionError: made for this test")
    assert other.fault is None
    assert "Traceback" in caplog.text
    assert "submissions/0.xlsx" in caplog.text
