"""The blank workbook: what may be filled in, what may not, and that it comes back as it should."""

import io
from collections.abc import Iterator

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook

from contracts.load import load_contracts
from tests.sample import clean_submission, layouts
from transforms.check import check_workbook
from transforms.intake.submission import read_submission
from transforms.template import ADDED_ROWS, COVER_FIELDS, PROJECT_COLUMNS, render_template

CONTRACTS = load_contracts("first-batch")
YEARS = CONTRACTS.round.years
PILOTS = {"city": ("湖北省", "襄阳市"), "park": ("安徽省", "合肥高新技术产业开发区")}
KINDS = pytest.mark.parametrize("kind", PILOTS)
LONG = "很长的试点名称" * 43  # 301 characters
EXTREME = ('=HYPERLINK("x")', "+1+1", "@SUM(A1)", "#REF!", LONG[:300])


def blank(kind: str, pilot: str | None = None) -> Workbook:
    """The template as it arrives: saved and opened again."""
    province, name = PILOTS[kind]
    book = render_template(CONTRACTS.tables[kind], CONTRACTS.round, pilot=pilot or name, province=province)
    return openpyxl.load_workbook(io.BytesIO(saved(book)))


def saved(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cells(book: Workbook) -> Iterator[Cell]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from row


@KINDS
def test_sheets_are_as_designed(kind: str) -> None:
    assert blank(kind).sheetnames == ["封面", CONTRACTS.tables[kind].sheet, "重点工程", "说明"]


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
def test_inputs_of_shares_warn_and_do_not_forbid(kind: str) -> None:
    table = CONTRACTS.tables[kind]
    rules = blank(kind)[table.sheet].data_validations.dataValidation
    assert {rule.errorStyle for rule in rules} == {"warning"}
    numbers = [rule for rule in rules if rule.type == "decimal"]
    places = [str(place) for rule in numbers for place in rule.sqref.ranges]
    shares = [row for row, indicator in enumerate(table.indicators, 3) if list(indicator.scales) == ["%"]]
    assert sorted(places) == sorted(f"E{row}:G{row}" for row in shares)
