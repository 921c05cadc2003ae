"""Damaged review workbooks and files put into packages: nothing saved is lost, and no later run fails.

`make decisions` tries 200, and some in the whole command.
"""

import random
import shutil
from pathlib import Path

import pytest

from flows.publication.input_fingerprint import LastRun, load_last_run, output_fingerprint, save_last_run
from flows.publication.publish import publish
from flows.publication.reviewer_edits import archive_changes, not_archived
from flows.sources.raw_listing import list_raw
from flows.workers.sandbox import read_review_copies
from tests.support import review_book
from tests.support.command import peak_review
from tests.support.maltreated import maltreat
from tests.support.paths import SAMPLE
from tests.support.review_book import PROVINCE
from transforms.decisions.merge import merge_copies
from transforms.gate.listed_findings import listed_findings

BOOK = f"{PROVINCE}评审工作簿.xlsx"
pytestmark = pytest.mark.stateful


def contents(*folders: Path) -> set[bytes]:
    paths = (path for folder in folders for path in folder.rglob("*"))
    return {path.read_bytes() for path in paths if path.is_file() and not path.is_symlink()}


def run_publication(out: Path, raw: Path) -> bytes:
    """Archive, read, merge and publish one province as a run does; return the new workbook."""
    archive_changes(out, raw / "reviews")
    for line in not_archived(out, [PROVINCE]):
        line.encode()
    received, _, _ = list_raw(raw, "reviews")
    ledger = merge_copies(read_review_copies(received, "first-batch"), review_book.review())
    book = review_book.publish(review_book.review(), ledger)
    assert isinstance(listed_findings(book), tuple)
    package = {BOOK: book, "notices/太原市补正通知.docx": b"letter", "submissions/a.xlsx": b"sent"}
    publish(out, raw / "reviews", {PROVINCE: package}, {})
    save_last_run(out, LastRun("inputs", output_fingerprint(out), [{"province": PROVINCE}], {}))
    assert load_last_run(out, "inputs")
    assert {path.name for path in (out / PROVINCE).rglob("*") if not path.is_dir()} == {
        "datapackage.json", BOOK, "太原市补正通知.docx", "a.xlsx",
    }  # fmt: skip
    return book


@pytest.mark.parametrize(("nights", "a_night"), [(2, 5), pytest.param(10, 20, marks=pytest.mark.slow)])
def test_no_saved_file_is_lost_and_no_run_fails(tmp_path: Path, nights: int, a_night: int) -> None:
    out, raw = tmp_path / "out", tmp_path / "raw"
    elsewhere = tmp_path / "elsewhere" / "secret.txt"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"secret")
    good = run_publication(out, raw)
    draw, saved = random.Random(13), set()
    for _ in range(nights):
        tonight: dict[Path, bytes] = {}
        for _ in range(a_night):
            before = (out / PROVINCE / BOOK).read_bytes()
            content = maltreat(out / PROVINCE, BOOK, good, elsewhere, draw)
            if content is not None and (out / PROVINCE / BOOK).read_bytes() != before:
                tonight[out / PROVINCE / BOOK] = content  # an earlier save of the same file is overwritten
            elif content is not None:
                saved.add(content)
        good = run_publication(out, raw)
        saved |= set(tonight.values())
        assert saved <= contents(raw / "reviews", out / PROVINCE)
    assert len(saved) > nights * a_night / 3
    assert b"secret" not in contents(raw, out)
    assert elsewhere.read_bytes() == b"secret"


@pytest.mark.slow
@pytest.mark.usefixtures("served")
def test_the_command_goes_on(tmp_path: Path) -> None:
    out, raw, home = tmp_path / "out", tmp_path / "raw", tmp_path / "home"
    elsewhere = tmp_path / "elsewhere" / "secret.txt"
    for folder in (home, elsewhere.parent):
        folder.mkdir()
    elsewhere.write_bytes(b"secret")
    shutil.copytree(SAMPLE, raw)
    run = ["run", "--round", "first-batch", "--raw", raw, "--out", out]
    assert peak_review(home, *run).returncode == 0
    draw, saved, package = random.Random(14), set(), out / "first-batch" / PROVINCE
    for _ in range(2):
        good = (package / BOOK).read_bytes()
        tonight = {maltreat(package, BOOK, good, elsewhere, draw) for _ in range(20)}
        saved |= tonight & contents(package)
        for _ in range(2):
            done = peak_review(home, *run)
            assert done.returncode in {0, 3}, done.stderr
            assert "Traceback" not in done.stderr
        assert saved <= contents(raw, out)
    assert b"secret" not in contents(raw, out)
