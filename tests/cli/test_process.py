"""The installed command as a process of its own; tests/flows/test_offline.py has a whole run of it."""

from pathlib import Path

from tests.support.command import peak_review_process
from tests.support.paths import SUBMISSIONS


def test_check_ends_with_4_where_something_must_be_corrected(home: Path) -> None:
    result = peak_review_process(home, "check", next(SUBMISSIONS.glob("附件2：沈阳市*.xlsx")))
    assert (result.returncode, result.stderr) == (4, "")
    assert "见附件" in result.stdout


def test_a_wrong_option_is_one_line_on_stderr(home: Path) -> None:
    result = peak_review_process(home, "rules", "--format", "xml")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "peak-review: xml is none of text, json, md\n"
