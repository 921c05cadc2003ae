"""Reads the XML of one OOXML worksheet into a sheet."""

import re
from dataclasses import dataclass, field

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from transforms.intake.cells import Cell, Sheet, Unreadable
from transforms.intake.formats import limits, values
from transforms.intake.formats.quick import Odd, cut_cells
from transforms.intake.formats.xml import Attributes, walk

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Book:
    """What all sheets of a workbook share."""

    strings: list[str]
    formats: tuple[str, ...]
    since_1904: bool


@dataclass(slots=True)
class _Raw:
    """One `<c>` while it is read. `value` and `formula` are None where the element is not there."""

    row: int
    column: int
    kind: str
    style: int
    value: str | None = None
    formula: str | None = None
    inline: list[str] = field(default_factory=list)


def read_sheet(data: bytes, name: str, book: Book, room: int, *, hidden: bool, careful: bool = False) -> Sheet:
    """Read a worksheet part.

    Args:
        data: its XML.
        name: of the sheet.
        book: what it refers to.
        room: how many cells it may have.
        hidden: whether the workbook hides it.
        careful: not to try the quick way, which gives the same.

    Raises:
        Unreadable: if there are more cells.
    """
    reader = None if careful else _read_quickly(data, book, room)
    if reader is None:
        reader = _Reader(book, room)
        walk(data, reader.start, reader.end, reader.text)
    return Sheet(name, reader.cells, hidden, frozenset(reader.hidden_rows), tuple(reader.merged))


def _read_quickly(data: bytes, book: Book, room: int) -> "_Reader | None":
    """None where the part is unusual, or where anything is wrong with it: what, is for the careful way to say."""
    reader = _Reader(book, room)

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "c":
            raise Odd
        reader.start(tag, attributes)

    try:
        walk(cut_cells(data, reader.keep), start)
    except MemoryError:
        raise
    except Exception:
        return None
    return reader


def unescape(text: str) -> str:
    """Characters that XML cannot hold are written as `_x000D_`."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


class _Reader:
    """Takes the callbacks of one sheet."""

    def __init__(self, book: Book, room: int) -> None:
        self.cells: dict[tuple[int, int], Cell] = {}
        self.hidden_rows: set[int] = set()
        self.merged: list[tuple[int, int, int, int]] = []
        self._book = book
        self._room = room
        self._columns: dict[str, int] = {}
        self._shared: dict[str, Translator] = {}
        self._row = self._column = 0
        self._raw: _Raw | None = None
        self._formula: Attributes = {}
        self._parts: list[str] | None = None
        self._aid = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "c":
            self._start_cell(attributes)
        elif tag == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            if attributes.get("hidden") in {"1", "true"}:
                self.hidden_rows.add(self._row)
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif self._raw is not None:
            if tag == "rPh":
                self._aid = True
            elif tag in {"v", "f"} or (tag == "t" and not self._aid):
                self._parts = []
                self._formula = attributes if tag == "f" else self._formula

    def text(self, data: str) -> None:
        if self._parts is not None:
            self._parts.append(data)

    def end(self, tag: str) -> None:
        raw = self._raw
        if raw is None:
            return
        if tag == "c":
            self._raw = None
            inline = "".join(raw.inline) if raw.inline else None
            self._keep(raw.row, raw.column, raw.style, raw.kind, raw.value, inline, raw.formula)
        elif tag == "rPh":
            self._aid = False
        elif self._parts is not None and tag in {"v", "f", "t"}:
            content, self._parts = "".join(self._parts), None
            if tag == "v":
                raw.value = content
            elif tag == "t":
                raw.inline.append(content)
            else:
                raw.formula = self._formula_text(content, raw)

    def _start_cell(self, attributes: Attributes) -> None:
        address = attributes.get("r")
        row, column = self._place(address) if address else (self._row, self._column + 1)
        self._column = column
        style = attributes.get("s", "0")
        self._raw = _Raw(row, column, attributes.get("t", "n"), int(style) if style.isdecimal() else 0)

    def _place(self, address: str) -> tuple[int, int]:
        letters = address.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_index_from_string(letters.replace("$", "").upper())
        return int(address[len(letters) :]), column

    def _merge(self, ref: str) -> None:
        left, top, right, bottom = range_boundaries(ref)
        if len(self.merged) >= limits.CELLS:
            raise Unreadable(f"合并区域超过 {limits.CELLS} 个")
        self.merged.append((top or 1, left or 1, bottom or limits.ROWS, right or limits.COLUMNS))

    def _formula_text(self, content: str, raw: _Raw) -> str:
        """A shared formula is written once; the cells that follow name it and have none of their own."""
        if self._formula.get("t") != "shared":
            return f"={content}"
        key = self._formula.get("si", "")
        here = f"{get_column_letter(raw.column)}{raw.row}"
        if content:
            self._shared[key] = Translator(f"={content}", here)
            return f"={content}"
        return self._shared[key].translate_formula(here) if key in self._shared else "="

    def keep(
        self, row: int, letters: str, style: int, kind: str, value: str | None, inline: str | None, formula: str | None
    ) -> None:
        """Take a cell that was read in the quick way."""
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_index_from_string(letters)
        self._keep(row, column, style, kind, value, inline, None if formula is None else f"={formula}")

    def _keep(
        self, row: int, column: int, style: int, kind: str, value: str | None, inline: str | None, formula: str | None
    ) -> None:
        cell = self._cell((row, column), style, kind, value, inline, formula)
        if cell is None:
            return
        if not (1 <= row <= limits.ROWS and 1 <= column <= limits.COLUMNS):
            raise Unreadable("单元格地址超出工作表的范围")
        if len(self.cells) >= self._room:
            raise Unreadable(f"有内容的单元格超过 {limits.CELLS} 个")
        self.cells[row, column] = cell

    def _cell(  # noqa: PLR0911 - one return for each type of cell
        self, place: values.Place, style: int, kind: str, value: str | None, inline: str | None, formula: str | None
    ) -> Cell | None:
        form = self._book.formats[style] if style < len(self._book.formats) else "General"
        if kind == "inlineStr" and (inline is not None or value is None):
            return values.text(place, unescape(inline), form) if inline is not None else None
        if not value:
            # A formula that gives an empty text was calculated; one without a result was not.
            if formula is not None and not (kind == "str" and value is not None):
                return Cell(*place, "formula", formula, None, form)
            return values.text(place, "", form) if value is not None and kind == "str" else None
        if kind == "s":
            index = int(value)
            return values.text(place, self._book.strings[index], form) if index < len(self._book.strings) else None
        if kind == "b":
            return values.boolean(place, value.strip() in {"1", "true"}, form)
        if kind == "e":
            return Cell(*place, "error", value, None, form)
        if kind == "d":
            return Cell(*place, "date", value.removesuffix("T00:00:00"), None, form)
        if kind in {"str", "inlineStr"}:
            return values.text(place, unescape(value), form)
        return values.stored_number(place, value, form, since_1904=self._book.since_1904)
