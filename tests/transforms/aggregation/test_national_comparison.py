"""对标情况: each target beside the national one of its year; a comparison, and never a finding."""

from dataclasses import replace

import polars as pl
import pytest
from openpyxl import Workbook

from contracts.benchmarks import Benchmark
from contracts.load import Contracts
from tests.judgement.feed import read_all
from tests.sample import CONTRACTS, Submission, clean_submission, put
from tests.support.sample_round import whole_round
from transforms.aggregation.national_comparison import compare_with_nation
from transforms.batch import build_batch
from transforms.judging.apply_rules import apply_rules
from transforms.judging.time_series import usable_paths
from transforms.reports.sheet_parts.styles import add_styles
from transforms.reports.view import View
from transforms.reports.workbook.review_sheets.national_comparison import write_national_comparison
from transforms.rules.values.trajectory import pace_slow

pytestmark = pytest.mark.thorough

LOWER, HIGHER = "C01", "C07"  # 单位 GDP 能源消费量, 非化石能源占比
WHERE = {"doc": "《某文件》", "clause": "一", "quote": "某目标"}


def compared(one: Submission, *benchmarks: Benchmark) -> list[tuple[str | None, str, bool | None]]:
    """What the sheet says of a submission: the figure, the national one, and whether it is met."""
    contracts: Contracts = replace(CONTRACTS, benchmarks=benchmarks)
    judged = apply_rules(build_batch(read_all([one]), contracts), contracts)
    return compare_with_nation(judged, contracts).select("stated", "national", "met").rows()  # type: ignore[return-value]


def city(code: str, *values: object, pilot: str = "唐山市", province: str = "河北省") -> Submission:
    one = clean_submission(province, pilot)
    for year, value in zip(CONTRACTS.round.years, values, strict=True):
        one = put(one, code, year, value)
    return one


@pytest.mark.parametrize(
    ("code", "values", "about", "met"),
    [
        (HIGHER, (3.1, 4.9, 6.3), False, False),
        (HIGHER, (3.1, 5.1, 6.3), False, True),
        (HIGHER, (3.1, "不低于4.9", 6.3), False, False),
        (HIGHER, (3.1, 4.75, 6.3), True, True),  # 左右: 5 % of the figure
        (HIGHER, (3.1, 4.74, 6.3), True, False),
        (LOWER, (1.85, 1.72, 1.5), False, False),
        (LOWER, (1.85, 1.69, 1.5), False, True),
        (LOWER, (1.85, "不超过1.69", 1.5), False, True),
    ],
)
def test_a_level_meets_the_nation_on_the_wanted_side(
    code: str, values: tuple[object, ...], about: bool, met: bool
) -> None:
    level = Benchmark(code, 2025, **WHERE, value=5 if code == HIGHER else 1.7, about=about)
    ((_, national, found),) = compared(city(code, *values), level)
    assert (found, "左右" in national) == (met, about)


@pytest.mark.parametrize(
    ("values", "stated", "met"),
    [
        ((1.85, 1.80, 1.5), "2022—2025年年均下降0.9%", False),
        ((1.85, 1.70, 1.5), "2022—2025年年均下降2.8%", True),
        ((1.85, 1.706, 1.5), "2022—2025年年均下降2.7%", True),  # within 0.2 percentage points of 2.86
        ((1.85, 1.72, 1.5), "2022—2025年年均下降2.4%", False),
        ((1.85, "比2020年下降16.5%", 1.5), "比2020年下降16.5%（年均下降3.5%）", True),
        ((1.85, "较2020年下降12%", 1.5), "较2020年下降12%（年均下降2.5%）", False),
        ((1.85, "完成省下达目标", 1.5), None, None),
    ],
)
def test_a_pace_is_met_within_a_fifth_of_a_point(
    values: tuple[object, ...], stated: str | None, met: bool | None
) -> None:
    pace = Benchmark(LOWER, 2025, **WHERE, change=-13.5, since=2020)
    assert compared(city(LOWER, *values), pace) == [(stated, "比2020年下降13.5%（年均下降2.9%）", met)]


def test_a_yardstick_of_some_provinces_or_names_is_for_them_alone() -> None:
    east = Benchmark(HIGHER, 2025, **WHERE, value=5, provinces=("浙江省",))
    parks = Benchmark("P02", 2025, **WHERE, value=0.4, names=("高新技术产业开发区",))
    assert compared(clean_submission("河北省", "唐山市"), east) == []
    assert len(compared(clean_submission("浙江省", "杭州市"), east)) == 1
    assert len(compared(clean_submission("安徽省", "合肥高新技术产业开发区"), parks)) == 1
    assert compared(clean_submission("江苏省", "苏州工业园区"), parks) == []


def test_no_official_text_cites_an_abstract() -> None:
    assert not [one for one in CONTRACTS.benchmarks if "摘要" in one.where + one.quote]
    assert all(one.where.startswith("《") for one in CONTRACTS.benchmarks)


def test_a_pace_upwards_is_no_reason_to_ask_for_a_fall() -> None:
    contracts = replace(CONTRACTS, benchmarks=(Benchmark(HIGHER, 2025, **WHERE, change=20, since=2020),))
    batch = build_batch(read_all([city(HIGHER, 20.0, 24.0, 26.0)]), contracts)
    batch = replace(batch, observations=batch.observations.with_columns(usable=pl.col("value").is_not_null()))
    assert usable_paths(batch, contracts).height
    assert pace_slow(batch, contracts, part=0.25).is_empty()


def test_the_sheet_has_one_row_for_each_pilot_and_indicator_in_the_order_of_the_roster() -> None:
    book = Workbook()
    add_styles(book)
    sheet = book.create_sheet()
    number = write_national_comparison(sheet, View(whole_round(), "内蒙古自治区"))
    header, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    pairs = [(row[0], row[1]) for row in rows]
    assert len(pairs) == len(set(pairs)) == number
    assert list(dict.fromkeys(pilot for pilot, _ in pairs)) == ["鄂尔多斯市", "包头市", "赤峰市的园区"]
    by_pair = {pair: dict(zip(header, row, strict=True)) for pair, row in zip(pairs, rows, strict=True)}
    energy = by_pair["鄂尔多斯市", "单位 GDP 能源消费量"]
    assert (energy["2025年目标"], energy["2025年对标"]) == ("比2020年下降16.5%（年均下降3.5%）", "达到")
    assert "2026年起实行碳排放双控" in energy["依据"]
    assert "2026年起" not in by_pair["包头市", "单位 GDP 二氧化碳排放量"]["依据"]
    emissions = by_pair["赤峰市的园区", "隐含碳排放年均变化"]
    # No plan came: nothing is said about what it does not state.
    assert (emissions["2025年对标"], emissions["依据"].endswith("；没有可核对的实施方案")) == ("上升", True)
    assert by_pair["包头市", "隐含碳排放年均变化"]["2030年目标"] == "2025—2030年年均持平"
