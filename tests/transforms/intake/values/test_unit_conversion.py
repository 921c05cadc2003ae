"""Units: what was given becomes the indicator's unit exactly, or nothing where that is not certain."""

import io
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.load import load_contracts
from tests.support.one_in import one_in
from tests.support.self_checked import check_workbook
from transforms.intake.cells import Cell
from transforms.intake.submission import read_submission
from transforms.intake.values.cell_text import parse_cell, parse_text
from transforms.intake.values.unit_conversion import convert_row

CONTRACTS = load_contracts("first-batch")
YEARS = CONTRACTS.round.years
INDICATORS = {row.code: row for table in CONTRACTS.tables.values() for row in table.indicators}
HUGE = ("1e400", "9" * 400, "-1e400")
SENDERS = {"city": "河北省唐山市", "park": "江苏省苏州工业园区"}

Given = str | int | float | None


def workbook_with(code: str, unit: str | None, values: list[Given], number_format: str = "General") -> bytes:
    """A table of three indicators, one of them with this unit and these cells."""
    table = CONTRACTS.tables["city" if code.startswith("C") else "park"]
    others = [row for row in table.indicators if row.code != code][:2]
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append([f"{SENDERS[table.kind]}{table.title}"])
    sheet.append(["具体指标", "单位", *(f"{year}年" for year in YEARS)])
    sheet.append([table.by_code[code].name, unit, *values])
    for row in others:
        sheet.append([row.name, row.unit])
    for column in range(3, 6):
        sheet.cell(3, column).number_format = number_format
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_row(code: str, unit: str | None, *values: Given, number_format: str = "General") -> list[dict[str, Any]]:
    """The observations of one row, a year each."""
    cells = [*values, *[None] * (len(YEARS) - len(values))]
    read = read_submission(workbook_with(code, unit, cells, number_format), "submissions/a.xlsx", CONTRACTS)
    return [row for row in read.observations if row["indicator"] == code]


def rules_found(code: str, unit: str | None, *values: Given, number_format: str = "General") -> set[str]:
    """Rules that speak about the row with all its years given."""
    content = workbook_with(code, unit, list(values), number_format)
    return {finding["rule"] for finding in check_workbook(content, "a.xlsx", CONTRACTS) if finding["indicator"] == code}


