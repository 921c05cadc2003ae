"""What a plan has of the guide: the same in every look, each part missed by itself, copies and other places told."""

import io
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest
from docx import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from contracts.load import load_contracts
from tests.sample import clean_submission
from tests.sample.layouts import official
from tests.sample.plan_layouts import LAYOUTS, run_in, word_headings
from tests.sample.plans import PartDraft, PlanDraft, draft_plan, edit_part
from tests.support.plan_review import plan_findings
from transforms.intake.submission import Submission, read_submission
from transforms.plans.chapters import PartFound
from transforms.plans.read_plan import Plan, read_plan
from transforms.plans.word.document import read_document
from transforms.plans.word.numbering import chinese

CONTRACTS = load_contracts("first-batch")
GUIDE = CONTRACTS.guide
PILOTS = {"city": ("辽宁省", "大连市"), "park": ("江苏省", "苏州工业园区")}
EVERY_PART = [(kind, part.id) for kind in PILOTS for _, part in GUIDE.parts_of(kind)]


@cache
def draft(kind: str) -> PlanDraft:
    return draft_plan(clean_submission(*PILOTS[kind]))


@cache
def workbook(kind: str) -> Submission:
    pilot = PILOTS[kind][1]
    return read_submission(official(clean_submission(*PILOTS[kind])), f"submissions/{pilot}.xlsx", CONTRACTS)


def plan_of(kind: str, content: bytes) -> Plan:
    return read_plan(content, f"submissions/{PILOTS[kind][1]}实施方案.docx", CONTRACTS)


def told(kind: str, *plans: Plan) -> list[tuple[str, str]]:
    """Rule and message of everything that is said about plans."""
    return [(row["rule"], row["message"]) for row in plan_findings([workbook(kind)], plans)]


def peak_unstated(part_id: str) -> set[str]:
    """Only the part with the targets says when the peak is reached."""
    return {"PLAN-PEAK-UNSTATED"} if part_id == "2" else set()


def found(kind: str, content: bytes) -> dict[str, PartFound]:
    return {one.part: one for one in plan_of(kind, content).chapters[kind]}


# ---- looks -----------------------------------------------------------------------------------------------------------


def gist(kind: str, content: bytes) -> object:
    """What the rules ask about, without where it stands."""
    plan = plan_of(kind, content)
    assert plan.table is not None
    return (
        [(one.part, one.state, one.shown, one.missing) for one in plan.chapters[kind]],
        [(one.year, one.key, one.value, one.unit, one.qualifier) for one in plan.targets],
        [(row["indicator"], row["year"], row["raw_value"], row["value"]) for row in plan.table.observations],
        [(one.name, one.first, one.last, one.lacks) for one in plan.projects],
    )


# One look for each part; the other one is slow.
LOOKS = (word_headings, run_in)
EVERY_PART_IN_A_LOOK = [
    pytest.param(
        look, kind, part_id, id=f"{look.__name__}-{kind}-{part_id}", marks=() if at == number % 2 else pytest.mark.slow
    )
    for number, (kind, part_id) in enumerate(EVERY_PART)
    for at, look in enumerate(LOOKS)
]


@pytest.mark.parametrize("kind", PILOTS)
@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_every_look_gives_the_same_and_nothing_to_correct(layout: Callable[[PlanDraft], bytes], kind: str) -> None:
    content = layout(draft(kind))
    assert gist(kind, content) == gist(kind, word_headings(draft(kind)))
    assert told(kind, plan_of(kind, content)) == []
    assert layout(draft(kind)) == content


def test_cells_of_a_split_table_keep_their_row() -> None:
    split, whole = (plan_of("city", layout(draft("city"))).table for layout in (LAYOUTS[5], word_headings))
    assert split is not None
    assert whole is not None
    rows = [{row["indicator"]: row["cell"] for row in table.observations} for table in (split, whole)]
    assert rows[0]["C01"] == rows[1]["C01"] == "G2"
    assert (rows[0]["C26"], rows[1]["C26"]) == ("G28", "G27")  # the header stands there again


