"""What a command imports: help and the self-check come at once."""

import subprocess
import sys

import pytest

from tests.support.paths import SAMPLE

HEAVY = frozenset({"prefect", "great_expectations", "pandas", "scipy", "altair", "s3fs"})
FILE = str(next((SAMPLE / "first-batch" / "submissions").rglob("*.xlsx")))
PLAN = str(next((SAMPLE / "first-batch" / "submissions").rglob("*.docx")))
SCRIPT = """
import sys
from flows.cli import app
for arguments in {commands!r}:
    try:
        app(arguments)
    except SystemExit:
        pass
    print("loaded by", *arguments, sorted({heavy!r} & set(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("commands", "heavy"),
    [
        ([["--help"], ["run", "--help"], ["template", "--help"]], HEAVY),
        # pandera imports pandas wherever it is installed.
        ([["check", FILE], ["check", PLAN], ["rules"]], HEAVY - {"pandas"}),
    ],
    ids=["help", "check"],
)
def test_neither_help_nor_check_loads_what_it_does_not_need(commands: list[list[str]], heavy: frozenset[str]) -> None:
    script = SCRIPT.format(commands=commands, heavy=set(heavy))
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = [line for line in result.stderr.splitlines() if line.startswith("loaded by ")]
    assert [line.endswith(" []") for line in loaded] == [True] * len(commands), loaded


def test_a_run_that_finds_all_as_it_was_does_not_load_what_judges_and_renders() -> None:
    heavy = {*HEAVY, "polars", "pandera"} - {"prefect"}
    script = f"import sys, flows.review; print(*sorted({heavy!r} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == ""


def test_readers_can_be_begun_before_anything_is_loaded() -> None:
    script = """
import sys
from flows.workers.processes import preload_workers
preload_workers()
print(*sorted({name.split(".")[0] for name in sys.modules} & {*HEAVY, "openpyxl", "pydantic", "yaml", "polars"}))
"""
    script = script.replace("HEAVY", repr(set(HEAVY)))
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (result.stdout.strip(), result.stderr) == ("", "")