# Code, unit column, cell, value in the canonical unit, canonical unit.
CONVERSIONS: tuple[tuple[str, str | None, Given, float, str], ...] = (
    ("C11", "万千瓦", 432.1, 4321000, "千瓦"),
    ("C11", "万千瓦", 0.07, 700, "千瓦"),
    ("C11", "万千瓦", "564", 5640000, "千瓦"),
    ("C11", " 万 千瓦", 18.3, 183000, "千瓦"),
    ("C11", "（万千瓦）", 18.3, 183000, "千瓦"),
    ("C11", "MW", 1.1, 1100, "千瓦"),
    ("C11", "GW", 0.29, 290000, "千瓦"),
    ("C11", "kw", 4, 4, "千瓦"),
    ("C25", "万亩", 1.5, 1000, "公顷"),
    ("C25", "万亩", 5.73, 3820, "公顷"),
    ("C25", "亩", 45, 3, "公顷"),
    ("C25", "平方公里", 1.1, 110, "公顷"),
    ("C25", "km²", 1.1, 110, "公顷"),
    ("P09", "MJ/m²", "400 MJ/m²", 400, "MJ/m²"),
    ("P09", None, "不高于20kgce/m2", 586.152, "MJ/m²"),
    ("C02", "吨/万元", "1.1tCO2/万元", 1.1, "吨/万元"),
    ("C02", "吨/万元", "1.1tCO₂/万元以下", 1.1, "吨/万元"),
    ("C05", "亿元/平方公里", "0.6亿元/km²左右", 0.6, "亿元/平方公里"),
    ("C25", "公顷", "22hm²", 22, "公顷"),
    ("C25", "公顷", "3.3万亩/年", 2200, "公顷"),
    ("C25", "公顷/年", 2200, 2200, "公顷"),
    ("C10", "个", "5家", 5, "个"),
    ("C07", "%", "70（含）以上", 70, "%"),
    ("P09", "kgce/m²", 20, 586.152, "MJ/m²"),
    ("P09", "kgce/m ²", 20, 586.152, "MJ/m²"),
    ("P09", "kgce/㎡", 20, 586.152, "MJ/m²"),
    ("P09", "千克标准煤/平方米", 0.1, 2.93076, "MJ/m²"),
    ("P09", "kWh/m2", 100.1, 360.36, "MJ/m²"),
    ("P09", "MJ／m²", 415.2, 415.2, "MJ/m²"),
    ("C17", "万辆", 7.6, 76000, "辆"),
    ("C17", "万辆", "约2.3", 23000, "辆"),
    ("C17", "台", 76000, 76000, "辆"),
    ("C01", "千克标准煤/万元", 450, 0.45, "吨标准煤/万元"),
    ("C05", "万元/亩", 4, 0.6, "亿元/平方公里"),
    ("C11", "万kW", 1735.4, 17354000, "千瓦"),
    ("C11", "千瓦", "1735万KW", 17350000, "千瓦"),
    ("C25", "公顷", "4.83千公顷", 4830, "公顷"),
    ("C25", "平方千米", 1.1, 110, "公顷"),
    ("C05", "亿元/平方千米", 0.6, 0.6, "亿元/平方公里"),
    ("C05", "万元/平方千米", 6000, 0.6, "亿元/平方公里"),
    ("C02", "万吨/亿元", 1.1, 1.1, "吨/万元"),
    ("C22", "%", "2.8%/年", 2.8, "%"),
    ("P01", "%/年", 6.1, 6.1, "%"),
    ("C17", "辆", "26.7万（辆）", 267000, "辆"),
    ("C17", "万（辆）", 26.7, 267000, "辆"),
    ("P11", "辆（%）", "1.2万台", 12000, "辆"),
    ("P09", "kWh/(m²·a)", 100, 360, "MJ/m²"),
    ("C15", "‰", 875, 87.5, "%"),
    ("C13", "%", "87.5‰", 8.75, "%"),
    ("P13", "‰", "870", 87, "%"),
    # the cell names a unit of its own, which counts
    ("C11", "千瓦", "564万千瓦", 5640000, "千瓦"),
    ("C11", "万千瓦", "564万千瓦", 5640000, "千瓦"),
    ("C11", "万千瓦", "5640000千瓦", 5640000, "千瓦"),
    ("C11", None, "564万千瓦", 5640000, "千瓦"),
    ("C17", "万辆", "76000辆", 76000, "辆"),
    ("C07", "吨", "25.3%", 25.3, "%"),
    # a bare 万 or 亿 multiplies the unit of the column
    ("C17", "辆", "3.5万", 35000, "辆"),
    ("C17", None, "3.5万", 35000, "辆"),
    ("C11", "千瓦", "0.02亿", 2000000, "千瓦"),
    # percent
    ("C07", "%", 25.3, 25.3, "%"),
    ("C07", "%", "25.3%", 25.3, "%"),
    ("C07", "％", "25.3", 25.3, "%"),
    ("C07", "%", 0.253, 0.253, "%"),
    ("P11", "%", 34.5, 34.5, "%"),
    ("P11", "辆", 34, 34, "辆"),
    ("P11", "辆（%）", "34.5%", 34.5, "%"),
    ("P11", None, "34辆", 34, "辆"),
)


@pytest.mark.parametrize(("code", "column", "cell", "value", "unit"), CONVERSIONS)
def test_given_becomes(code: str, column: str | None, cell: Given, value: float, unit: str) -> None:
    row = read_row(code, column, cell)[0]
    assert (row["value"], row["unit"]) == (float(value), unit)  # exactly: no noise of floats


@pytest.mark.parametrize(
    ("code", "column", "cell"),
    [
        ("C07", "吨", 25.3),
        ("C07", "千瓦", 25.3),
        ("C11", "千瓦时", 432),
        ("C02", "吨标准煤/万元", 1.2),
        ("P09", "吨标准煤/万元", 20),
        ("P11", "个", 34),
    ],
)
def test_a_unit_that_cannot_be_converted_gives_no_value(code: str, column: str, cell: Given) -> None:
    row = read_row(code, column, cell)[0]
    assert (row["value"], row["raw_value"], row["raw_unit"]) == (None, str(cell), column)
    assert "UNIT-UNKNOWN" in rules_found(code, column, cell, cell, cell)


@pytest.mark.parametrize(
    ("code", "column", "cell"),
    [
        ("C11", "万千瓦", "25%"),
        ("C17", "万辆", "3.5万"),
        ("C07", "%", "3.5万"),
        ("C22", "%", "0.5‰"),
        ("C07", "%", "78%节能要求"),
        ("C07", "%", "100%达标"),
    ],
)
def test_a_cell_whose_unit_cannot_be_converted_has_no_value(code: str, column: str, cell: Given) -> None:
    row = read_row(code, column, cell, 26, 27)
    assert (row[0]["value"], row[0]["raw_value"]) == (None, cell)
    assert row[1]["value"] is not None  # the others of its row have
    assert rules_found(code, column, cell, 26, 27) & {"UNIT-CELL", "UNIT-UNKNOWN", "VALUE-NOT-NUMBER"}


