"""What the next run needs not do again: found out from hashes, and never wrong when the memory is lost or damaged."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.publication.input_fingerprint import (
    LAST_RUN,
    LastRun,
    hash_folders,
    input_fingerprint,
    load_last_run,
    match_manifests,
    output_hashes,
    save_last_run,
)
from flows.publication.manifest import write_manifest
from flows.sources.collect import collect, collect_reviews
from tests.support.command import SERVICE, peak_review, tree
from tests.support.paths import SAMPLE

Change = Callable[[Path], object]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "submissions" / "河北省").mkdir(parents=True)
    (folder / "submissions" / "河北省" / "唐山市.xlsx").write_bytes(b"one")
    (folder / "reviews").mkdir()
    return folder


CAUSES: dict[str, Change] = {
    "a submission changed": lambda raw: (raw / "submissions/河北省/唐山市.xlsx").write_bytes(b"two"),
    "a submission arrived": lambda raw: (raw / "submissions/张家口市.xlsx").write_bytes(b"one"),
    "a submission is gone": lambda raw: (raw / "submissions/河北省/唐山市.xlsx").unlink(),
    "a submission was moved": lambda raw: (raw / "submissions/河北省/唐山市.xlsx").rename(raw / "submissions/x.xlsx"),
    "a plan arrived": lambda raw: (raw / "submissions/河北省/唐山市实施方案.docx").write_bytes(b"one"),
    "something else arrived": lambda raw: (raw / "submissions/photo.jpg").write_bytes(b"one"),
    "a review came back": lambda raw: (raw / "reviews/河北省评审工作簿.xlsx").write_bytes(b"one"),
    "a password was set": lambda _: os.environ.__setitem__("PEAK_REVIEW_PASSWORDS", "开门"),
}


@pytest.mark.parametrize("change", CAUSES.values(), ids=CAUSES)
def test_whatever_decides_what_is_made_is_a_cause(raw: Path, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_PASSWORDS", "")

    def cause() -> str:
        return input_fingerprint(collected := collect(raw), collect_reviews(collected))

    before = cause()
    assert cause() == before
    change(raw)
    assert cause() != before


@pytest.mark.parametrize("ending", ["yaml", "py", "html", "css", "js", "jinja", "typed", "svg"])
def test_a_changed_file_of_the_code_is_one_too(tmp_path: Path, ending: str) -> None:
    name = f"page.{ending}"
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / name).write_text("one", "utf-8")
    before = hash_folders([tmp_path])
    (tmp_path / "contracts" / name).write_text("two", "utf-8")
    assert hash_folders([tmp_path]) != before


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    (folder / "河北省").mkdir(parents=True)
    (folder / "河北省" / "河北省评审工作簿.xlsx").write_bytes(b"book")
    (folder / "run.json").write_bytes(b"{}")
    save_last_run(folder, LastRun("inputs", output_hashes(folder), 1, 1, 1, [], ["河北省"], []))
    return folder


def test_a_run_is_recalled_while_nobody_touches_what_it_made(out: Path) -> None:
    found = load_last_run(out, "inputs")
    assert found
    assert found.packages == ["河北省"]
    assert load_last_run(out, "another cause") is None


def test_a_book_saved_while_the_run_ended_is_not_taken_for_ours(tmp_path: Path) -> None:
    package = tmp_path / "河北省"
    package.mkdir()
    (package / "河北省评审工作簿.xlsx").write_bytes(b"book")
    write_manifest(package, {"河北省评审工作簿.xlsx": f"sha256:{hashlib.sha256(b'book').hexdigest()}"})
    assert match_manifests(tmp_path, output_hashes(tmp_path))
    (package / "河北省评审工作簿.xlsx").write_bytes(b"decided")
    assert not match_manifests(tmp_path, output_hashes(tmp_path))


def _say_other(out: Path) -> None:
    told = json.loads((out / LAST_RUN).read_text("utf-8"))
    told["run"]["accepted"] = 35
    (out / LAST_RUN).write_text(json.dumps(told), "utf-8")


TOUCHED: dict[str, Change] = {
    "a reviewer saved the book": lambda out: (out / "河北省/河北省评审工作簿.xlsx").write_bytes(b"decided"),
    "a file is gone": lambda out: (out / "run.json").unlink(),
    "a file was put there": lambda out: (out / "河北省/意见.docx").write_bytes(b"one"),
    "a package is gone": lambda out: shutil.rmtree(out / "河北省"),
    "the memory is gone": lambda out: (out / LAST_RUN).unlink(),
    "the memory is cut off": lambda out: (out / LAST_RUN).write_bytes((out / LAST_RUN).read_bytes()[:-9]),
    "the memory is no JSON": lambda out: (out / LAST_RUN).write_bytes(b"\xff\x00"),
    "the memory is a list": lambda out: (out / LAST_RUN).write_bytes(b"[1]"),
    "the memory says something else": _say_other,
    "the memory is of another version": lambda out: (out / LAST_RUN).write_bytes(b'{"run": {"old": 1}, "hash": ""}'),
}


@pytest.mark.parametrize("touch", TOUCHED.values(), ids=TOUCHED)
def test_it_is_not_when_anything_was_touched(out: Path, touch: Change) -> None:
    touch(out)
    assert load_last_run(out, "inputs") is None


@pytest.mark.usefixtures("served")
def test_the_main_job_leaves_out_what_it_need_not_do_and_gives_the_same(home: Path, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    for name in ("河北省", "黑龙江省"):
        shutil.copytree(SAMPLE / "first-batch/submissions" / name, raw / "first-batch/submissions" / name)
    job = ("run", "--round", "first-batch", "--raw", raw, "--out", out)
    first = peak_review(home, *job)
    made = tree(out)
    again = peak_review(home, *job)
    assert "as the last run found them" not in first.stderr
    assert "as the last run found them" in again.stderr
    assert "15 unchanged" in again.stdout
    assert [line for line in again.stdout.splitlines() if "unchanged" not in line] == [
        line for line in first.stdout.splitlines() if "unchanged" not in line
    ]
    (out / "first-batch" / LAST_RUN).write_bytes(b"damaged")
    whole = peak_review(home, *job)
    assert "as the last run found them" not in whole.stderr
    assert (first.returncode, again.returncode, whole.returncode) == (0, 0, 0), first.stderr
    assert tree(out) == made


ARRIVES = """
import sys
from pathlib import Path
from flows.cli import _quiet_prefect, main
if __name__ == "__main__":  # worker processes import this file too
    _quiet_prefect()
    import flows.workers.rendering as rendering
    good = rendering.render_what_can_be
    def while_it_runs(view, failures):
        Path(sys.argv[-1], "first-batch", "submissions", "张家口市.xlsx").write_bytes(b"late")
        return good(view, failures)
    rendering.render_what_can_be = while_it_runs
    main()
"""


@pytest.mark.usefixtures("served")
def test_what_arrives_while_a_run_is_at_it_is_found_by_the_next(home: Path, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    name = "黑龙江省"
    shutil.copytree(SAMPLE / "first-batch/submissions" / name, raw / "first-batch/submissions" / name)
    (tmp_path / "arrives.py").write_text(ARRIVES, "utf-8")
    job = ["run", "--round", "first-batch", "--out", str(out), "--raw", str(raw)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT")}
    env = kept | {"HOME": str(home), "PREFECT_API_URL": kept.pop(SERVICE)}
    first = subprocess.run(
        [sys.executable, tmp_path / "arrives.py", *job], env=env, cwd=home, capture_output=True, text=True, check=False
    )
    assert first.returncode == 0, first.stderr
    assert "1 submissions" in first.stdout or "2 submissions" in first.stdout
    again = peak_review(home, *job)
    assert "as the last run found them" not in again.stderr
    assert "张家口市.xlsx" in (out / "first-batch" / "run.json").read_text("utf-8")
