"""Words beside a figure: kept with it, and in doubt where they change what it is about."""

from decimal import Decimal

import pytest

from contracts.load import load_contracts
from transforms.intake.values.cell_text import parse_text
from transforms.intake.values.remarks import doubt_of, is_known, is_own

CITY = load_contracts("first-batch").tables["city"].by_code

# Text, qualifier, value, unit, remarks.
TEXTS = (
    ("41（年报数）", "exact", "41", None, ("年报数",)),
    ("8.6（初步统计数）", "exact", "8.6", None, ("初步统计数",)),
    ("21.5%（占GDP比重）", "exact", "21.5", "%", ("占GDP比重",)),
    ("0.52（2015年不变价）", "exact", "0.52", None, ("2015年不变价",)),
    ("6%以上（夏季尖峰负荷）", "at_least", "6", "%", ("夏季尖峰负荷",)),
    ("（建成区）71", "exact", "71", None, ("建成区",)),
    ("33.1％【含外购绿电】", "exact", "33.1", "%", ("含外购绿电",)),
    ("44（较2020年提高3个百分点）", "exact", "44", None, ("较2020年提高3个百分点",)),
    ("达到年最大负荷的6%左右", "about", "6", "%", ("年最大负荷",)),
    ("占GDP的18%", "exact", "18", "%", ("占gdp",)),
    ("累计达到9万辆", "exact", "9", "万辆", ("累计",)),
    ("年均3.1%", "exact", "3.1", "%", ("年均",)),
    ("25%（2021年）", "exact", "25", "%", ("2021年",)),
    ("完成省下达任务（约20%）", "qualitative", None, None, ("(约20%)",)),
    ("12（万千瓦）", "exact", "12", "(万千瓦)", ()),
    ("282.5(162.5)", "unreadable", None, None, ()),
)


@pytest.mark.parametrize(("text", "qualifier", "value", "unit", "remarks"), TEXTS, ids=[row[0] for row in TEXTS])
def test_a_remark_is_kept_beside_the_value(
    text: str, qualifier: str, value: str | None, unit: str | None, remarks: tuple[str, ...]
) -> None:
    parsed = parse_text(text)
    assert (parsed.qualifier, parsed.value, parsed.unit) == (qualifier, Decimal(value) if value else None, unit)
    assert tuple(remark.casefold() for remark in parsed.remarks) == tuple(remark.casefold() for remark in remarks)


@pytest.mark.parametrize(
    ("text", "value", "bracket"),
    [
        ("[31.5]", "31.5", "[]"),
        ("（8.8）", "8.8", "()"),
        ("【12】%", "12", "【】"),
        ("［3］万亩", "3", "[]"),
        ("〔7〕", "7", "〔〕"),
    ],
)
def test_a_figure_in_brackets_is_read_with_them(text: str, value: str, bracket: str) -> None:
    parsed = parse_text(text)
    assert (parsed.value, parsed.bracket) == (Decimal(value), bracket)


@pytest.mark.parametrize(
    ("code", "remark", "year"),
    [
        ("C18", "主城区", 2022),
        ("C08", "含在建", 2025),
        ("C08", "含储备项目", 2025),
        ("C08", "其中含拟建和筹建", 2025),
        ("C08", "包括规划项目", 2025),
        ("C16", "含摩托车", 2025),
        ("C26", "全社会研发投入强度", 2022),
        ("C24", "林木绿化率", 2025),
        ("C04", "占规上工业增加值比重", 2022),
        ("C04", "规模以上", 2022),
        ("C20", "五年累计数", 2025),
        ("C25", "“十四五”累计", 2025),
        ("C07", "全省", 2025),
        ("C07", "2021年数据", 2022),
        ("C12", "政府投资项目", 2025),
        ("C08", "不含农村", 2025),
        ("C07", "不降反升的数值", 2022),
        ("C06", "年均", 2025),
    ],
)
def test_a_remark_that_changes_the_meaning_is_a_doubt(code: str, remark: str, year: int) -> None:
    assert doubt_of(remark, CITY[code], year)


@pytest.mark.parametrize(
    ("code", "remark", "year"),
    [
        ("C07", "快报数", 2022),
        ("C01", "2020年可比价", 2022),
        ("C04", "占GDP", 2022),
        ("C09", "最大用电负荷", 2025),
        ("C10", "含在建", 2025),
        ("C22", "年均", 2025),
        ("C17", "累计", 2025),
        ("C07", "2022年数据", 2022),
        ("C07", "含绿证", 2025),
        ("C11", "其中分布式光伏120万千瓦", 2025),
        ("C18", "全市域", 2025),
        ("C05", "建设用地", 2022),
        ("C16", "新车销量", 2022),
        ("C09", "夏峰", 2025),
        ("C07", "较2020年下降2个百分点", 2025),
    ],
)
def test_a_remark_that_says_more_about_the_value_is_no_doubt(code: str, remark: str, year: int) -> None:
    assert doubt_of(remark, CITY[code], year) is None
    assert is_known(remark) or is_own(remark, CITY[code])
