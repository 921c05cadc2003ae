"""Sheets and cells, the common form into which every file format is read."""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from openpyxl.utils import get_column_letter

from transforms.safe_text import has_surrogates, repair_surrogates

Span = tuple[int, int]  # first character of a text, and the one after the last

# The number format where a reader cannot give it (.xlsb, .ods): 0.25 may be 25 % or 0.25.
UNKNOWN_FORMAT = ""

Held = Literal["blank", "number", "text", "date", "boolean", "error", "formula", "picture"]


class UnreadableFileError(Exception):
    """The file cannot be read as a workbook or plan; the message gives the reason, in Chinese."""

    fault = "unreadable"


class EncryptedFileError(UnreadableFileError):
    """The file needs a password that is not among the configured ones."""

    fault = "encrypted"


class Cell(NamedTuple):
    """One cell as stored in the file.

    Attributes:
        row: from 1.
        column: from 1.
        held: what the cell holds; a `formula` is one whose result was not saved, with its text in `text`; a
            `picture` is one that WPS or Excel places in a cell.
        text: as shown, without its number format.
        number: of a `number` cell.
        number_format: `UNKNOWN_FORMAT` where the reader cannot give it.
        transposed: whether row and column were exchanged for reading.
        superscripts: character positions of `text` set above the line, as footnote marks are.
        marks: keys of the raised footnote marks that were taken off `text` (see `values.footnote_marks`).
    """

    row: int
    column: int
    held: Held
    text: str
    number: float | int | None = None
    number_format: str = "General"
    transposed: bool = False
    superscripts: tuple[Span, ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The address in the file, like F12; that of a `transposed` cell has row and column exchanged back."""
        return address_of(self.row, self.column, transposed=self.transposed)


def address_of(row: int, column: int, *, transposed: bool) -> str:
    """Return the address of a cell in the file, like F12."""
    return f"{get_column_letter(row)}{column}" if transposed else f"{get_column_letter(column)}{row}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's filled cells by (row, column), both from 1.

    `merged` has ranges as (first row, first column, last row, last column), each up to the whole sheet. `cut`: only
    a part of the cells was kept.
    """

    name: str
    cells: dict[tuple[int, int], Cell]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    cut: bool = False
    hidden_columns: frozenset[int] = frozenset()

    def rows(self) -> dict[int, list[Cell]]:
        """Group the cells by row, in reading order."""
        rows: dict[int, list[Cell]] = {}
        for position in sorted(self.cells):
            rows.setdefault(position[0], []).append(self.cells[position])
        return rows


def repair_sheet(sheet: Sheet) -> Sheet:
    """Replace lone surrogates in the texts of a sheet, so that each can be written as UTF-8."""
    if not has_surrogates("".join([sheet.name, *(cell.text for cell in sheet.cells.values())])):
        return sheet
    cells = {place: cell._replace(text=repair_surrogates(cell.text)) for place, cell in sheet.cells.items()}
    return replace(sheet, name=repair_surrogates(sheet.name), cells=cells)


KEPT_CELLS, KEPT_TEXT = 4_000, 200_000


def keep_some(sheet: Sheet, start: int) -> Sheet:
    """Limit a sheet to what may be held for every file of a round; rows above `start` come after all others."""
    kept: dict[tuple[int, int], Cell] = {}
    length = 0
    for place in sorted(sheet.cells, key=lambda place: (place[0] < start, place)):
        length += len(sheet.cells[place].text)
        if len(kept) == KEPT_CELLS or length > KEPT_TEXT:
            break
        kept[place] = sheet.cells[place]
    return Sheet(sheet.name, kept, merged=sheet.merged[:KEPT_CELLS], cut=len(kept) < len(sheet.cells))
