"""What becomes of a decision when its finding changes, goes or comes back."""

from dataclasses import replace

import polars as pl
import pytest

from contracts.review_form import (
    FALSE_ALARM,
    REOPENED,
)
from tests.support.review_book import (
    CITY,
    FAULTS,
    FULL,
    NEGATIVE,
    PARK,
    PART,
    PROVINCE,
    VERDICT,
    WORDS,
    fill_in,
    filled,
    key_of,
    merged,
    publish,
    review,
    shown,
    texts,
)

pytestmark = pytest.mark.thorough


def test_a_value_that_changed_comes_back_with_both_values() -> None:
    now = review(FAULTS | {NEGATIVE: "-2"})
    ledger = merged([filled({key_of(NEGATIVE): FULL, key_of(WORDS): FULL})], now)
    row = shown(publish(now, ledger), key_of(NEGATIVE))
    assert row["处理状态"] == "需复核"
    assert "“-1”变为“-2”" in str(row["复核提示"])
    assert "误报" in str(row["复核提示"])
    assert row["审核意见"] == "原件已核"
    assert ledger.finding_decisions[key_of(WORDS)].state is FALSE_ALARM


def test_an_opinion_alone_is_a_decision_too() -> None:
    now = review(FAULTS | {NEGATIVE: "-2"})
    ledger = merged([filled({key_of(NEGATIVE): {"审核意见": "请核"}})], now)
    assert ledger.finding_decisions[key_of(NEGATIVE)].state is REOPENED


def test_a_decision_on_the_new_value_closes_it_again() -> None:
    now = review(FAULTS | {NEGATIVE: "-2"})
    first = filled({key_of(NEGATIVE): FULL})
    second = fill_in(publish(now, merged([first], now)), {key_of(NEGATIVE): {"处理状态": "误报"}})
    assert merged([first, second], now).finding_decisions[key_of(NEGATIVE)].state is FALSE_ALARM


def test_other_words_for_the_same_figures_reopen_nothing() -> None:
    now = review()
    reworded = now.findings.with_columns(message=pl.col("message").str.replace("填报", "报送"))
    ledger = merged([filled({key_of(NEGATIVE): FULL})], replace(now, findings=reworded))
    assert ledger.finding_decisions[key_of(NEGATIVE)].state is FALSE_ALARM


def test_a_decision_whose_finding_is_gone_is_kept_and_told_to_be_back() -> None:
    fixed = review({fault: value for fault, value in FAULTS.items() if fault != WORDS})
    first = filled({key_of(WORDS): FULL})
    ledger = merged([first], fixed)
    assert key_of(WORDS) not in ledger.finding_decisions
    without = publish(fixed, ledger)
    assert {"已解决", "误报", CITY, "见附件"} <= set(texts(without, "已销号问题"))
    assert [text for text in texts(without, "已销号问题") if "原件已核" in text]
    # Back before anybody saw it gone, it is the decision that it was; back after that, it is looked at again.
    assert merged([first], review()).finding_decisions[key_of(WORDS)].state is FALSE_ALARM
    seen = fill_in(without, {key_of(PART): {"处理状态": "要求更正"}})
    entry = merged([first, seen], review()).finding_decisions[key_of(WORDS)]
    assert entry.state is REOPENED
    assert "曾经消失" in entry.note
    settled = fill_in(publish(review(), merged([first, seen])), {key_of(WORDS): {"处理状态": "误报"}})
    assert merged([first, seen, settled]).finding_decisions[key_of(WORDS)].state is FALSE_ALARM


def test_a_verdict_says_when_its_submission_changed_and_who_signed_twice() -> None:
    content = filled(pilots={CITY: VERDICT | {"复核人": "张三"}, PARK: VERDICT})
    verdicts = merged([content]).pilot_decisions
    assert verdicts[PROVINCE, CITY].note == "初审与复核为同一人"
    assert verdicts[PROVINCE, PARK].note == ""
    now = review(FAULTS | {PART: "再定"})
    assert "报送文件已变化" in merged([content], now).pilot_decisions[PROVINCE, PARK].note


def test_two_conclusions_disagree() -> None:
    one, two = (filled(pilots={CITY: {"结论": conclusion}}) for conclusion in ("通过", "退回补正"))
    ledger = merged([one, two])
    assert ledger.pilot_decisions[PROVINCE, CITY].texts["conclusion"] == "意见不一致"
    assert {"通过", "退回补正"} <= set(texts(publish(review(), ledger), "审核留痕"))
    third = fill_in(publish(review(), ledger), pilots={CITY: {"结论": "修改后通过"}})
    assert merged([one, two, third]).pilot_decisions[PROVINCE, CITY].texts["conclusion"] == "修改后通过"
