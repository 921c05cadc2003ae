"""Targets of a whole paragraph: year and subject are carried from clause to clause, lines of a page are joined."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from contracts.load import load_contracts
from transforms.plans.claims import said
from transforms.plans.prose.find_targets import find_targets, known_wordings, read_paragraph
from transforms.plans.prose.lines import join_lines
from transforms.plans.word.text import Paragraph

CONTRACTS = load_contracts("first-batch")
GUIDE = CONTRACTS.guide
KNOWN = known_wordings(CONTRACTS.tables.values())
NON_FOSSIL, GREEN = "非化石能源消费占比", "绿色出行比例"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            f"到2025年，改造完成。{NON_FOSSIL}达到20%；{GREEN}达到70%。",
            [(2025, NON_FOSSIL, "20%"), (2025, GREEN, "70%")],
        ),
        (f"到2025年，改造完成。到2030年，{GREEN}达到80%。", [(2030, GREEN, "80%")]),
        (f"——到2025年，改造完成。确保2030年前达峰。{GREEN}达到70%。", [(2025, GREEN, "70%")]),
        (f"到2025年，改造完成。目前，{GREEN}为65%。", [(None, GREEN, "65%")]),
        (f"到2025年，{GREEN}达到70%；到2030年，进一步提升到80%。", [(2025, GREEN, "70%"), (2030, GREEN, "80%")]),
        (f"{GREEN}2025年达到70%、2030年80%。", [(2025, GREEN, "70%"), (2030, GREEN, "80%")]),
        (f"到2025年，{GREEN}稳步提升，达70%。", [(2025, GREEN, "70%")]),
        (f"到2025年，{GREEN}超过全国平均水平，达到70%。", [(2025, GREEN, "70%")]),
        (f"到2025年，{GREEN}达到70%（二）主要任务", [(2025, GREEN, "70%")]),
        (f"{GREEN}，到2030年力争达到80%。", [(2030, GREEN, "80%")]),
        (f"到2023年，{GREEN}达到70%；到2025年，该比例达到75%。", [(2023, GREEN, "70%"), (2025, GREEN, "75%")]),
        (
            f"2025年{GREEN}比2020年提高5个百分点，达到70%。",
            [(2025, GREEN, "比2020年提高5个百分点"), (2025, GREEN, "70%")],
        ),
        (f"与2020年相比，2025年{GREEN}提高5个百分点。", [(2025, GREEN, "比2020年提高5个百分点")]),
        (
            f"与2020年相比，2023年{GREEN}提高3个百分点；绿地率提高1个百分点；到2025年，绿地率提高2个百分点。",
            [
                (2023, GREEN, "比2020年提高3个百分点"),
                (2023, "绿地率", "比2020年提高1个百分点"),
                (2025, "绿地率", "提高2个百分点"),
            ],
        ),
        (f"{GREEN}达到70%以上（2025年）。", [(2025, GREEN, "70%以上")]),
        (
            f"2022年{GREEN}达到70%（2021年达到65%），绿地率40%。",
            [(2022, GREEN, "70%"), (2021, GREEN, "65%"), (2022, "绿地率", "40%")],
        ),
        (
            f"{GREEN}由2020年的60%提高到2025年的70%，提高10个百分点。",
            [(2020, GREEN, "60%"), (2025, GREEN, "70%"), (2025, GREEN, "提高10个百分点")],
        ),
        ("“十四五”时期，单位GDP能耗下降14%。", [(2025, "单位GDP能耗", "下降14%")]),
        ("单位GDP能耗、能源产出率均高于全省2个百分点。", []),
        (f"到2025年，{GREEN}达到70%，道路更畅通，更好出行，达到50%。", [(2025, GREEN, "70%")]),
        (
            "2025年，森林覆盖率、森林蓄积量达到36%、600万立方米。",
            [(2025, "森林覆盖率", "36%"), (2025, "森林蓄积量", "600万立方米")],
        ),
        ("2022—2025年，植树造林40万亩。", [(2025, "植树造林", "40万亩")]),
        (
            f"到2025年，{GREEN}将从目前的65%再提高超5个百分点，达到71%。",
            [(2025, GREEN, "提高5个百分点以上"), (2025, GREEN, "71%")],
        ),
        (
            "到2025年，非化石能源消费量达到90万吨，占能源消费总量的20%。",
            [(2025, "非化石能源消费量", "90万吨"), (2025, "非化石能源消费量占能源消费总量", "20%")],
        ),
        (
            "到2025年，建筑垃圾产生量90万吨，综合利用率达到60%。",
            [(2025, "建筑垃圾产生量", "90万吨"), (2025, "建筑垃圾综合利用率", "60%")],
        ),
        (f"全市{GREEN}达到75%（2025年）、80%（2030年）。", [(2025, GREEN, "75%"), (2030, GREEN, "80%")]),
        (f"第一阶段（2023—2025年）。{GREEN}达到75%。", [(2025, GREEN, "75%")]),
        (f"{GREEN}由2022年的68%提高到75%。", [(2022, GREEN, "68%"), (None, GREEN, "75%")]),
        (
            f"到2025年，{GREEN}达到并稳定在75%以上，最低不低于70%。",
            [(2025, GREEN, "75%以上"), (2025, GREEN, "70%以上")],
        ),
        (
            "到2025年，单位GDP能耗较2020年降低14%以上，力争达到15%。",
            [(2025, "单位GDP能耗", "比2020年下降14%以上"), (2025, "单位GDP能耗", "比2020年下降15%")],
        ),
        (
            f"到2025年，{GREEN}提高5%，力争达到75%。",
            [(2025, GREEN, "提高5%"), (2025, GREEN, "75%")],
        ),
        (
            "到2025年，单位GDP能耗下降率、单位GDP二氧化碳排放下降率分别为14%、19%。",
            [(2025, "单位GDP能耗", "下降14%"), (2025, "单位GDP二氧化碳排放", "下降19%")],
        ),
        ("到2025年，需求侧响应能力达到最大负荷5%以上。", [(2025, "需求侧响应能力占最大负荷", "5%以上")]),
        ("到2025年，第三产业比重达到55%，三次产业结构优化为5:40:55。", [(2025, "第三产业比重", "55%")] * 2),
        (f"到2025年，{NON_FOSSIL}完成省下达的21%目标。", [(2025, NON_FOSSIL, "21%")]),
        ("到2025年，森林覆盖率较2022年净增加0.3个百分点。", [(2025, "森林覆盖率", "比2022年提高0.3个百分点")]),
        ("到2025年，综合能耗产出率达到5.2万元/吨标煤。", []),
        (
            "三次产业结构优化，由2020年的8:47:45调整为2025年的6:41:53。",
            [(2020, "第三产业比重", "45%"), (2025, "第三产业比重", "53%")],
        ),
    ],
)
def test_a_paragraph_carries_year_and_subject(text: str, found: list[tuple[int | None, str, str]]) -> None:
    assert [(one.year, one.subject, said(one)) for one in read_paragraph(text, GUIDE, KNOWN)] == found


def headed(*lines: str) -> list[tuple[str, Paragraph]]:
    return [("建设目标", Paragraph(f"第 {at} 段", line)) for at, line in enumerate(lines, 1)]


def test_lines_of_a_page_are_one_paragraph() -> None:
    """A document from a PDF: every line of the page is a paragraph, and a figure may be cut in two."""
    lines = headed(
        "到2025年，全市城镇建筑可再生能源替代率达到1",
        "0%，绿色出行比例达到70%以上，森林覆盖率稳定",
        "在36%以上，非化石能源消费占比达到20%。",
    )
    found = find_targets(lines, GUIDE, KNOWN)
    assert [(one.value, one.paragraph) for one in found] == [(Decimal(n), "第 1 段") for n in ("10", "70", "36", "20")]
    # A sentence that ends where the line does: its year goes on.
    lines = headed(
        "到2025年，全市绿色低碳发展水平显著提升，目标全面实现。",
        "绿色出行比例达到70%，森林覆盖率稳定在36%以上，空气",
        "质量持续改善。",
        "到2030年，达峰。",
    )
    assert [one.year for one in find_targets(lines, GUIDE, KNOWN)] == [2025, 2025]
    # Where paragraphs end as paragraphs do, a heading without a stop is joined with nothing.
    whole = headed(
        "到2025年，森林覆盖率达到36%以上，绿色出行比例达到70%。",
        "全市上下共同努力推动绿色低碳发展",
        "绿色出行比例达到70%。",
    )
    assert join_lines([*whole, *headed("全市建立健全工作机制，统筹推进各项任务。")]) == [
        *whole,
        *headed("全市建立健全工作机制，统筹推进各项任务。"),
    ]


@pytest.mark.parametrize("other", [{"table": True}, {"label": "3."}, {"strong": True}], ids=str)
def test_a_row_of_a_table_a_numbered_and_a_bold_line_continue_no_line_of_a_page(other: dict[str, Any]) -> None:
    lines = headed(
        "到2025年，全市城镇建筑可再生能源替代率达到10%，绿色",
        "出行比例达到70%以上，森林覆盖率达到36%，同时全市空",
        "气质量持续改善，单位生产总值能耗下降。",
    )
    assert len(join_lines(lines)) == 1
    lines[1] = ("建设目标", replace(lines[1][1], **other))
    assert join_lines(lines)[0] == lines[0]
