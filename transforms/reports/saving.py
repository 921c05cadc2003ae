"""Turns openpyxl's workbooks into bytes: the same every time, and several times faster than openpyxl does.

openpyxl writes a cell in twenty steps, and most of a package's time went there. What is usual, a text or a number with
a style, is written here as one line of XML; whatever else a cell may hold, and every other part, stays openpyxl's.
"""

import io
import zipfile
from array import array
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from math import isfinite
from operator import itemgetter
from typing import Any

from openpyxl.cell._writer import write_cell
from openpyxl.comments.comment_sheet import CommentRecord
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import xmlfile


class SheetError(Exception):
    """One sheet could not be written; the message is its name, and the cause is chained."""


_Inner = Any  # what openpyxl keeps to itself has no types
_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 - a date of no meaning; the clock must not enter a package
_NO_ROWS = b"<sheetData></sheetData>"
_NUMBERS = (int, float)
_PLAIN = array("i", [0] * 9).tobytes()


def save_bytes(workbook: Workbook) -> bytes:
    """The bytes of a workbook, without the clock that openpyxl and zip put into them."""
    workbook.properties.created = workbook.properties.modified = _FIXED
    buffer = io.BytesIO()
    with _Archive(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _Package(workbook, archive).write_data()
    return buffer.getvalue()


class _Archive(zipfile.ZipFile):
    """A zip archive without a clock."""

    def writestr(self, name: str, data: str | bytes) -> None:  # type: ignore[override]
        super().writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


class _Package(ExcelWriter):
    """All parts of a workbook."""

    def write_worksheet(self, ws: _Inner) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = _Part(ws, io.BytesIO())
        try:
            writer.write()
        except Exception as error:
            raise SheetError(ws.title) from error
        ws._rels = writer._rels  # type: ignore[attr-defined]
        head, tail = writer.read().split(_NO_ROWS)
        data = "".join(writer.lines).encode()
        archive: _Archive = self._archive  # type: ignore[attr-defined]
        archive.writestr(ws.path[1:], b"".join((head, b"<sheetData>", data, b"</sheetData>", tail)))
        self.manifest.append(ws)


class _Part(WorksheetWriter):
    """One sheet; its rows are kept apart as `lines`."""

    def write_rows(self) -> None:
        assert self.xf is not None, "it was just opened"  # noqa: S101
        stream: Any = self.xf.send(True)
        with stream.element("sheetData"):
            pass
        self.xf.send(None)
        self.lines = list(_lines(self.ws))


def _lines(sheet: _Inner) -> Iterator[str]:
    """The rows as XML; on the way, the sheet learns which comments and links it has."""
    cells, rows = sheet._cells, sheet.row_dimensions
    write = _cell_writer(sheet)
    bare = rows.keys() - {row for row, _ in cells}
    for row, places in groupby(sorted([*cells, *((row, 0) for row in bare)]), key=itemgetter(0)):
        about = "".join(f' {name}="{value}"' for name, value in dict(rows[row]).items()) if row in rows else ""
        yield f'<row r="{row}"{about}>'
        yield from (write(cells[place]) for place in places if place[1])
        yield "</row>"


def _cell_writer(sheet: _Inner) -> Callable[[_Inner], str]:
    columns: dict[int, str] = {}
    styles: dict[bytes, str] = {_PLAIN: ""}

    def write(cell: _Inner) -> str:
        if cell._comment is not None:
            sheet._comments.append(CommentRecord.from_cell(cell))
        if cell.hyperlink is not None:
            sheet._hyperlinks.append(cell.hyperlink)
        letters = columns.get(cell.column)
        if letters is None:
            letters = columns[cell.column] = get_column_letter(cell.column)
        key = cell._style.tobytes() if cell._style else _PLAIN
        style = styles.get(key)
        if style is None:
            style = styles[key] = f' s="{cell.style_id}"'
        value, kind = cell._value, cell.data_type
        start = f'<c r="{letters}{cell.row}"{style}'
        if value is None:
            return f"{start}/>"
        if kind == "n" and type(value) in _NUMBERS and isfinite(value):
            return f"{start}><v>{value:.16g}</v></c>"
        if kind == "s" and type(value) is str and value:
            space = ' xml:space="preserve"' if value[0].isspace() or value[-1].isspace() else ""
            return f'{start} t="inlineStr"><is><t{space}>{_escaped(value)}</t></is></c>'
        return _as_openpyxl(sheet, cell)

    return write


def _escaped(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;") if "\r" in text else text


def _as_openpyxl(sheet: _Inner, cell: _Inner) -> str:
    part = io.BytesIO()
    with xmlfile(part) as stream:
        write_cell(stream, sheet, cell, cell.has_style)
    return part.getvalue().decode()
