"""What the text or number of a cell means: the ways of writing seen in published plans, and how to get them wrong."""

import datetime as dt
import io
import unicodedata
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.schemas.published import QUALIFIERS
from transforms.intake.cells import Cell
from transforms.intake.formats import read_workbook
from transforms.intake.values.cell_text import parse_cell, parse_text
from transforms.intake.values.cell_value import CellValue

# Text, qualifier, value as given, unit that the text itself names.
TEXTS: tuple[tuple[str, str, str | None, str | None], ...] = (
    # DESIGN section 4: cells really seen
    ("达到4%以上", "at_least", "4", "%"),
    ("25%左右", "about", "25", "%"),
    ("98以上", "at_least", "98", None),
    ("3.4左右", "about", "3.4", None),
    ("不超过1.3", "at_most", "1.3", None),
    ("不低于41.5%", "at_least", "41.5", "%"),
    ("282.5(162.5)", "unreadable", None, None),
    ("564万千瓦", "exact", "564", "万千瓦"),
    ("较2020年下降14.5%", "relative", None, None),
    ("完成省下达目标", "qualitative", None, None),
    ("在2025年基础上继续大幅下降", "qualitative", None, None),
    ("保持国内超大城市领先水平", "qualitative", None, None),
    ("持续下降", "qualitative", None, None),
    ("20余个", "at_least", "20", "个"),
    ("3万多辆", "at_least", "3", "万辆"),
    ("约560余万千瓦", "about", "560", "万千瓦"),
    ("20%以上，力争25%", "at_least", "20", "%"),
    ("确保20%，力争25%", "exact", "20", "%"),
    ("25.5%以上且不低于全省平均水平", "at_least", "25.5", "%"),
    ("累计新增20个", "exact", "20", "个"),
    ("70%↑", "exact", "70", "%"),
    ("待定", "missing", None, None),
    ("同2025年", "qualitative", None, None),
    ("一批", "qualitative", None, None),
    ("进一步提高", "qualitative", None, None),
    # published plans, cell by cell
    ("15%左右", "about", "15", "%"),
    ("比2020年下降16.5%", "relative", None, None),
    ("达到34.5%", "exact", "34.5", "%"),
    ("提高至26%", "exact", "26", "%"),
    ("比2005年下降68%以上", "relative", None, None),
    ("降至75%以下", "at_most", "75", "%"),
    ("力争达到45%左右", "about", "45", "%"),
    ("下降15.5%", "relative", None, None),
    ("达到15.5%以上", "at_least", "15.5", "%"),
    ("降幅完成国家下达目标", "qualitative", None, None),
    ("力争达到32%以上", "at_least", "32", "%"),
    ("确保完成国家下达指标", "qualitative", None, None),
    ("提高到11%", "exact", "11", "%"),
    ("控制在3.64亿吨标煤左右", "about", "3.64", "亿吨标煤"),
    ("约24%", "about", "24", "%"),
    ("21%", "exact", "21", "%"),
    ("达到5万千瓦", "exact", "5", "万千瓦"),
    ("达到880万千瓦", "exact", "880", "万千瓦"),
    ("分别超过30%", "unreadable", None, None),
    ("达到5%左右", "about", "5", "%"),
    ("达到7.9%以上", "at_least", "7.9", "%"),
    ("高于“十三五”时期实际", "qualitative", None, None),
    ("超过60%", "at_least", "60", "%"),
    ("比2020年下降10%", "relative", None, None),
    ("进一步下降", "qualitative", None, None),
    ("达到1400万千瓦以上", "at_least", "1400", "万千瓦"),
    ("达到30万千瓦左右", "about", "30", "万千瓦"),
    ("达196亿千瓦时 / 达80亿千瓦时", "unreadable", None, None),
    ("建成加氢站30座以上", "unreadable", None, None),
    ("推广应用氢燃料电池汽车2000辆以上", "unreadable", None, None),
    ("氢燃料电池汽车保有量实现加速增长", "qualitative", None, None),
    ("控制在15%左右", "about", "15", "%"),
    ("不低于80%", "at_least", "80", "%"),
    ("达100%", "exact", "100", "%"),
    ("电动重卡保有量实现倍增", "qualitative", None, None),
    ("达到500座以上 / 达到66万千瓦以上", "unreadable", None, None),
    ("综合利用处置率进一步提高", "qualitative", None, None),
    ("比2020年增长10%以上", "relative", None, None),
    ("比2025年增长8%以上", "relative", None, None),
    ("全部实施循环化改造", "qualitative", None, None),
    ("显著提升", "qualitative", None, None),
    ("达20个", "exact", "20", "个"),
    ("力争创建省级及以上绿色工厂260家", "unreadable", None, None),
    ("50万个以上 / 200个以上", "unreadable", None, None),
    ("达到79%", "exact", "79", "%"),
    ("1.36", "exact", "1.36", None),
    ("986.6(626.6)", "unreadable", None, None),
    ("300克以下", "at_most", "300", "克"),
    ("1000万千瓦", "exact", "1000", "万千瓦"),
    # ways of typing a plain number
    ("0", "exact", "0", None),
    ("0%", "exact", "0", "%"),
    (" 25.3 ", "exact", "25.3", None),
    ("25.3 %", "exact", "25.3", "%"),
    ("２５．３％", "exact", "25.3", "%"),
    ("25.3﹪", "exact", "25.3", "%"),
    ("1,234.5", "exact", "1234.5", None),
    ("１，２３４．５", "exact", "1234.5", None),
    ("12 000", "exact", "12000", None),
    ("1\u00a0234\u00a0567", "exact", "1234567", None),
    ("+3", "exact", "3", None),
    ("-5.2%", "exact", "-5.2", "%"),
    ("－5.2", "exact", "-5.2", None),
    ("−5.2", "exact", "-5.2", None),
    ("1.2E+05", "exact", "120000", None),
    ("12,345千瓦", "exact", "12345", "千瓦"),
    ("3.5 万辆", "exact", "3.5", "万辆"),
    ("12.5万", "exact", "12.5", "万"),
    ("0.45吨标准煤/万元", "exact", "0.45", "吨标准煤/万元"),
    ("0.5‰", "exact", "0.5", "‰"),
    # bounds and estimates
    ("≥25%", "at_least", "25", "%"),
    (">=25", "at_least", "25", None),
    ("＞25", "at_least", "25", None),
    ("≧25", "at_least", "25", None),
    ("98%及以上", "at_least", "98", "%"),
    ("不少于1200个", "at_least", "1200", "个"),
    ("至少30", "at_least", "30", None),
    ("≤0.5", "at_most", "0.5", None),
    ("＜0.5", "at_most", "0.5", None),
    ("不高于1.2吨/万元", "at_most", "1.2", "吨/万元"),
    ("控制在5以内", "at_most", "5", None),
    ("约12万辆", "about", "12", "万辆"),
    ("接近30%", "about", "30", "%"),
    ("≈30", "about", "30", None),
    ("25%上下", "about", "25", "%"),
    # ranges have no value
    ("10%～15%", "range", None, "%"),
    ("5-8", "range", None, None),
    ("5—8", "range", None, None),
    ("0.3~0.4", "range", None, None),
    ("30至35", "range", None, None),
    # nothing there, and nothing that could be there
    ("", "missing", None, None),
    ("\u3000 \n", "missing", None, None),
    ("\u200b", "missing", None, None),
    ("暂无数据", "missing", None, None),
    ("未统计", "missing", None, None),
    ("—", "not_applicable", None, None),
    ("－", "not_applicable", None, None),
    ("/", "not_applicable", None, None),
    ("／", "not_applicable", None, None),
    ("无", "not_applicable", None, None),
    ("不涉及", "not_applicable", None, None),
    ("N/A", "not_applicable", None, None),
    ("98%以上（含）", "at_least", "98", "%"),
    ("30%(预计)", "exact", "30", "%"),
    ("大于等于30", "at_least", "30", None),
    ("不得低于5", "at_least", "5", None),
    ("达到或超过98%", "at_least", "98", "%"),
    ("不足5", "at_most", "5", None),
    ("约5-6", "range", None, None),
    # ambiguous
    ("见附件", "unreadable", None, None),
    ("25 30", "unreadable", None, None),
    ("25.3\n30.1", "unreadable", None, None),
    ("25.3 300", "unreadable", None, None),
    ("1 234 5", "unreadable", None, None),
    ("1,23", "unreadable", None, None),
    ("1,234,56", "unreadable", None, None),
    ("1.2.3", "unreadable", None, None),
    ("5±1", "unreadable", None, None),
    ("1/3", "unreadable", None, None),
    ("（5）", "exact", "5", None),
    ("25%以上，力争30%", "at_least", "25", "%"),
    ("不低于25以下", "unreadable", None, None),
    ("百分之三十五", "exact", "35", "%"),
    ("Ⅲ", "unreadable", None, None),
    ("①", "unreadable", None, None),
    ("inf", "unreadable", None, None),
    ("NaN", "unreadable", None, None),
    ("#REF!", "unreadable", None, None),
)
# NFKC turns these marks into digits: glued to a number they would change it.
MARKED = ("25.3①", "25.3²", "98⑵", "12³", "5½", "7⒈")
FORMATS = {dt.date: "yyyy-mm-dd", dt.time: "hh:mm"}
YEARS_IN_TEXT = ("2025年达到30%", "2025年，中心城区绿色出行比重达到70%以上", "到2025年达到30%左右")
BEHIND_A_NUMBER = ("达到78%节能要求", "100%达标", "30%(城区)")

