"""What changed since last night, and how people are told."""

from dataclasses import replace

import polars as pl

from tests.sample import CONTRACTS
from tests.support.review_book import CITY, FAULTS, NEGATIVE, PROVINCE, WORDS, review
from transforms.aggregation.finding_changes import Change, compare_findings
from transforms.reports.files.run_summary import RunSummary, summary_markdown, summary_text, summary_title

FACTS = RunSummary(
    round="first-batch",
    complete=True,
    written=("山西省",),
    unchanged=14,
    held_back=(),
    submissions=35,
    accepted=34,
    quota=35,
    changes=(Change("山西省", ("负值（VALUE-BOUNDS）太原市 C09 2025",), (), 1),),
    attention=("湖南省: quota 2, accepted 1 (under)",),
    seconds=12.34,
    memory_mib=321,
)


def of_province(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(pl.col("province") == PROVINCE)


def test_a_new_finding_is_new_and_a_corrected_one_is_gone() -> None:
    before = review({spot: value for spot, value in FAULTS.items() if spot != NEGATIVE}).findings
    now = review({spot: value for spot, value in FAULTS.items() if spot != WORDS}).findings
    (change,) = compare_findings(of_province(before), of_province(now), CONTRACTS.rules)
    assert change.province == PROVINCE
    (new,) = [line for line in change.new if "VALUE-BOUNDS" in line]
    assert new.endswith(f"（VALUE-BOUNDS）{CITY} C09 2025")
    assert [line for line in change.gone if "VALUE-NOT-NUMBER" in line and "C04 2025" in line]


def test_the_same_finding_about_another_text_reads_otherwise() -> None:
    before, now = (review(FAULTS | {WORDS: text}).findings for text in ("见附件", "另报"))
    (change,) = compare_findings(before, now, CONTRACTS.rules)
    assert (change.new, change.gone, change.altered) == ((), (), 1)


def test_nothing_changed_is_no_change() -> None:
    findings = review().findings
    assert compare_findings(findings, findings, CONTRACTS.rules) == []
    assert "问题没有变化" in summary_markdown(replace(FACTS, changes=()))
    assert "首次发布" in summary_markdown(replace(FACTS, changes=None))


def test_a_finding_of_no_province_and_a_rule_that_is_gone_have_a_place() -> None:
    findings = review().findings.head(1).with_columns(province=pl.lit(None, pl.String), rule=pl.lit("OLD"))
    (change,) = compare_findings(findings, findings.clear(), CONTRACTS.rules)
    assert change.province == "（未识别省份）"
    assert change.gone[0].startswith("（OLD）")


def test_the_title_has_packages_and_quota() -> None:
    assert summary_title(FACTS) == "first-batch：更新1个评审包，有效34 / 名额35"
    assert summary_title(replace(FACTS, complete=False)).endswith("（不完整：有检查或文件未能完成）")
    assert "评审包无变化" in summary_title(replace(FACTS, written=()))


def test_the_summary_has_time_and_memory_and_the_message_is_short() -> None:
    assert "用时12.3秒，主进程内存峰值321 MiB" in summary_markdown(FACTS)
    assert "| 山西省 | 1 | 0 | 1 |" in summary_markdown(FACTS)
    many = tuple(Change(f"省{n}", ("新" * 80,) * 300, ("旧" * 80,) * 300, 300) for n in range(34))
    names = tuple(f"新疆生产建设兵团{n}" for n in range(31))
    full = replace(FACTS, changes=many, written=names, held_back=names, attention=("x" * 99,) * 99)
    assert len(summary_text(full).encode()) < 2048
    assert summary_markdown(full).count("- 新新") == 34 * 20


def test_a_name_that_looks_like_markup_stays_a_name() -> None:
    bad = "[点我](http://x) <b>|`"
    text = summary_markdown(replace(FACTS, changes=(Change(bad, (bad,), (), 0),), attention=(bad,)))
    assert "[点我](" not in text
    assert "<b>" not in text
    assert "\\[点我\\]\\(" in text
