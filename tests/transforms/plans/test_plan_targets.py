"""Targets in prose: year, value, comparator and unit are read, and set beside the table only under their own name."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from contracts.load import load_contracts
from tests.sample import add, clean_submission, put
from tests.sample.layouts import official
from tests.sample.plan_layouts import word_headings
from tests.sample.plans import draft_plan, edit_part
from tests.support.paths import PUBLISHED
from tests.support.published import Figure, Quote, bare, printed, quotes
from transforms.intake.submission import read_submission
from transforms.plans.claims import said
from transforms.plans.compare import Claim, as_rows, compare_prose
from transforms.plans.prose.find_targets import known_wordings, read_paragraph
from transforms.plans.prose.target import Target
from transforms.plans.read_plan import read_plan

CONTRACTS = load_contracts("first-batch")
GUIDE = CONTRACTS.guide
KNOWN = known_wordings(CONTRACTS.tables.values())


def read(text: str) -> list[Target]:
    return list(read_paragraph(text, GUIDE, KNOWN))


def short(text: str) -> list[tuple[int | None, str, str]]:
    return [(one.year, one.subject, said(one)) for one in read(text)]


def claims(text: str, kind: str = "city", pilot: str = "大连市") -> list[Claim]:
    return compare_prose(read(text), [], CONTRACTS.tables[kind], [pilot], CONTRACTS)


# ---- published plans -------------------------------------------------------------------------------------------------


def figure(target: Target) -> Figure:
    return Figure(
        target.year,
        target.value,
        target.unit,
        "relative" if target.form == "change" else target.qualifier,
        target.qualifier if target.qualifier in {"at_least", "at_most"} else None,
        target.falls,
        target.yearly,
        target.base_year,
        bare(target.subject),
    )


def outcome(quote: Quote) -> tuple[int, list[str]]:
    """How many figures are read as the official reads them, and everything that is not."""
    claims = compare_prose(read(quote.text), [], CONTRACTS.tables[quote.kind], [], CONTRACTS)
    found = {figure(one.target): one for one in claims}
    right, amiss = 0, []
    for target, indicator in quote.targets:
        claim = found.pop(target, None)
        if claim is None:
            amiss.append(f"{quote.text}: not read as {target}")
        elif (None if claim.verdict == "scoped" else claim.indicator) != indicator:
            amiss.append(f"{quote.text}: {claim.target.subject} is {indicator}, not {claim.indicator}")
        else:
            right += 1
    return right, amiss + [f"{quote.text}: {one.target} is none" for one in found.values()]


def test_published_targets_are_read_as_an_official_reads_them() -> None:
    """At least 95 % of them were asked for, and no wrong indicator; all of them are."""
    read_right = [outcome(quote) for quote in quotes()]
    assert [line for _, amiss in read_right for line in amiss] == []
    assert sum(right for right, _ in read_right) == sum(len(quote.targets) for quote in quotes()) == 86


def test_a_figure_that_is_read_otherwise_is_told() -> None:
    """The comparison itself can fail: in each thing that it is about."""
    quote = next(one for one in quotes() if one.text.startswith("到2025年，电炉钢占比"))
    ((target, _),) = quote.targets
    others = {"year": 2030, "value": target.value + 1, "unit": "%", "bound": None, "falls": True, "since": 2020}
    for name, value in others.items():
        changed = quote._replace(targets=((target._replace(**{name: value}), None),))
        assert len(outcome(changed)[1]) == 2, name
    assert len(outcome(quote._replace(targets=((target, "C07"),)))[1]) == 1


@pytest.mark.real
@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the sources lie beside the repository, in ../shared")
def test_printed_sentences_are_read_as_an_official_reads_them_and_none_is_left_out() -> None:
    """Every sentence quoted in the sources, and every figure listed in them without a sentence."""
    sentences, listed = [], []
    for path in sorted(PUBLISHED.glob("*.json")):
        source = json.loads(path.read_text(encoding="utf-8"))
        for sentence in [*source.get("text_targets", []), *_quoted(source["rows"])]:
            sentences += sentence.removesuffix("（无年份）").split(" / ")
        if not source.get("table_published"):  # what a table says is no prose
            listed += _listed(source["rows"])
    known = {sentence: printed(sentence) for sentence in sentences}
    assert [sentence for sentence, quote in known.items() if quote is None] == []
    assert [line for quote in known.values() if quote for line in outcome(quote)[1]] == []
    text = "".join([*sentences, *(quote.text for quote in quotes())])
    assert [figure for figure in listed if figure not in text] == []


def _quoted(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        other = row.get("other") or {}
        yield from (other[name] for name in ("quote", "also") if name in other)


def _listed(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Figures that stand in a list, without the words around them."""
    for row in rows:
        cells = [row.get("y2025"), row.get("y2030")]
        cells += [value for targets in row.get("targets", {}).values() for value in targets.values()]
        yield from (number for cell in cells if cell for number in re.findall(r"[\d.]+[%\u4e00-\u9fff]?", cell))


