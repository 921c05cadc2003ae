"""Named styles of the review workbook, page setup, and heights of rows."""

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

# Fill and text by severity; the words beside them distinguish severities in grey print.
SEVERITY_COLOURS = {
    "blocker": ("C00000", "FFFFFF"),
    "error": ("F8CBAD", "7B1F0A"),
    "warning": ("FFE699", "5F4700"),
    "info": ("DDEBF7", "1F3864"),
}
STATE_COLOURS = {"good": "E2EFDA", "bad": "F8CBAD", "open": "FFE699", "unused": "E7E6E6"}
FONT = "微软雅黑"
_A4, _A3, _A4_CHARACTERS = 9, 8, 180  # beyond this width 9 points are printed on A4 as less than 7
_NARROW = re.compile(r"[^\u2e80-\U0010ffff]+")
_THIN = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def add_styles(workbook: Workbook) -> list[NamedStyle]:
    """Register the named styles that the sheets use, and return them."""
    styles = _styles()
    for style in styles:
        workbook.add_named_style(style)
    return styles


@cache
def style_arrays() -> Mapping[str, StyleArray]:
    """Return the numbers that give a cell its style, by name; they are equal in all workbooks with these styles."""
    return {style.name: style.as_tuple() for style in add_styles(Workbook())}


def set_up_page(sheet: Worksheet, *, title_rows: int | None = None, freeze: str | None = None) -> None:
    """Set A4 landscape, or A3 where the columns are many; one page wide, header rows and page number on every page."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A3 if sheet_width(sheet) > _A4_CHARACTERS else _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.8, 0.4
    assert sheet.oddFooter is not None, "openpyxl makes one for every sheet"  # noqa: S101
    sheet.oddFooter.center.text = "&A　第&P页，共&N页"
    sheet.sheet_view.showGridLines = False
    if title_rows:
        sheet.print_title_rows = f"1:{title_rows}"
    if freeze:
        sheet.freeze_panes = freeze


def sheet_width(sheet: Worksheet) -> float:
    """Return the width of the columns that are set and not hidden, in characters."""
    return sum(column.width for column in sheet.column_dimensions.values() if not column.hidden)


def head_pages(sheet: Worksheet, text: str) -> None:
    """Print a text at the head of every page of a sheet."""
    assert sheet.oddHeader is not None, "openpyxl makes one for every sheet"  # noqa: S101
    sheet.oddHeader.right.text = text.replace("&", "&&")
    sheet.page_margins.header = 0.3


def height_for(texts: Iterable[tuple[object, float]]) -> float:
    """Return the height of a row in points at which all its wrapped texts show.

    Excel adjusts a height only after an edit, and LibreOffice not beside merged cells.

    Args:
        texts: each with the width of its column in characters.
    """
    lines = 1
    for value, width in texts:
        text = value if isinstance(value, str) else ""  # a number does not wrap, however many digits it has
        room = width * 1.08  # the 9 point font sets about a tenth more than the width says
        if 2 * len(text) > room or "\n" in text:
            lines = max(lines, sum(max(1, math.ceil(width_of(part) / room)) for part in text.split("\n")))
    return min(409.0, 12.5 * lines + 5)


def width_of(text: str) -> int:
    """Return the width in narrow characters; a Chinese one counts as two."""
    return len(text) if text.isascii() else len(text) + len(_NARROW.sub("", text))


def _styles() -> list[NamedStyle]:
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    left = Alignment(horizontal="left", vertical="center", wrap_text=True)
    right = Alignment(horizontal="right", vertical="center", wrap_text=True)
    plain = Font(name=FONT, size=9)
    # openpyxl looks a style up from the first: those of most cells come first.
    styles = [
        NamedStyle("文字", font=plain, alignment=left, border=_BOX),
        NamedStyle("数值", font=plain, alignment=right, border=_BOX),
        NamedStyle("居中", font=plain, alignment=middle, border=_BOX),
        NamedStyle("原值", font=plain, alignment=right, border=_BOX),
        NamedStyle(
            "链接", font=Font(name=FONT, size=9, color="0563C1", underline="single"), alignment=left, border=_BOX
        ),
        NamedStyle("表头", font=Font(name=FONT, size=9, bold=True, color="FFFFFF"), alignment=middle, border=_BOX),
        NamedStyle("代码", font=Font(name="Consolas", size=8), alignment=left, border=_BOX),
        NamedStyle("项目", font=Font(name=FONT, size=10, bold=True), alignment=left, border=_BOX),
        NamedStyle("小标题", font=Font(name=FONT, size=11, bold=True, color="1F3864"), alignment=left),
        NamedStyle("说明", font=Font(name=FONT, size=10, italic=True, color="595959")),
        NamedStyle("正文", font=Font(name=FONT, size=10), alignment=left),
        NamedStyle("标题", font=Font(name=FONT, size=18, bold=True, color="1F3864"), alignment=middle),
        NamedStyle("注", font=Font(name=FONT, size=9, italic=True, color="595959"), alignment=left),
        NamedStyle("合计", font=Font(name=FONT, size=9, bold=True), alignment=right, border=_BOX),
    ]
    by_name = {style.name: style for style in styles}
    by_name["表头"].fill = PatternFill("solid", fgColor="1F3864")
    by_name["项目"].fill = PatternFill("solid", fgColor="F2F2F2")
    by_name["合计"].fill = PatternFill("solid", fgColor="F2F2F2")
    for state, fill in STATE_COLOURS.items():
        style = NamedStyle(state, font=plain, alignment=middle, border=_BOX)
        style.fill = PatternFill("solid", fgColor=fill)
        styles.append(style)
    for severity, (fill, text) in SEVERITY_COLOURS.items():
        font = Font(name=FONT, size=9, bold=severity == "blocker", color=text)
        for align, suffix in ((middle, ""), (right, "-数值"), (left, "-文字")):
            style = NamedStyle(severity + suffix, font=font, alignment=align, border=_BOX)
            style.fill = PatternFill("solid", fgColor=fill)
            styles.append(style)
    # Cells that a reviewer fills in, and those to look at again. Their format is text, so that no entry becomes a
    # formula or a date.
    for name, fill, colour in (
        ("填写", "FFFDF0", "000000"),
        ("填写-留意", "FFD966", "7B1F0A"),
    ):
        style = NamedStyle(name, font=Font(name=FONT, size=9, color=colour), alignment=left, border=_BOX)
        style.fill = PatternFill("solid", fgColor=fill)
        style.protection = Protection(locked=False)
        style.number_format = "@"
        styles.append(style)
    score = NamedStyle("评分", font=plain, alignment=middle, border=_BOX, number_format="0.#")
    score.fill, score.protection = PatternFill("solid", fgColor="FFFDF0"), Protection(locked=False)
    styles.append(score)
    return styles
