"""The command with unchanged inputs ends at once, and with changed ones it does not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flows.publication.input_fingerprint import (
    LAST_RUN,
)
from tests.support.command import SERVICE, peak_review, tree
from tests.support.paths import SAMPLE


@pytest.mark.usefixtures("served")
def test_an_unchanged_run_ends_at_once_with_the_same_summary(home: Path, tmp_path: Path) -> None:
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
from flows.cli import main
from flows.cli.prefect_session import quiet_prefect
if __name__ == "__main__":  # worker processes import this file too
    quiet_prefect()
    import flows.workers.rendering as rendering
    good = rendering.render_without_failed_sheets
    def while_it_runs(view, failures):
        Path(sys.argv[-1], "first-batch", "submissions", "张家口市.xlsx").write_bytes(b"late")
        return good(view, failures)
    rendering.render_without_failed_sheets = while_it_runs
    main()
"""


@pytest.mark.usefixtures("served")
def test_a_file_that_arrives_during_a_run_is_found_by_the_next(home: Path, tmp_path: Path) -> None:
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