# ---- sentences -------------------------------------------------------------------------------------------------------

NON_FOSSIL = "非化石能源消费占比"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            f"{NON_FOSSIL}由2022年的18%提高到2025年的21%。",
            [(2022, NON_FOSSIL, "18%"), (2025, NON_FOSSIL, "21%")],
        ),
        (
            f"到2025年，{NON_FOSSIL}从18%提高到21%，到2030年达到25%以上。",
            [(2025, NON_FOSSIL, "21%"), (2030, NON_FOSSIL, "25%以上")],
        ),
        (
            f"2022年、2025年、2030年{NON_FOSSIL}分别为18%、21%、25%。",
            [(2022, NON_FOSSIL, "18%"), (2025, NON_FOSSIL, "21%"), (2030, NON_FOSSIL, "25%")],
        ),
        (
            "到2025年，单位地区生产总值能耗、二氧化碳排放分别比2020年下降13.5%以上和18%。",
            [
                (2025, "单位地区生产总值能耗", "比2020年下降13.5%以上"),
                (2025, "单位地区生产总值二氧化碳排放", "比2020年下降18%"),
            ],
        ),
        ("可再生能源发电总装机容量：2025年600万千瓦。", [(2025, "可再生能源发电总装机容量", "600万千瓦")]),
        ("到“十四五”末，森林覆盖率达到35.2%。", [(2025, "森林覆盖率", "35.2%")]),
        (f"到2025年，{NON_FOSSIL}达到百分之二十一。", [(2025, NON_FOSSIL, "21%")]),
        (f"到2025年，{NON_FOSSIL}达到21%（责任单位：市发展改革委）。", [(2025, NON_FOSSIL, "21%")]),
        (f"到2025年，{NON_FOSSIL}控制在21%以内。", [(2025, NON_FOSSIL, "21%以下")]),
        (f"到2025年，{NON_FOSSIL}在2022年基础上明显提高。", []),
        ("印发第12号文件，2023年3月15日召开会议，涉及5个部门。", []),
        (
            f"到2025年，{NON_FOSSIL}提高到15%左右，较2020年提高3个百分点，同比提高1个百分点。",
            [
                (2025, NON_FOSSIL, "15%左右"),
                (2025, NON_FOSSIL, "比2020年提高3个百分点"),
                (2025, NON_FOSSIL, "提高1个百分点"),
            ],
        ),
        (f"2025年{NON_FOSSIL}目标为20%，2030年目标为25%。", [(2025, NON_FOSSIL, "20%"), (2030, NON_FOSSIL, "25%")]),
        (
            f"{NON_FOSSIL}由2020年的15.9%增至2024年的19.8%，到2030年进一步提升至25%。",
            [(2020, NON_FOSSIL, "15.9%"), (2024, NON_FOSSIL, "19.8%"), (2030, NON_FOSSIL, "25%")],
        ),
        # Half of a range is no target.
        ("到2025年，需求侧响应能力达到3%～5%，森林覆盖率达到35—36%，甲占比为3%至5%。", []),
        ("2024年研发经费投入超3.6万亿元。", [(2024, "研发经费投入", "3.6万亿元以上")]),
        ("到2025年，新型储能达到50万千瓦。", [(2025, "新型储能", "50万千瓦")]),
        ("到2025年，货运量比2022年年均增长3%以上。", [(2025, "货运量", "比2022年年均提高3%以上")]),
        # A year holds to the end of its paragraph, or until another one comes.
        (f"到2025年，完成改造。{NON_FOSSIL}达到21%。", [(2025, NON_FOSSIL, "21%")]),
        # Whose figure is it? Nobody can tell.
        ("第一产业、第三产业占比达到50%。", [(None, "第一产业、第三产业占比", "50%")]),
        ("到2025年和2030年，甲占比达到21%。", []),
    ],
)
def test_a_sentence_gives_its_figures(text: str, found: list[tuple[int | None, str, str]]) -> None:
    assert short(text) == found


@pytest.mark.parametrize(
    ("text", "indicator", "verdict"),
    [
        ("到2025年，全市非化石能源消费占比达到21%。", "C07", "no_value"),
        ("到2025年，大连市非化石能源消费占比达到21%。", "C07", "no_value"),
        ("到2025年，城市绿色出行比例达到70%以上。", "C18", "no_value"),
        ("到2025年，中心城区绿色出行比重达到70%以上。", "C18", "scoped"),
        ("到2025年，新增可再生能源发电总装机容量达到60万千瓦。", "C11", "increment"),
        ("到2025年，钢铁行业能效提升，非化石能源消费占比达到21%。", "C07", "no_value"),
        ("到2025年，长海县非化石能源消费占比达到60%，新能源汽车市场渗透率达到50%。", "C16", "scoped"),
        ("到2025年，全省非化石能源消费占比达到18%。", "C07", "wider"),
        ("到2025年，加氢站达到30座。", None, "unknown"),
        ("到2025年，可再生能源装机达到50%。", None, "other_measure"),
        ("非化石能源消费占比达到21%。", "C07", "no_year"),
    ],
)
def test_a_name_is_matched_as_a_whole_or_not_at_all(text: str, indicator: str | None, verdict: str) -> None:
    last = claims(text)[-1]
    assert (last.indicator, last.verdict) == (indicator, verdict)


