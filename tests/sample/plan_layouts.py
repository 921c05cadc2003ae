"""The looks in which plans arrive: each function turns a draft into the bytes of a .docx, the same every time."""

import io
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from tests.sample import Value
from tests.sample.plans import ChapterDraft, PlanDraft
from transforms.plans.word.numbering import chinese
from transforms.reports.files.office_files import without_clock

Heading = Callable[[Docx, int, int, str], None]
_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 - a date of no meaning


def word_headings(draft: PlanDraft) -> bytes:
    """Word's own heading styles, numbers typed by hand."""

    def heading(document: Docx, level: int, number: int, text: str) -> None:
        document.add_heading(_typed(level, number) + text, level)

    return _write(draft, heading)


def plain_bold(draft: PlanDraft) -> bytes:
    """No styles: headings are bold lines of the body."""

    def heading(document: Docx, level: int, number: int, text: str) -> None:
        document.add_paragraph().add_run(_typed(level, number) + text).bold = True

    return _write(draft, heading)


def automatic_numbers(draft: PlanDraft) -> bytes:
    """The numbers are not in the text: Word counts 一、 and （一） by itself."""
    document = Document()
    _add_lists(document)

    def heading(document: Docx, level: int, _: int, text: str) -> None:
        _numbered(document.add_paragraph(text), level - 1)

    return _write(draft, heading, document)


def decimals(draft: PlanDraft) -> bytes:
    """Headings are numbered 1. and 1.1 and neither bold nor styled."""
    chapter = 0

    def heading(document: Docx, level: int, number: int, text: str) -> None:
        nonlocal chapter
        chapter = number if level == 1 else chapter
        document.add_paragraph(f"{number}. {text}" if level == 1 else f"{chapter}.{number} {text}")

    return _write(draft, heading)


def run_in(draft: PlanDraft) -> bytes:
    """As the guide is printed: （一）实施主体概况。 and the text in the same paragraph."""
    document = _new(draft)
    for number, chapter in enumerate(draft.chapters, 1):
        document.add_paragraph(f"{chinese(number)}、{chapter.heading}")
        for at, part in enumerate(chapter.parts, 1):
            document.add_paragraph(part.text if chapter.whole else f"（{chinese(at)}）{part.heading}。{part.text}")
        _add_tables(document, draft, chapter)
    return _save(document)


def split_table(draft: PlanDraft) -> bytes:
    """The indicator table goes on as a second one with its header again, after a line 续表."""

    def tables(document: Docx, header: Sequence[Value], rows: Sequence[Sequence[Value]]) -> None:
        half = len(rows) // 2
        _add_table(document, header, rows[:half])
        if half > 3:
            document.add_paragraph("续表 1")
        _add_table(document, header, rows[half:]) if half > 3 else _more(document, rows[half:])

    return _write(draft, _typed_heading, tables=tables)


def text_boxes(draft: PlanDraft) -> bytes:
    """Tables stand in text boxes, as they do where a page was turned by hand."""

    def tables(document: Docx, header: Sequence[Value], rows: Sequence[Sequence[Value]]) -> None:
        _add_table(document, header, rows)
        *_, element = document.element.body.iter(qn("w:tbl"))
        element.getparent().remove(element)
        run = document.add_paragraph().add_run().font.element
        run.append(parse_xml(_BOX))
        for box in run.iter(qn("w:txbxContent")):
            # Word writes what a box holds twice, for those that do not know the newer form.
            box.append(deepcopy(element))
            box.append(OxmlElement("w:p"))

    return _write(draft, _typed_heading, tables=tables)


def merged_chapters(draft: PlanDraft) -> bytes:
    """The last two chapters are one, and two others are called otherwise and change places."""
    *first, seventh, eighth = draft.chapters
    both = "\n".join(part.text for part in (*seventh.parts, *eighth.parts))
    joined = replace(eighth, heading="全民行动和保障措施", parts=(replace(eighth.parts[0], text=both),))
    names = {"主要任务": "重点任务", "建设目标": "总体目标", "重点工程": "重大工程"}
    renamed = [replace(chapter, heading=names.get(chapter.heading, chapter.heading)) for chapter in first]
    at = next(at for at, chapter in enumerate(renamed) if chapter.heading == "科技创新")
    renamed[at : at + 2] = reversed(renamed[at : at + 2])
    return word_headings(replace(draft, chapters=(*renamed, joined)))


LAYOUTS = (
    word_headings, plain_bold, automatic_numbers, decimals, run_in, split_table, text_boxes, merged_chapters,
)  # fmt: skip

_BOX = f"""<mc:AlternateContent {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:Choice Requires="wps"><w:drawing>
 <wps:txbx><w:txbxContent/></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent/></w:pict>
 </mc:Fallback></mc:AlternateContent>"""


def _write(
    draft: PlanDraft,
    heading: Heading,
    document: Docx | None = None,
    tables: Callable[[Docx, Sequence[Value], Sequence[Sequence[Value]]], object] | None = None,
) -> bytes:
    document = _new(draft, document)
    for number, chapter in enumerate(draft.chapters, 1):
        heading(document, 1, number, chapter.heading)
        for at, part in enumerate(chapter.parts, 1):
            if not chapter.whole:
                heading(document, 2, at, part.heading)
            for line in part.text.split("\n"):
                document.add_paragraph(line)
        _add_tables(document, draft, chapter, tables)
    return _save(document)


def _typed(level: int, number: int) -> str:
    return f"{chinese(number)}、" if level == 1 else f"（{chinese(number)}）"


def _typed_heading(document: Docx, level: int, number: int, text: str) -> None:
    document.add_heading(_typed(level, number) + text, level)


def _new(draft: PlanDraft, document: Docx | None = None) -> Docx:
    document = document or Document()
    properties = document.core_properties
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = _FIXED
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(draft.title)
    run.bold, run.font.size = True, Pt(18)
    document.add_paragraph(f"（{draft.note}）").alignment = WD_ALIGN_PARAGRAPH.CENTER
    return document


def _add_tables(
    document: Docx,
    draft: PlanDraft,
    chapter: ChapterDraft,
    write: Callable[[Docx, Sequence[Value], Sequence[Sequence[Value]]], object] | None = None,
) -> None:
    ids = {part.id for part in chapter.parts}
    if "2" in ids and draft.rows:
        (write or _add_table)(document, draft.header, draft.rows)
    if "5" in ids and draft.projects:
        (write or _add_table)(document, draft.project_header, draft.projects)


def _add_table(document: Docx, header: Sequence[Value], rows: Sequence[Sequence[Value]]) -> Table:
    table = document.add_table(rows=len(rows) + 1, cols=len(header), style="Table Grid")
    # Row by row: python-docx works out the whole grid again for each `table.cell()`.
    for row, texts in zip(table.rows, (header, *rows), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = "" if text is None else str(text)
    return table


def _more(document: Docx, rows: Sequence[Sequence[Value]]) -> None:
    table = document.tables[-1]
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = "" if text is None else str(text)


def _add_lists(document: Docx) -> None:
    """A list of two levels, 一、 and （一）, under a number that no other list has."""
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for depth, text in enumerate(("%1、", "（%2）"))
    )
    shape = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="900">{levels}</w:abstractNum>')
    numbering.insert(0, shape)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="901"><w:abstractNumId w:val="900"/></w:num>'))


def _numbered(paragraph: Paragraph, depth: int) -> None:
    properties = paragraph.paragraph_format.element.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="901"/></w:numPr>'))


def _save(document: Docx) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return without_clock(buffer.getvalue())
