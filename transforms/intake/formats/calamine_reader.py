"""Read .xlsb and .ods with calamine, which gives values only.

What it drops: number formats, error values, formulas without a result, merged ranges and hidden rows. So a fraction
under a percent unit is ambiguous (rule VALUE-FRACTION), and the file gets a note.
"""

import io
from collections.abc import Iterator
from datetime import date, time, timedelta

import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from transforms.intake.cells import UNKNOWN_FORMAT, Cell, EncryptedFileError, Sheet, UnreadableFileError
from transforms.intake.formats import limits, values
from transforms.intake.formats.guard import Archive
from transforms.intake.formats.package import check_sheets
from transforms.intake.formats.raised_text import raised_texts, text_key
from transforms.intake.formats.values import RichText

_MANIFEST = "META-INF/manifest.xml"


def note(form: str) -> str:
    """Return what a reader of the findings must know of a file of this format, in Chinese."""
    return (
        f"是 .{form}格式，读不出单元格的数字格式（显示为25%的与0.25无法区分）、错误值、合并单元格和隐藏行列；"
        "请另存为 .xlsx 后报送"
    )


def read(content: bytes, archive: Archive, form: str) -> tuple[Sheet, ...]:
    """Read every worksheet of a checked archive; `form` is `xlsb` or `ods`.

    A cell near the last row and column makes calamine ask for more memory than there is, which ends the process: call
    this in a sandboxed process only.

    Raises:
        EncryptedFileError: if a password is set.
        UnreadableFileError: if there is no sheet, more in them than the limits allow, or calamine cannot read it.
    """
    if archive.has(_MANIFEST) and b"encryption-data" in archive.read(_MANIFEST):
        raise EncryptedFileError("ODS 文件设有打开密码，请取消密码后重新报送")
    try:
        raised = raised_texts(archive, form)
        return tuple(_sheets(python_calamine.load_workbook(io.BytesIO(content)), raised))
    except (Exception, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as panic:  # a panic of Rust is no Exception
        raise UnreadableFileError("文件已损坏或格式不受支持") from panic


def _sheets(book: CalamineWorkbook, raised: dict[str, RichText]) -> Iterator[Sheet]:
    listed = [sheet for sheet in book.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
    check_sheets(len(book.sheets_metadata))
    room = limits.CELLS
    for about in listed:
        sheet = book.get_sheet_by_name(about.name)
        if sheet.height * sheet.width > limits.AREA:
            raise UnreadableFileError(f"工作表“{about.name}”的内容相距过远（{sheet.height}行{sheet.width}列）")
        cells = {(cell.row, cell.column): cell for cell in _cells(sheet, raised)}
        room -= len(cells)
        if room < 0:
            raise UnreadableFileError(f"有内容的单元格超过{limits.CELLS}个")
        yield Sheet(about.name, cells, about.visible is not SheetVisibleEnum.Visible)


def _cells(sheet: CalamineSheet, raised: dict[str, RichText]) -> Iterator[Cell]:
    top, left = sheet.start or (0, 0)
    for row, line in enumerate(sheet.to_python(), top + 1):
        for column, value in enumerate(line, left + 1):
            place = (row, column)
            if isinstance(value, bool):
                yield values.boolean(place, value, UNKNOWN_FORMAT)
            elif isinstance(value, int | float):
                yield values.number(place, value, UNKNOWN_FORMAT, since_1904=False)
            elif isinstance(value, date | time | timedelta):
                yield Cell(*place, "date", values.date_text(value), None, UNKNOWN_FORMAT)
            elif value:
                yield values.rich(place, raised.get(text_key(value), RichText(value)), UNKNOWN_FORMAT)
