"""Decisions in several copies are merged without a clock, never lost in silence."""

from dataclasses import replace

import polars as pl
import pytest

from contracts.review_form import (
    DISPUTED,
    FALSE_ALARM,
    REQUESTED,
)
from contracts.schemas.published import Decisions
from contracts.schemas.validation import ContractViolationError, require
from tests.support.review_book import (
    CITY,
    FULL,
    PART,
    PROVINCE,
    WORDS,
    fill_in,
    filled,
    key_of,
    merged,
    publish,
    review,
    shown,
    take_back,
    texts,
)
from transforms.decisions.ledger import FindingDecision, Ledger
from transforms.decisions.merge import decisions_frame, merge_copies

pytestmark = pytest.mark.thorough


def test_two_copies_are_merged_cell_by_cell() -> None:
    one = filled({key_of(WORDS): {"处理状态": "误报", "审核人": "张三"}})
    two = filled({key_of(WORDS): {"审核意见": "原件已核"}, key_of(PART): {"处理状态": "要求更正"}})
    ledger = merged([one, two])
    assert ledger.finding_decisions[key_of(WORDS)] == FindingDecision(
        FALSE_ALARM, {"opinion": "原件已核", "person": "张三", "date": ""}
    )
    assert ledger.finding_decisions[key_of(PART)].state is REQUESTED
    assert not ledger.conflicts


def test_a_contradiction_shows_both_opinions() -> None:
    one = filled({key_of(WORDS): {"处理状态": "误报", "审核意见": "系统有误", "审核人": "张三"}})
    two = filled({key_of(WORDS): {"处理状态": "要求更正", "审核意见": "应补正", "审核人": "李四"}})
    ledger = merged([one, two])
    entry = ledger.finding_decisions[key_of(WORDS)]
    assert entry.state is DISPUTED
    assert {"系统有误", "应补正"} == set(entry.texts["opinion"].split("\n"))
    assert "误报（张三）" in entry.note
    assert "要求更正（李四）" in entry.note
    book = publish(review(), ledger)
    assert shown(book, key_of(WORDS))["处理状态"] == "意见不一致"
    assert {"系统有误", "应补正"} <= set(texts(book, "审核留痕"))


@pytest.mark.parametrize("other", ["误报", "已阅"])
def test_a_verdict_that_is_not_offered_never_loses_against_another(other: str) -> None:
    verdict = "修改后通过" if other == "误报" else "原则同意"
    one = filled({key_of(WORDS): {"处理状态": other, "审核人": "钱七"}}, {CITY: {"结论": verdict, "初审人": "张三"}})
    two = filled(
        {key_of(WORDS): {"处理状态": "需补正", "审核意见": "请删除重复行", "审核人": "张三"}},
        {CITY: {"结论": "不通过", "审核意见": "目标不量化，不同意。", "初审人": "钱七"}},
    )
    for order in ([one, two], [two, one]):
        ledger = merged(order)
        entry, pilot = ledger.finding_decisions[key_of(WORDS)], ledger.pilot_decisions[PROVINCE, CITY]
        assert (entry.state, pilot.texts["conclusion"]) == (DISPUTED, "意见不一致")
        assert all(said in entry.note for said in (f"{other}（钱七）", "需补正（张三）"))
        assert all(said in pilot.note for said in (f"{verdict}（张三）", "不通过（钱七）"))
        assert {(one.field, one.text) for one in ledger.conflicts} >= {
            ("status", other), ("status", "需补正"), ("conclusion", verdict), ("conclusion", "不通过"),
        }  # fmt: skip
        row = shown(publish(review(), ledger), key_of(WORDS))
        assert (row["处理状态"], "需补正（张三）" in str(row["复核提示"])) == ("意见不一致", True)


def test_two_reviewers_of_whom_one_wrote_no_conclusion_are_named_apart() -> None:
    one = filled(pilots={CITY: {"结论": "修改后通过", "初审人": "张三"}})
    two = filled(pilots={CITY: {"审核意见": "目标不量化，不同意。", "初审人": "钱七"}})
    decision = merged([one, two]).pilot_decisions[PROVINCE, CITY]
    assert decision.texts["conclusion"] == "修改后通过"
    assert "结论“修改后通过”为张三所填" in decision.note


def test_the_same_opinion_twice_is_one() -> None:
    one = filled({key_of(WORDS): FULL})
    two = fill_in(one, {key_of(PART): {"审核意见": "另一项"}})
    assert merged([one, two]).finding_decisions[key_of(WORDS)] == merged([one]).finding_decisions[key_of(WORDS)]