# ---- beside the table ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text", "verdict"),
    [
        (21.3, "达到21.3%", "agrees"),
        (21.3, "达到21%", "agrees"),  # rounded
        (21.3, "达到22%左右", "agrees"),
        (21.3, "达到25%", "contradicts"),
        (21.3, "达到25%以上", "contradicts"),
        (99.6, "达到95%以上", "differs"),
        ("21以上", "达到24%", "differs"),
        ("21以上", "达到18%", "contradicts"),
        (21.3, "比2020年提高5%", "other_measure"),
        ("进一步提高", "达到21%", "no_value"),
    ],
)
def test_prose_is_held_against_the_table(value: float | str, text: str, verdict: str) -> None:
    sample = put(clean_submission("辽宁省", "大连市"), "C07", 2025, value)
    table = read_submission(official(sample), "submissions/a.xlsx", CONTRACTS)
    (claim,) = compare_prose(
        read(f"到2025年，{NON_FOSSIL}{text}。"),
        [as_rows(table.observations, "工作簿")],
        CONTRACTS.tables["city"],
        ["大连市"],
        CONTRACTS,
    )
    assert claim.verdict == verdict


def test_a_hope_beside_a_target_is_no_contradiction() -> None:
    sample = put(clean_submission("辽宁省", "大连市"), "C17", 2025, 600000)
    table = read_submission(official(sample), "submissions/a.xlsx", CONTRACTS)
    rows = [as_rows(table.observations, "工作簿")]
    for text, verdicts in (
        ("到2025年，新能源汽车保有量60万辆，力争达到80万辆。", ["agrees", "beside"]),
        ("到2025年，新能源汽车保有量力争达到80万辆。", ["contradicts"]),
    ):
        found = compare_prose(read(text), rows, CONTRACTS.tables["city"], ["大连市"], CONTRACTS)
        assert [one.verdict for one in found] == verdicts


def test_a_sum_of_years_or_an_increment_is_not_compared() -> None:
    sample = put(put(clean_submission("辽宁省", "大连市"), "C25", 2025, 3000), "C11", 2025, 6000000)
    table = read_submission(official(sample), "submissions/a.xlsx", CONTRACTS)
    text = (
        "到2025年，五年累计造林20000公顷，造林3000公顷，新增可再生能源装机200万千瓦，可再生能源装机累计达到600万千瓦，"
        "每年完成造林4000公顷，森林抚育5000公顷。"
    )
    found = compare_prose(read(text), [as_rows(table.observations, "表")], CONTRACTS.tables["city"], [], CONTRACTS)
    assert [one.verdict for one in found] == ["total", "agrees", "increment", "agrees", "total", "beside"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("比2022年下降10%", "agrees"),
        ("比2022年下降8%以上", "differs"),
        ("比2022年下降12%", "contradicts"),
        ("比2020年下降10%", "other_measure"),
        ("比2022年年均下降3.5%", "other_measure"),  # and not 10 % against 3.5 %
    ],
)
def test_a_change_is_held_against_the_years_of_the_table(text: str, verdict: str) -> None:
    sample = put(put(clean_submission("辽宁省", "大连市"), "C01", 2022, 0.5), "C01", 2025, 0.45)
    table = read_submission(official(sample), "submissions/a.xlsx", CONTRACTS)
    (claim,) = compare_prose(
        read(f"到2025年，单位GDP能源消费量{text}。"),
        [as_rows(table.observations, "工作簿")],
        CONTRACTS.tables["city"],
        ["大连市"],
        CONTRACTS,
    )
    assert claim.verdict == verdict


def test_an_added_indicator_is_found_under_its_name() -> None:
    """苍南: 99.6 in the table, 95%以上 in the text, once with 率 and once without."""
    sample = add(clean_submission("江苏省", "苏州工业园区"), "园区电气化率", "%", (88.8, 91.7, 99.6))
    draft = draft_plan(sample)
    draft = edit_part(draft, "2", lambda part: replace(part, text=part.text + "到2030年园区电气化达到95%以上。"))
    plan = read_plan(word_headings(draft), "submissions/a.docx", CONTRACTS)
    table = read_submission(official(sample), "submissions/a.xlsx", CONTRACTS)
    for rows in (table, plan.table):
        assert rows is not None
        found = compare_prose(
            plan.targets, [as_rows(rows.observations, "表")], CONTRACTS.tables["park"], ["苏州工业园区"], CONTRACTS
        )
        (claim,) = [one for one in found if one.target.subject == "电气化"]
        assert (claim.verdict, claim.row["raw_value"] if claim.row else None) == ("differs", "99.6")