NUMBERS = st.decimals(min_value=-(10**9), max_value=10**12, places=3, allow_nan=False, allow_infinity=False)
LOOKS_LIKE_A_VALUE = st.text(
    "0123456789.,%-+~至到年以上下约不低于超过万亿千瓦（）() \n\u3000①²e/—≥≤较比提高降", max_size=30
)


@pytest.mark.parametrize(("text", "qualifier", "value", "unit"), TEXTS, ids=[row[0] or "empty" for row in TEXTS])
def test_text_means(text: str, qualifier: str, value: str | None, unit: str | None) -> None:
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value, parsed.unit) == (qualifier, Decimal(value) if value else None, unit)


def test_the_table_is_long_enough_and_has_every_qualifier() -> None:
    assert len({row[0] for row in TEXTS}) == len(TEXTS) >= 80
    assert {row[1] for row in TEXTS} == set(QUALIFIERS)


@pytest.mark.parametrize("text", MARKED)
def test_a_footnote_mark_is_no_digit(text: str) -> None:
    """DESIGN: NFKC turns ① into 1; a value with such a mark is read without it or not at all."""
    own = Decimal(text.rstrip("①²⑵³½⒈"))
    assert parse_text(text).value in {None, own}


@pytest.mark.parametrize("text", YEARS_IN_TEXT)
def test_a_year_before_the_value_is_no_end_of_a_range(text: str) -> None:
    parsed = parse_text(text)
    assert parsed.qualifier != "range"
    assert parsed.value is None or parsed.value < 100


