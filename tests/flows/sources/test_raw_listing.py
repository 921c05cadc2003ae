"""Listing raw: whatever is there costs itself at most, is reported, and nothing outside is read."""

import os
import socket
import stat
from logging import getLogger
from pathlib import Path

import pytest

from contracts.load import load_contracts
from flows.pipeline.request import Job, Request
from flows.pipeline.results import Decisions
from flows.pipeline.steps import render
from flows.publication.input_fingerprint import input_fingerprint
from flows.publication.open_workbooks import read_content
from flows.reporting.run_log import start_watch
from flows.reporting.step_log import StepLog
from flows.sources.collect import collect, collect_reviews
from flows.sources.raw_files import read_raw_file
from flows.sources.raw_listing import list_raw
from flows.workers.plans import read_plans
from flows.workers.sandbox import read_submissions
from tests.support.clean_round import workbook
from tests.support.paths import ROOT
from transforms.decisions.ledger import Ledger
from transforms.gate.frames import PublishCandidate, build_gate_frames
from transforms.intake.formats import limits
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.view import View

GOOD = (ROOT / "tests" / "files" / "dalian.xlsx").read_bytes()
NOBODY = 65534


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    put(tmp_path, "大连市.xlsx", GOOD)
    return tmp_path


def put(raw: Path, name: str, content: bytes) -> Path:
    path = raw / "submissions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def review(raw: Path) -> Review:
    found = collect(raw)
    submissions, plans = read_submissions(found.workbooks, "first-batch"), read_plans(found.plans, "first-batch")
    return review_round(submissions, load_contracts("first-batch"), Provenance("0", "0"), plans, found.notices)


def told(result: Review, rule: str) -> dict[str, tuple[str | None, str | None, str | None]]:
    rows = result.findings.filter(rule=rule).select("file", "province", "pilot", "file_sha256").iter_rows()
    return {file.removeprefix("submissions/"): rest for file, *rest in rows}  # type: ignore[misc]


