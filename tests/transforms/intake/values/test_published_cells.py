"""Cells as submitters write them, under the units that they write: what each means in the indicator's own unit.

One line each: indicator, text, text of the unit column (None: there is none), then qualifier, value and unit.
"""

from decimal import Decimal

import pytest

from contracts.load import load_contracts
from transforms.intake.values.cell_text import parse_text
from transforms.intake.values.unit_conversion import convert_row

TABLES = load_contracts("first-batch").tables
INDICATORS = TABLES["city"].by_code | TABLES["park"].by_code

CELLS = (
    # published words under the printed unit
    ("C07", "达到4%以上", "%", "at_least", "4", "%"),
    ("C07", "达到6%以上", "%", "at_least", "6", "%"),
    ("C07", "25%左右", "%", "about", "25", "%"),
    ("C07", "21%", "%", "exact", "21", "%"),
    ("C07", "21.4%", "％", "exact", "21.4", "%"),
    ("C07", "达到15.5%以上", "%", "at_least", "15.5", "%"),
    ("C07", "力争达到32%以上", "%", "at_least", "32", "%"),
    ("C07", "提高到11%", "%", "exact", "11", "%"),
    ("C07", "约24%", "%", "about", "24", "%"),
    ("C07", "3%～5%", "%", "range", None, "%"),
    ("C08", "达55%", "%", "exact", "55", "%"),
    ("C09", "达9%", "%", "exact", "9", "%"),
    ("C18", "达到70%以上", "%", "at_least", "70", "%"),
    ("C18", "达到79%", "%", "exact", "79", "%"),
    ("C23", "达到60%以上", "%", "at_least", "60", "%"),
    ("C23", "进一步提高", "%", "qualitative", None, "%"),
    ("C21", "98以上", "%", "at_least", "98", "%"),
    ("P12", "98以上", "%", "at_least", "98", "%"),
    ("P13", "达到45%以上", "%", "at_least", "45", "%"),
    ("P14", "3.4左右", "%", "about", "3.4", "%"),
    ("P08", "不低于50%", "%", "at_least", "50", "%"),
    ("C16", "达60%", "%", "exact", "60", "%"),
    ("C01", "完成省下达目标", "吨标准煤/万元", "qualitative", None, "吨标准煤/万元"),
    ("C01", "在2025年基础上继续大幅下降", "吨标准煤/万元", "qualitative", None, "吨标准煤/万元"),
    ("C01", "比2020年下降16.5%", "吨标准煤/万元", "relative", None, "吨标准煤/万元"),
    ("C02", "持续下降", "吨/万元", "qualitative", None, "吨/万元"),
    ("P03", "1.36", "吨CO2/万元", "exact", "1.36", "吨/万元"),
    ("P03", "1.06", "tCO2/万元", "exact", "1.06", "吨/万元"),
    # energy and carbon per value added
    ("C01", "0.45", "吨标准煤/万元", "exact", "0.45", "吨标准煤/万元"),
    ("C01", "0.45", "吨标煤/万元", "exact", "0.45", "吨标准煤/万元"),
    ("C01", "0.45", "tce/万元", "exact", "0.45", "吨标准煤/万元"),
    ("C01", "450", "千克标准煤/万元", "exact", "0.45", "吨标准煤/万元"),
    ("C01", "450", "kgce/万元", "exact", "0.45", "吨标准煤/万元"),
    ("C01", "4500", "吨标准煤/亿元", "exact", "0.45", "吨标准煤/万元"),
    ("C01", "0.45吨标准煤/万元", None, "exact", "0.45", "吨标准煤/万元"),
    ("C01", "不超过0.45", "吨标准煤／万元", "at_most", "0.45", "吨标准煤/万元"),
    ("C02", "1200", "千克/万元", "exact", "1.2", "吨/万元"),
    ("C02", "1.2", "t/万元", "exact", "1.2", "吨/万元"),
    ("C02", "1.2", "吨二氧化碳/万元", "exact", "1.2", "吨/万元"),
    ("C02", "降至1.2以下", "吨/万元", "at_most", "1.2", "吨/万元"),
    ("P02", "0.4", None, "exact", "0.4", "吨标准煤/万元"),
    # land
    ("C05", "1.5", "亿元/平方公里", "exact", "1.5", "亿元/平方公里"),
    ("C05", "1.5", "亿元/km²", "exact", "1.5", "亿元/平方公里"),
    ("C05", "150", "万元/公顷", "exact", "1.5", "亿元/平方公里"),
    ("C05", "10", "万元/亩", "exact", "1.5", "亿元/平方公里"),
    # capacity
    ("C11", "600万千瓦", "千瓦", "exact", "6000000", "千瓦"),
    ("C11", "1000万千瓦", "千瓦", "exact", "10000000", "千瓦"),
    ("C11", "600", "万千瓦", "exact", "6000000", "千瓦"),
    ("C11", "6000", "MW", "exact", "6000000", "千瓦"),
    ("C11", "6000", "兆瓦", "exact", "6000000", "千瓦"),
    ("C11", "6", "GW", "exact", "6000000", "千瓦"),
    ("C11", "6,000,000", "kW", "exact", "6000000", "千瓦"),
    ("C11", "６００万", "千瓦", "exact", "6000000", "千瓦"),
    ("C11", "达到1400万千瓦以上", "万千瓦", "at_least", "14000000", "千瓦"),
    ("C11", "达到30万千瓦左右", "万千瓦", "about", "300000", "千瓦"),
    ("C11", "1.2E+06", "千瓦", "exact", "1200000", "千瓦"),
    ("C11", "1 200 000", "千瓦", "exact", "1200000", "千瓦"),
    # vehicles
    ("C17", "3.5万", "辆", "exact", "35000", "辆"),
    ("C17", "3.5", "万辆", "exact", "35000", "辆"),
    ("C17", "3.5万辆以上", "辆", "at_least", "35000", "辆"),
    ("C17", "35,000", "台", "exact", "35000", "辆"),
    ("C17", "十二点三万", "辆", "exact", "123000", "辆"),
    ("C17", "约12万辆", None, "about", "120000", "辆"),
    ("P11", "850辆", "辆（%）", "exact", "850", "辆"),
    ("P11", "45%", "辆（%）", "exact", "45", "%"),
    ("P11", "850", "辆（%）", "exact", "850", "辆"),
    ("P11", "45", "辆（%）", "exact", None, None),
    ("P11", "45", "%", "exact", "45", "%"),
    ("P11", "45", "辆", "exact", "45", "辆"),
    # area
    ("C25", "12.5", "万亩", "exact", "8333.333333333334", "公顷"),
    ("C25", "15000", "亩", "exact", "1000", "公顷"),
    ("C25", "15万亩", "公顷", "exact", "10000", "公顷"),
    ("C25", "1.2", "万公顷", "exact", "12000", "公顷"),
    ("C25", "12", "平方公里", "exact", "1200", "公顷"),
    ("C25", "12", "km2", "exact", "1200", "公顷"),
    ("C25", "1200", "hm²", "exact", "1200", "公顷"),
    # energy per area
    ("P09", "500", "MJ/m ²", "exact", "500", "MJ/m²"),
    ("P09", "0.5", "GJ/㎡", "exact", "500", "MJ/m²"),
    ("P09", "10", "kgce/m²", "exact", "293.076", "MJ/m²"),
    ("P09", "10", "千克标准煤/平方米", "exact", "293.076", "MJ/m²"),
    ("P09", "100", "kWh/m2", "exact", "360", "MJ/m²"),
    ("P09", "100千瓦时/平方米", None, "exact", "360", "MJ/m²"),
    # numbers of things
    ("C10", "12", "个", "exact", "12", "个"),
    ("C10", "12座", "个", "exact", "12", "个"),
    ("C10", "≥20", "项", "at_least", "20", "个"),
    ("C10", "一百二十", "个", "exact", "120", "个"),
    ("C10", "无", "个", "not_applicable", None, "个"),
    # percentages in other forms
    ("C12", "百分之三十五", "%", "exact", "35", "%"),
    ("C12", "三成五", "%", "exact", "35", "%"),
    ("C12", "３５％", "%", "exact", "35", "%"),
    ("C12", "35", "百分比", "exact", "35", "%"),
    ("C12", "35 %", None, "exact", "35", "%"),
    ("C12", "30-35", "%", "range", None, "%"),
    ("C22", "-2.5", "%", "exact", "-2.5", "%"),
    ("C22", "－2.5%", "%", "exact", "-2.5", "%"),
    ("C22", "+3.7", "%", "exact", "3.7", "%"),
    # nothing, or nothing that can be read
    ("C07", "", "%", "missing", None, "%"),
    ("C07", "—", "%", "not_applicable", None, "%"),
    ("C07", "/", "%", "not_applicable", None, "%"),
    ("C07", "暂无数据", "%", "missing", None, "%"),
    ("C07", "见附件", "%", "unreadable", None, "%"),
    ("C07", "25(20)", "%", "unreadable", None, "%"),
    ("C11", "282.5(162.5)", "万千瓦", "unreadable", None, "千瓦"),
    # units that cannot be
    ("C07", "25", "吨", "exact", None, None),
    ("C07", "25吨", "%", "exact", None, None),
    ("C11", "500", "万千瓦时", "exact", None, None),
    ("C17", "35", "%", "exact", None, None),
    ("C25", "50%", "公顷", "exact", None, None),
    ("C01", "45%", "吨标准煤/万元", "exact", None, None),
)


@pytest.mark.parametrize(("code", "text", "unit", "qualifier", "value", "canonical"), CELLS)
def test_a_cell_means(
    code: str, text: str, unit: str | None, qualifier: str, value: str | None, canonical: str | None
) -> None:
    parsed = parse_text(text)
    (found,) = convert_row(INDICATORS[code], unit, [parsed])
    assert parsed.qualifier == qualifier
    assert found.value == (float(Decimal(value)) if value else None)
    assert found.unit == canonical


def test_harmonising_twice_is_harmonising_once() -> None:
    for code, text, unit, *_ in CELLS:
        (first,) = convert_row(INDICATORS[code], unit, [parse_text(text)])
        if first.value is not None:
            (again,) = convert_row(INDICATORS[code], first.unit, [parse_text(repr(first.value))])
            assert (again.value, again.unit, again.conversion) == (first.value, first.unit, None)