@pytest.mark.parametrize("text", BEHIND_A_NUMBER)
def test_words_behind_a_percentage_do_not_pass_for_a_plain_percentage(text: str) -> None:
    """A word too many makes the unit unknown, so that the value is excluded and reported."""
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.unit) != ("exact", "%") or parsed.remarks


@pytest.mark.parametrize(("text", "percent"), [("25.3%", "sign"), ("25.3", None), ("25.3万千瓦", None)])
def test_a_percent_sign_is_noted(text: str, percent: str | None) -> None:
    assert parse_text(text).percent == percent


@pytest.mark.parametrize(
    ("text", "base_year", "change"),
    [
        ("比2020年下降16.5%", 2020, "-16.5"),
        ("较2022年提高 10％", 2022, "10"),
        ("比2005年下降68%以上", 2005, "-68"),
        ("下降15.5%", None, None),
        ("较上年下降5%", None, None),
        ("比2020年提高3个百分点", None, None),
        ("比2020年年均下降3%", None, None),
        ("达到4%以上", None, None),
    ],
)
def test_a_change_is_known_only_against_a_year_that_is_named(
    text: str, base_year: int | None, change: str | None
) -> None:
    parsed = parse_text(text)
    assert (parsed.base_year, parsed.change) == (base_year, Decimal(change) if change else None)


