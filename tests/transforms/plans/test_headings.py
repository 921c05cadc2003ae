"""Headings of a plan: parts under other names, in other chapters, and the outline of a published plan."""

import io
from copy import deepcopy
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.sample.plan_layouts import word_headings
from tests.sample.plans import PartDraft, PlanDraft, edit_part
from tests.support.plan_drafts import CONTRACTS, draft, found, plan_messages, plan_of, saved
from transforms.plans.chapters import PartFound


def moved(part_id: str, target: str) -> PlanDraft:
    """A part at the end of another chapter."""
    taken: list[PartDraft] = []
    without = edit_part(draft("city"), part_id, taken.append)
    chapters = [
        replace(one, parts=(*one.parts, *taken), whole=False) if one.heading == target else one
        for one in without.chapters
    ]
    return replace(without, chapters=tuple(chapters))


def test_a_part_in_another_chapter_is_found_there() -> None:
    ((rule, message),) = plan_messages("city", plan_of("city", word_headings(moved("1.4", "主要任务"))))
    assert rule == "PLAN-PART-ELSEWHERE"
    assert "碳减排难点分析" in message
    assert CONTRACTS.rules[rule].severity == "info"


def test_a_part_under_another_heading_is_known_by_what_it_says() -> None:
    renamed = edit_part(draft("city"), "1.1", lambda one: replace(one, heading="城市名片"))
    one = found("city", word_headings(renamed))["1.1"]
    assert (one.state, one.heading, one.place) == ("present", "（一）城市名片", "第4段")


@pytest.mark.parametrize(
    ("part_id", "heading"),
    [
        ("3.c1", "加快构建新型能源体系"),
        ("3.c5", "推进交通领域绿色转型行动"),
        ("1.4", "存在问题"),
        ("3.c3", "工业领域达峰"),
    ],
)
def test_parts_may_be_called_otherwise(part_id: str, heading: str) -> None:
    renamed = edit_part(draft("city"), part_id, lambda one: replace(one, heading=heading))
    assert plan_messages("city", plan_of("city", word_headings(renamed))) == []


# Headings of 国家碳达峰试点（苍南经济开发区）实施方案, 温政发〔2025〕20号, as published: without 工作基础, and with the
# fourth and the seventh chapter among the tasks.
PUBLISHED = (
    ("一、建设目标", "2"),
    ("（一）总体思路", ""),
    ("（三）主要目标", ""),
    ("二、主要任务", ""),
    ("（一）聚力结构优化，推动能源绿色低碳转型", "3.p1"),
    ("1.加快非化石能源开发利用", ""),
    ("3.推动能源消费方式变革", ""),
    ("（二）聚力以绿引绿，推动产业高质量发展", "3.p2"),
    ("3.以“工改”推动存量产业转型升级", ""),
    ("（三）聚力效率提升，推动资源循环利用", "3.p4"),
    ("2.构建废弃物循环利用体系", ""),
    ("（四）聚力绿色低碳，推动基础设施绿色转型", "3.p3"),
    ("1.加快提升建筑低碳水平", ""),
    ("2.建立绿色交通物流系统", ""),
    ("（五）聚力源头管控，推动减污降碳协同", "3.p5"),
    ("（六）聚力技术赋能，推动绿色低碳科技创新", "4"),
    ("（七）聚力各界参与，推动全民绿色低碳", "7"),
    ("3.引导企业绿色低碳转型", ""),
    ("三、重点工程", "5"),
    ("（四）工业节能降碳改造工程", ""),
    ("四、政策创新", "6"),
    ("（二）建立企业和项目碳效管理机制", ""),
    ("五、保障措施", "8"),
    ("（一）组织领导", ""),
    ("（六）宣传推广", ""),
)  # fmt: skip


def test_the_headings_of_a_published_plan_are_known() -> None:
    texts = {part.id: part.text for chapter in draft("park").chapters for part in chapter.parts}
    document = Document()
    document.add_paragraph("国家碳达峰试点（苏州工业园区）实施方案")
    for heading, part_id in PUBLISHED:
        document.add_paragraph().add_run(heading).bold = True
        document.add_paragraph(texts.get(part_id, "按年度推进有关工作。"))
    states = {one.part: (one.state, one.heading) for one in found_in(saved(document)).values()}
    assert states.pop("一") == ("absent", None)
    there = {part_id: heading for heading, part_id in PUBLISHED if part_id}
    elsewhere = dict.fromkeys(("4", "7"), "elsewhere")
    assert states == {part_id: (elsewhere.get(part_id, "present"), heading) for part_id, heading in there.items()}


def found_in(content: bytes) -> dict[str, PartFound]:
    return found("park", content)


def test_headings_of_one_style_lie_in_each_other_by_their_numbers() -> None:
    document = Document(io.BytesIO(word_headings(draft("city"))))
    for paragraph in document.paragraphs:
        if paragraph.style.name.startswith("Heading"):
            paragraph.style = document.styles["Heading 1"]
    assert plan_messages("city", plan_of("city", saved(document))) == []


def test_a_table_of_contents_typed_by_hand_is_no_content() -> None:
    document = Document(io.BytesIO(word_headings(draft("city"))))
    first = document.paragraphs[2]
    for line in ("一、工作基础\t1", "（四）碳减排难点分析\t3", "八、保障措施\t20"):
        first.insert_paragraph_before(line)
    assert plan_messages("city", plan_of("city", saved(document))) == []
    one = found("city", saved(document))["8"]
    assert (one.state, one.heading) == ("present", "八、保障措施")


def test_two_tables_that_differ_are_not_chosen_between() -> None:
    document = Document(io.BytesIO(word_headings(draft("city"))))
    table = next(document.element.body.iter(qn("w:tbl")))
    document.add_paragraph("另一张表")
    document.element.body.append(deepcopy(table))
    document.tables[-1].cell(5, 5).text = "1.23"
    assert plan_of("city", saved(document)).table is None


def test_the_evidence_says_where_it_stands() -> None:
    one = found("city", word_headings(draft("city")))["1.2"]
    assert (one.heading, one.place) == ("（二）能耗和碳排放情况", "第6段")
    assert one.quote.startswith("全市能源消费以煤炭和油品为主")
    assert len(one.quote) <= 60
