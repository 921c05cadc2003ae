"""Leftovers of a template in a plan are named at their paragraph, and are never read as a figure or a year."""

import pytest

from contracts.load import load_contracts
from transforms.plans.leftovers import find_leftovers
from transforms.plans.prose.find_targets import known_wordings, read_paragraph
from transforms.plans.word.text import Paragraph

CONTRACTS = load_contracts("first-batch")
KNOWN = known_wordings(CONTRACTS.tables.values())

LEFT = [
    "到2025年，非化石能源消费占比达到XX%以上。",
    "到2025年，非化石能源消费占比达到Ｘ％。",
    "到2025年，非化石能源消费占比达到2X%。",
    "到2025年，可再生能源装机达到××万千瓦。",
    "到2025年，可再生能源装机达到×万千瓦。",
    "到2025年，非化石能源消费占比达到___%。",
    "到2025年，非化石能源消费占比达到（　　）%。",
    "到2025年，非化石能源消费占比达到……%。",
    "到2025年，非化石能源消费占比达到XX.5%。",
    "到2025年，森林覆盖率达到（此处填写）。",
    "到2025年，森林覆盖率达到（待补充）。",
    "到2025年，森林覆盖率达到【请填写数值】。",
    "20XX年，森林覆盖率达到***%。",
]
FILLED = [
    "建设2×66万千瓦机组，4×100MW储能，规模5×2000千瓦。",
    "（由市发展改革委负责填报）各县做好数据填报（含补充数据）。",
    "二〇二五年建成XXL型仓库……其余另行安排。",
    "____________",
    "一级（1）二级[2]【专栏】。",
    "CO2排放≤3×104吨，*为快报数**。",
]


@pytest.mark.parametrize("text", LEFT)
def test_a_leftover_is_found_and_is_no_figure(text: str) -> None:
    shown = [one for found in find_leftovers([Paragraph("第 1 段", text)]) for one in found.shown]
    assert shown
    assert [str(one.value) for one in read_paragraph(text, CONTRACTS.guide, KNOWN)] == []


@pytest.mark.parametrize("text", FILLED)
def test_what_is_filled_in_is_no_leftover(text: str) -> None:
    assert list(find_leftovers([Paragraph("第 1 段", text)])) == []


def test_a_paragraph_says_what_is_left_each_once() -> None:
    text = "到2025年，森林覆盖率达到XX%，非化石能源消费占比达到XX%，改造××户。"
    (found,) = find_leftovers([Paragraph("第 1 段", text), Paragraph("表格", "XX%", table=True)])
    assert found.shown == ("森林覆盖率达到XX%", "能源消费占比达到XX%", "改造××户")


def test_a_blank_year_ends_the_year_before_it() -> None:
    text = "到2025年，森林覆盖率达到40%；到20XX年，绿色出行比例达到70%。"
    years = [(one.subject, one.year) for one in read_paragraph(text, CONTRACTS.guide, KNOWN)]
    assert years == [("森林覆盖率", 2025), ("绿色出行比例", None)]
