"""The command with unchanged inputs ends at once, and with changed ones it does not."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.pipeline import steps
from flows.publication.input_fingerprint import LAST_RUN
from tests.support.command import peak_review, tree
from tests.support.few_provinces import few_provinces
from tests.support.paths import SAMPLE


@pytest.mark.usefixtures("served")
def test_an_unchanged_run_ends_at_once_with_the_same_summary(home: Path, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    for name in ("河北省", "黑龙江省"):
        shutil.copytree(SAMPLE / "first-batch/submissions" / name, raw / "first-batch/submissions" / name)
    lost = raw / "first-batch" / "reviews" / "河北省" / "0-河北省评审工作簿.xlsx"
    lost.parent.mkdir(parents=True)
    lost.write_bytes(b"PK\x03\x04 and then nothing")
    where = ("--round", "first-batch", "--raw", raw, "--out", out)
    job = ("run", *where)
    settings = few_provinces(tmp_path / "contracts", "河北省", "黑龙江省")
    first = peak_review(home, *job, **settings)
    made = tree(out)
    again = peak_review(home, *job, **settings)
    assert "as the last run found them" not in first.stderr
    assert "as the last run found them" in again.stderr
    assert "2 unchanged" in again.stdout
    assert [line for line in again.stdout.splitlines() if "unchanged" not in line] == [
        line for line in first.stdout.splitlines() if "unchanged" not in line
    ]
    # A reviewer's whole workbook is lost to reading: the operator is told every night, an idle one too.
    status = peak_review(home, "status", *where, **settings)
    assert status.returncode == 3
    assert f"review workbook not taken over: {lost}: " in status.stdout.splitlines()[1]
    (out / "first-batch" / LAST_RUN).write_bytes(b"damaged")
    whole = peak_review(home, *job, **settings)
    assert "as the last run found them" not in whole.stderr
    assert (first.returncode, again.returncode, whole.returncode) == (0, 0, 0), first.stderr
    assert tree(out) == made


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_a_file_that_arrives_during_a_run_is_found_by_the_next(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    name = "黑龙江省"
    shutil.copytree(SAMPLE / "first-batch/submissions" / name, raw / "first-batch/submissions" / name)
    job = ("run", "--round", "first-batch", "--raw", raw, "--out", out)

    def arrives_before(publishing: Callable[..., object]) -> Callable[..., object]:
        def arrive(*arguments: object, **options: object) -> object:
            (raw / "first-batch" / "submissions" / "张家口市.xlsx").write_bytes(b"late")
            return publishing(*arguments, **options)

        return arrive

    settings = few_provinces(tmp_path / "contracts", "河北省", name)
    with monkeypatch.context() as patched:
        patched.setattr(steps, "publish_packages", arrives_before(steps.publish_packages))
        first = peak_review(home, *job, **settings)
    assert first.returncode == 0, first.stderr
    assert "1 submissions" in first.stdout or "2 submissions" in first.stdout
    again = peak_review(home, *job, **settings)
    assert "as the last run found them" not in again.stderr
    assert "张家口市.xlsx" in (out / "first-batch" / "run.json").read_text("utf-8")
