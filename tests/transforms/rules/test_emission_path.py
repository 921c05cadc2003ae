"""Does it peak? The yearly change of emissions that growth and intensity imply, and the peak year that plans state."""

from dataclasses import replace

import polars as pl
import pytest

from contracts.load import load_contracts
from contracts.round_parts import Growth
from tests.judgement.feed import read_all
from tests.sample import Submission, change, clean_submission
from transforms.batch import build_batch
from transforms.judging.apply_rules import apply_rules
from transforms.judging.emission_path import emission_changes
from transforms.plans.outline import split_sections
from transforms.plans.peak import find_peak
from transforms.plans.word.text import Paragraph

CONTRACTS = load_contracts("first-batch")


def rising(**values: tuple[float, float, float]) -> Submission:
    one = clean_submission("江苏省", "苏州工业园区")
    for code, row in values.items():
        one = change(one, code, values=row)
    return one


def findings(one: Submission, **settings: object) -> list[dict[str, object]]:
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, **settings))
    found = apply_rules(build_batch(read_all([one]), contracts), contracts).findings
    return found.filter(pl.col("rule") == "RELATION-PEAK").to_dicts()


FLAT = rising(P01=(8.0, 8.0, 8.0), P03=(0.3, 0.27, 0.23))


def test_a_parks_change_is_growth_times_pace() -> None:
    judged = apply_rules(build_batch(read_all([FLAT]), CONTRACTS), CONTRACTS)
    rows = emission_changes(judged.batch, CONTRACTS).select("since", "year", "change").rows()
    expected = [(2022, 2025, 1.08 * 0.9 ** (1 / 3) - 1), (2025, 2030, 1.08 * (0.23 / 0.27) ** (1 / 5) - 1)]
    assert rows == [(since, year, pytest.approx(value)) for since, year, value in expected]


def test_a_rise_after_the_peak_year_is_a_warning_for_a_park() -> None:
    (row,) = findings(FLAT, peak_year=2025)
    assert (row["severity"], row["indicator"], row["year"], row["cell"]) == ("warning", "P03", 2030, "G5")
    assert "隐含碳排放年均上升4.6%，晚于要求的达峰年份（2025年）" in str(row["message"])
    assert findings(FLAT, peak_year=2026) == []
    assert findings(rising(P01=(5.0, 5.0, 3.0), P03=(0.3, 0.27, 0.23)), peak_year=2025) == []


def test_for_a_city_it_is_an_info_with_the_assumed_growth_and_its_source() -> None:
    city = change(clean_submission("河北省", "唐山市"), "C02", values=(4.5, 4.1, 3.6))
    (row,) = findings(city, peak_year=2025)
    assert (row["severity"], row["indicator"], row["year"]) == ("info", "C02", 2030)
    assert "4.5%（2026年《政府工作报告》" in str(row["message"])
    assert findings(city, peak_year=2025, growth=(Growth(2022, 2025, 5.0, "某文件"),)) == []


@pytest.mark.parametrize(
    ("text", "year", "before", "amount"),
    [
        ("全市二氧化碳排放力争2028年前达峰，峰值控制在3500万吨以内。", 2028, True, "3500万吨"),
        ("到2027年，园区碳排放达到峰值。", 2027, False, None),
        ("达峰年份为2027年，峰值约1.2亿吨。", 2027, False, "1.2亿吨"),
        ("2029年左右实现碳达峰。", 2029, False, None),
        ("落实《2030年前碳达峰行动方案》，服务全国2030年前碳达峰。", None, False, None),
        ("钢铁行业2025年达峰，全域2028年达峰。", 2028, False, None),
        ("工业领域力争2026年前达峰。", None, False, None),
        ("到2030年，非化石能源消费占比达到26%；二氧化碳排放量达到峰值并实现稳中有降。", 2030, False, None),
        ("到2028年，产业结构更优。森林覆盖率达到31%，碳排放总量力争达到峰值。", 2028, False, None),
        ("到2030年，工业领域二氧化碳排放达到峰值。", None, False, None),
        ("到2035年，二氧化碳排放达到峰值后稳中有降。", None, False, None),
        ("到2035年，广泛形成绿色生产生活方式，碳排放达峰后稳中有降。", None, False, None),
        ("2030年前二氧化碳排放达峰后稳中有降。", 2030, True, None),
        ("二氧化碳排放达到峰值。到2030年，森林覆盖率达到31%。", None, False, None),
    ],
)
def test_the_peak_year_is_that_of_the_whole_pilot(
    text: str, year: int | None, before: bool, amount: str | None
) -> None:
    lines = ("二、建设目标", text, "三、重点任务", "全市2020年达峰。")
    paragraphs = [Paragraph(f"第{at}段", line) for at, line in enumerate(lines, 1)]
    found = find_peak(split_sections(paragraphs, CONTRACTS.guide), CONTRACTS.guide)
    expected = (year, before, amount, "第2段") if year else None
    assert (found and (found.year, found.before, found.amount, found.place)) == expected


def test_the_peak_year_of_a_plan_cut_into_lines() -> None:
    lines = (
        "二、建设目标",
        "到2030年，全市非化石能源消费占比达到26%左右，顺利实现20",
        "30年前碳达峰目标，绿色低碳发展水平走在全省前列，为全国",
        "城市提供可复制可推广的经验做法。",
    )
    paragraphs = [Paragraph(f"第{at}段", line) for at, line in enumerate(lines, 1)]
    found = find_peak(split_sections(paragraphs, CONTRACTS.guide), CONTRACTS.guide)
    assert found
    assert (found.year, found.before, found.place) == (2030, True, "第2段")