def test_whatever_is_no_regular_file_is_reported_and_the_rest_is_read(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.docx"
    outside.write_bytes(b"secret")
    below = raw / "submissions" / "河北省"
    below.mkdir()
    os.mkfifo(below / "唐山市.xlsx")
    os.mkfifo(below / "唐山市实施方案.docx")
    (below / "无锡市.xlsx").symlink_to("无锡市.xlsx")
    (below / "gone.xlsx").symlink_to("nothing.xlsx")
    (below / "方案.docx").symlink_to(outside)
    (below / "all").symlink_to("/")
    with socket.socket(socket.AF_UNIX) as listening:
        monkeypatch.chdir(below)  # the path of a socket may have 107 bytes
        listening.bind("socket.xlsx")
    result = review(raw)
    names = {"唐山市.xlsx", "唐山市实施方案.docx", "无锡市.xlsx", "gone.xlsx", "方案.docx", "all", "socket.xlsx"}
    unread = told(result, "FILE-FORMAT")
    assert unread.keys() == {f"河北省/{name}" for name in names}
    assert unread["河北省/唐山市.xlsx"] == ["河北省", "唐山市", None]
    assert result.judged.batch.counted["pilot"].to_list() == ["大连市"]


def test_a_file_of_another_kind_beside_a_workbook_is_ignored_with_one_info(raw: Path) -> None:
    odd = (
        "图.gif",
        "图.svg",
        "页.html",
        "数据.json",
        "录像.mp4",
        "快捷方式.lnk",
        "程序.exe",
        "包.tar.gz",
        "旧.bak",
        "无后缀",
        "表.dwg",
    )
    for name in odd:
        put(raw, f"河北省/唐山市/{name}", b"junk")
    put(raw, "河北省/唐山市/表.xlsx", workbook("河北省", "唐山市"))
    for name in ("大连市.表格", "大连市 无后缀"):
        put(raw, name, GOOD)
    put(raw, "辽宁省/损坏.xlsx", b"junk")
    result = review(raw)
    assert told(result, "FILE-IGNORED").keys() == {f"河北省/唐山市/{name}" for name in odd}
    assert told(result, "FILE-UNREADABLE").keys() == {"辽宁省/损坏.xlsx"}
    assert {"大连市.表格", "大连市 无后缀"} <= {
        file.removeprefix("submissions/") for file in result.judged.batch.files["file"]
    }


def test_what_cannot_be_read_is_a_finding_and_the_rest_is_read(raw: Path) -> None:
    put(raw, "河北省/唐山市/" + "/".join("d" * 40) + "/表.xlsx", GOOD)
    put(raw, "/".join(["辽宁省", *(str(at) * 250 for at in range(10)), "表.xlsx"]), GOOD)
    result = review(raw)
    assert [rest for _, rest in sorted(told(result, "FILE-UNREADABLE").items())] == [
        ["河北省", "唐山市", None],
        ["辽宁省", None, None],
    ]
    # The path is ours: nothing is asked of the submitter, and the run is incomplete.
    rows = result.findings.filter(rule="FILE-UNREADABLE")
    assert rows.select("status", "severity").unique().rows() == [("not_evaluated", "info")]
    assert sorted(result.failed_files) == sorted(rows["file"])
    assert len(result.not_evaluated) == 2
    assert result.judged.batch.counted["pilot"].to_list() == ["大连市"]


def test_the_gate_wants_no_copy_of_what_could_not_be_read_and_knows_what_was_ignored(raw: Path) -> None:
    put(raw, "辽宁省/沈阳市/" + "/".join("d" * 40) + "/表.xlsx", GOOD)
    put(raw, "大连市汇报.pptx", b"whatever")
    result = review(raw)
    copies = View(result, "辽宁省").copies
    assert copies == ["submissions/大连市.xlsx"]
    received = [one.file for one in collect(raw).workbooks]
    frames = build_gate_frames(PublishCandidate(result, received, {"辽宁省": copies}, {}, received, {}, {}))
    assert frames["findings"]["placed"].all()
    assert frames["files"].select("packages", "packages_due").rows() == [(1, 1), (0, 0)]


def test_what_changes_during_a_run_and_back_is_reviewed_and_remembered_as_it_was_read(raw: Path) -> None:
    path = raw / "submissions" / "大连市.xlsx"
    found = collect(raw)
    path.write_bytes(b"new")
    between, cause = collect(raw), input_fingerprint(found, collect_reviews(found))
    path.write_bytes(GOOD)
    assert found.contents == {"submissions/大连市.xlsx": GOOD}
    assert between.contents == {"submissions/大连市.xlsx": b"new"}
    assert (
        input_fingerprint(between, collect_reviews(between))
        != cause
        == input_fingerprint(collect(raw), collect_reviews(found))
    )


@pytest.mark.parametrize("how", ["unchanged", "changed", "gone", "a folder"])
def test_a_large_file_that_changes_during_a_run_costs_its_province_alone(raw: Path, tmp_path: Path, how: str) -> None:
    large = put(raw, "河北省/唐山市.xlsx", b"")
    os.truncate(large, limits.CONTENT + 1)
    found, result = collect(raw), review(raw)
    if how == "changed":
        os.truncate(large, limits.CONTENT + 2)
    elif how != "unchanged":
        large.unlink()
        if how == "a folder":
            large.mkdir()
    request = Request("first-batch", raw, tmp_path / "out")
    job = Job(request, found, found, StepLog(getLogger("test")), start_watch())
    decisions = Decisions(Ledger(), ([], []), (), (), [])
    make = render.__wrapped__  # type: ignore[attr-defined] # outside a flow
    made = make(job, result, decisions, ["辽宁省", "河北省"], tmp_path / "out" / "rendered")
    assert read_content(made.packages["辽宁省"]["submissions/大连市.xlsx"]) == GOOD
    if how == "unchanged":
        (copy,) = (content for file, content in made.packages["河北省"].items() if "submissions/" in file)
        assert (len(read_content(copy)), made.not_made, made.failures) == (limits.CONTENT + 1, [], [])
        return
    assert (list(made.packages), made.not_made) == (["辽宁省"], ["河北省"])
    reason = {"changed": "changed during the run", "gone": "No such file", "a folder": "not a regular file"}[how]
    assert [(failure.what, reason in failure.reason) for failure in made.failures] == [("河北省", True)]


def test_without_permission_a_file_and_a_folder_cost_themselves(raw: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can become another user")
    names = ("唐山市.xlsx", "唐山市实施方案.docx", "唐山市.zip", "唐山市")  # an archive and no ending: unknown content
    closed = [put(raw, f"河北省/{name}", GOOD) for name in names]
    folders = put(raw, "山西省/长治市/表.xlsx", GOOD).parent, put(raw, "江苏省/无锡/表.xlsx", GOOD).parent
    for path in closed:
        path.chmod(0)
    folders[0].chmod(0)
    folders[1].chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)  # may be listed, and no file in it opened
    for folder in (raw, *raw.parents):
        if folder.is_relative_to("/tmp"):  # noqa: S108 - where pytest makes its folders
            folder.chmod(folder.stat().st_mode | 0o011)
    reader, writer = os.pipe()
    if not os.fork():
        os.setuid(NOBODY)
        found = collect(raw)
        faults = [f"{one.file[12:]}: {one.fault} {one.is_unread}" for one in found.workbooks + found.plans]
        os.write(writer, "\n".join(faults).encode())
        os._exit(0)
    os.close(writer)
    os.wait()
    with os.fdopen(reader, encoding="utf-8") as answer:
        assert answer.read().splitlines() == [
            "大连市.xlsx: None False",
            "山西省/长治市: 无法读取（没有读取权限） True",
            "江苏省/无锡/表.xlsx: 无法读取（没有读取权限） True",
            "河北省/唐山市: 无法读取（没有读取权限） True",
            "河北省/唐山市.xlsx: 无法读取（没有读取权限） True",
            "河北省/唐山市.zip: 无法读取（没有读取权限） True",
            "河北省/唐山市实施方案.docx: 无法读取（没有读取权限） True",
        ]


def test_other_office_files_beside_a_good_workbook_block_nothing(raw: Path) -> None:
    names = ("大连市汇报.pptx", "大连市批复.ofd", "大连市.rtf", "大连市附件.zip", "大连市.dps")
    for name in names:
        put(raw, name, b"whatever")
    put(raw, "唐山市.xlsx", b"PK damaged")
    put(raw, "大连市实施方案.wps", b"plan")
    found, result = collect(raw), review(raw)
    assert told(result, "FILE-IGNORED") == {name: ["辽宁省", "大连市", None] for name in names}
    assert {one.file.removeprefix("submissions/") for one in found.ignored} == set(names)
    assert result.findings.filter(rule="FILE-IGNORED")["severity"].unique().to_list() == ["info"]
    assert result.findings.filter(severity="blocker")["file"].to_list() == ["submissions/唐山市.xlsx"]
    assert [one.file for one in found.plans] == ["submissions/大连市实施方案.wps"]


def test_a_file_that_never_ends_is_not_read_to_its_end(raw: Path) -> None:
    os.truncate(put(raw, "唐山市.xlsx", b""), 2**42)
    os.truncate(put(raw, "无锡市.xlsx", b""), limits.CONTENT + 1)
    received = {one.file: one for one in list_raw(raw)[0]}
    endless, large = received["submissions/唐山市.xlsx"], received["submissions/无锡市.xlsx"]
    assert (endless.sha256, endless.content, endless.fault) == ("", None, "文件有4194304 MiB，超过50 MiB 的上限")
    assert (len(large.sha256), large.content, large.fault) == (64, None, "文件有50 MiB，超过50 MiB 的上限")
    found = collect(raw)
    assert list(found.contents) == ["submissions/大连市.xlsx"]
    assert [one.file for one in found.large] == ["submissions/无锡市.xlsx"]


def test_a_folder_or_device_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(OSError, match="not a regular file"):
            read_raw_file(path, "x")


def test_a_workbook_with_the_ending_of_a_document_is_read_as_a_workbook(raw: Path) -> None:
    put(raw, "河南省/信阳市.docx", workbook("河南省", "信阳市"))
    put(raw, "河北省/唐山市实施方案.pdf", workbook("河北省", "唐山市"))
    result = review(raw)
    assert sorted(result.judged.batch.counted["pilot"]) == ["信阳市", "唐山市", "大连市"]
    assert set(result.findings["rule"]).isdisjoint({"PLAN-UNREADABLE", "PLAN-FORMAT"})
