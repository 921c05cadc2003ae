"""Three hundred workbooks from other people's test suites: each gets a verdict, and what we read others read too.

The corpus lies outside the repository; without it these tests are skipped. `make corpus` adds the main job.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from flows.sources.raw_files import read_raw_file
from flows.workers.sandbox import read_submissions
from tests.support.command import peak_review
from tests.support.crashes import measure
from tests.support.other_readers import Cells, by_calamine, by_openpyxl, ours
from tests.support.paths import CORPUS, SAMPLE
from transforms.intake.cells import UnreadableFileError
from transforms.intake.formats import Workbook, read_workbook
from transforms.intake.submission import Submission

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.slow,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository, in ../shared/corpus"),
]

# Where another reader is wrong or silent, and why; everything else has to agree.
NO_ERRORS = "calamine reads error cells as blank"
TRIMMED = "calamine trims texts without xml:space, Excel shows them as they are"
STRICT = "openpyxl finds no sheet in strict OOXML"
ESCAPES = "openpyxl leaves _x000D_ as it is written"
ENDLESS = ("oleloop.xls", "ole_fread_327.xls")  # calamine never comes back


def known(reader: str, mine: Any, other: Any) -> str | None:
    """The reason for a difference between what we and another reader say of a cell; None if there is none."""
    reasons = {
        NO_ERRORS: reader == "calamine" and other is None and str(mine).startswith("#"),
        TRIMMED: reader == "calamine" and str(mine).strip() == other,
        ESCAPES: reader == "openpyxl" and str(mine).replace("\r", "_x000D_") == other,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def files() -> list[Path]:
    return sorted(path for path in CORPUS.iterdir() if path.name != "MANIFEST.csv")


@pytest.fixture(scope="module")
def read() -> list[Submission]:
    return read_submissions(
        [read_raw_file(path, f"submissions/{path.name}") for path in files()], "first-batch", reader=measure
    )


def test_every_file_gets_a_verdict(read: list[Submission]) -> None:
    assert len(read) == len(files()) > 250
    assert all(submission.fault and submission.detail for submission in read)
    # Neither a crash nor the clock had to end one.
    assert not [
        submission.file
        for submission in read
        if "停止" in str(submission.detail) or "异常终止" in str(submission.detail)
    ]
    assert max(int(submission.explained[0]) for submission in read if submission.explained) < 400


def test_few_files_cannot_be_read(read: list[Submission]) -> None:
    refused = {submission.file: submission.detail for submission in read if submission.fault != "no_table"}
    assert len(refused) <= 10, refused


def workbooks(form: str | None) -> Iterator[tuple[str, bytes, Workbook]]:
    for path in files():
        content = path.read_bytes()
        try:
            book = read_workbook(content)
        except UnreadableFileError:
            continue
        if form in {None, book.format} and book.format != "csv":
            yield path.name, content, book


@pytest.mark.parametrize(
    ("name", "reader", "form"), [("openpyxl", by_openpyxl, "xlsx"), ("calamine", by_calamine, None)]
)
def test_two_readers_agree(name: str, reader: Callable[[bytes], Cells], form: str | None) -> None:
    compared, differing, reasons = 0, [], set()
    for file, content, book in workbooks(form):
        if book.format in {"xlsb", "ods"}:  # read with calamine
            continue
        other = None if name == "calamine" and file.endswith(ENDLESS) else _read(reader, content)
        if other is None:
            continue
        mine = ours(book)
        if name == "openpyxl" and not other and mine:
            reasons.add(STRICT)
            continue
        compared += 1
        for place in mine.keys() | other.keys():
            if mine.get(place) != other.get(place):
                reason = known(name, mine.get(place), other.get(place))
                reasons.add(reason)
                differing += [] if reason else [(file, place, mine.get(place), other.get(place))]
    assert not differing
    assert compared > (150 if form else 230)
    # A difference that is gone has to be taken off the list.
    assert reasons == ({STRICT, ESCAPES} if name == "openpyxl" else {NO_ERRORS, TRIMMED})


def _read(reader: Callable[[bytes], Cells], content: bytes) -> Cells | None:
    try:
        return reader(content)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # calamine's panics are no Exception
        return None


@pytest.mark.slow
def test_the_main_job_over_all_of_it(tmp_path: Path) -> None:
    """All of the corpus among good submissions: exit code 0, a finding for each file, the good ones as they were."""
    raw = tmp_path / "raw"
    shutil.copytree(SAMPLE, raw)
    alone = peak_review(tmp_path, "run", "--round", "first-batch", "--raw", raw, "--out", tmp_path / "alone")
    shutil.copytree(CORPUS, raw / "first-batch" / "submissions" / "corpus")
    among = peak_review(tmp_path, "run", "--round", "first-batch", "--raw", raw, "--out", tmp_path / "among")
    assert (alone.returncode, among.returncode) == (0, 0), among.stderr
    before, after = tmp_path / "alone" / "first-batch", tmp_path / "among" / "first-batch"
    assert (before / "observations.csv").read_bytes() == (after / "observations.csv").read_bytes()
    inputs = {one["file"]: one for one in json.loads((after / "run.json").read_text(encoding="utf-8"))["inputs"]}
    dropped = {file for file in inputs if "/corpus/" in file}
    assert len(dropped) == len(files()) + 1  # the manifest too
    assert all(inputs[file]["standing"] for file in dropped)
    found = set(pl.read_parquet(after / "findings.parquet")["file"])
    assert not dropped - found