# ---- parts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("layout", "kind", "part_id"), EVERY_PART_IN_A_LOOK)
def test_a_part_taken_away_is_told_and_nothing_else(
    kind: str, part_id: str, layout: Callable[[PlanDraft], bytes]
) -> None:
    chapter, part = GUIDE.of(part_id)
    plan = plan_of(kind, layout(edit_part(draft(kind), part_id, lambda _: None)))
    rule, found = "PLAN-CHAPTER-ABSENT" if chapter.whole else "PLAN-PART-ABSENT", dict(told(kind, plan))
    assert found.keys() == {rule} | peak_unstated(part_id)
    assert (chapter.name if chapter.whole else f"{chapter.name}·{part.title}") in found[rule]


@pytest.mark.parametrize("number", ["一", "三"])
def test_a_chapter_taken_away_is_told_once(number: str) -> None:
    chapter = next(one for one in GUIDE.chapters if one.number == number)
    whole = draft("city")
    without = tuple(one for one in whole.chapters if one.heading != chapter.title)
    ((rule, message),) = told("city", plan_of("city", word_headings(replace(whole, chapters=without))))
    assert (rule, chapter.name in message) == ("PLAN-CHAPTER-ABSENT", True)


@pytest.mark.parametrize(("kind", "part_id"), EVERY_PART)
def test_the_guides_own_words_are_no_content(kind: str, part_id: str) -> None:
    chapter, part = GUIDE.of(part_id)
    copied = edit_part(draft(kind), part_id, lambda one: replace(one, text=part.sentence))
    # The tables of 二 and 五 are content: without them.
    copied = replace(copied, rows=() if part_id == "2" else copied.rows, projects=())
    found = dict(told(kind, plan_of(kind, word_headings(copied))))
    assert found.keys() == {"PLAN-PART-COPIED"} | peak_unstated(part_id)
    assert (chapter.name if chapter.whole else part.title) in found["PLAN-PART-COPIED"]


def test_a_sentence_of_the_guide_with_more_behind_it_is_content() -> None:
    whole = draft("city")
    more = edit_part(whole, "8", lambda one: replace(one, text=GUIDE.of("8")[1].sentence + one.text))
    assert told("city", plan_of("city", word_headings(more))) == []


@pytest.mark.parametrize(("kind", "part_id"), [one for one in EVERY_PART if one[1] not in {"2", "5"}])
def test_a_few_words_are_thin(kind: str, part_id: str) -> None:
    _, part = GUIDE.of(part_id)
    thin = edit_part(draft(kind), part_id, lambda one: replace(one, text="已完成相关工作。"))
    ((rule, message),) = told(kind, plan_of(kind, word_headings(thin)))
    assert rule == "PLAN-PART-THIN"
    assert "8字" in message
    assert all(one.what in message for one in part.stated(kind))


def test_long_and_beside_the_point_is_thin_too() -> None:
    about = edit_part(draft("city"), "6", lambda one: replace(one, text="本市将统筹谋划各项工作，扎实有序推进。" * 8))
    one = found("city", word_headings(about))["6"]
    assert (one.state, one.length > 100, one.shown) == ("thin", True, ())


def moved(part_id: str, target: str) -> PlanDraft:
    """A part that stands at the end of another chapter."""
    taken: list[PartDraft] = []
    without = edit_part(draft("city"), part_id, taken.append)
    chapters = [
        replace(one, parts=(*one.parts, *taken), whole=False) if one.heading == target else one
        for one in without.chapters
    ]
    return replace(without, chapters=tuple(chapters))


def test_a_part_in_another_chapter_is_found_there() -> None:
    ((rule, message),) = told("city", plan_of("city", word_headings(moved("1.4", "主要任务"))))
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
    assert told("city", plan_of("city", word_headings(renamed))) == []


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
    assert told("city", plan_of("city", saved(document))) == []


