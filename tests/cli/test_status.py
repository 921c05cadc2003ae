"""`peak-review status` and `rollback` as a person uses them."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.publication.lock import hold_lock
from flows.publication.manifest import version_of
from flows.publication.publish import publish
from flows.publication.swap import PublicationError
from flows.reporting.health import Places
from flows.reporting.run_log import Run, last_runs, record_pull, record_run
from flows.reporting.status import message_text, round_status, status_of_run
from tests.support.command import peak_review

BOOK = "河北省评审工作簿.xlsx"
ROUND = "first-batch"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A round whose package was published three times, and what the runs left of themselves."""
    (tmp_path / "raw" / ROUND).mkdir(parents=True)
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
        "started": "2026-01-04T18:00:00+00:00",
        "seconds": 12.5,
        "memory_mib": 321,
        "outcome": "complete",
        "unchanged": 14,
        "user": "svc",
    }
    return Run(**values | changed)  # type: ignore[arg-type]


def status(place: Path, *options: object, code: int = 0) -> str:
    where = ("--round", "first-batch", "--raw", place / "raw", "--out", place / "out")
    done = peak_review(place, "status", *where, *options)
    assert (done.returncode, done.stderr) == (code, "")
    return done.stdout


def test_the_last_night_comes_first_in_chinas_time(place: Path) -> None:
    assert status(place, "--last", 2).splitlines() == [
        "first-batch: fine",
        "  complete: 2026-01-04 02:00 (UTC+8), 12.5 s",
        "  published: 河北省",
        "  unchanged packages: 14",
        "last runs (UTC+8)",
        "  2026-01-04 02:00 | complete | 12.5 s | 321 MiB | 1 written 河北省, 14 unchanged | by svc",
        "  2026-01-03 02:00 | complete | 12.5 s | 321 MiB | 1 written 河北省, 14 unchanged | by svc",
        "earlier versions of 1 packages: peak-review status --versions",
    ]


Case = tuple[dict[str, object], int, str, str]
ENDINGS: dict[str, Case] = {
    "failed": (
        {"outcome": "failed", "reason": "nothing published: no space"},
        1,
        "failed: nothing published: no space",
        "run",
    ),
    "refused": ({"outcome": "refused", "reason": "unknown province x"}, 1, "refused: unknown province x", "settings"),
    "no raw folder": ({"outcome": "refused", "reason": "no folder data/raw/x: put the"}, 1, "no folder", "findmnt"),
    "disk away": (
        {"outcome": "failed", "reason": "nothing published: the raw folder is not there: x"},
        1,
        "",
        "findmnt",
    ),
    "nothing sent": ({"outcome": "failed", "reason": "nothing published: no submission is there; 3"}, 1, "", "findmnt"),
    "full": ({"outcome": "failed", "reason": "nothing published: No space left on device: x"}, 1, "device: x", "df -h"),
    "contracts": (
        {"outcome": "failed", "reason": "the contracts are faulty:\na.yaml: x: y\nb.yaml: z\nc.yaml: z"},
        1,
        "failed: the contracts are faulty: a.yaml: x: y (and 2 more)",
        f"peak-review rules --round {ROUND}",
    ),
    "ctrl-c": (
        {"outcome": "interrupted", "reason": "nothing published", "unchanged": 0},
        1,
        "interrupted: nothing pub",
        "run",
    ),
    "sigterm later": ({"outcome": "interrupted", "reason": "published, but"}, 3, "interrupted: published, but", "run"),
    "incomplete": ({"outcome": "incomplete", "reason": "a check could not run"}, 3, "incomplete: a check could", "run"),
    "unread": (
        {"held": {"河北省": "本次未能读取：submissions/甲.xlsx"}, "unread": ("submissions/甲.xlsx",)},
        3,
        "could not be read: submissions/甲.xlsx",
        "namei -l raw",
    ),
    "held": (
        {"held": {"山西省": "accepted-drop: x"}},
        3,
        "stays: 山西省: accepted-drop: x",
        "--accept-change '山西省'",
    ),
    "locked": ({"locked": ("河北省",)}, 3, "may not be read or written: 河北省", "namei -l"),
    "some provinces": ({"outcome": "failed", "is_partial": True}, 0, "complete: 2026-01-04 02:00", ""),
    "of the past": ({"outcome": "failed", "as_of": "2025-01-01"}, 0, "complete: 2026-01-04 02:00", ""),
}


