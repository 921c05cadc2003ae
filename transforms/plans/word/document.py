"""Read the bytes of a .docx into paragraphs and tables with python-docx, after the guards of workbooks."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from transforms.intake.cells import EncryptedFileError, UnreadableFileError
from transforms.intake.formats import limits, sniff
from transforms.intake.formats.guard import check_archive
from transforms.plans.word.numbering import Numbering, read_numbering
from transforms.plans.word.runs import (
    BOX,
    FALLBACK,
    PARAGRAPH,
    SKIPPED,
    TABLE,
    Element,
    boxes_in,
    is_inside,
    is_strong,
    mark_raised,
    text_of,
)
from transforms.plans.word.strict import as_transitional
from transforms.plans.word.styles import PLAIN, Style, outline_of, place_in_list, read_styles, style_of
from transforms.plans.word.tables import Grid, as_sheets, read_grid
from transforms.plans.word.text import Paragraph, PlanText

# A plan has some hundred paragraphs; what a table says counts as text of its section, up to so much.
PARAGRAPHS, TEXT, TABLES, TABLE_TEXT = 20_000, 2_000_000, 500, 5_000


@dataclass
class _Reader:
    """What has been read so far of one document."""

    styles: dict[str, Style]
    numbering: Numbering
    paragraphs: list[Paragraph] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    count: int = 0
    length: int = 0

    def walk(self, parent: Element) -> None:
        """Take in everything below an element, in reading order."""
        for child in parent:
            if child.tag == PARAGRAPH:
                self._paragraph(child)
                for box in boxes_in(child):
                    self.walk(box)
            elif child.tag == TABLE:
                self._table(child)
            elif child.tag not in SKIPPED:
                self.walk(child)

    def _paragraph(self, element: Element) -> None:
        text = text_of(element)
        properties = element.find(qn("w:pPr"))
        style = self.styles.get(style_of(properties), PLAIN)
        if not text.strip() or style.contents:
            return
        self.count += 1
        self.length += len(text)
        if self.count > PARAGRAPHS or self.length > TEXT:
            raise UnreadableFileError(f"文档超过{PARAGRAPHS}段或{TEXT}字")
        place = place_in_list(properties) or style.place
        label = self.numbering.next_label(place) if place else ""
        outline = outline_of(properties) or style.outline
        strong = style.strong or is_strong(element)
        for line in text.split("\n"):
            if line.strip():
                self.paragraphs.append(Paragraph(f"第{self.count}段", line.strip(), label, outline, strong))
                label = ""

    def _table(self, element: Element) -> None:
        grid = read_grid(element, len(self.paragraphs))
        if len(self.grids) >= TABLES or sum(map(len, grid.rows)) > limits.CELLS:
            raise UnreadableFileError(f"文档超过{TABLES}个表格或表格过大")
        if len(grid.rows) == 1 and len(grid.rows[0]) == 1:  # a frame around text
            self.walk(next(element.iter(qn("w:tc"))))
            return
        if any(any(row) for row in grid.rows):
            self.grids.append(grid)
            said = " ".join(text for row in grid.rows for text in row if text)
            self.paragraphs.append(Paragraph("表格", said[:TABLE_TEXT], table=True))
        for one in list(element.iter(TABLE, BOX)):
            if one is not element and is_inside(one, element, TABLE, BOX, FALLBACK):
                if one.tag == TABLE:
                    self._table(one)
                else:
                    self.walk(one)


def read_document(content: bytes) -> PlanText:
    """Read a .docx.

    Raises:
        EncryptedFileError: if it needs a password.
        UnreadableFileError: whatever else is wrong with it, in Chinese.
    """
    if not content.strip(b"\0"):
        raise UnreadableFileError("文件是空的")
    if content.startswith(sniff.OLE):
        if sniff.ole_has(content, "EncryptedPackage"):
            raise EncryptedFileError("文件设有打开密码")
        raise UnreadableFileError("不是 .docx 文档，而是旧格式的 Office 文件")
    if not content.startswith(sniff.ZIP):
        raise UnreadableFileError("不是 .docx 文档")
    try:
        return _read(content)
    except (UnreadableFileError, MemoryError):
        raise
    except Exception as error:  # python-docx, lxml and zipfile raise whatever comes, and it is the file's fault
        raise UnreadableFileError("文件已损坏或格式不受支持") from error


def _read(content: bytes) -> PlanText:
    archive = check_archive(content)
    if not archive.has("word/document.xml"):
        raise UnreadableFileError("不是 Word 文档")
    document = Document(io.BytesIO(as_transitional(content, archive)))
    related = {one.reltype: one.target_part for one in document.part.rels.values() if not one.is_external}
    lists, styles, notes = related.get(RT.NUMBERING), related.get(RT.STYLES), related.get(RT.FOOTNOTES)
    numbering = read_numbering(parse_xml(lists.blob)) if lists else Numbering()
    declared = parse_xml(styles.blob) if styles else None
    reader = _Reader({} if declared is None else read_styles(declared, numbering), numbering)
    mark_raised(document.element.body, declared)
    reader.walk(document.element.body)
    return PlanText(
        tuple(reader.paragraphs),
        tuple(_notes(parse_xml(notes.blob))) if notes else (),
        tuple(as_sheets(reader.grids, reader.paragraphs)),
    )


def _notes(root: Element) -> Iterator[Paragraph]:
    number = 0
    for note in root.findall(qn("w:footnote")):
        text = "".join(text_of(one) for one in note.iter(PARAGRAPH)).strip()
        if text and note.get(qn("w:type")) in {None, "normal"}:
            number += 1
            yield Paragraph(f"脚注{number}", text)
