"""Files and folders that may not be read or written."""

import errno
import os
import resource
from pathlib import Path

import pytest

from flows.pipeline.exit_codes import FAILED, INCOMPLETE
from flows.pipeline.outcome import Outcome, Summary, outcome_of
from flows.publication.history import versions
from flows.publication.lock import hold_lock
from flows.publication.publish import publish
from flows.publication.reviewer_edits import not_archived
from flows.publication.rollback import VersionNotFoundError, roll_back
from flows.publication.safe_files import naming
from flows.publication.swap import PublicationError
from flows.reporting.health import Places
from flows.reporting.run_log import record_pull, record_run, run_of, start_watch
from flows.reporting.status import round_status
from tests.support.package_folder import BOOK, NAME, PACKAGE, contents, run_publication
from transforms.reports.files.run_summary import RunSummary


@pytest.mark.parametrize("name", ["mine.txt", "mine/folder.txt", BOOK])
def test_an_unreadable_file_is_never_deleted(shared: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "1")
    out = shared / "out"
    run_publication(out)
    place = out / NAME / name
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"work")
    closed = place.parent if name == "mine/folder.txt" else place
    closed.chmod(0)
    (line,) = not_archived(out, [NAME])
    assert line.startswith(f"{closed.relative_to(out)}: cannot be ")
    for text in ("book", "two", "book", "four"):
        run_publication(out, text)
    history = out / ".history" / NAME
    (old,) = [version for version in versions(out, NAME) if not_archived(history, [version])]
    (history / old / closed.relative_to(out / NAME)).chmod(0o700)
    assert (history / old / name).read_bytes() == b"work"


def test_a_folder_that_cannot_be_emptied_stops_no_run(shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEAK_REVIEW_HISTORY", "0")
    out = shared / "out"
    run_publication(out)
    place = out / NAME / "mine"
    place.mkdir()
    (place / "notes.txt").write_bytes(b"work")
    place.chmod(0o500)
    for text in ("one", "two"):
        run_publication(out, text)
    assert b"work" in contents(shared / "reviews")


def test_a_locked_package_stays_and_the_others_are_published(shared: Path) -> None:
    out, archive = shared / "out", shared / "reviews"
    packages = {NAME: PACKAGE, "山西省": {"b.xlsx": b"other"}}
    publish(out, archive, packages, {})
    (out / NAME).chmod(0)
    done = publish(out, archive, {name: {"b.xlsx": b"new"} for name in packages}, {})
    assert (done.written, done.locked) == (("山西省",), (NAME,))
    facts = RunSummary("r", True, done.written, 0, done.locked, 2, 2, 2, None, (), 1, 1)
    outcome = outcome_of(Summary(str(out), done, facts, {}))
    assert outcome.code == INCOMPLETE
    assert f"not published, because its folder may not be read or written: {NAME}" in outcome.reason
    (out / NAME).chmod(0o700)
    assert publish(out, archive, {name: {"b.xlsx": b"new"} for name in packages}, {}).written == (NAME,)


@pytest.mark.parametrize("content", [b"x" * 100_000, "a file to copy"])
def test_a_write_that_fails_names_the_file_that_is_written(tmp_path: Path, content: bytes | str) -> None:
    source = tmp_path / "large"
    source.write_bytes(b"x" * 100_000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))  # fails as a full disk does: without a path
    try:
        with pytest.raises(PublicationError) as caught:
            publish(
                tmp_path / "out", tmp_path / "a", {NAME: {BOOK: content if isinstance(content, bytes) else source}}, {}
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(caught.value) == f"File too large: {tmp_path / 'out' / '.staging' / 'packages' / NAME / BOOK}"


def test_a_full_disk_is_named_by_what_is_written_and_not_by_what_is_copied(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left on device") as caught, naming(tmp_path):
        Path("/dev/full").write_bytes(b"x")
    assert caught.value.filename == str(tmp_path)
    with pytest.raises(OSError, match="No space left on device") as caught, naming(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device", "source", None, "target")
    assert caught.value.filename == str(tmp_path)
    with pytest.raises(FileNotFoundError) as gone, naming(tmp_path):
        (tmp_path / "nothing").read_bytes()
    assert gone.value.filename == str(tmp_path / "nothing")


@pytest.mark.parametrize("begun", [False, True])
def test_an_error_says_whether_anything_was_published(shared: Path, begun: bool) -> None:
    out = shared / "out"
    run_publication(out)
    if begun:
        (out / ".history").mkdir()
        (out / ".history").chmod(0o500)
    else:
        out.chmod(0o500)
    with pytest.raises(PublicationError) as caught:
        run_publication(out, "new")
    assert caught.value.begun == begun
    assert (out / NAME / BOOK).read_bytes() == (b"new" if begun else b"book")
    if begun:
        (out / ".history").chmod(0o700)
        with pytest.raises(VersionNotFoundError):
            roll_back(out, shared / "reviews", NAME, "no such")  # what was begun is finished first
        (version,) = versions(out, NAME)
        (out / ".history").chmod(0o500)
        (out / ".history" / NAME).chmod(0o500)
        with pytest.raises(PublicationError) as caught:
            roll_back(out, shared / "reviews", NAME, version)
        assert (caught.value.begun, (out / NAME / BOOK).read_bytes()) == (True, b"book")


def test_an_engineer_who_may_only_read_sees_the_runs_of_the_service(shared: Path) -> None:
    places = Places("r", shared / "raw", shared / "out")
    (shared / "raw" / "r").mkdir(parents=True)
    with hold_lock(shared / "out", "r"):
        text = holder_file(shared).read_bytes()
    run = run_of("r", shared / "out", Outcome(FAILED, "no space"), start_watch())
    record_run(run)
    record_pull(run, shared / "raw")
    holder_file(shared).write_bytes(text)  # as left by a killed run
    if os.geteuid() != 0 and os.getuid() == 0:
        os.seteuid(0)
        for folder, _, files in os.walk(shared):
            os.chown(folder, 0, 0)
            for name in files:
                os.chown(Path(folder, name), 0, 0)
        (shared / "raw").chmod(0o700)
        shared.chmod(0o755)
        os.seteuid(65534)
        kinds = [point.kind for point in round_status(places, 5).points]
        assert kinds == ["failed", "killed", "unread"]


def holder_file(place: Path) -> Path:
    return place / "out" / ".r.holder"
