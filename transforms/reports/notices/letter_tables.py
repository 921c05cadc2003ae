"""Tables of letters and forms."""

from collections.abc import Iterable, Sequence

from docx.document import Document as Letter
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Tbl
from docx.shared import Length, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from transforms.safe_text import replace_forbidden

# Styles of the header, of the first column, and of the others.
LETTER_TABLE = ("公文表头", "公文表格居中", "公文表格")
FORM_TABLE = ("表单表头", "表单表格居中", "表单表格")
FORM_FIGURES = ("表单表头", "表单表格", "表单表格居中")
_MARGIN = 45  # of a cell of a form on each side, in twentieths of a point


def add_table(
    letter: Letter,
    titles: Sequence[str],
    widths: Sequence[Length],
    rows: Sequence[Sequence[str] | str],
    styles: Sequence[str] = LETTER_TABLE,
    height: float | None = None,
) -> None:
    """Add a table, with its header on every page; a row that is a single text spans all columns.

    Args:
        letter: to add it to.
        titles: of the columns; none for a table without a header.
        widths: of the columns.
        rows: texts.
        styles: of the header, of the first column, and of the others.
        height: of the rows below the header in points, at least; None is that of their text.
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
        line = table.add_row()
        line.height = Pt(height) if height else None
        cells = line.cells
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
    if styles is not LETTER_TABLE:
        _narrow_margins(last)
    for number, element in enumerate(last.iter(qn("w:tr"))):
        element.get_or_add_trPr().append(OxmlElement("w:cantSplit" if number or not titles else "w:tblHeader"))


def _narrow_margins(table: CT_Tbl) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table.tblPr.find(qn("w:tblLook")).addprevious(margins)


def _style(letter: Letter, name: str) -> ParagraphStyle:
    style = letter.styles[name]
    assert isinstance(style, ParagraphStyle)  # noqa: S101
    return style


def _set_style(paragraphs: Iterable[Paragraph], style: ParagraphStyle) -> None:
    """Set by id: `Paragraph.style` compares with the default style each time, half the time of a form."""
    for paragraph in paragraphs:
        paragraph.paragraph_format.element.style = style.style_id
