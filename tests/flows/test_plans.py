"""Plans in the main job: found beside the workbooks, converted where they are old, copied, shown to the reviewer."""

import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from docx import Document

from contracts.load import load_contracts
from flows.sources.raw_listing import list_raw
from flows.workers.office import to_docx
from flows.workers.plans import read_plans
from tests.sample.__main__ import PLANS, planned
from tests.sample.plan_layouts import word_headings
from tests.sample.plans import edit_part
from tests.support.command import peak_review
from tests.support.few_provinces import few_provinces
from tests.support.paths import SAMPLE
from tests.support.plan_cases import CITY, PLAN, PROVINCE, WORKBOOK, draft, files
from tests.support.plan_review import review
from tests.support.sample_round import whole_round
from transforms.failures import FAILED
from transforms.plans.word.document import read_document
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.overview.overview import render_overview
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

CONTRACTS = load_contracts("first-batch")
XINJIANG = "新疆维吾尔自治区"
OFFICE = shutil.which("soffice")
CHAPTERS, AGREEMENT = "章节核对", "文表一致性"


def sheet(view: View, name: str) -> list[dict[str, object]]:
    """Rows of a sheet by the title of their column."""
    cells = openpyxl.load_workbook(io.BytesIO(render_review_workbook(view)))[name].values
    titles, *rows = cells
    return [dict(zip(titles, row, strict=True)) for row in rows]


# ---- finding and reading ---------------------------------------------------------------------------------------------


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw" / "submissions"
    folder.mkdir(parents=True)
    return folder


def test_documents_are_listed_that_may_be_plans(raw: Path, tmp_path: Path) -> None:
    for name in (
        "b.docx",
        "~$b.docx",
        "实施方案.doc",
        "来信.doc",
        "实施方案.PDF",
        "承诺.pdf",
        "方案.wps",
        "方案.txt",
        "方案.jpg",
    ):
        (raw / name).write_bytes(b"x")
    outside = tmp_path / "outside.docx"
    outside.write_bytes(b"x")
    (raw / "link.docx").symlink_to(outside)
    (raw / "gone.docx").symlink_to(raw / "nothing")
    (raw / "folder.docx").mkdir()
    names = [one.file.removeprefix("submissions/") for one in list_raw(raw.parent)[1]]
    assert names == ["b.docx", "实施方案.PDF", "实施方案.doc", "方案.wps"]


def test_a_pdf_is_asked_for_as_a_document(raw: Path) -> None:
    (raw / "大连市实施方案.pdf").write_bytes(b"%PDF-1.7")
    (plan,) = read_plans(list_raw(raw.parent)[1], "first-batch")
    assert (plan.fault, plan.detail, plan.identity.pilot) == ("format", "是 PDF", CITY)


def test_an_old_document_without_a_program_to_convert_it_says_so(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(raw))
    (raw / "大连市实施方案.doc").write_bytes(b"x")
    (plan,) = read_plans(list_raw(raw.parent)[1], "first-batch")
    assert plan.fault == "format"
    assert "没有安装" in str(plan.detail)


def test_a_program_that_cannot_be_started_costs_the_document_and_no_other(
    raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw / "soffice").write_bytes(b"no program")
    (raw / "soffice").chmod(0o755)
    monkeypatch.setenv("PATH", str(raw))
    (raw / "大连市实施方案.doc").write_bytes(b"x")
    (raw / "沈阳市实施方案.pdf").write_bytes(b"%PDF-1.7")
    converted, other = read_plans(list_raw(raw.parent)[1], "first-batch")
    assert (converted.fault, converted.identity.pilot) == (FAILED, CITY)
    assert "Exec format error" in str(converted.detail)
    assert other.fault == "format"


