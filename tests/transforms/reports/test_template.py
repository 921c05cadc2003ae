"""The blank workbook: its sheets, what may be filled in and what may not, and the words beside each cell."""

import io

import openpyxl
import pytest

from tests.support.saved import saved
from tests.support.templates import CONTRACTS, EXTREME, KINDS, PILOTS, YEARS, blank, cells
from transforms.reports.template.cover import COVER_FIELDS
from transforms.reports.template.forms import PROJECT_COLUMNS
from transforms.reports.template.table import ADDED_ROWS
from transforms.reports.template.workbook import render_template


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
def test_nothing_in_it_is_a_formula(kind: str) -> None:
    assert not [cell.coordinate for cell in cells(blank(kind)) if cell.data_type == "f"]


@pytest.mark.parametrize("pilot", EXTREME)
@KINDS
def test_an_extreme_name_stays_text(kind: str, pilot: str) -> None:
    book = blank(kind, pilot)
    assert not [cell.coordinate for cell in cells(book) if cell.data_type not in {"s", "n"}]
    assert book["封面"]["B5"].value == pilot


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


@KINDS
def test_the_hidden_sheet_knows_round_and_contracts(kind: str) -> None:
    province, pilot = PILOTS[kind]
    table = CONTRACTS.tables[kind]
    book = render_template(table, CONTRACTS.round, pilot=pilot, province=province, contracts="f" * 64)
    facts = dict(openpyxl.load_workbook(io.BytesIO(saved(book)))["_元数据"].iter_rows(values_only=True))
    assert facts == {"批次代码": "first-batch", "规则文件标识": "f" * 64, "指标表": table.sheet}
