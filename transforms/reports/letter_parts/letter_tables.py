"""Tables of letters and forms."""

from collections.abc import Collection, Sequence
from xml.sax.saxutils import escape

from docx.document import Document as Letter
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.table import CT_Tbl
from docx.shared import Length

from transforms.safe_text import replace_forbidden

# Styles of the header, of the first column, and of the others.
LETTER_TABLE = ("公文表头", "公文表格居中", "公文表格")
FORM_TABLE = ("表单表头", "表单表格居中", "表单表格")
FORM_FIGURES = ("表单表头", "表单表格", "表单表格居中")
_WHOLE = 8  # rows of a table that is not split between pages
_MARGIN = 45  # of a cell of a form on each side, in twentieths of a point


def add_table(
    letter: Letter,
    titles: Sequence[str],
    widths: Sequence[Length],
    rows: Sequence[Sequence[str] | str],
    styles: Sequence[str] = LETTER_TABLE,
    height: float | None = None,
    centred: Collection[str] = (),
) -> None:
    """Add a table, with its header on every page; a row that is a single text spans all columns.

    A short table is not split between pages; of a longer one no row is alone on a page.

    Args:
        letter: to add it to.
        titles: of the columns; none for a table without a header.
        widths: of the columns.
        rows: texts.
        styles: of the header, of the first column, and of the others.
        height: of the rows below the header in points, at least; None is that of their text.
        centred: titles of further columns in the style of the first one.
    """
    table = letter.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    *_, element = letter.element.body.iter(qn("w:tbl"))
    if styles is not LETTER_TABLE:
        _narrow_margins(element)
    head, first, other = (str(letter.styles[name].style_id) for name in styles)
    sizes = [round(width.twips) for width in widths]
    looks = [first, *(first if title in centred else other for title in (titles or widths)[1:])]
    whole = len(rows) <= _WHOLE
    header = list(zip(titles, sizes, [head] * len(titles), strict=False))
    lines = [_row(header, "<w:tblHeader/>", keep=True)] if titles else []
    least = f'<w:trHeight w:val="{round(height * 20)}" w:hRule="atLeast"/>' if height else ""
    for at, row in enumerate(rows, 1):
        cells = [(row, sum(sizes), head)] if isinstance(row, str) else zip(row, sizes, looks, strict=False)
        keep = isinstance(row, str) or (at < len(rows) and (whole or at in {1, len(rows) - 1}))
        wide = len(widths) if isinstance(row, str) else 1
        lines.append(_row(list(cells), f"<w:cantSplit/>{least}", span=wide, keep=keep))
    for line in parse_xml(f"<w:tbl {nsdecls('w')}>{''.join(lines)}</w:tbl>"):
        element.append(line)


def _row(cells: Sequence[tuple[str, int, str]], properties: str, span: int = 1, *, keep: bool = False) -> str:
    """Return a row as XML, which is several times faster than cell by cell.

    Args:
        cells: text, width in twentieths of a point, and id of the style.
        properties: of the row, as XML.
        span: number of columns of its only cell.
        keep: whether it is on the page of the next row.
    """
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    look = ("<w:keepNext/>" if keep else "") + ('<w:jc w:val="left"/>' if span > 1 else "")
    texts = (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{wide}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{look}</w:pPr><w:r>{_run(text)}</w:r></w:p></w:tc>'
        for text, width, style in cells
    )
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(texts)}</w:tr>"


def _run(text: str) -> str:
    lines = (f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in replace_forbidden(text).split("\n"))
    return "<w:br/>".join(lines)


def _narrow_margins(table: CT_Tbl) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table.tblPr.find(qn("w:tblLook")).addprevious(margins)