def test_a_percent_format_shows_the_number_times_100() -> None:
    row = read_row("C07", "%", 0.253, 0.289, 0.07, number_format="0.0%")
    assert [cell["value"] for cell in row] == [25.3, 28.9, 7.0]
    assert {cell["conversion"] for cell in row} == {"单元格为百分比格式，按显示值读取"}
    assert rules_found("C07", "%", 0.253, 0.289, 0.3, number_format="0.0%") == set()


def test_a_conversion_spells_the_unit_of_a_cell_as_the_contract_does() -> None:
    rows = read_row("C11", "千瓦", "1.2GW", "1300Mw", "150万kw")
    assert [row["conversion"] for row in rows] == ["1GW＝1000000千瓦", "1MW＝1000千瓦", "1万kW＝10000千瓦"]
    assert [row["raw_unit"] for row in rows] == ["GW", "MW", "万kW"]


def test_per_mille_is_recorded_and_is_no_fraction_of_one() -> None:
    row = read_row("C13", "‰", 5, 60, 120)
    assert [(cell["value"], cell["conversion"]) for cell in row] == [
        (0.5, "1‰＝0.1%"),
        (6, "1‰＝0.1%"),
        (12, "1‰＝0.1%"),
    ]
    assert not rules_found("C13", "‰", 5, 60, 120) & {"VALUE-FRACTION", "UNIT-UNKNOWN", "UNIT-CELL"}
    assert not rules_found("C26", "%", "5‰", "6‰", "8‰") & {"VALUE-FRACTION", "UNIT-UNKNOWN", "UNIT-CELL"}


def test_a_percent_format_under_another_unit_gives_no_value() -> None:
    row = read_row("C02", "吨/万元", 1.2, number_format="0%")[0]
    assert row["value"] is None
    assert rules_found("C02", "吨/万元", 1.2, 1.1, 1, number_format="0%") & {"UNIT-CELL", "UNIT-UNKNOWN"}


def test_a_missing_unit_is_assumed_and_reported() -> None:
    row = read_row("C07", None, 25.3)[0]
    assert (row["value"], row["unit"], row["raw_unit"]) == (25.3, "%", None)
    assert row["conversion"] == "未填单位，按%"
    assert rules_found("C07", None, 25.3, 26, 27) == {"UNIT-ASSUMED"}


def test_a_conversion_is_spelled_out() -> None:
    assert read_row("C11", "万千瓦", 5)[0]["conversion"] == "1万千瓦＝10000千瓦"
    assert read_row("C25", "亩", 30)[0]["conversion"] == "1亩＝1/15公顷"
    assert read_row("P09", "kgce/m²", 20)[0]["conversion"] == "1kgce/m²＝29.3076MJ/m²"
    assert read_row("C11", "千瓦", 5)[0]["conversion"] is None


@pytest.mark.parametrize("column", ["辆（%）", "辆(%)", None])
def test_of_two_printed_units_one_above_100_shows_which(column: str | None) -> None:
    row = read_row("P11", column, 80, 120, 300)
    assert [(cell["value"], cell["unit"]) for cell in row] == [(80, "辆"), (120, "辆"), (300, "辆")]
    assert {cell["conversion"] for cell in row} == {"数值大于100，不是百分比，按辆"}


@pytest.mark.parametrize("column", ["辆（%）", None])
def test_of_two_printed_units_neither_is_guessed(column: str | None) -> None:
    row = read_row("P11", column, 34.5, 50, 100)
    assert [(cell["value"], cell["unit"]) for cell in row] == [(None, None)] * 3
    assert rules_found("P11", column, 34.5, 50, 100) == {"UNIT-AMBIGUOUS"}


def test_a_row_that_says_two_units_says_none() -> None:
    row = read_row("P11", "辆（%）", "34.5%", 1850, 2000)
    assert [(cell["value"], cell["unit"]) for cell in row] == [(None, None)] * 3
    assert rules_found("P11", "辆（%）", "34.5%", 1850, 2000) == {"UNIT-AMBIGUOUS"}


def test_a_relative_target_is_worked_out_where_its_base_year_is_a_column() -> None:
    row = read_row("C01", "吨标准煤/万元", 0.5, "较2022年下降13.5%", "比2022年下降20%以上")
    assert [cell["value"] for cell in row] == [0.5, 0.4325, 0.4]
    assert [cell["qualifier"] for cell in row] == ["exact", "relative", "relative"]
    assert row[1]["conversion"] == "2022年的0.5×（1－13.5%）"


