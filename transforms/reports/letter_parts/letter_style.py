"""Layout of an official letter after GB/T 9704: A4, margins, fonts, line spacing, tables, page numbers."""

import io
from datetime import date, datetime
from functools import cache

from docx import Document
from docx.document import Document as Letter
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle

from transforms.reports.files.office_files import without_clock
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
    ("表单表头", "黑体", 8.5, WD_ALIGN_PARAGRAPH.CENTER, 0),
    ("表单表格", "仿宋_GB2312", 8.5, WD_ALIGN_PARAGRAPH.LEFT, 0),
    ("表单表格居中", "仿宋_GB2312", 8.5, WD_ALIGN_PARAGRAPH.CENTER, 0),
)
# Points from line to line of a form.
FORM_LINES = {
    "表单标题": 28,
    "表单一级": 18,
    "表单正文": 14,
    "表单附注": 11,
    "表单表头": 11,
    "表单表格": 11,
    "表单表格居中": 11,
}
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
# Parts of a blank document of python-docx that no letter uses: all styles again, forty times the letter in size;
# a list of literature; a picture of somebody's document.
_UNUSED_PARTS = ("/stylesWithEffects", "/customXml", "/thumbnail")
_FIXED_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - without meaning: the clock must not enter a package
_LATIN = "Times New Roman"
_NO_BREAK = "\u00a0"  # stays beside its neighbours; other blanks vanish at the end of a line
_BLANK_DAY = f"{8 * _NO_BREAK}年{5 * _NO_BREAK}月{5 * _NO_BREAK}日"


def blank_letter() -> Letter:
    """Return an empty letter with its page and styles."""
    return Document(io.BytesIO(_blank()))


def blank_form(title: str) -> Letter:
    """Return an empty form: a letter with narrow margins, to fill one page, with its title in the properties."""
    form = blank_letter()
    section = form.sections[0]
    section.top_margin, section.bottom_margin = Mm(15), Mm(12)
    section.left_margin = section.right_margin = Mm(19)
    section.footer_distance = Mm(6)
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
    for part in (letter.part, letter.part.package):
        for key, relation in list(part.rels.items()):
            if relation.reltype.endswith(_UNUSED_PARTS):
                del part.rels[key]
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


def add_line(letter: Letter, text: str, style: str = "公文正文", *, keep: bool = False) -> None:
    """Add a paragraph; `keep` puts it on the page of what follows."""
    layout = letter.add_paragraph(replace_forbidden(text)).paragraph_format
    layout.element.style = letter.styles[style].style_id
    if keep:
        layout.keep_with_next = True


def day_in_words(day: date | None) -> str:
    """Return a date for a sentence, with room to fill it in by hand if there is none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else _BLANK_DAY


def start_landscape_page(letter: Letter) -> None:
    """Continue on a new page in landscape."""
    section = letter.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.top_margin, section.bottom_margin = Mm(28), Mm(26)
    section.left_margin, section.right_margin = Mm(37), Mm(35)


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
        if name in FORM_LINES or name.startswith("公文表"):
            _remove_spaces(style)
        layout.keep_with_next = name[2:] in {"一级", "结语", "落款", "落款日期", "附件", "附表标题"}
    letter.styles["公文字号"].paragraph_format.space_after = Pt(28)
    letter.styles["公文标题"].paragraph_format.space_after = Pt(28)
    letter.styles["公文附表标题"].paragraph_format.space_after = Pt(10)
    for name in ("公文落款", "公文落款日期"):
        letter.styles[name].paragraph_format.right_indent = Pt(64)


def _remove_spaces(style: ParagraphStyle) -> None:
    """Switch off the space that Word adds between Chinese characters and letters or digits."""
    spacing = style.element.pPr.find(qn("w:spacing"))
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        element = OxmlElement(name)
        element.set(qn("w:val"), "0")
        spacing.addprevious(element)


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
