"""A template that comes back, filled in or with an earlier submission: it is read as it was given."""

import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.sample import Submission as Sample
from tests.sample import add, clean_submission, layouts, leave_out, put, repeat
from tests.support.rendered_books import opened
from tests.support.saved import saved
from tests.support.self_checked import check_workbook
from tests.support.templates import CONTRACTS, EXTREME, KINDS, PILOTS, YEARS, blank, cells
from transforms.intake.submission import read_submission
from transforms.reports.files.office_files import workbook_bytes
from transforms.reports.template.earlier_submission import read_earlier, reason_unusable
from transforms.reports.template.guide import EXAMPLES
from transforms.reports.template.workbook import render_template

pytestmark = pytest.mark.thorough


@KINDS
def test_filled_in_it_comes_back_without_a_finding(kind: str) -> None:
    sample = clean_submission(*PILOTS[kind])
    content = layouts.official(sample)
    assert check_workbook(content, "a.xlsx", CONTRACTS) == []
    read = read_submission(content, "submissions/a.xlsx", CONTRACTS)
    who = read.identity
    assert (who.province, who.pilot, who.kind, who.version) == (*PILOTS[kind], kind, "1")
    assert who.filled_on == sample.date
    values = {(row["indicator"], row["year"]): row["value"] for row in read.observations}
    assert values == {
        (row.code, year): value for row in sample.rows for year, value in zip(YEARS, row.values, strict=True)
    }


@KINDS
def test_blank_it_has_no_table_and_nothing_else_is_said(kind: str) -> None:
    found = check_workbook(saved(blank(kind)), "a.xlsx", CONTRACTS)
    assert [(finding["rule"], finding["pilot"]) for finding in found] == [("FILE-NO-TABLE", PILOTS[kind][1])]


@pytest.mark.parametrize("pilot", EXTREME)
def test_an_extreme_name_is_read_back(pilot: str) -> None:
    who = read_submission(saved(blank("city", pilot)), "submissions/a.xlsx", CONTRACTS).identity
    assert (who.province, who.pilot, who.kind, who.listed) == ("湖北省", pilot, "city", False)


@pytest.mark.parametrize(("text", "verdict", "_why"), EXAMPLES, ids=lambda part: part[:8])
def test_the_examples_are_true(text: str, verdict: str, _why: str) -> None:
    sample = put(clean_submission(*PILOTS["city"]), "C08", 2022, float(text) if text[-1].isdigit() else text)
    found = {finding["severity"] for finding in check_workbook(layouts.official(sample), "a.xlsx", CONTRACTS)}
    assert found == {"可以": set(), "须更正或说明": {"warning"}, "须更正": {"error"}}[verdict]


def test_the_instructions_explain_no_indicator_that_is_left_out() -> None:
    """They name every indicator on a sheet that is called 填报说明, beside the submitter's own 说明."""
    content = layouts.official(leave_out(clean_submission(*PILOTS["city"]), "C20"))
    found = check_workbook(content, "a.xlsx", CONTRACTS)
    assert [(finding["rule"], finding["indicator"]) for finding in found] == [("COMPLETE-LEFT-OUT", "C20")]


def test_instructions_of_somebody_elses_are_read() -> None:
    book = openpyxl.load_workbook(io.BytesIO(layouts.official(leave_out(clean_submission(*PILOTS["city"]), "C20"))))
    del book["_元数据"], book["填报说明"]
    book.create_sheet("填报说明").append(("工业余能回收利用率", "本市暂无余能统计，拟于2025年建立。"))
    assert check_workbook(saved(book), "a.xlsx", CONTRACTS) == []


def again(content: bytes, kind: str) -> bytes:
    """The template with the values of an earlier submission."""
    province, pilot = PILOTS[kind]
    read = read_submission(content, "submissions/a.xlsx", CONTRACTS)
    assert reason_unusable(read, kind, pilot, CONTRACTS) is None
    table, known = CONTRACTS.tables[kind], read_earlier(read)
    return workbook_bytes(render_template(table, CONTRACTS.round, pilot=pilot, province=province, earlier=known))


def given(content: bytes) -> dict[tuple[str, int], tuple]:
    rows = read_submission(content, "submissions/a.xlsx", CONTRACTS).observations
    return {
        (row["indicator"], row["year"]): (row["raw_value"], row["value"], row["unit"], row["remark"])
        for row in rows
        if row["year"] in YEARS
    }


def keys(content: bytes) -> list[str]:
    return [finding["finding_key"] for finding in check_workbook(content, "a.xlsx", CONTRACTS)]


EARLIER = (
    layouts.official,
    layouts.other_units,
    *(pytest.param(layout, marks=pytest.mark.slow) for layout in (layouts.with_sources, layouts.percent_cells)),
    layouts.text_cells,
)