@pytest.mark.slow
@pytest.mark.office
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_an_old_document_is_converted(raw: Path, tmp_path: Path) -> None:
    source = tmp_path / "plan.docx"
    source.write_bytes(files()[PLAN])
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [OFFICE, "--headless", profile, "--convert-to", "doc", "--outdir", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    old = raw / "大连市实施方案.doc"
    shutil.copyfile(tmp_path / "plan.doc", old)
    (received,) = list_raw(raw.parent)[1]
    (plan,) = read_plans([received], "first-batch")
    assert (plan.fault, plan.sha256) == (None, received.sha256)
    assert {one.state for one in plan.chapters["city"]} == {"present"}
    assert plan.table is not None
    assert len(plan.table.observations) == 78
    assert len(plan.targets) == 8


@pytest.mark.slow
@pytest.mark.office
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_a_conversion_that_takes_too_long_is_ended() -> None:
    assert "超过0.01秒" in str(to_docx(b"x", ".doc", 0.01))


# ---- the main job ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("served")
def test_the_main_job_takes_plans_in(home: Path, tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    folder = raw / "first-batch" / "submissions"
    shutil.copytree(SAMPLE / "first-batch" / "submissions" / XINJIANG, folder / XINJIANG)
    (folder / "说明.txt").write_bytes(b"x")
    arguments = ("run", "--round", "first-batch", "--raw", raw, "--out", out)
    done = peak_review(home, *arguments, **few_provinces(tmp_path / "contracts", XINJIANG))
    assert done.returncode == 0, done.stderr
    assert "1 plans" in done.stderr
    record = json.loads((out / "first-batch" / "run.json").read_text(encoding="utf-8"))
    (plan,) = record["plans"]
    assert (plan["file"].rsplit("/", 1)[-1], plan["standing"], plan["pilot"]) == (
        "实施方案.docx",
        "counts",
        "克拉玛依市",
    )
    assert [one["file"] for one in record["ignored"]] == ["submissions/说明.txt"]
    copied = out / "first-batch" / XINJIANG / plan["file"]
    assert copied.read_bytes() == (raw / "first-batch" / plan["file"]).read_bytes()


# ---- what the reviewer sees ------------------------------------------------------------------------------------------


def test_every_part_is_shown_with_its_evidence() -> None:
    rows = sheet(View(whole_round(), "浙江省"), CHAPTERS)
    mine = {row["内容"]: row for row in rows if row["试点"] == "杭州市"}
    assert len(mine) == 15
    states = {title: row["情况"] for title, row in mine.items() if row["情况"] != "有"}
    assert states == {"碳减排难点分析": "缺少", "全民行动": "不充实", "保障措施": "照搬指南"}
    first = mine["实施主体概况"]
    assert (first["方案中的标题"], first["位置"]) == ("（一）实施主体概况", "第4段")
    assert str(first["摘录"]).startswith("杭州市地处")
    assert {row["试点"] for row in rows} == {"杭州市"}


def test_every_figure_is_shown_and_what_disagrees_comes_first() -> None:
    rows = sheet(View(whole_round(), "浙江省"), AGREEMENT)
    assert [row["结论"] for row in rows] == ["相互矛盾"] * 2 + ["一致"] * 7
    prose, table = rows[:2]
    assert (prose["指标"], prose["年份"], prose["方案中"], prose["对比"]) == (
        "非化石能源消费占比",
        2025,
        "30%",
        "正文与工作簿",
    )
    assert (table["方案中"], table["方案中的位置"]) == ("99.6", "方案表1“新建建筑中星级绿色建筑占比”行2030年栏")
    assert "到2025年，非化石能源消费占比达到30%" in str(prose["原文"])


def test_what_was_not_compared_is_folded_below_with_the_reason() -> None:
    text = "到2025年，加氢站达到30座，中心城区绿色出行比例达到70%，全省森林覆盖率达到45%。森林覆盖率达到99%以上。"
    plan = edit_part(draft(), "3.c1", lambda part: replace(part, text=part.text + "\n" + text))
    result = review(files(plan))
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(result, PROVINCE))))[AGREEMENT]
    titles, *rows = ([cell.value for cell in row] for row in book.iter_rows())
    outcome = [str(row[titles.index("结论")]) for row in rows]
    folded = [bool(book.row_dimensions[at].outlineLevel) for at in range(2, len(rows) + 2)]
    compared = [one in {"相互矛盾", "表述不一", "一致"} for one in outcome]
    assert folded == [not one for one in compared] == sorted(folded)
    assert {"只是其中一部分，未比对（中心城区）", "不是试点自己的数值，未比对（全省）", "表中没有该指标"} <= set(
        outcome
    )
    told = {row["label"]: row for row in result.plan_targets.to_dicts() if row["sentence"] in text}
    assert (told["加氢站"]["indicator"], told["加氢站"]["value"], told["加氢站"]["unit"]) == (None, 30, "座")
    assert told["中心城区绿色出行比例"]["scope"] == "narrower"
    assert told["森林覆盖率"]["comparison"] == "contradicts"
    assert (told["森林覆盖率"]["year"], told["森林覆盖率"]["qualifier"]) == (2025, "at_least")
    assert told["全省森林覆盖率"]["comparison"] == "not_compared: 不是试点自己的数值，未比对（全省）"