@given(st.text() | LOOKS_LIKE_A_VALUE)
def test_any_text_is_read_as_something(text: str) -> None:
    parsed = parse_text(text)
    assert parsed.qualifier in QUALIFIERS
    assert (parsed.value is not None) == (parsed.qualifier in {"exact", "at_least", "at_most", "about"})


@given(NUMBERS)
def test_a_number_typed_plainly_is_itself(number: Decimal) -> None:
    assert parse_text(format(number, "f")) == CellValue("exact", number)


@given(NUMBERS)
def test_thousands_separators_change_nothing(number: Decimal) -> None:
    assert parse_text(format(number, ",f")).value == number


@given(NUMBERS)
def test_full_width_digits_change_nothing(number: Decimal) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in format(number, ",f"))
    assert unicodedata.normalize("NFKC", wide) == format(number, ",f")
    assert parse_text(wide).value == number


@given(NUMBERS, st.sampled_from(["%", " %", "％", "﹪"]))
def test_a_percentage_is_not_divided(number: Decimal, sign: str) -> None:
    assert parse_text(format(number, "f") + sign) == CellValue("exact", number, "%", "sign")


@given(NUMBERS, st.sampled_from([("达到", "以上", "at_least"), ("约", "", "about"), ("不超过", "", "at_most")]))
def test_words_around_a_number_leave_it_alone(number: Decimal, words: tuple[str, str, str]) -> None:
    before, after, qualifier = words
    parsed = parse_text(f"{before}{number:f}万千瓦{after}")
    assert (parsed.qualifier, parsed.value, parsed.unit) == (qualifier, number, "万千瓦")


def read_back(value: object, number_format: str = "General", data_type: str | None = None) -> Cell | None:
    """One cell, written into a real workbook and read from it."""
    book = openpyxl.Workbook()
    cell = book.worksheets[0]["B2"]
    cell.value = value
    cell.number_format = number_format
    cell.data_type = data_type or cell.data_type
    buffer = io.BytesIO()
    book.save(buffer)
    return read_workbook(buffer.getvalue()).sheets[0].cells.get((2, 2))


@pytest.mark.parametrize(
    ("number", "number_format", "value", "percent"),
    [
        (0.253, "0.0%", "25.3", "format"),
        (0.253, "0%", "25.3", "format"),
        (-0.012, "0.00%;[Red]-0.00%", "-1.2", "format"),
        (1, "0%", "100", "format"),
        (25.3, '0.0"%"', "25.3", None),
        (25.3, "0.00\\%", "25.3", None),
        (25.3, "General", "25.3", None),
        (25, "#,##0", "25", None),
        (0.1 + 0.2, "General", "0.3", None),
        (0.07 * 100, "0.0", "7", None),
        (0.289, "0.0%", "28.9", "format"),
        (123456789012345, "General", "123456789012345", None),
    ],
)
def test_number_cell_means(number: float, number_format: str, value: str, percent: str | None) -> None:
    parsed = parse_cell(read_back(number, number_format))
    assert parsed == CellValue("exact", Decimal(value), "%" if percent else None, percent)


@pytest.mark.parametrize(
    ("value", "data_type", "held", "qualifier"),
    [
        (None, None, None, "missing"),
        ("   ", None, "blank", "missing"),
        ("#DIV/0!", "e", "error", "unreadable"),
        ("#N/A", "e", "error", "unreadable"),
        ("=E3*2", "f", "formula", "unreadable"),
        (dt.date(2024, 3, 15), None, "date", "unreadable"),
        (dt.time(8, 30), None, "date", "unreadable"),
        (True, None, "boolean", "unreadable"),
        (False, None, "boolean", "unreadable"),
        ("=5", "s", "text", "unreadable"),
        ("持续下降", None, "text", "qualitative"),
    ],
)
def test_other_cells_mean(value: object, data_type: str | None, held: str | None, qualifier: str) -> None:
    cell = read_back(value, FORMATS.get(type(value), "General"), data_type)
    assert (cell.held if cell else None) == held
    assert parse_cell(cell) == CellValue(qualifier)