@pytest.mark.parametrize("layout", EARLIER)
@KINDS
def test_an_earlier_submission_comes_back_as_it_was_given(kind: str, layout: Callable[[Sample], bytes]) -> None:
    sample = add(clean_submission(*PILOTS[kind]), "绿氢年产量", "万吨", (0, "约2", 4.5), "试点特色")
    sample = leave_out(sample, sample.rows[8].code, "辖区内没有这一项，不适用。")
    content = layout(sample)
    made = again(content, kind)
    assert given(made) == given(content)
    assert keys(made) == keys(content)
    who = read_submission(made, "submissions/a.xlsx", CONTRACTS).identity
    assert (who.version, who.filled_on) == ("2", None)
    assert (who.office, who.contacts) == (
        sample.office,
        ("模拟联系人　000-00000000",),
    ) or layout is layouts.with_sources
    notes = [tuple(row) for row in opened(made)["说明"].iter_rows(min_row=3, max_row=4, values_only=True)]
    assert notes == [(note.label, note.what, note.why) for note in sample.notes]


def test_projects_come_back() -> None:
    sample = clean_submission(*PILOTS["city"])
    rows = opened(again(layouts.official(sample), "city"))["重点工程"].iter_rows(min_row=3, max_row=4, values_only=True)
    assert [tuple(row) for row in rows] == sample.projects()


def test_a_figure_keeps_the_unit_in_which_it_was_given() -> None:
    sheet = opened(again(layouts.other_units(clean_submission(*PILOTS["city"])), "city"))["表1"]
    assert (sheet["D13"].value, sheet["D13"].protection.locked) == ("万千瓦", False)
    assert (sheet["D12"].value, sheet["D12"].protection.locked) == ("个", True)


def test_a_row_that_stood_twice_stands_twice() -> None:
    content = layouts.official(repeat(clean_submission(*PILOTS["city"]), "C24", (60.0, 60.5, 62.0)))
    found = check_workbook(again(content, "city"), "a.xlsx", CONTRACTS)
    assert [(finding["rule"], finding["indicator"]) for finding in found] == [("TABLE-ROW-TWICE", "C24")]


@pytest.mark.parametrize("text", EXTREME)
def test_what_was_submitted_before_stays_text(text: str) -> None:
    sample = add(clean_submission(*PILOTS["city"]), f"{text}率", text, (text, 1, 2), text)
    book = openpyxl.load_workbook(io.BytesIO(layouts.official(put(sample, "C01", 2022, text))))
    for cell in cells(book):
        if cell.data_type in {"f", "e"}:
            cell.data_type = "s"
    made = opened(again(saved(book), "city"))
    assert not [cell.coordinate for cell in cells(made) if cell.data_type not in {"s", "n"}]
    assert made["表1"]["E3"].value == text


@pytest.mark.parametrize(
    ("sent", "kind", "says"),
    [
        (PILOTS["park"], "city", "表2"),
        (("河北省", "唐山市"), "city", "其报送单位是唐山市"),
        (None, "city", ""),
    ],
    ids=["the other table", "another pilot", "no workbook"],
)
def test_nothing_is_taken_from_what_is_not_theirs(sent: tuple[str, str] | None, kind: str, says: str) -> None:
    content = layouts.official(clean_submission(*sent)) if sent else b"no workbook"
    reason = reason_unusable(
        read_submission(content, "submissions/a.xlsx", CONTRACTS), kind, PILOTS[kind][1], CONTRACTS
    )
    assert reason
    assert says in reason


@pytest.mark.slow
@pytest.mark.office
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
@KINDS
def test_saved_by_libreoffice_it_comes_back_without_a_finding(kind: str, tmp_path: Path) -> None:
    sample = clean_submission(*PILOTS[kind])
    file = tmp_path / "filled.xlsx"
    file.write_bytes(layouts.official(sample))
    command = ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    content = (tmp_path / "out" / "filled.xlsx").read_bytes()
    assert content != file.read_bytes()
    assert check_workbook(content, "a.xlsx", CONTRACTS) == []
    assert given(content) == given(file.read_bytes())


def test_notes_below_the_table_and_behind_a_name_come_back() -> None:
    """What puts a value in doubt puts it in doubt again: a note of a mark or of brackets, and words behind the name."""
    book = openpyxl.load_workbook(io.BytesIO(layouts.official(clean_submission(*PILOTS["city"]))))
    sheet = book["表1"]
    sheet["E28"], sheet["F27"], sheet["C20"] = "2.32①", "[2000]", "城市绿色出行比例（中心城区）"
    sheet["C21"] = CellRichText("9 种主要再生资源循环利用率", TextBlock(InlineFont(vertAlign="superscript"), "2"))
    sheet["A40"] = "注：①为全社会研发经费投入强度；[ ]内为五年累计数；2仅含规上企业。"
    sheet["A41"] = "填表人另附材料"
    content = saved(book)
    made = again(content, "city")
    assert doubts(made) == doubts(content) != {}
    assert given(made) == given(content)
    texts = {cell.value for row in opened(made)["表1"].iter_rows() for cell in row}
    assert "填表人另附材料" not in texts
    assert doubts(again(made, "city")) == doubts(content)


def doubts(content: bytes) -> dict[tuple[str, int], str]:
    rows = read_submission(content, "submissions/a.xlsx", CONTRACTS).observations
    return {(row["indicator"], row["year"]): row["doubt"] for row in rows if row["doubt"]}
