"""What every format is read into: sheets of plain cells. Knows nothing of formats nor of indicators."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from openpyxl.utils import get_column_letter

from transforms.reports.office_text import has_halves, mended

Span = tuple[int, int]  # first character of a text, and the one after the last

# The number format where a reader cannot give it (.xlsb, .ods): 0.25 may be 25 % or 0.25.
UNKNOWN_FORMAT = ""

Held = Literal["blank", "number", "text", "date", "boolean", "error", "formula"]


class Unreadable(Exception):  # noqa: N818 - it is a verdict on their file, not an error of ours
    """The file is not a workbook that can be read; the message says why, in Chinese."""

    fault = "unreadable"


class Encrypted(Unreadable):
    """The file needs a password that is not at hand."""

    fault = "encrypted"


class Cell(NamedTuple):
    """One cell as the file has it. A `formula` is one whose result was not saved; its text stands in `text`.

    `number_format` is `UNKNOWN_FORMAT` where the reader cannot give it. `superscripts` and `subscripts` are the
    characters of `text` that are set above or below the line, as footnote marks and the ₂ of CO₂ often are.
    """

    row: int
    column: int
    held: Held
    text: str
    number: float | int | None = None
    number_format: str = "General"
    turned: bool = False
    superscripts: tuple[Span, ...] = ()
    subscripts: tuple[Span, ...] = ()

    @property
    def address(self) -> str:
        """Where the cell stands in the file, like F12; `turned` cells have row and column exchanged."""
        return address_of(self.row, self.column, turned=self.turned)


def address_of(row: int, column: int, *, turned: bool) -> str:
    """Where a cell stands in the file: `turned` ones have row and column exchanged."""
    return f"{get_column_letter(row)}{column}" if turned else f"{get_column_letter(column)}{row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's filled cells by (row, column), both from 1.

    `merged`: ranges as (first row, first column, last row, last column); one may span the whole sheet. `cut`: it is
    kept in part only.
    """

    name: str
    cells: dict[tuple[int, int], Cell]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    cut: bool = False
    hidden_columns: frozenset[int] = frozenset()

    def rows(self) -> dict[int, list[Cell]]:
        """Cells by row, in reading order."""
        rows: dict[int, list[Cell]] = {}
        for position in sorted(self.cells):
            rows.setdefault(position[0], []).append(self.cells[position])
        return rows


def mended_sheet(sheet: Sheet) -> Sheet:
    """The same sheet, if every text of it can be written as UTF-8; else one in which it can."""
    if not has_halves("".join([sheet.name, *(cell.text for cell in sheet.cells.values())])):
        return sheet
    cells = {place: cell._replace(text=mended(cell.text)) for place, cell in sheet.cells.items()}
    return replace(sheet, name=mended(sheet.name), cells=cells)


KEPT_CELLS, KEPT_TEXT = 4_000, 200_000


def keep_some(sheet: Sheet, start: int) -> Sheet:
    """A sheet with no more cells and characters than may be held for every file of a round.

    Args:
        sheet: any sheet.
        start: the row from which cells matter most; those above it come after all others.
    """
    kept: dict[tuple[int, int], Cell] = {}
    length = 0
    for place in sorted(sheet.cells, key=lambda place: (place[0] < start, place)):
        length += len(sheet.cells[place].text)
        if len(kept) == KEPT_CELLS or length > KEPT_TEXT:
            break
        kept[place] = sheet.cells[place]
    return Sheet(sheet.name, kept, merged=sheet.merged[:KEPT_CELLS], cut=len(kept) < len(sheet.cells))
