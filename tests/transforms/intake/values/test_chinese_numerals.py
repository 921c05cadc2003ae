"""Chinese numerals: what a careful official reads is read, what may mean two things is a doubt and never a figure."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.load import load_contracts
from transforms.intake.values.cell_text import parse_text
from transforms.intake.values.chinese_numerals import parse_numeral
from transforms.intake.values.unit_conversion import convert_row

TABLES = load_contracts("first-batch").tables
DIGITS = "零一二三四五六七八九"
PLAIN = {
    "三万五": 35000, "两千五": 2500, "一百五": 150, "一万二": 12000, "三亿五": 350000000, "两百三": 230,
    "一千零五": 1005, "一千〇五": 1005, "三千五百": 3500, "十五": 15, "廿": 20, "廿五": 25, "卅": 30,
    "一百廿五": 125, "三十五": 35, "一百一十五": 115, "一百十五": 115, "一百零五": 105, "一千五百三": 1530,
    "一千零五十": 1050, "三万五百": 30500, "三万零五百": 30500, "三万零五": 30005, "三万五千": 35000,
    "三万五千六": 35600, "十万": 100000, "十二万五": 125000, "二十万零七千": 207000, "两千五百万": 25000000,
    "一百零五万": 1050000, "三万亿": 3 * 10**12, "一亿两千三百万": 123000000, "一亿二": 120000000,
    "一亿零二百": 100000200, "壹仟贰佰": 1200, "叁万伍": 35000, "十二点三": "12.3", "十二点三万": 123000,
    "三点五亿": 350000000, "零": 0, "零点五": "0.5", "三点零五": "3.05", "3万5": 35000, "3千5": 3500,
    "2千5百": 2500, "1亿2000万": 120000000, "3万5千": 35000, "3万5000": 35000, "三萬五": 35000,
}  # fmt: skip
PERCENT = {
    "百分之三十五": "35", "百分之三点五": "3.5", "百分之35": "35", "百分之3.5": "3.5", "百分之百": "100",
    "百分之一百五": "150", "千分之五": "0.5", "万分之五": "0.05", "两成": "20", "一成五": "15", "三成半": "35",
    "三点五成": "35", "四分之一": "25", "二分之一": "50", "一半": "50", "半数": "50", "三十五%": "35",
    "百分百": "100",
}  # fmt: skip
DOUBTFUL = (
    "万五", "百五", "百万", "三五", "二〇二五", "二〇三〇年", "二三十", "十四五", "三五成", "七八成", "二千五万",
    "一百五万", "一亿二千", "三万五万", "万万", "三万万", "十十", "二十三十", "一千零五百", "零五", "零零",
    "三百五十万五", "十五成", "百分之二三十", "三成多", "三十余", "一百五点三", "三万五点二万", "三点十五",
    "五分之七", "零分之一", "三百十", "3万50", "三万05", "多半", "半", "三千万千", "一万零五百三", "一",
)  # fmt: skip
QUALIFIED = {
    "过半": ("at_least", 50), "近三成": ("about", 30), "近半": ("about", 50), "超过一半": ("at_least", 50),
    "半数以上": ("at_least", 50), "三成以上": ("at_least", 30), "过三成": ("at_least", 30), "不足两成": ("at_most", 20),
    "达到百分之三十五左右": ("about", 35), "不低于百分之四十": ("at_least", 40), "约四分之一": ("about", 25),
    "提高到三成五": ("exact", 35), "不超过百分之五": ("at_most", 5), "超过百分之三十以下": ("unreadable", None),
}  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_numbers(text: str) -> None:
    assert parse_numeral(text) == (Decimal(PLAIN[text]), False)
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value, parsed.unit) == ("exact", Decimal(PLAIN[text]), None)


@pytest.mark.parametrize("text", PERCENT)
def test_shares(text: str) -> None:
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value, parsed.unit) == ("exact", Decimal(PERCENT[text]), "%")


@pytest.mark.parametrize("text", QUALIFIED)
def test_words_around_a_numeral(text: str) -> None:
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value) == QUALIFIED[text]


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_may_mean_two_things_is_no_figure(text: str) -> None:
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value) == ("unreadable", None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三万五辆", (35000, "辆")),
        ("两百个", (200, "个")),
        ("十五公顷", (15, "公顷")),
        ("一定提高", (None, None)),
        ("十分显著", (None, None)),
        ("三万五千瓦", (None, None)),
    ],
)
def test_a_unit_behind_a_numeral(text: str, expected: tuple[int | None, str | None]) -> None:
    parsed = parse_text(text)
    assert (parsed.value, parsed.unit) == expected


@pytest.mark.parametrize(("unit", "value"), [("辆", 35000.0), ("万辆", None)])
def test_a_myriad_in_the_cell_and_in_the_column_is_a_doubt(unit: str, value: float | None) -> None:
    """三万五 under 万辆 may be 35 000 or 350 million."""
    indicator = next(row for row in TABLES["city"].indicators if row.unit.startswith("辆") or "辆" in row.scales)
    (read,) = convert_row(indicator, unit, [parse_text("三万五")])
    assert read.value == value
    assert (read.unit_from == "cell_unknown") == (value is None)


def spelled(number: int) -> str:
    """A number as the textbook spells it."""
    if number >= 10**4:
        high, low = divmod(number, 10**4)
        behind = "" if not low else spelled(low) if low >= 1000 else "零" + spelled(low)
        return f"{spelled(high)}万{behind}"
    said, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            said += ("零" if gap and said else "") + DIGITS[digit] + name
        gap = not digit
    return said


@given(st.integers(min_value=2, max_value=10**8 - 1))
def test_every_number_that_is_spelled_as_the_textbook_does_is_read(number: int) -> None:
    assert parse_numeral(spelled(number)) == (Decimal(number), False)


@given(st.text("零〇一二两三五九十百千万亿点成半分之%35廿", max_size=9))
def test_any_text_of_such_characters_is_a_number_or_none(text: str) -> None:
    numeral = parse_numeral(text)
    assert numeral is None or (numeral[0].is_finite() and numeral[0] >= 0)
