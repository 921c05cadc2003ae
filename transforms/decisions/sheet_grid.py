"""A sheet as plain texts by row and column, the same whoever saved it last; and where on it the form stands."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import Form
from transforms.intake.cells import Sheet
from transforms.intake.formats.xml_parts import unescape

Grid = dict[tuple[int, int], str]


@dataclass(frozen=True)
class Place:
    """Where a form stands: the row of its header, and its columns by title."""

    header: int
    columns: dict[str, int]


def clean(text: str) -> str:
    """A text without what programs change when they save it: the kind of line break, white space around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def grid_of(sheet: Sheet) -> Grid:
    """A sheet that was read."""
    cells = sheet.cells.items()
    return _filled((place, _shown(cell.number if cell.held == "number" else cell.text)) for place, cell in cells)


def grid_of_new(sheet: Worksheet) -> Grid:
    """A sheet that is being written."""
    cells = (cell for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell) and cell.value is not None)
    shown = ((cell, unescape(cell.value) if isinstance(cell.value, str) else cell.value) for cell in cells)
    return _filled(((cell.row, cell.column), _shown(value)) for cell, value in shown)


def find_form(grid: Grid, form: Form) -> Place | None:
    """The first row in which the title of the key column and one to fill in stand together."""
    for row in sorted({row for (row, _), text in grid.items() if text == form.key}):
        columns: dict[str, int] = {}
        for (_, column), text in sorted((place, text) for place, text in grid.items() if place[0] == row):
            columns.setdefault(text, column)
        if set(form.fields.values()) & columns.keys():
            return Place(row, columns)
    return None


def row_marks(grid: Grid) -> list[str]:
    """A short hash of every row that is not empty, whatever stands between its cells."""
    rows: dict[int, list[str]] = {}
    for place in sorted(grid):
        rows.setdefault(place[0], []).append(grid[place])
    return [mark(*texts) for texts in rows.values()]


def mark(*texts: str) -> str:
    """A short hash of texts, without regard to white space."""
    return hashlib.sha256("\x1f".join(map(squeeze, texts)).encode()).hexdigest()[:8]


def squeeze(text: str) -> str:
    """A text without white space: LibreOffice breaks a line of more than 16 000 characters when it saves it."""
    return "".join(text.split())


def _filled(cells: Iterable[tuple[tuple[int, int], str]]) -> Grid:
    return {place: text for place, text in cells if text}


def _shown(value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{float(value):.12g}"  # programs differ in the last digits
    return clean(str(value))


def rows_below(grid: Grid, place: Place) -> Iterator[int]:
    """Rows below the header in which anything stands."""
    yield from sorted({row for row, _ in grid if row > place.header})