@pytest.mark.parametrize(("ended", "code", "text", "command"), ENDINGS.values(), ids=ENDINGS)
def test_the_exit_code_and_the_command_to_copy(place: Path, ended: object, code: int, text: str, command: str) -> None:
    record_run(run_of(place, started="2026-01-05T18:00:00+00:00", **ended))  # type: ignore[arg-type]
    lines = status(place, code=code).splitlines()
    level = {0: "fine", 1: "failed", 3: "attention"}[code]
    assert lines[0] == f"first-batch: {level}"
    assert text in lines[1]
    if command == "namei -l":
        assert lines[2] == f"    namei -l '{place / 'out' / ROUND / '河北省'}'"
    elif command == "namei -l raw":
        assert lines[2] == f"    namei -l '{place / 'raw' / ROUND / 'submissions/甲.xlsx'}'"
        assert "--accept-change" not in "\n".join(lines)
    elif command in {"findmnt", f"peak-review rules --round {ROUND}"}:
        assert lines[2] == f"    {command}"
    elif command == "df -h":
        assert lines[2] == f"    df -h {place / 'raw'} {place / 'out'}"
    elif command == "settings":
        assert lines[2] == "    peak-review settings"
    elif command:
        folders = f"--raw {place / 'raw'} --out {place / 'out'}"
        option = command.removeprefix("run")
        assert lines[2] == f"    peak-review run --round {ROUND} {folders} {option}".rstrip()


def test_a_province_that_was_accepted_since_is_not_held_any_more(place: Path) -> None:
    record_run(run_of(place, started="2026-01-05T18:00:00+00:00", held={"山西省": "x", "河北省": "y"}))
    record_run(run_of(place, started="2026-01-05T20:00:00+00:00", is_partial=True, written=("山西省",)))
    text = status(place, code=3)
    assert "stays: 河北省" in text
    assert "stays: 山西省" not in text


def test_a_night_that_did_not_come_is_a_failure_where_it_is_asked_for(place: Path) -> None:
    assert "no run of the whole round since " in status(place, "--max-age", 26, code=1).splitlines()[1]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    record_run(run_of(place, started=now))
    assert status(place, "--max-age", 26).splitlines()[0] == "first-batch: fine"
    record_run(run_of(place, outcome="failed", started=now, is_partial=True))
    assert status(place, "--max-age", 26).splitlines()[0] == "first-batch: fine"


def test_pulls_and_messages_that_failed_need_attention(place: Path) -> None:
    failed = {
        "outcome": "failed",
        "kind": "pull",
        "reason": "sftp://a: no answer\nsftp://b: no key",
        "files": {"new": 2},
        "sources": ("sftp://a", "sftp://b"),
    }
    record_pull(run_of(place, **failed), place / "raw")
    record_run(run_of(place, kind="message", outcome="failed", reason="custom-webhook/people"))
    lines = status(place, code=3).splitlines()
    assert lines[1:6] == [
        "  source failed: sftp://a: no answer",
        "  source failed: sftp://b: no key",
        f"    peak-review pull --round {ROUND} --raw {place / 'raw'} --source sftp://a --source sftp://b",
        "  message not sent through: custom-webhook/people",
        "    prefect block inspect custom-webhook/people",
    ]
    assert "  2026-01-05 02:00 | failed | 2 new | by svc" in lines
    record_run(run_of(place, started="2026-01-06T18:00:00+00:00"))  # the night after: its message was sent
    record_pull(run_of(place, kind="pull"), place / "raw")
    assert status(place).startswith("first-batch: fine")


def test_a_nightly_pull_without_its_disk_asks_for_the_disk(place: Path) -> None:
    reason = "nothing pulled: raw is not there, though packages were made of it"
    night = status_of_run(
        Places(ROUND, place / "raw", place / "out"),
        run_of(place),
        run_of(place, kind="pull", outcome="failed", reason=reason),
    )
    assert [point.command for point in night.points if point.kind == "source"] == ["findmnt"]


