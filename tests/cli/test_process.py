"""The installed command as a process of its own: a few runs; all else is tested in this process."""

from pathlib import Path

from tests.support.command import peak_review_process, tree
from tests.support.paths import SAMPLE, SUBMISSIONS
from tests.support.session import SampleRun


def test_a_run_with_a_server_of_its_own_publishes_what_a_run_in_this_process_does(
    home: Path, tmp_path: Path, sample_run: SampleRun
) -> None:
    result = peak_review_process(home, "run", "--round", "first-batch", "--raw", SAMPLE, "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    assert "15 packages written" in result.stdout
    for noise in ("Traceback", "Warning", "WARNING", "ERROR", "Error"):
        assert noise not in result.stderr + result.stdout
    steps = [line.split(" | ")[1].split()[0] for line in result.stderr.splitlines() if " | " in line]
    assert [step for step in steps if step in {"read", "judge", "render", "publish"}] == [
        "read", "judge", "render", "publish",
    ]  # fmt: skip
    assert tree(tmp_path / "first-batch") == tree(sample_run.out)


def test_check_ends_with_4_where_something_must_be_corrected(home: Path) -> None:
    result = peak_review_process(home, "check", next(SUBMISSIONS.glob("附件2：沈阳市*.xlsx")))
    assert (result.returncode, result.stderr) == (4, "")
    assert "见附件" in result.stdout


def test_a_wrong_option_is_one_line_on_stderr(home: Path) -> None:
    result = peak_review_process(home, "rules", "--format", "xml")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "peak-review: xml is none of text, json, md\n"
