"""Wrong use and failures: one clear line, the right exit code, and nothing published."""

import os
import shutil
from pathlib import Path

import pytest

from flows.publication.lock import hold_lock
from tests.support.command import peak_review, peak_review_process, tree
from tests.support.paths import SAMPLE
from tests.support.session import SampleRun

RUN = ("run", "--round", "first-batch", "--raw", SAMPLE)
EMPTY = [
    *((RUN, option) for option in ("--province", "--pilot", "--as-of", "--accept-change", "--round", "--raw", "--out")),
    (("pull", "--round", "first-batch"), "--source"),
    (("status",), "--round"),
    (("rollback", "--round", "first-batch"), "--province"),
    (("template", "--kind", "city", "--province", "B", "-o", "x"), "--pilot"),
]
GBK = os.fsdecode("张".encode("gbk"))  # as in the arguments of a process, when a shell has the bytes


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run", "--round", "no-such-round"], 2, "unknown round no-such-round; known: first-batch"),
        (["run", "--round", "first-batch", "--raw", "nowhere"], 2, "no folder nowhere"),
        (["run", "--round", "first-batch", "--wrong"], 2, "--wrong"),
        (["run", "--round", "first-batch", "--out", "s3://bucket/out"], 2, "must be a folder on this machine"),
        (["run"], 2, "--round"),
        (["check", "nowhere.xlsx"], 2, "cannot read nowhere.xlsx"),
        (["rules", "--format", "xml"], 2, "'xml' is not one of"),
        (["template", "--kind", "town", "--pilot", "A", "--province", "B", "-o", "x"], 2, "'town' is not one of"),
        *(([*command, option, ""], 2, "must not be empty") for command, option in EMPTY),
        *(
            ([*RUN, option, GBK], 2, "is not UTF-8")
            for option in ("--province", "--pilot", "--as-of", "--accept-change")
        ),
        (["rollback", "--round", "first-batch", "--province", GBK], 2, "is not UTF-8"),
        (["template", "--kind", "city", "--pilot", GBK, "--province", "B", "-o", "x"], 2, "is not UTF-8"),
        (["check", GBK], 2, "cannot read "),
    ],
)
def test_wrong_use_is_one_clear_line(home: Path, arguments: list[str], code: int, says: str) -> None:
    result = peak_review(home, *arguments)
    assert result.returncode == code
    assert says in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_what_has_the_name_of_an_own_folder_stops_no_run(home: Path, tmp_path: Path, sample_run: SampleRun) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    shutil.copytree(sample_run.out, out / "first-batch")
    shutil.rmtree(out / "first-batch" / ".gate")
    elsewhere.mkdir()
    for name in (".gate", ".history"):
        (out / "first-batch" / name).symlink_to(elsewhere)
    (out / "first-batch" / ".staging").write_text("in the way")
    result = peak_review(
        home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", out, "--force", "--province", "河北省"
    )
    assert result.returncode == 0, result.stderr
    assert not list(elsewhere.iterdir())
    assert (out / "first-batch" / ".staging.moved-1").read_text() == "in the way"


@pytest.mark.usefixtures("served")
def test_what_is_no_province_is_refused_before_anything_is_read(home: Path, tmp_path: Path) -> None:
    for option in ("--province", "--accept-change"):
        result = peak_review(
            home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", tmp_path, option, "河北市"
        )
        assert result.returncode == 2
        assert "unknown province 河北市; known: 河北省 " in result.stderr
        assert "read     " not in result.stdout + result.stderr


@pytest.mark.usefixtures("served")
def test_an_unknown_province_or_pilot_is_named(home: Path, tmp_path: Path) -> None:
    result = peak_review(
        home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", tmp_path, "--province", "海南省"
    )
    assert result.returncode == 2
    assert "unknown province 海南省" in result.stderr
    assert "Traceback" not in result.stderr
    assert not tree(tmp_path)


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(("raw", "out"), [("raw", "raw"), ("raw", "raw/packages"), ("out/first-batch", "out")])
def test_no_package_is_published_among_submissions(home: Path, tmp_path: Path, raw: str, out: str) -> None:
    sent = tmp_path / raw / "first-batch" / "submissions" / "河北省"
    sent.mkdir(parents=True)
    before = {*tmp_path.rglob("*")}
    result = peak_review(home, "run", "--round", "first-batch", "--raw", tmp_path / raw, "--out", tmp_path / out)
    assert result.returncode == 2
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith(f"peak-review: packages in {tmp_path / out / 'first-batch'} would mix with submissions in ")
    assert {*tmp_path.rglob("*")} == before


def test_a_rollback_makes_no_folder(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "wrong"
    refused = peak_review(home, "rollback", "--round", "first-batch", "--province", "河北省", "--out", out)
    assert (refused.returncode, refused.stderr) == (
        2,
        f"peak-review: no folder {out / 'first-batch'}: nothing is published there\n",
    )
    assert not out.exists()


@pytest.mark.usefixtures("served")
def test_a_second_run_is_told_who_is_at_it(home: Path, tmp_path: Path) -> None:
    with hold_lock(tmp_path / "out", "first-batch"):
        result = peak_review(home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", tmp_path / "out")
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith(f"peak-review: nothing published: another run is at this round (process {os.getpid()} on ")
    assert "Traceback" not in result.stderr


@pytest.mark.usefixtures("served")
def test_a_run_that_cannot_begin_is_in_the_status(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    where = ("--round", "first-batch", "--out", out, "--raw")
    assert peak_review(home, "run", *where, tmp_path / "raw").returncode == 2
    assert not list(tmp_path.iterdir())  # it may be the wrong folder
    out.mkdir()
    for number in range(2):  # a disk that is not mounted; a server that does not answer
        api = {"PREFECT_API_URL": "http://127.0.0.1:9/api"} if number else {}
        run = peak_review_process(home, "run", *where, SAMPLE if number else tmp_path / "raw", **api)
        status = peak_review(home, "status", *where, tmp_path / "raw")
        reason = run.stderr.splitlines()[-1].removeprefix("peak-review: ")
        assert (run.returncode, status.returncode) == (1 if number else 2, 1)
        assert status.stdout.splitlines()[1] == f"  {'failed' if number else 'refused'}: {reason}"
    assert "refused" in status.stdout
    typing_error = peak_review(home, "run", *where, SAMPLE, "--province", "x")
    assert typing_error.returncode == 2
    assert (
        peak_review(home, "status", *where, tmp_path / "raw")
        .stdout.splitlines()[1]
        .startswith("  failed: nothing done")
    )
