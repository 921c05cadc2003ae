"""`peak-review status` and `rollback` as a person uses them."""

import json
from pathlib import Path

import pytest

from flows.publication.lock import hold_lock
from flows.publication.manifest import version_of
from flows.publication.publish import publish
from flows.publication.swap import PublicationError
from flows.reporting.run_log import Run, last_runs, record_run
from tests.support.command import peak_review

BOOK = "河北省评审工作簿.xlsx"
ROUND = "first-batch"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A round whose package was published three times, and what the runs left of themselves."""
    monkeypatch.setenv("PEAK_REVIEW_STATE", str(tmp_path / "state"))
    for text in (b"one", b"two", b"three"):
        publish(tmp_path / "out" / ROUND, tmp_path / "raw" / ROUND / "reviews", {"河北省": {BOOK: text}}, {})
    for number in range(3):
        record_run(run_of(tmp_path, started=f"2026-01-0{number + 1}T18:00:00+00:00", written=("河北省",)))
    return tmp_path


def run_of(place: Path, **changed: object) -> Run:
    values = {
        "round": ROUND,
        "out": str((place / "out").resolve()),
        "run": "nightly-first-batch",
        "started": "2026-01-01T18:00:00+00:00",
        "seconds": 12.5,
        "memory_mib": 321,
        "outcome": "complete",
        "unchanged": 14,
    }
    return Run(**values | changed)  # type: ignore[arg-type]


def status(place: Path, *options: object) -> str:
    done = peak_review(place, "status", "--out", place / "out", *options, PEAK_REVIEW_STATE=str(place / "state"))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_last_runs_come_first(place: Path) -> None:
    lines = status(place, "--last", 2).splitlines()
    assert lines[0] == "first-batch: last runs"
    assert lines[1].strip() == (
        "2026-01-03T18:00:00+00:00 | complete | 12.5 s | 321 MiB | 1 written 河北省, 14 unchanged"
    )
    assert lines[2].strip().startswith("2026-01-02")
    assert "2026-01-01" not in "\n".join(lines)


def test_what_is_stuck_is_told(place: Path) -> None:
    package = place / "out" / ROUND / "河北省"
    (package / f"~${BOOK}").write_bytes(b"")
    (place / "out" / ROUND / ".staging").mkdir()
    (place / "out" / ROUND / ".staging" / "journal.json").write_text("{}")
    record_run(run_of(place, outcome="failed", reason="nothing published: No space left on device"))
    text = status(place)
    assert "| failed | 12.5 s | 321 MiB | nothing published: No space left on device" in text
    assert f"open in another program: 河北省/{BOOK}" in text
    assert "a publication is unfinished; the next run finishes it" in text
    with hold_lock(place / "out", ROUND):
        assert "running now: process " in status(place)
    (place / "out" / f".{ROUND}.holder").write_text("process 7 on h since 2026: c")
    assert "a run was killed (process 7 on h since 2026: c); the next one repairs" in status(place)


def test_of_a_round_that_never_ran_there_is_nothing_to_tell(tmp_path: Path) -> None:
    assert status(tmp_path) == "first-batch: last runs\n  none recorded\n"
    assert not (tmp_path / "out").exists()


def test_what_is_told_can_be_read_by_a_program(place: Path) -> None:
    (state,) = json.loads(status(place, "--format", "json"))
    assert [run["started"][:10] for run in state["runs"]] == ["2026-01-03", "2026-01-02", "2026-01-01"]
    assert len(state["earlier"]["河北省"]) == 2


@pytest.mark.parametrize("torn", [b"{", b"[]", b"7", b'{"round": "x"}', b"\xff"])
def test_a_torn_line_costs_only_itself(place: Path, torn: bytes) -> None:
    file = place / "state" / f"{ROUND}.jsonl"
    file.write_bytes(file.read_bytes() + torn)
    record_run(run_of(place, started="2026-01-04"))
    assert [run.started[:10] for run in last_runs(ROUND, place / "out", 2)] == ["2026-01-04", "2026-01-03"]


def test_a_line_of_a_later_version_is_read(place: Path) -> None:
    file = place / "state" / f"{ROUND}.jsonl"
    line = json.loads(file.read_text(encoding="utf-8").splitlines()[-1]) | {"started": "2030", "new_field": 1}
    file.write_text(json.dumps(line) + "\n", encoding="utf-8")
    assert last_runs(ROUND, place / "out", 1)[0].started == "2030"


def rollback(place: Path, *options: object) -> tuple[int, str]:
    done = peak_review(place, "rollback", "--round", ROUND, "--raw", place / "raw", "--out", place / "out", *options)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_a_package_is_put_back_and_the_status_says_so(place: Path) -> None:
    package = place / "out" / ROUND / "河北省"
    newest = version_of(package)
    code, text = rollback(place, "--province", "河北")
    assert (code, (package / BOOK).read_bytes()) == (0, b"two")
    assert text.endswith(f"河北省: version {version_of(package)} is in place\n")
    assert f"taken back: 河北省 {newest}" in status(place)
    assert not list((place / "out").glob(".*.holder"))


def test_a_fault_of_the_code_in_a_rollback_is_no_line_about_a_disk(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise FileNotFoundError(2, "No such file or directory", "/usr/lib/ours.yaml")

    monkeypatch.setattr("flows.publication.rollback.versions", fail)
    with pytest.raises(PublicationError, match=r"ours\.yaml"):
        rollback(place, "--province", "河北省")


def test_what_cannot_be_put_back_is_one_line(place: Path) -> None:
    assert rollback(place, "--province", "河北省", "--to", "x")[0] == 2
    assert "no version x of 河北省 to put back; known: " in rollback(place, "--province", "河北省", "--to", "x")[1]
    assert rollback(place, "--province", "../河北省")[0] == 2
    with hold_lock(place / "out", ROUND):
        code, text = rollback(place, "--province", "河北省")
    assert code == 1
    assert "not put back: another run is at this round (process " in text