def test_a_raised_mark_is_no_digit() -> None:
    document = Document()
    paragraph = document.add_paragraph("森林覆盖率")
    for text, raised in (("1", True), ("达到70", False), ("3", True), ("%，共5m", False), ("2", True), ("。", False)):
        paragraph.add_run(text).font.superscript = raised
    content = io.BytesIO()
    document.save(content)
    (read,) = read_document(content.getvalue()).paragraphs
    assert read.text == "森林覆盖率达到70%，共5m2。"


def test_where_no_plan_came_the_cover_and_the_list_of_pilots_say_so() -> None:
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(whole_round(), "湖北省"))))
    assert not {CHAPTERS, AGREEMENT} & set(book.sheetnames)
    assert "收到0/2" in [value for row in book["封面"].iter_rows(values_only=True) for value in row]
    assert {row["实施方案"] for row in sheet(View(whole_round(), "湖北省"), "试点总览")} == {"未收到"}
    assert {row["试点"]: row["实施方案"] for row in sheet(View(whole_round(), "浙江省"), "试点总览")} == {
        "杭州市": "已核对",
        "湖州市": "未收到",
        "温州市": "未收到",
    }


def test_a_province_sees_its_own_plans_and_the_nation_only_the_gaps() -> None:
    assert {row["试点"] for row in sheet(View(whole_round(), "江苏省"), AGREEMENT)} == {"苏州工业园区"}
    nation = sheet(View(whole_round()), CHAPTERS)
    assert {(row["省份"], row["试点"]) for row in nation} == {("浙江省", "杭州市")}
    assert {row["结论"] for row in sheet(View(whole_round()), AGREEMENT)} == {"相互矛盾"}
    assert View(whole_round(), "江苏省").copies[-1].endswith("苏州工业园区实施方案.docx")


def test_text_of_a_plan_stays_text() -> None:
    hostile = '=HYPERLINK("http://x.example","点")'
    plan = edit_part(draft(), "1.1", lambda part: replace(part, heading=hostile, text=hostile + part.text))
    plan = edit_part(plan, "3.c1", lambda part: replace(part, text=part.text + "到2025年，=1+1占比达到3%。"))
    result = review(files(plan))
    book = openpyxl.load_workbook(io.BytesIO(render_review_workbook(View(result, PROVINCE))))
    texts = [cell for name in (CHAPTERS, AGREEMENT) for row in book[name].iter_rows() for cell in row if cell.value]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in texts)
    assert {cell.data_type for cell in texts} <= {"s", "n"}
    marked = edit_part(draft(), "7", lambda part: replace(part, heading="七、全民行动<b>", text="<script>1</script>"))
    assert b"<script>1" not in render_overview(review(files(marked)))


def test_the_page_counts_what_plans_have() -> None:
    page = render_overview(whole_round()).decode()
    assert page.count("七、全民行动：不充实") == 1
    assert "一、工作基础·碳减排难点分析：缺少" in page
    assert 'id="plans"' not in render_overview(review({WORKBOOK: files()[WORKBOOK]})).decode()


def test_the_letter_asks_for_what_is_missing_in_the_plan() -> None:
    plan = edit_part(draft(), "7", lambda _: None)
    notices = render_notices(View(review(files(plan)), PROVINCE))
    (letter,) = (content for name, content in notices.items() if name.endswith(".docx"))
    text = "\n".join(one.text for one in Document(io.BytesIO(letter)).paragraphs)
    assert "你委报送的大连市实施方案（文件“实施方案.docx”）收悉" in text
    assert "实施方案：缺少章节1项（附件第1项）。" in text
    assert [row for row in Document(io.BytesIO(letter)).tables[0].rows if "七、全民行动" in row.cells[4].text]
    assert "实施方案请在原文档上修改" in text
    assert "submissions/" not in text
    assert not [name for name in notices if name.endswith(".xlsx")]  # no cell of the workbook is in question


def test_the_same_plans_in_another_order_give_the_same_book() -> None:
    received = files() | {
        "submissions/信.docx": word_headings(replace(draft(), title="函", chapters=(), rows=(), projects=()))
    }
    one, other = review(received), review(dict(reversed(received.items())))
    assert render_review_workbook(View(one, PROVINCE)) == render_review_workbook(View(other, PROVINCE))


def test_the_sample_has_a_plan_of_each_kind() -> None:
    assert {plan.pilot for plan in PLANS} == {"克拉玛依市", "杭州市", "苏州工业园区"}
    assert [planned(plan) for plan in PLANS] == [planned(plan) for plan in PLANS]
