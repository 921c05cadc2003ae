"""Read .xls and .et, from Excel 2 to 2003, with xlrd, which keeps number formats and error values."""

import io
from collections.abc import Iterator

import xlrd
from xlrd.biffh import (
    XL_CELL_BOOLEAN,
    XL_CELL_DATE,
    XL_CELL_ERROR,
    XL_CELL_NUMBER,
    XL_CELL_TEXT,
    XLRDError,
    error_text_from_code,
)
from xlrd.compdoc import CompDocError

from transforms.intake.cells import Cell, EncryptedFileError, Sheet, UnreadableFileError
from transforms.intake.formats import limits, sniff, values
from transforms.intake.formats.package import check_sheets

_SUPERSCRIPT = 1  # escapement of a font (BIFF record FONT)
_LOG = 20_000  # characters


class _Log(io.StringIO):
    """Keep the beginning of the log of xlrd; a hostile file makes it log a million lines."""

    def write(self, text: str) -> int:
        return super().write(text) if self.tell() < _LOG else len(text)


def has_macros(content: bytes) -> bool:
    """Return whether the compound file carries VBA."""
    return sniff.ole_has(content, "_VBA_PROJECT_CUR")


def read(content: bytes) -> tuple[tuple[Sheet, ...], bool]:
    """Read every worksheet; the second value is whether there is a sheet of Excel 4 macros.

    Raises:
        EncryptedFileError: if a password is set.
        UnreadableFileError: if it is another kind of compound file, or has more cells than the limits allow.
    """
    log = _Log()
    try:
        book = xlrd.open_workbook(
            file_contents=content, logfile=log, verbosity=1, formatting_info=True, ragged_rows=True
        )
    except CompDocError as error:
        raise UnreadableFileError("文件已损坏：内部的扇区链断裂或首尾相接（OLE）") from error
    except XLRDError as error:
        if "encrypted" in str(error):
            raise EncryptedFileError("工作簿设有打开密码") from error
        if content.startswith(sniff.OLE) and (kind := sniff.ole_kind(content)):
            raise UnreadableFileError(f"不是工作簿，而是{kind}") from error
        raise
    check_sheets(book.nsheets)
    return tuple(_sheets(book)), "Macro sheet" in log.getvalue()


def _sheets(book: xlrd.Book) -> Iterator[Sheet]:
    formats = [_format(book, style.format_key) for style in book.xf_list]
    raised = {number for number, font in enumerate(book.font_list) if font.escapement == _SUPERSCRIPT}
    left = limits.CELLS
    for sheet in book.sheets():
        cells = {
            (cell.row, cell.column): cell for cell in _cells(sheet, formats, raised, since_1904=book.datemode == 1)
        }
        left -= len(cells)
        if left < 0:
            raise UnreadableFileError(f"有内容的单元格超过{limits.CELLS}个")
        hidden_rows = frozenset(row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden)
        merged = tuple((top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells)
        columns = frozenset(column + 1 for column, info in sheet.colinfo_map.items() if info.hidden or not info.width)
        yield Sheet(sheet.name, cells, sheet.visibility != 0, hidden_rows, merged, hidden_columns=columns)


def _format(book: xlrd.Book, key: int) -> str:
    known = book.format_map.get(key)
    spelled = known.format_str if known else ""
    return spelled if spelled and spelled != values.GENERAL else values.KNOWN_FORMATS.get(key, values.GENERAL)


def _cells(sheet: xlrd.sheet.Sheet, formats: list[str], raised: set[int], *, since_1904: bool) -> Iterator[Cell]:
    for row in range(sheet.nrows):
        for column, kind in enumerate(sheet.row_types(row)):
            place = (row + 1, column + 1)
            value, style = sheet.cell_value(row, column), sheet.cell_xf_index(row, column)
            form = formats[style] if 0 <= style < len(formats) else values.GENERAL
            if kind in {XL_CELL_NUMBER, XL_CELL_DATE}:
                yield values.number(place, float(value), form, since_1904=since_1904)
            elif kind == XL_CELL_TEXT:
                runs = sheet.rich_text_runlist_map.get((row, column), ())
                yield values.rich(place, values.rich_of_runs(str(value), runs, raised), form)
            elif kind == XL_CELL_BOOLEAN:
                yield values.boolean(place, bool(value), form)
            elif kind == XL_CELL_ERROR:
                yield Cell(*place, "error", error_text_from_code.get(int(value), "#VALUE!"), None, form)
