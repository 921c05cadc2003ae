"""A run is recognised as unchanged from hashes, and never when the file of the last run is lost or damaged."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.load import OWN
from flows.publication.input_fingerprint import (
    LAST_RUN,
    LastRun,
    hash_folders,
    input_fingerprint,
    load_last_run,
    output_fingerprint,
    save_last_run,
)
from flows.publication.manifest import write_manifest
from flows.sources.collect import collect, collect_reviews

Change = Callable[[Path], object]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "submissions" / "河北省").mkdir(parents=True)
    (folder / "submissions" / "河北省" / "唐山市.xlsx").write_bytes(b"one")
    (folder / "reviews").mkdir()
    return folder


INPUTS: dict[str, Change] = {
    "a submission changed": lambda raw: (raw / "submissions/河北省/唐山市.xlsx").write_bytes(b"two"),
    "a submission arrived": lambda raw: (raw / "submissions/张家口市.xlsx").write_bytes(b"one"),
    "a submission is gone": lambda raw: (raw / "submissions/河北省/唐山市.xlsx").unlink(),
    "a submission was moved": lambda raw: (raw / "submissions/河北省/唐山市.xlsx").rename(raw / "submissions/x.xlsx"),
    "a plan arrived": lambda raw: (raw / "submissions/河北省/唐山市实施方案.docx").write_bytes(b"one"),
    "something else arrived": lambda raw: (raw / "submissions/photo.jpg").write_bytes(b"one"),
    "a review came back": lambda raw: (raw / "reviews/河北省评审工作簿.xlsx").write_bytes(b"one"),
    "a contract of one's own": lambda raw: os.environ.__setitem__(OWN, str(raw / "reviews")),
    "a password was set": lambda _: os.environ.__setitem__("PEAK_REVIEW_PASSWORDS", "开门"),
}


@pytest.mark.parametrize("change", INPUTS.values(), ids=INPUTS)
def test_every_input_changes_the_fingerprint(raw: Path, change: Change, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_PASSWORDS", "")
    monkeypatch.setenv(OWN, "")
    (raw / "reviews" / "rules.yaml").touch()

    def fingerprint() -> str:
        return input_fingerprint(collected := collect(raw), collect_reviews(collected))

    before = fingerprint()
    assert fingerprint() == before
    change(raw)
    assert fingerprint() != before


def test_a_plan_that_a_progress_round_assesses_changes_its_fingerprint(raw: Path, tmp_path: Path) -> None:
    """Also a plan workbook with the name and content of one of the progress round."""
    plans = shutil.copytree(raw, tmp_path / "plans")

    def fingerprint() -> str:
        return input_fingerprint(collected := collect(raw, plan_folder=plans), collect_reviews(collected))

    before = fingerprint()
    assert fingerprint() == before
    (plans / "submissions/河北省/唐山市.xlsx").write_bytes(b"two")
    changed = fingerprint()
    assert changed != before
    shutil.copy(raw / "submissions/河北省/唐山市.xlsx", plans / "submissions/张家口市.xlsx")
    assert fingerprint() not in {before, changed}


@pytest.mark.parametrize("ending", ["yaml", "py", "html", "css", "js", "jinja", "typed", "svg"])
def test_every_file_of_the_code_changes_the_hash(tmp_path: Path, ending: str) -> None:
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
    save_last_run(folder, LastRun("inputs", output_fingerprint(folder), [{"province": "河北省"}], {"accepted": 1}))
    return folder


def test_the_last_run_is_loaded_while_its_outputs_are_unchanged(out: Path) -> None:
    found = load_last_run(out, "inputs")
    assert found
    assert (found.provinces, found.figures) == ([{"province": "河北省"}], {"accepted": 1})
    assert load_last_run(out, "other inputs") is None


def test_a_run_is_not_remembered_where_a_workbook_was_saved_at_its_end(tmp_path: Path) -> None:
    package = tmp_path / "河北省"
    package.mkdir()
    (package / "河北省评审工作簿.xlsx").write_bytes(b"book")
    write_manifest(package, {"河北省评审工作簿.xlsx": f"sha256:{hashlib.sha256(b'book').hexdigest()}"})
    (package / "河北省评审工作簿.xlsx").write_bytes(b"decided")
    save_last_run(tmp_path, LastRun("inputs", output_fingerprint(tmp_path), [], {}))
    assert load_last_run(tmp_path, "inputs") is None
    (package / "河北省评审工作簿.xlsx").write_bytes(b"book")
    save_last_run(tmp_path, LastRun("inputs", output_fingerprint(tmp_path), [], {}))
    assert load_last_run(tmp_path, "inputs")


TOUCHED: dict[str, Change] = {
    "a reviewer saved the book": lambda out: (out / "河北省/河北省评审工作簿.xlsx").write_bytes(b"decided"),
    "a file is gone": lambda out: (out / "run.json").unlink(),
    "a file was put there": lambda out: (out / "河北省/意见.docx").write_bytes(b"one"),
    "a package is gone": lambda out: shutil.rmtree(out / "河北省"),
    "the last run is gone": lambda out: (out / LAST_RUN).unlink(),
    "the last run is cut off": lambda out: (out / LAST_RUN).write_bytes((out / LAST_RUN).read_bytes()[:-9]),
    "the last run is no JSON": lambda out: (out / LAST_RUN).write_bytes(b"\xff\x00"),
    "the last run is a list": lambda out: (out / LAST_RUN).write_bytes(b"[1]"),
    "the last run is of another version": lambda out: (out / LAST_RUN).write_bytes(b'{"run": {"old": 1}, "hash": ""}'),
}


@pytest.mark.parametrize("touch", TOUCHED.values(), ids=TOUCHED)
def test_the_last_run_is_not_loaded_after_any_change(out: Path, touch: Change) -> None:
    touch(out)
    assert load_last_run(out, "inputs") is None