@pytest.mark.parametrize(
    ("code", "target"),
    [("C01", "较2020年下降14.5%"), ("C01", "下降14.5%"), ("C07", "较2022年提高10%"), ("C07", "较2022年提高3个百分点")],
)
def test_a_relative_target_is_not_guessed(code: str, target: str) -> None:
    """No such year in the table, no year at all, or a percentage of which 10 % may be two things."""
    row = read_row(code, INDICATORS[code].unit, 0.5 if code == "C01" else 20, target)
    assert (row[1]["qualifier"], row[1]["value"], row[1]["raw_value"]) == ("relative", None, target)


def test_words_and_blanks_need_no_unit() -> None:
    row = read_row("C07", "%", "持续下降", None, "—")
    assert [cell["qualifier"] for cell in row] == ["qualitative", "missing", "missing"]
    assert [cell["value"] for cell in row] == [None] * 3


def test_an_added_indicator_stays_as_given() -> None:
    content = workbook_with("C11", "万千瓦", [5])
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.worksheets[0].insert_rows(4)
    for column, value in enumerate(("加氢站", "座", 3, "约8", 12), 1):
        book.worksheets[0].cell(4, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    read = read_submission(buffer.getvalue(), "submissions/a.xlsx", CONTRACTS)
    added = [row for row in read.observations if row["indicator"] == "X-1"]
    assert [(row["value"], row["unit"], row["conversion"]) for row in added] == [
        (3, "座", None),
        (8, "座", None),
        (12, "座", None),
    ]


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=lambda indicator: indicator.code)
def test_every_legal_unit_converts_by_its_factor(indicator) -> None:
    for scale_unit, scale in indicator.scales.items():
        for unit, factor in {scale_unit: 1, **scale.also}.items():
            (result,) = convert_row(indicator, unit, [parse_text("1")])
            assert (result.value, result.unit) == (float(factor), scale_unit), unit


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_ten_thousand_is_exact(digits: int, places: int) -> None:
    number = Decimal(digits).scaleb(-places)
    cell = Cell(1, 1, "number", f"{float(number):.15g}", float(number))
    (result,) = convert_row(INDICATORS["C11"], "万千瓦", [parse_cell(cell)])
    assert result.value == float(number * 10000)


def with_stored_number(content: bytes, number: str) -> bytes:
    """Put into the XML what no writer would put there, in place of the number 4711."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"<v>4711</v>", f"<v>{number}</v>".encode()))
    return buffer.getvalue()


def spoken_of(content: bytes, code: str) -> set[str]:
    """Rules that speak about an indicator or about the whole file."""
    found = check_workbook(content, "a.xlsx", CONTRACTS)
    return {finding["rule"] for finding in found if finding["indicator"] in {code, None}}


@pytest.mark.parametrize("number", one_in(3, HUGE), ids=lambda number: number[:6])
@pytest.mark.parametrize("code", ["C11", "C07"])
def test_a_text_beyond_all_bounds_is_their_mistake_and_not_ours(code: str, number: str) -> None:
    content = workbook_with(code, INDICATORS[code].unit, [number, 3, 4])
    assert spoken_of(content, code) & {"VALUE-NOT-NUMBER", "VALUE-BOUNDS"}


@pytest.mark.parametrize("number", one_in(3, [*HUGE, "NaN", "INF"]), ids=lambda number: number[:6])
def test_a_number_cell_beyond_all_bounds_is_their_mistake_and_not_ours(number: str) -> None:
    content = with_stored_number(workbook_with("C11", "千瓦", [4711, 5000, 6000]), number)
    assert spoken_of(content, "C11") & {"VALUE-NOT-NUMBER", "VALUE-BOUNDS", "FILE-UNREADABLE", "VALUE-ERROR-CELL"}


@pytest.mark.parametrize("number", ["1e400", "1e9999999", "9" * 400], ids=lambda number: number[:6])
def test_a_change_beyond_all_bounds_is_their_mistake_and_not_ours(number: str) -> None:
    content = workbook_with("C01", INDICATORS["C01"].unit, [0.5, f"较2022年提高{number}%", 0.4])
    assert spoken_of(content, "C01") & {"VALUE-NOT-NUMBER", "VALUE-BOUNDS", "VALUE-IN-WORDS"}


def test_cells_that_each_name_their_unit_keep_it() -> None:
    row = read_row("P11", "辆（%）", "1.2万辆", "3万辆", "≥80%")
    assert [(cell["value"], cell["unit"]) for cell in row] == [(12000, "辆"), (30000, "辆"), (80, "%")]
    assert all(cell["unit"] in cell["conversion"] for cell in row)


def test_a_bare_number_beside_two_units_is_ambiguous() -> None:
    row = read_row("P11", "辆（%）", 45, "3万辆", "≥80%")
    assert [cell["unit_from"] for cell in row] == ["ambiguous", "cell", "cell"]
    assert row[0]["value"] is None