def test_a_table_of_contents_typed_by_hand_is_no_content() -> None:
    document = Document(io.BytesIO(word_headings(draft("city"))))
    first = document.paragraphs[2]
    for line in ("一、工作基础\t1", "（四）碳减排难点分析\t3", "八、保障措施\t20"):
        first.insert_paragraph_before(line)
    assert told("city", plan_of("city", saved(document))) == []
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


# ---- documents -------------------------------------------------------------------------------------------------------


def saved(document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_what_nobody_sees_is_not_read() -> None:
    document = Document()
    paragraph = document.add_paragraph("看得见")
    paragraph.add_run("隐藏").font.hidden = True
    deleted = OxmlElement("w:del")
    run = OxmlElement("w:r")
    text = OxmlElement("w:delText")
    text.text = "删除"
    run.append(text)
    deleted.append(run)
    paragraph.paragraph_format.element.append(deleted)
    style = document.styles.add_style("toc 1", 1)
    document.add_paragraph("一、工作基础\t1", style=style)
    assert [one.text for one in read_document(saved(document)).paragraphs] == ["看得见"]


def test_inserted_text_and_controls_are_read() -> None:
    document = Document()
    body = document.element.body
    body.insert(
        0,
        parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:ins><w:r><w:t>新增的话</w:t></w:r></w:ins></w:p>"
            "</w:sdtContent></w:sdt>"
        ),
    )
    assert [one.text for one in read_document(saved(document)).paragraphs] == ["新增的话"]


def test_a_frame_around_all_of_the_text_is_no_table() -> None:
    document = Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "一、工作基础"
    text = read_document(saved(document))
    assert ([one.text for one in text.paragraphs], text.tables) == (["一、工作基础"], ())


def test_footnotes_are_read_and_their_targets_too() -> None:
    content = word_headings(draft("city"))
    document = Document(io.BytesIO(content))
    part = document.part
    notes = (
        f'<w:footnotes {nsdecls("w")}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="1"><w:p><w:r><w:t>到2030年，城市森林覆盖率达到99%。</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    footnotes = Part(PackURI("/word/footnotes.xml"), CT.WML_FOOTNOTES, notes.encode(), part.package)
    part.relate_to(footnotes, RT.FOOTNOTES)
    ((rule, message),) = told("city", plan_of("city", saved(document)))
    assert (rule, "脚注1" in message) == ("PLAN-TARGET-CONTRADICTS", True)


def test_merged_cells_are_told_apart() -> None:
    document = Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "类别"
    table.cell(2, 0).merge(table.cell(2, 1)).text = "合计"
    table.cell(1, 2).text = "5"
    (sheet,) = read_document(saved(document)).tables
    assert {place: cell.text for place, cell in sheet.cells.items()} == {(1, 1): "类别", (2, 3): "5", (3, 1): "合计"}
    assert set(sheet.merged) == {(1, 1, 2, 1), (3, 1, 3, 2)}


def test_numbers_are_counted_as_word_counts_them() -> None:
    assert [chinese(number) for number in (1, 10, 11, 20, 21, 99, 100)] == [
        "一",
        "十",
        "十一",
        "二十",
        "二十一",
        "九十九",
        "100",
    ]
    text = read_document(LAYOUTS[2](draft("city")))
    labels = [one.label for one in text.paragraphs if one.label]
    assert labels[:5] == ["一、", "（一）", "（二）", "（三）", "（四）"]
    assert labels[-1] == "八、"
    assert labels.count("（一）") == 2  # counted anew in each chapter


def test_the_boxes_old_copy_is_not_read_twice() -> None:
    content = LAYOUTS[6](draft("city"))
    document = Document(io.BytesIO(content))
    assert len(list(document.element.body.iter(qn("w:tbl")))) == 4
    assert len(read_document(content).tables) == 2
