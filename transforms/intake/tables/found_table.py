"""The tables found in a workbook, and their rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from transforms.intake.cells import Cell
from transforms.intake.tables.header import Header

# By row, the kinds of tables that have an indicator of the name in it.
Named = dict[int, list[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `category` is carried down from the row that prints it.

    `merged` has, by year, the address of the cell that covers a merged value cell. `targets` and `target_places` are
    those of columns with the target of a year beside its actual value, or alone. `notes` are the notes below the
    table, by the key of their mark.
    """

    number: Cell | None
    category: str | None
    label: Cell | None
    label_address: str
    unit: Cell | None
    remark: Cell | None
    values: dict[int, Cell | None]
    places: dict[int, str]
    merged: dict[int, str]
    targets: dict[int, Cell | None]
    target_places: dict[int, str]
    hidden: bool
    sheet: str
    notes: Mapping[str, str]

    @property
    def filled(self) -> bool:
        """Whether any year's column has content."""
        return any(cell is not None and cell.held != "blank" for cell in self.values.values())

    @property
    def remark_text(self) -> str:
        """The text of the column 备注; empty for a picture or an error in it."""
        return self.remark.text.strip() if self.remark and self.remark.held in {"text", "number", "date"} else ""


@dataclass(frozen=True, slots=True)
class FoundTable:
    """One table of a sheet: its first row, its header, and its rows from top to bottom.

    `borrowed`: it has no header of its own, and the columns of the table before it are assumed. `hidden_columns`: those
    of its columns that are hidden; `undated`: headers of its columns of numbers without a year, in Chinese.
    """

    sheet: str
    hidden: bool
    kinds: Counter[str]
    top: int
    header: Header
    rows: tuple[Row, ...]
    borrowed: bool = False
    hidden_columns: tuple[int, ...] = ()
    undated: tuple[str, ...] = ()

    @property
    def filled(self) -> bool:
        """Whether any year's column has content."""
        return any(row.filled for row in self.rows)

    @property
    def place(self) -> str:
        """Sheet and first row, in Chinese."""
        return f"{self.sheet}第{self.top}行起{'（隐藏）' if self.hidden else ''}"

    @property
    def content(self) -> list[tuple[str, ...]]:
        """Labels and values as text, to tell a copy from another table."""
        return [
            (row.label.text if row.label else "", *(cell.text if cell else "" for cell in row.values.values()))
            for row in self.rows
        ]