def test_what_is_stuck_is_reported(place: Path) -> None:
    package = place / "out" / ROUND / "河北省"
    (package / f"~${BOOK}").write_bytes(b"")
    (place / "out" / ROUND / ".staging").mkdir()
    (place / "out" / ROUND / ".staging" / "journal.json").write_text("{}")
    text = status(place, code=3)
    assert f"open in another program: 河北省/{BOOK}" in text
    assert "beside it" not in text
    beside = BOOK.replace(".xlsx", "（新）.xlsx")
    (package / beside).write_bytes(b"new")
    assert f"open in another program, the new one is beside it: 河北省/{BOOK}" in status(place, code=3)
    assert "a publication is unfinished; the next run finishes it" in text
    with hold_lock(place / "out", ROUND):
        assert "running now: process " in status(place)
    (place / "out" / f".{ROUND}.holder").write_text("process 7 on h since 2026: c")
    assert "a run was killed, the next one repairs: process 7 on h since 2026: c" in status(place, code=1)


def test_a_round_that_never_ran(tmp_path: Path) -> None:
    log = tmp_path / "out.state" / f"{ROUND}.jsonl"
    assert status(tmp_path, "--round", ROUND).splitlines() == [
        "first-batch: fine",
        f"  no run is recorded in {log}",
        "last runs (UTC+8)",
        "  none recorded",
    ]
    assert not list(tmp_path.iterdir())
    assert "no run of the whole round is recorded" in status(tmp_path, "--max-age", 26, code=1)


def test_json_has_the_same_for_a_program(place: Path) -> None:
    record_run(run_of(place, held={"山西省": "x"}))
    (state,) = json.loads(status(place, "--format", "json", code=3))
    assert (state["exit_code"], state["level"]) == (3, "attention")
    assert [run["started"][:10] for run in state["runs"]] == ["2026-01-04", "2026-01-03", "2026-01-02", "2026-01-01"]
    assert len(state["earlier"]["河北省"]) == 2
    (held,) = [point for point in state["points"] if point["level"] == "attention"]
    assert held["text"] == "held back, its earlier package stays: 山西省: x"
    assert held["command"].endswith("--accept-change '山西省'")


def test_the_morning_message_has_the_same_points_in_chinese_and_is_short(place: Path) -> None:
    places = Places(ROUND, place / "raw", place / "out")
    run, pull = (
        run_of(place, held={"山西省": "x"}),
        run_of(place, kind="pull", outcome="failed", reason="sftp://a: no key"),
    )
    night = status_of_run(places, run, pull)
    record_run(run)
    record_pull(pull, place / "raw")
    assert night.points == round_status(places, 5).points
    lines = message_text(night, "收到报送35份").splitlines()
    assert lines[0] == "暂缓发布（保留原评审包）：山西省: x"
    assert lines[1].strip().endswith("--accept-change '山西省'")
    assert lines[2] == "来源读取失败，仅评审已收到的报送：sftp://a: no key"
    assert lines[-1] == "收到报送35份"
    fine = message_text(status_of_run(places, run_of(place), None), "")
    assert fine.splitlines()[0] == "运行完成：2026-01-05 02:00（北京时间），用时12.5秒"
    odd = Places(ROUND, place / os.fsdecode("张".encode("gbk")), place / "out")
    assert "--raw" in message_text(status_of_run(odd, run, None), "")
    full = status_of_run(places, run_of(place, held={f"省{n}": "长" * 99 for n in range(31)}), None)
    assert len(message_text(full, "收到报送35份").encode()) <= 2000
    assert message_text(full, "").endswith(f"……（{places.command('status')}）")


@pytest.mark.parametrize("torn", [b"{", b"[]", b"7", b'{"round": "x"}', b"\xff"])
def test_a_torn_line_costs_only_itself(place: Path, torn: bytes) -> None:
    file = place / "out.state" / f"{ROUND}.jsonl"
    file.write_bytes(file.read_bytes() + torn)
    record_run(run_of(place, started="2026-01-04"))
    assert [run.started[:10] for run in last_runs(ROUND, place / "out", 2)] == ["2026-01-04", "2026-01-03"]


def test_a_line_of_a_later_version_is_read(place: Path) -> None:
    file = place / "out.state" / f"{ROUND}.jsonl"
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
    assert newest != version_of(package)
    assert "taken back by a person: 河北省" in status(place)
    assert f"{newest} (" in status(place, "--versions")
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
