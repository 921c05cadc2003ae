"""Layout of an official letter after GB/T 9704: A4, margins, fonts, line spacing, tables, page numbers."""

import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache

from docx import Document
from docx.document import Document as Letter
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from transforms.reports.office_files import without_clock
from transforms.safe_text import replace_forbidden

# Name (no built-in style of Word, in any language), font, size in points, alignment, indent of the first line in
# characters. Those that begin with 表单 are of forms that must fit one page: their lines have a fixed height.
_STYLES = (
    ("公文字号", "仿宋_GB2312", 16, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("公文标题", "方正小标宋简体", 22, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("公文主送", "仿宋_GB2312", 16, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("公文正文", "仿宋_GB2312", 16, WD_ALIGN_PARAGRAPH.JUSTIFY, 2),
    ("公文结语", "仿宋_GB2312", 16, WD_ALIGN_PARAGRAPH.JUSTIFY, 2),
    ("公文一级", "黑体", 16, WD_ALIGN_PARAGRAPH.LEFT, 2),
    ("公文落款", "仿宋_GB2312", 16, WD_ALIGN_PARAGRAPH.RIGHT, 0),
    ("公文落款日期", "仿宋_GB2312", 16, WD_ALIGN_PARAGRAPH.RIGHT, 0),
    ("公文附件", "黑体", 16, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("公文附表标题", "方正小标宋简体", 18, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("公文表头", "黑体", 10.5, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("公文表格", "仿宋_GB2312", 10.5, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("公文表格居中", "仿宋_GB2312", 10.5, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("表单标题", "方正小标宋简体", 18, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("表单一级", "黑体", 10.5, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("表单正文", "仿宋_GB2312", 10.5, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("表单附注", "仿宋_GB2312", 8, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("表单表头", "黑体", 9, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("表单表格", "仿宋_GB2312", 9, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("表单表格居中", "仿宋_GB2312", 9, WD_ALIGN_PARAGRAPH.CENTER, 0),
)
# Points from line to line of a form.
FORM_LINES = {"表单标题": 28, "表单一级": 18, "表单正文": 14, "表单附注": 11, "表单表头": 12, "表单表格": 12, "表单表格居中": 12}
LETTER_TABLE = ("公文表头", "公文表格居中", "公文表格")
FORM_TABLE = ("表单表头", "表单表格居中", "表单表格")
# Those of python-docx's blank document that a letter needs; the other 150 slow down every look at a style.
_KEPT_STYLES = frozenset(
    {
        "Normal",
        "Header",
        "Header Char",
        "Footer",
        "Footer Char",
        "Default Paragraph Font",
        "Normal Table",
        "No List",
        "Table Grid",
    }
)
_FIXED_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - without meaning: the clock must not enter a package
_LATIN = "Times New Roman"


def blank_letter() -> Letter:
    """Return an empty letter with its page and styles."""
    return Document(io.BytesIO(_blank()))


def blank_form(title: str) -> Letter:
    """Return an empty form: a letter with narrow margins, to fill one page, with its title in the properties."""
    form = blank_letter()
    section = form.sections[0]
    section.top_margin, section.bottom_margin = Mm(18), Mm(14)
    section.left_margin = section.right_margin = Mm(20)
    section.footer_distance = Mm(8)
    name_letter(form, title)
    return form


def name_letter(letter: Letter, title: str) -> None:
    """Set the title in the properties, and no author."""
    letter.core_properties.title = title
    letter.core_properties.author = letter.core_properties.last_modified_by = letter.core_properties.comments = ""


@cache
def _blank() -> bytes:
    """Return an empty letter as .docx; built once, because building the styles takes longer than a letter."""
    letter = Document()
    _set_up(letter)
    content = io.BytesIO()
    letter.save(content)
    return content.getvalue()


def letter_bytes(letter: Letter) -> bytes:
    """Return a letter as .docx."""
    letter.core_properties.created = letter.core_properties.modified = _FIXED_DATE
    buffer = io.BytesIO()
    letter.save(buffer)
    return without_clock(buffer.getvalue())


def add_line(letter: Letter, text: str, style: str = "公文正文") -> None:
    """Add a paragraph."""
    letter.add_paragraph(replace_forbidden(text), style)


def start_landscape_page(letter: Letter) -> None:
    """Continue on a new page in landscape."""
    section = letter.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(37), Mm(35)


def add_table(
    letter: Letter,
    titles: Sequence[str],
    widths: Sequence[Length],
    rows: Sequence[Sequence[str] | str],
    styles: Sequence[str] = LETTER_TABLE,
) -> None:
    """Add a table, with its header on every page; a row that is a single text spans all columns.

    Args:
        letter: to add it to.
        titles: of the columns; none for a table without a header.
        widths: of the columns.
        rows: texts.
        styles: of the header, of the first column, and of the others.
    """
    table = letter.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    head, middle, left = (_style(letter, name) for name in styles)
    if titles:
        for cell, title, width in zip(table.add_row().cells, titles, widths, strict=True):
            cell.width, cell.text = width, replace_forbidden(title)
            _set_style(cell.paragraphs, head)
    for row in rows:
        cells = table.add_row().cells
        if isinstance(row, str):
            merged = cells[0].merge(cells[-1])
            merged.text = replace_forbidden(row)
            _set_style(merged.paragraphs, head)
            merged.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.LEFT
            merged.paragraphs[0].paragraph_format.keep_with_next = True
            continue
        for number, (cell, text, width) in enumerate(zip(cells, row, widths, strict=True)):
            cell.width, cell.text = width, replace_forbidden(text)
            _set_style(cell.paragraphs, left if number else middle)
    *_, last = letter.element.body.iter(qn("w:tbl"))
    for number, element in enumerate(last.iter(qn("w:tr"))):
        element.get_or_add_trPr().append(OxmlElement("w:cantSplit" if number or not titles else "w:tblHeader"))


def add_page_number(letter: Letter) -> None:
    """Number the pages in the footer: — 1 —."""
    paragraph = letter.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = paragraph.add_run()
    paragraph.add_run(" —")
    for run in paragraph.runs:
        run.font.name, run.font.size = _LATIN, Pt(14)
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text
        field.font.element.append(part)


def _set_up(letter: Letter) -> None:
    _set_page(letter.sections[0])
    for unused in [style for style in letter.styles if style.name not in _KEPT_STYLES]:
        unused.delete()
    for name, font, size, align, indent in _STYLES:
        style = letter.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        assert isinstance(style, ParagraphStyle)  # noqa: S101
        style.font.name, style.font.size = _LATIN, Pt(size)
        properties = style.element.get_or_add_rPr()
        properties.rFonts.set(qn("w:eastAsia"), font)
        properties.rFonts.set(qn("w:hint"), "eastAsia")  # quotation marks are Chinese ones
        layout = style.paragraph_format
        layout.alignment = align
        layout.space_before = layout.space_after = Pt(0)
        layout.first_line_indent = Pt(size * indent)
        if size >= 16 or name in FORM_LINES:
            layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            layout.line_spacing = Pt(FORM_LINES.get(name, 36 if size > 20 else 28))
        layout.widow_control = True
        layout.keep_with_next = name[2:] in {"一级", "结语", "落款", "落款日期", "附件", "附表标题"}
    letter.styles["公文字号"].paragraph_format.space_after = Pt(28)
    letter.styles["公文标题"].paragraph_format.space_after = Pt(28)
    letter.styles["公文附表标题"].paragraph_format.space_after = Pt(10)
    for name in ("公文落款", "公文落款日期"):
        letter.styles[name].paragraph_format.right_indent = Pt(64)


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)


def _style(letter: Letter, name: str) -> ParagraphStyle:
    style = letter.styles[name]
    assert isinstance(style, ParagraphStyle)  # noqa: S101
    return style


def _set_style(paragraphs: Iterable[Paragraph], style: ParagraphStyle) -> None:
    for paragraph in paragraphs:
        paragraph.style = style
