"""Convert tables of Word to sheets of text cells for `transforms.intake`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docx.oxml.ns import qn

from contracts.naming import plain
from transforms.intake.cells import Cell, Sheet, UnreadableFileError
from transforms.plans.word.runs import BOX, PARAGRAPH, TABLE, Element, is_inside, text_of, value_of, whole_number
from transforms.plans.word.text import Paragraph

COLUMNS = 64
_ROW, _CELL = qn("w:tr"), qn("w:tc")
_GOES_ON = ("续表", "（续", "(续")

Range = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: texts by row and column, blank where a cell spans; merged ranges; how many paragraphs were before it."""

    rows: list[list[str]]
    merged: list[Range]
    after: int

    @property
    def width(self) -> int:
        """Number of columns."""
        return max(map(len, self.rows), default=0)


def read_grid(table: Element, after: int) -> Grid:
    """Read the cells of a table, without those of nested tables.

    Raises:
        UnreadableFileError: if it is wider than any table on paper.
    """
    rows: list[list[str]] = []
    merged: dict[tuple[int, int], Range] = {}
    above: dict[int, Range] = {}  # by column, the range that a continued cell extends
    for at, row in enumerate((one for one in table.iter(_ROW) if is_inside(one, table, _ROW, TABLE, BOX)), 1):
        texts: list[str] = []
        for cell in (one for one in row.iter(_CELL) if is_inside(one, row, _CELL, TABLE, BOX)):
            properties = cell.find(qn("w:tcPr"))
            width = whole_number(value_of(properties, "w:gridSpan")) or 1
            down = None if properties is None else properties.find(qn("w:vMerge"))
            column = len(texts) + 1
            if column + width - 1 > COLUMNS:
                raise UnreadableFileError(f"表格超过{COLUMNS}列")
            goes_on = down is not None and down.get(qn("w:val")) != "restart"
            top, left, bottom, right = above.get(column, (at, column, 0, column + width - 1))
            if not goes_on or bottom != at - 1:
                top, left, right = at, column, column + width - 1
            above[column] = (top, left, at, right)
            if top < at or width > 1:
                merged[top, left] = above[column]
            lines = [text_of(one) for one in cell.findall(PARAGRAPH)]
            texts += ["" if goes_on else "\n".join(lines).strip(), *[""] * (width - 1)]
        rows.append(texts)
    return Grid(rows, list(merged.values()), after)


def as_sheets(grids: Sequence[Grid], paragraphs: Sequence[Paragraph]) -> Iterator[Sheet]:
    """Yield tables as sheets; join one that continues on the next page."""
    joined: list[Grid] = []
    for grid in grids:
        if joined and _continues(joined[-1], grid, paragraphs):
            joined[-1] = _join(joined[-1], grid)
        else:
            joined.append(grid)
    for number, grid in enumerate(joined, 1):
        cells = {
            (at, column): Cell(at, column, "text", text)
            for at, row in enumerate(grid.rows, 1)
            for column, text in enumerate(row, 1)
            if text
        }
        yield Sheet(f"方案表{number}", cells, merged=tuple(grid.merged))


def _continues(one: Grid, other: Grid, paragraphs: Sequence[Paragraph]) -> bool:
    """Return whether a table continues the one before: as many columns, and 续表, its header again, or a cut row."""
    between = [paragraph.text for paragraph in paragraphs[one.after + 1 : other.after]]
    if one.width != other.width or not all(text.startswith(_GOES_ON) for text in between):
        return False
    first = other.rows[0]
    return bool(between) or first == one.rows[0] or plain(first[0]).isdecimal() or not first[0]


def _join(one: Grid, other: Grid) -> Grid:
    down = len(one.rows)
    ranges = [(top + down, left, bottom + down, right) for top, left, bottom, right in other.merged]
    # A header that is repeated stays as a blank row, so that every cell keeps its row.
    rows = [[] if at < 2 and row == one.rows[0] else row for at, row in enumerate(other.rows)]
    return Grid([*one.rows, *rows], [*one.merged, *ranges], other.after)
