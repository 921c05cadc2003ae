"""Against national targets: which side is weaker the indicator's wanted direction says."""

from dataclasses import replace

import polars as pl
import pytest

from contracts.benchmarks import Benchmark
from contracts.schemas.published import COUNTABLE
from tests.judgement.feed import read_all
from tests.sample import CONTRACTS, Submission, clean_submission, put
from transforms.batch import build_batch
from transforms.rules.national_targets import national_pace, national_target
from transforms.rules.registry import RuleFunction, rule_id
from transforms.rules.trajectory import pace_slow

LOWER, HIGHER = "C01", "C07"  # 单位 GDP 能源消费量, 非化石能源占比
WHERE = {"doc": "某文件", "clause": "一", "quote": "某目标"}


def told(rule: RuleFunction, submission: Submission, *benchmarks: Benchmark) -> list[str]:
    """What a rule alone says, of numbers that nothing else speaks against."""
    contracts = replace(CONTRACTS, benchmarks=benchmarks)
    batch = build_batch(read_all([submission]), contracts)
    usable = pl.col("value").is_not_null() & pl.col("qualifier").is_in(COUNTABLE)
    batch = replace(batch, observations=batch.observations.with_columns(usable=usable))
    found = rule(batch, contracts, **contracts.rules[rule_id(rule)].thresholds)
    return found.filter(pl.col("off") > 0)["detail"].to_list() if found.height else []


def city(code: str, *values: object) -> Submission:
    one = clean_submission("河北省", "唐山市")
    for year, value in zip(CONTRACTS.round.years, values, strict=True):
        one = put(one, code, year, value)
    return one


@pytest.mark.parametrize(
    ("code", "values", "weaker"),
    [
        (HIGHER, (14, 18, 26), True),
        (HIGHER, (14, 21, 26), False),
        (HIGHER, (14, "不低于18", 26), True),
        (HIGHER, (14, "不低于21", 26), False),
        (HIGHER, (14, "不超过18", 26), True),
        (HIGHER, (14, "不超过21", 26), False),  # may be less or not: no finding without being sure
        (LOWER, (0.6, 0.55, 0.48), True),
        (LOWER, (0.6, 0.45, 0.42), False),
        (LOWER, (0.6, "不超过0.55", 0.48), True),
        (LOWER, (0.6, "不超过0.45", 0.42), False),
        (LOWER, (0.6, "不低于0.55", 0.48), True),
        (LOWER, (0.6, "不低于0.45", 0.42), False),
    ],
)
def test_a_target_is_weaker_on_the_side_that_is_not_wanted(code: str, values: tuple[object, ...], weaker: bool) -> None:
    level = Benchmark(code, 2025, **WHERE, value=20 if code == HIGHER else 0.5)
    found = told(national_target, city(code, *values), level)
    assert len(found) == weaker
    assert all(f"2025年{'18' if code == HIGHER else '0.55'}，全国目标" in detail for detail in found)


@pytest.mark.parametrize(
    ("code", "values", "change", "words"),
    [
        (LOWER, (0.6, 0.59, 0.5), -13.5, "年均下降0.6%，全国目标折合年均下降2.9%"),
        (LOWER, (0.6, 0.54, 0.5), -13.5, None),
        (LOWER, (0.6, 0.61, 0.5), -13.5, "年均上升0.6%，全国目标折合年均下降2.9%"),
        (HIGHER, (20.0, 20.6, 26.0), 20, "年均上升1%，全国目标折合年均上升3.7%"),
        (HIGHER, (20.0, 24.0, 26.0), 20, None),
        (HIGHER, (20.0, 19.6, 26.0), 20, "年均下降0.7%，全国目标折合年均上升3.7%"),
    ],
)
def test_a_pace_is_slower_towards_the_side_that_is_wanted(
    code: str, values: tuple[float, ...], change: float, words: str | None
) -> None:
    pace = Benchmark(code, 2025, **WHERE, change=change, since=2020)
    found = told(national_pace, city(code, *values), pace)
    assert [(words or "") in detail for detail in found] == [True] * (words is not None)


def test_a_pace_upwards_is_no_reason_to_ask_for_a_fall() -> None:
    pace = Benchmark(HIGHER, 2025, **WHERE, change=20, since=2020)
    assert told(pace_slow, city(HIGHER, 20.0, 24.0, 26.0), pace) == []
