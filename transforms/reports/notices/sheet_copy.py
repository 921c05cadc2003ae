"""Copy a submitted sheet cell by cell to the same addresses, with marks on the cells in question."""

from collections.abc import Iterator, Mapping, Sequence

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet

from contracts.rules import SEVERITIES
from transforms.intake.cells import Sheet
from transforms.reports.notices.correction_items import DUTIES, CorrectionItem
from transforms.reports.sheet_parts.cells import put_as_submitted
from transforms.reports.sheet_parts.styles import SEVERITY_COLOURS, height_for, set_up_page, width_of
from transforms.safe_text import replace_forbidden

_WIDEST, _NARROWEST = 44, 8
_ONE_PAGE = 45  # rows that are legible on one page
_MERGES = 400  # a table of forty rows has some twenty
_TEXT_FROM = 26  # a column this wide holds sentences
_LARGEST_GRID = 10_000
_LARGEST_MERGE = 2_000  # cells; a larger one is a slip and would take long
_THIN = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_FONT = "宋体"
Merge = tuple[int, int, int, int]
Marks = Mapping[str, Sequence[CorrectionItem]]


def write_sheet_copy(sheet: Worksheet, table: Sheet, marks: Marks) -> None:
    """Write the cells at their addresses as text and numbers, never as a formula."""
    widths = _widths(table)
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width
    covered = table.merged[:_MERGES]
    heights: dict[int, list[tuple[object, float]]] = {}
    for (row, column), cell in table.cells.items():
        written = put_as_submitted(sheet, row, column, cell.text, held=cell.held, number_format=cell.number_format)
        written.font, written.border = Font(name=_FONT, size=10), _BOX
        aside = "left" if widths[column] > _TEXT_FROM and cell.held == "text" else "center"
        written.alignment = Alignment(horizontal=aside, vertical="center", wrap_text=True)
        if not any(_within((row, column), merge) for merge in covered):
            heights.setdefault(row, []).append((cell.text, widths[column] * 0.9))
    for row, column in _blanks(table):
        sheet.cell(row, column).border = _BOX
    for row, texts in heights.items():
        sheet.row_dimensions[row].height = max(18.0, height_for(texts))
    for top, left, bottom, right in _merges(table, marks):
        sheet.merge_cells(start_row=top, end_row=bottom, start_column=left, end_column=right)
    for address, items in marks.items():
        _mark(sheet, address, items)
    set_up_page(sheet)
    if len(heights) <= _ONE_PAGE:
        sheet.page_setup.fitToHeight = 1


def _blanks(table: Sheet) -> Iterator[tuple[int, int]]:
    """Yield empty places in filled rows, which get a border; none in a table that is scattered widely."""
    rows = sorted({row for row, _ in table.cells})
    columns = range(min(column for _, column in table.cells), max(column for _, column in table.cells) + 1)
    if len(rows) * len(columns) <= _LARGEST_GRID:
        yield from ((row, column) for row in rows for column in columns if (row, column) not in table.cells)


def _mark(sheet: Worksheet, address: str, items: Sequence[CorrectionItem]) -> None:
    row, column = coordinate_to_tuple(address)
    worst = min((item.severity for item in items), key=SEVERITIES.index)
    fill, colour = SEVERITY_COLOURS["error" if worst == "blocker" else worst]
    cell = sheet.cell(row, column)
    cell.fill, cell.border = PatternFill("solid", fgColor=fill), _BOX
    cell.font = Font(name=_FONT, size=10, bold=True, color=colour)
    words = "\n".join(f"【{DUTIES[item.must]}】{item.why}\n处理：{item.advice}" for item in items)
    comment = Comment(replace_forbidden(words), "审核")
    comment.width, comment.height = 360, min(400, 40 + 18 * (len(words) // 26 + words.count("\n") + 1))
    cell.comment = comment


def _merges(table: Sheet, marks: Marks) -> Iterator[Merge]:
    """Yield the merged ranges that can be kept: within the cells, not overlapping, without hiding a marked cell."""
    last_row = max((row for row, _ in table.cells), default=1)
    last_column = max((column for _, column in table.cells), default=1)
    marked = [coordinate_to_tuple(address) for address in marks]
    kept: list[Merge] = []
    for top, left, bottom, right in table.merged[:_MERGES]:
        one = (top, left, bottom, right)
        if _size(one) > _LARGEST_MERGE:
            one = (top, left, min(bottom, max(top, last_row)), min(right, max(left, last_column)))
        hides = any(_within(place, one) and place != (top, left) for place in (*marked, *table.cells))
        if 1 < _size(one) <= _LARGEST_MERGE and not hides and not any(_overlap(one, other) for other in kept):
            kept.append(one)
            yield one


def _size(merge: Merge) -> int:
    return (merge[2] - merge[0] + 1) * (merge[3] - merge[1] + 1)


def _within(place: tuple[int, int], merge: Merge) -> bool:
    return merge[0] <= place[0] <= merge[2] and merge[1] <= place[1] <= merge[3]


def _overlap(one: Merge, other: Merge) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _widths(table: Sheet) -> dict[int, float]:
    """Return widths of the columns for their contents; a title over the whole table does not count."""
    spread = {(top, left) for top, left, _, right in table.merged if right > left}
    longest: dict[int, int] = {}
    for (row, column), cell in table.cells.items():
        longest.setdefault(column, _NARROWEST)
        if (row, column) not in spread:
            longest[column] = max(longest[column], max(width_of(line[:_WIDEST]) for line in cell.text.split("\n")) + 3)
    return {column: float(min(_WIDEST, width)) for column, width in longest.items()}
