"""The blank workbook: what may be filled in, what may not, and that it comes back as it should."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook

from contracts.load import load_contracts
from tests.sample import Submission as Sample
from tests.sample import add, clean_submission, layouts, leave_out, put, repeat
from transforms.intake.submission import read_submission
from transforms.reports.office_files import workbook_bytes
from transforms.reports.template.cover import COVER_FIELDS
from transforms.reports.template.earlier_submission import read_earlier, reason_unusable
from transforms.reports.template.forms import PROJECT_COLUMNS
from transforms.reports.template.guide import EXAMPLES
from transforms.reports.template.table import ADDED_ROWS
from transforms.reports.template.workbook import render_template
from transforms.self_check import check_workbook

CONTRACTS = load_contracts("first-batch")
YEARS = CONTRACTS.round.years
PILOTS = {"city": ("湖北省", "襄阳市"), "park": ("安徽省", "合肥高新技术产业开发区")}
KINDS = pytest.mark.parametrize("kind", PILOTS)
LONG = "很长的试点名称" * 43  # 301 characters
EXTREME = ('=HYPERLINK("x")', "+1+1", "@SUM(A1)", "#REF!", LONG[:300])


@cache
def blank(kind: str, pilot: str | None = None) -> Workbook:
    """The template as it arrives: saved and opened again. No test may change it."""
    province, name = PILOTS[kind]
    book = render_template(CONTRACTS.tables[kind], CONTRACTS.round, pilot=pilot or name, province=province)
    return openpyxl.load_workbook(io.BytesIO(saved(book)))


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(book: Workbook) -> Iterator[Cell]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from row


@KINDS
def test_sheets_are_as_designed(kind: str) -> None:
    book = blank(kind)
    optional = ["基础数据"] if kind == "city" else []
    names = ["封面", "填报说明", CONTRACTS.tables[kind].sheet, "重点工程", "说明", *optional, "_元数据"]
    assert book.sheetnames == names
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"] == ["_元数据"]


@KINDS
def test_every_sheet_is_protected_without_a_password(kind: str) -> None:
    for sheet in blank(kind).worksheets:
        assert sheet.protection.sheet
        assert not sheet.protection.password


@KINDS
def test_the_table_is_laid_out_as_in_the_guide(kind: str) -> None:
    table = CONTRACTS.tables[kind]
    sheet = blank(kind)[table.sheet]
    header = [cell.value for cell in sheet[2]]
    assert header == ["序号", "类别", "具体指标", "单位", *(f"{year}年" for year in YEARS), "备注"]
    assert sheet["A1"].value == f"{table.sheet}　{table.title}"
    for row, indicator in enumerate(table.indicators, 3):
        printed = [sheet.cell(row, column).value for column in (1, 3, 4)]
        assert printed == [indicator.number, indicator.name, indicator.unit]
    categories = [sheet.cell(row, 2).value for row in range(3, 3 + len(table.indicators))]
    assert [text for text in categories if text] == list(dict.fromkeys(row.category for row in table.indicators))


@KINDS
def test_labels_are_locked_and_inputs_are_not(kind: str) -> None:
    table = CONTRACTS.tables[kind]
    sheet = blank(kind)[table.sheet]
    for row, indicator in enumerate(table.indicators, 3):
        locked = [sheet.cell(row, column).protection.locked for column in range(1, 9)]
        open_unit = indicator.printed_scale is None
        assert locked == [True, True, True, not open_unit, False, False, False, False], indicator.code
    for row in (1, 2):
        assert all(cell.protection.locked for cell in sheet[row])


@KINDS
def test_rows_for_added_indicators_are_open(kind: str) -> None:
    sheet = blank(kind)[CONTRACTS.tables[kind].sheet]
    first = 3 + len(CONTRACTS.tables[kind].indicators)
    for row in range(first, first + ADDED_ROWS):
        assert [sheet.cell(row, column).protection.locked for column in (1, 3, 4, 5, 6, 7, 8)] == [False] * 7
        assert sheet.cell(row, 2).protection.locked


@KINDS
def test_the_cover_asks_what_the_reader_looks_for(kind: str) -> None:
    province, pilot = PILOTS[kind]
    cover = blank(kind)["封面"]
    answers = {cover.cell(row, 1).value: cover.cell(row, 2) for row in range(4, 4 + len(COVER_FIELDS))}
    assert tuple(answers) == ("省份", "试点名称", "试点类型", "填报单位", "联系人", "填报日期", "版本")
    assert (answers["省份"].value, answers["试点名称"].value) == (province, pilot)
    assert {field for field, cell in answers.items() if cell.protection.locked} == {"省份", "试点类型"}


@KINDS
def test_projects_have_the_columns_of_the_design(kind: str) -> None:
    sheet = blank(kind)["重点工程"]
    header = [cell.value for cell in sheet[2]]
    assert header == list(PROJECT_COLUMNS)
    assert [text.split("（")[0] for text in header] == [
        "项目名称",
        "领域",
        "建设内容",
        "建设起止年限",
        "总投资",
        "预期效果",
        "支撑指标",
    ]
    assert not any(cell.protection.locked for cell in sheet[3])


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


@KINDS
def test_nothing_in_it_is_a_formula(kind: str) -> None:
    assert not [cell.coordinate for cell in cells(blank(kind)) if cell.data_type == "f"]


@pytest.mark.parametrize("pilot", EXTREME)
@KINDS
def test_an_extreme_name_stays_text(kind: str, pilot: str) -> None:
    book = blank(kind, pilot)
    assert not [cell.coordinate for cell in cells(book) if cell.data_type not in {"s", "n"}]
    assert book["封面"]["B5"].value == pilot


@pytest.mark.parametrize("pilot", EXTREME)
def test_an_extreme_name_is_read_back(pilot: str) -> None:
    who = read_submission(saved(blank("city", pilot)), "submissions/a.xlsx", CONTRACTS).identity
    assert (who.province, who.pilot, who.kind, who.listed) == ("湖北省", pilot, "city", False)


@KINDS
def test_inputs_warn_with_words_and_never_forbid(kind: str) -> None:
    table = CONTRACTS.tables[kind]
    rules = blank(kind)[table.sheet].data_validations.dataValidation
    assert {rule.errorStyle for rule in rules} == {"warning"}
    numbers = {str(rule.sqref): rule for rule in rules if rule.type == "decimal"}
    assert list(numbers) == [f"E{row}:G{row}" for row in range(3, 3 + len(table.indicators))]
    for indicator, rule in zip(table.indicators, numbers.values(), strict=True):
        assert rule.showErrorMessage
        assert "文字" in rule.error
        assert rule.prompt.startswith(f"单位：{indicator.unit}。")
        assert rule.prompt.endswith(indicator.scope + indicator.hint)
        share = indicator.printed_scale == "%"
        assert (rule.operator, "百分数" in rule.error) == ("between" if share else "greaterThanOrEqual", share)
        if share and indicator.scales["%"].measure != "growth":
            assert (rule.formula1, rule.formula2) == ("0", "100")


@KINDS
def test_every_message_is_as_short_as_excel_wants_it(kind: str) -> None:
    """Excel calls a workbook damaged where one is longer."""
    for sheet in blank(kind).worksheets:
        for rule in sheet.data_validations.dataValidation:
            assert len(rule.promptTitle or "") <= 32
            assert len(rule.prompt or "") <= 255
            assert len(rule.errorTitle or "") <= 32
            assert len(rule.error or "") <= 225
            assert len(rule.formula1 or "") <= 255


@KINDS
def test_the_instructions_say_something_of_every_indicator(kind: str) -> None:
    shown = {cell.value for row in blank(kind)["填报说明"].iter_rows() for cell in row}
    for indicator in CONTRACTS.tables[kind].indicators:
        assert min(len(indicator.scope), len(indicator.hint)) >= 8
        assert {indicator.name, indicator.unit, indicator.scope, indicator.hint} <= shown


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


@KINDS
def test_the_hidden_sheet_knows_round_and_contracts(kind: str) -> None:
    province, pilot = PILOTS[kind]
    table = CONTRACTS.tables[kind]
    book = render_template(table, CONTRACTS.round, pilot=pilot, province=province, contracts="f" * 64)
    facts = dict(openpyxl.load_workbook(io.BytesIO(saved(book)))["_元数据"].iter_rows(values_only=True))
    assert facts == {"批次代码": "first-batch", "规则文件标识": "f" * 64, "指标表": table.sheet}


# ---- with what was submitted before ----------------------------------------------------------------------------------


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


EARLIER = (layouts.official, layouts.with_sources, layouts.other_units, layouts.percent_cells, layouts.text_cells)


@pytest.mark.parametrize("layout", EARLIER, ids=lambda layout: layout.__name__)
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


# ---- saved by another program ----------------------------------------------------------------------------------------


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
