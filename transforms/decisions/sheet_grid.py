"""A sheet as texts by row and column, independent of the program that saved it; and the position of a form."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import FORMER_TITLES, Form
from transforms.intake.cells import Sheet
from transforms.intake.formats.xml_parts import unescape

Grid = dict[tuple[int, int], str]


@dataclass(frozen=True)
class FormPosition:
    """Position of a form: header row, and columns by title."""

    header: int
    columns: dict[str, int]


def clean(text: str) -> str:
    """Normalise line breaks and strip white space, which programs change when they save."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def grid_of(sheet: Sheet) -> Grid:
    """Return the grid of a sheet that was read."""
    cells = sheet.cells.items()
    return _filled((place, _shown(cell.number if cell.held == "number" else cell.text)) for place, cell in cells)


def grid_of_new(sheet: Worksheet) -> Grid | None:
    """Return the grid of a sheet that is being written, or None with formulas: a program has yet to calculate them."""
    cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell) and cell.value is not None]
    if any(cell.data_type == "f" for cell in cells):
        return None
    shown = ((cell, unescape(cell.value) if isinstance(cell.value, str) else cell.value) for cell in cells)
    return _filled(((cell.row, cell.column), _shown(value)) for cell, value in shown)


def find_form(grid: Grid, form: Form, *, is_named: bool = False) -> FormPosition | None:
    """Find the first row with the title of the key column and of a field.

    On the sheet with the form's own name (`is_named`) two titles of fields are enough.
    """
    titles = {FORMER_TITLES.get(text, text) for text in {*form.fields.values(), form.key}}
    for row in sorted({row for (row, _), text in grid.items() if FORMER_TITLES.get(text, text) in titles}):
        columns: dict[str, int] = {}
        for (_, column), text in sorted((place, text) for place, text in grid.items() if place[0] == row):
            columns.setdefault(FORMER_TITLES.get(text, text), column)
        fields = set(form.fields.values()) & columns.keys()
        if fields and (form.key in columns or (is_named and len(fields) > 1)):
            return FormPosition(row, columns)
    return None


def row_marks(grid: Grid) -> list[str]:
    """Return a short hash of every non-empty row, ignoring empty cells."""
    rows: dict[int, list[str]] = {}
    for place in sorted(grid):
        rows.setdefault(place[0], []).append(grid[place])
    return [mark(*texts) for texts in rows.values()]


def mark(*texts: str) -> str:
    """Return a short hash of texts, ignoring white space."""
    return hashlib.sha256("\x1f".join(map(squeeze, texts)).encode()).hexdigest()[:8]


def squeeze(text: str) -> str:
    """Remove white space, because LibreOffice breaks lines of more than 16 000 characters."""
    return "".join(text.split())


def _filled(cells: Iterable[tuple[tuple[int, int], str]]) -> Grid:
    return {place: text for place, text in cells if text}


def _shown(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{float(value):.12g}"  # programs differ in the last digits
    return clean(str(value))


def rows_below(grid: Grid, place: FormPosition) -> Iterator[int]:
    """Yield non-empty rows below the header."""
    yield from sorted({row for row, _ in grid if row > place.header})