def test_a_later_copy_of_the_same_lineage_counts() -> None:
    first = filled({key_of(WORDS): FULL})
    second = fill_in(
        publish(review(), merged([first])), {key_of(WORDS): {"处理状态": "要求更正", "审核意见": "再核有误"}}
    )
    third = fill_in(publish(review(), merged([first, second])), {key_of(WORDS): {"审核意见": "第三次"}})
    for order in ([first, second, third], [third, first, second]):
        entry = merged(order).finding_decisions[key_of(WORDS)]
        assert (entry.state, entry.texts["opinion"], entry.texts["person"]) == (REQUESTED, "第三次", "张三")


def test_a_settled_contradiction_is_settled() -> None:
    one, two = (filled({key_of(WORDS): {"处理状态": status}}) for status in ("误报", "要求更正"))
    third = fill_in(publish(review(), merged([one, two])), {key_of(WORDS): {"处理状态": "要求更正"}})
    assert merged([one, two, third]).finding_decisions[key_of(WORDS)].state is REQUESTED


def test_what_was_taken_back_is_gone() -> None:
    first = filled({key_of(WORDS): FULL})
    second = fill_in(publish(review(), merged([first])), {key_of(WORDS): dict.fromkeys(FULL)})
    assert key_of(WORDS) not in merged([first, second]).finding_decisions


def test_what_was_saved_over_an_open_workbook_follows_what_was_kept_of_it() -> None:
    """Two states of one workbook that stayed open: neither contains the other, and the name of the file says it."""
    first = take_back(filled({key_of(WORDS): {"处理状态": "误报"}}))
    second = take_back(filled({key_of(WORDS): {"处理状态": "要求更正"}}))
    assert merge_copies([first, second], review()).finding_decisions[key_of(WORDS)].state is DISPUTED
    name = f"reviews/{PROVINCE}/{second.sha256[:16]}.{first.sha256[:16]}-a.xlsx"
    later = replace(second, file=name, decisions=tuple(row | {"file": name} for row in second.decisions))
    for order in ([first, later], [later, first], [later, first, second]):
        assert merge_copies(order, review()).finding_decisions[key_of(WORDS)].state is REQUESTED
    forged = replace(later, file=name.replace(second.sha256[:16], "0" * 16))
    assert merge_copies([first, forged], review()).finding_decisions[key_of(WORDS)].state is DISPUTED


def test_a_lost_workbook_needs_attention_until_a_workbook_made_after_it_comes_back() -> None:
    lost, other = take_back(b"PK damaged", "lost.xlsx"), take_back(filled({key_of(WORDS): FULL}), "other.xlsx")
    ledger = merge_copies([lost, other], review())
    assert ledger.unread_reviews == (lost,)
    later = take_back(fill_in(publish(review(), ledger), {key_of(PART): FULL}), "later.xlsx")
    assert merge_copies([lost, other, later], review()).unread_reviews == ()


def test_the_same_bytes_in_two_places_count_once() -> None:
    content = filled({key_of(WORDS): FULL})
    copies = [take_back(content, name) for name in ("a.xlsx", "b.xlsx")]
    assert len(merge_copies(copies, review()).copies) == 1


def test_a_province_decides_on_its_own_findings_alone() -> None:
    copy = take_back(filled({key_of(WORDS): FULL}))
    other = replace(copy, decisions=tuple(row | {"province": "河北省"} for row in copy.decisions))
    ledger = merge_copies([other], review())
    assert not ledger.finding_decisions
    assert [gone.province for gone in ledger.orphaned] == ["河北省"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "disputed"},
        {"conclusion": "基本通过"},
        {"status": "需补正"},
        {"file": "a.xlsx"},
        {"rule": None},
        {"status": None, "opinion": None, "person": None, "date": None},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_the_model_refuses_what_is_no_decision(wrong: dict[str, object]) -> None:
    good = decisions_frame([take_back(filled({key_of(WORDS): FULL}))])
    assert good.height == 1
    with pytest.raises(ContractViolationError):
        require(pl.DataFrame([good.to_dicts()[0] | wrong], schema=good.schema), Decisions)


def test_no_decision_is_a_frame_too() -> None:
    assert decisions_frame([]).height == 0
    assert merge_copies([], review()) == Ledger()
