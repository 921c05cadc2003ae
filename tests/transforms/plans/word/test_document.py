"""Text and tables of a Word document: insertions, hidden text, frames, footnotes, merged cells, automatic numbers."""

import io

from docx import Document
from docx.opc.constants import CONTENT_TYPE as CT
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from tests.sample.plan_layouts import LAYOUTS, word_headings
from tests.support.plan_drafts import draft, plan_messages, plan_of, saved
from transforms.plans.word.document import read_document
from transforms.plans.word.numbering import chinese


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
    ((rule, message),) = plan_messages("city", plan_of("city", saved(document)))
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
