"""Archives among the submissions: what is in them is read, and what cannot be unpacked is a finding, not silence."""

import io
import zipfile
from pathlib import Path

import polars as pl
import pytest

from contracts.load import load_contracts
from flows.publication.input_fingerprint import input_fingerprint
from flows.sources.collect import Collected, collect, collect_reviews
from flows.workers.archives import unpack_archives
from flows.workers.plans import read_plans
from flows.workers.sandbox import read_submissions
from tests.support.clean_round import workbook
from tests.support.paths import ROOT
from transforms.intake.formats import limits
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.rows.pilot_status import pilot_statuses, province_statuses
from transforms.reports.view import View

CITY = (ROOT / "tests" / "files" / "dalian.xlsx").read_bytes()


def other() -> bytes:
    return workbook("河北省", "唐山市")


def zipped(*members: tuple[str | bytes, bytes]) -> bytes:
    """Pack files; a name of bytes is stored as it is, without a mark of UTF-8."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            text = name if isinstance(name, str) else name.decode("latin-1").translate(PLAIN)
            archive.writestr(text, content)
    packed = buffer.getvalue()
    for name, _ in members:
        if isinstance(name, bytes):
            packed = packed.replace(name.decode("latin-1").translate(PLAIN).encode(), name)
    return packed


# A name with these letters only is stored without the mark, and has as many bytes as the name to be stored.
PLAIN = {code: ord("~") for code in range(128, 256)}


def received(raw: Path) -> Collected:
    return unpack_archives(collect(raw), "first-batch")


def put(raw: Path, name: str, content: bytes) -> None:
    path = raw / "submissions" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def reviewed(found: Collected) -> Review:
    submissions, plans = read_submissions(found.workbooks, "first-batch"), read_plans(found.plans, "first-batch")
    return review_round(submissions, load_contracts("first-batch"), Provenance("0", "0"), plans, found.notices)


def test_what_an_archive_holds_is_read_like_a_folder_of_its_name(tmp_path: Path) -> None:
    put(
        tmp_path,
        "河北省/唐山市.zip",
        zipped(
            ("报送/表1.xlsx".encode("gb18030"), other()),
            ("__MACOSX/._表1.xlsx".encode("gb18030"), b"junk"),
            ("报送/盖章扫描件.pdf".encode("gb18030"), b"%PDF"),
            ("里层.zip".encode("gb18030"), zipped(("表1.xlsx", other()))),
            (b"README.txt", b"hello"),
        ),
    )
    put(tmp_path, "辽宁省.ZIP", zipped(("大连市/表1.xlsx", CITY), ("大连市/大连市.xlsx", CITY)))
    put(tmp_path, "大连市 报送.rar", CITY)  # only renamed
    found = received(tmp_path)
    assert [one.file.removeprefix("submissions/") for one in found.workbooks] == [
        "大连市 报送.rar",
        "河北省/唐山市.zip/报送/表1.xlsx",
        "辽宁省.ZIP/大连市/大连市.xlsx",
        "辽宁省.ZIP/大连市/表1.xlsx",
    ]
    assert found.contents["submissions/河北省/唐山市.zip/报送/表1.xlsx"] == other()
    assert {one.file.removeprefix("submissions/"): one.reason for one in found.ignored} == {
        "河北省/唐山市.zip": "an archive of which 1 files are read",
        "辽宁省.ZIP": "an archive of which 2 files are read",
        "河北省/唐山市.zip/__MACOSX/._表1.xlsx": "left behind by the operating system or an open workbook",
        "河北省/唐山市.zip/报送/盖章扫描件.pdf": "not a workbook",
        "河北省/唐山市.zip/README.txt": "not a workbook",
        "河北省/唐山市.zip/里层.zip": "an archive in an archive",
    }
    result = reviewed(found)
    assert set(result.judged.batch.counted["pilot"]) == {"大连市", "唐山市"}
    noted = result.findings.filter(pl.col("rule").is_in(["FILE-IGNORED", "FILE-FORMAT"]))
    assert noted.select("rule", "file").rows() == [("FILE-IGNORED", "submissions/河北省/唐山市.zip/里层.zip")]
    copies = View(result, "河北省").copies
    assert copies == ["submissions/河北省/唐山市.zip/报送/表1.xlsx"]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("唐山市.rar", b"Rar!\x1a\x07\x01\x00rest", "格式为RAR，只能解压 ZIP"),
        ("唐山市.7z", b"7z\xbc\xaf\x27\x1crest", "格式为7z，只能解压 ZIP"),
        ("唐山市.zip", b"PK\x03\x04 damaged", "文件不完整或已损坏"),
        ("唐山市.zip", zipped(("../../唐山市.xlsx", other())), "指向包外的路径"),
        ("唐山市.zip", zipped(("a.csv", b"0" * (limits.RATIO_FROM + 1))), "压缩比异常"),
        ("唐山市.zip", zipped(*((f"{at}.xlsx", b"x") for at in range(limits.MEMBERS + 1))), "超过500个的上限"),
        ("唐山市.zip", zipped(), "其中没有文件"),
        ("唐山市.pdf", b"%PDF-1.7", "是 PDF 文件"),
        ("唐山市/表1.jpg", b"\xff\xd8\xff", "是 JPG 文件"),
    ],
)
def test_what_cannot_be_unpacked_is_a_finding_of_its_pilot(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    put(tmp_path, f"河北省/{name}", content)
    result = reviewed(received(tmp_path))
    (finding,) = result.findings.filter(rule="FILE-FORMAT").to_dicts()
    assert (finding["province"], finding["pilot"], finding["severity"]) == ("河北省", "唐山市", "warning")
    kind = "压缩包" if name.endswith((".rar", ".7z", ".zip")) else "文件"
    assert finding["message"].startswith(f"收到{kind}“河北省/{name}”，未能读取：")
    assert why in finding["message"]
    states = {row["pilot"]: row["state"] for row in pilot_statuses(View(result, "河北省"))}
    assert (states["唐山市"], states["承德市"]) == ("文件未能读取", "未报送")
    assert province_statuses(View(result, "河北省"))[0]["state"] == "文件未能读取"
    (quota,) = result.findings.filter(rule="QUOTA-UNDER", province="河北省").to_dicts()
    assert "未报送：张家口市、承德市；报送的文件未能读取：唐山市" in quota["message"]


def test_names_that_other_systems_write_are_kept_and_one_damaged_file_costs_itself(tmp_path: Path) -> None:
    names = ("河北省\\唐山市\\表1.xlsx", "附件1:承德市.xlsx", "附件1?承德市.xlsx", "长" * 90 + ".xlsx", "空/")
    content = zipped(*((name, other() if name[0] != "空" else b"") for name in names), ("坏.xlsx", CITY))
    start = content.index("坏.xlsx".encode()) + 200
    damaged = content[:start] + bytes(byte ^ 255 for byte in content[start : start + 50]) + content[start + 50 :]
    put(tmp_path, "来件.zip", damaged)
    found = received(tmp_path)
    files = {one.file.removeprefix("submissions/来件.zip/"): one.fault for one in found.workbooks}
    marks = [name for name in files if name.startswith("附件1_承德市")]
    assert files.pop("坏.xlsx") == "文件在压缩包内已损坏"
    assert {"河北省/唐山市/表1.xlsx", *marks} < files.keys()
    assert len(marks) == 2
    assert len(files) == 4
    assert set(files.values()) == {None}
    assert all(len(part.encode()) <= 200 for name in files for part in name.split("/"))
    assert reviewed(found).findings.filter(rule="FILE-UNREADABLE")["message"].str.contains("已损坏").all()


def test_a_pdf_beside_a_workbook_is_usual_and_an_archive_of_a_province_is_reported(tmp_path: Path) -> None:
    put(tmp_path, "河北省/唐山市.xlsx", other())
    put(tmp_path, "河北省/唐山市.pdf", b"%PDF-1.7")
    put(tmp_path, "辽宁省/材料.rar", b"Rar!\x1a\x07\x01\x00rest")
    findings = reviewed(received(tmp_path)).findings.filter(rule="FILE-FORMAT")
    assert findings.select("province", "pilot").rows() == [("辽宁省", None)]
    assert reviewed(received(tmp_path)).findings.filter(rule="FILE-IGNORED").is_empty()


def test_another_archive_of_the_same_name_is_another_input_and_unpacking_changes_none(tmp_path: Path) -> None:
    put(tmp_path, "河北省/唐山市.zip", zipped(("表1.xlsx", other())))
    before = collect(tmp_path)
    cause = input_fingerprint(before, collect_reviews(before))
    assert unpack_archives(before, "first-batch").workbooks
    again = collect(tmp_path)
    assert input_fingerprint(again, collect_reviews(again)) == cause
    put(tmp_path, "河北省/唐山市.zip", zipped(("表1.xlsx", CITY)))
    changed = collect(tmp_path)
    assert input_fingerprint(changed, collect_reviews(changed)) != cause


def test_the_plans_that_a_progress_round_assesses_are_unpacked_and_are_inputs(tmp_path: Path) -> None:
    plans, progress = tmp_path / "first-batch", tmp_path / "first-batch-2025"
    put(plans, "河北省/唐山市.zip", zipped(("表1.xlsx", other())))
    put(progress, "大连市.xlsx", CITY)
    before = collect(progress, None, plans)
    unpacked = unpack_archives(before, "first-batch-2025").plan_round
    assert unpacked is not None
    assert [one.file for one in unpacked.workbooks] == ["submissions/河北省/唐山市.zip/表1.xlsx"]
    put(plans, "河北省/唐山市.zip", zipped(("表1.xlsx", CITY)))
    after = collect(progress, None, plans)
    reviews = collect_reviews(before)
    assert input_fingerprint(before, reviews) != input_fingerprint(after, reviews)
