"""The bytes of a file → its sheets, whatever the format: told by the content, checked before it is parsed.

Every figure must trace to a cell with its number format, its error and its formula, in every format and from hostile
files too. openpyxl finds no sheet in strict files, hangs on a wide merge and needs two readings for formulas; calamine
drops number formats, blanks error cells and may abort. So the parts that make cells, and no others, are read here; both
libraries serve as yardsticks in the tests.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from transforms.intake.cells import Encrypted, Sheet, Unreadable, mended_sheet
from transforms.intake.formats import biff, delimited, limits, ods, ooxml, sniff, xlsb
from transforms.intake.formats.guard import Archive, check_archive
from transforms.intake.formats.sealed import unseal
from transforms.office import mended

_IN_ZIP = (
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "演示文稿"),
    ("index/document.iwa", "Numbers 表格"),
)
_INNER = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods", ".csv", ".zip", ".rar", ".7z")


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that could be read.

    Attributes:
        sheets: in the order of the file, hidden ones too.
        format: `xlsx`, `xlsb`, `ods`, `xls` or `csv`, by content; `.xlsm` and strict OOXML are `xlsx`, `.et` is `xls`.
        has_macros: whether it carries macros, which are never run.
        notes: what is odd about its build although it could be read, in Chinese.
    """

    sheets: tuple[Sheet, ...]
    format: str
    has_macros: bool = False
    notes: tuple[str, ...] = ()


def read_workbook(content: bytes, passwords: Sequence[str] = (), *, careful: bool = False) -> Workbook:
    """Read every sheet.

    Args:
        content: the bytes of the file.
        passwords: to try where it is encrypted.
        careful: to read all XML with the XML parser, and not the usual cells in the quick way, which gives the same.

    Raises:
        Encrypted: if it needs a password that is not among these.
        Unreadable: whatever else is wrong with the file.
    """
    if not content.strip(b"\0"):
        raise Unreadable("文件是空的")
    if len(content) > limits.CONTENT:
        raise Unreadable(f"文件有 {len(content) // limits.MIB} MiB，超过 {limits.CONTENT // limits.MIB} MiB 的上限")
    try:
        return _mended(_read(content, passwords, careful=careful))
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # no two parsers raise the same things, and any of them is the file's fault
        raise Unreadable(f"文件已损坏或格式不受支持（{type(error).__name__}）") from error


def _mended(workbook: Workbook) -> Workbook:
    """The same without halves of characters, whichever reader made it: none of them can be written anywhere."""
    sheets = tuple(mended_sheet(sheet) for sheet in workbook.sheets)
    return replace(workbook, sheets=sheets, notes=tuple(map(mended, workbook.notes)))


def _read(content: bytes, passwords: Sequence[str], *, careful: bool) -> Workbook:
    if content.startswith(sniff.ZIP):
        return _read_archive(check_archive(content), careful=careful)
    if content.startswith(sniff.OLE):
        return _read_compound(content, passwords, careful=careful)
    if content.startswith(sniff.BARE_BIFF):
        return _read_biff(content)
    sniff.refuse_others(content)
    return Workbook((delimited.read(content),), "csv")


def _read_archive(archive: Archive, *, careful: bool) -> Workbook:
    if ods.is_document(archive):
        sheets = tuple(ods.read(archive))
        return Workbook(sheets, "ods", ods.has_macros(archive), _oddities(sheets))
    for name, kind in _IN_ZIP:
        if archive.has(name):
            raise Unreadable(f"不是工作簿，而是{kind}")
    part = ooxml.main_part(archive)
    if part is None:
        inner = [name for name in archive.entries if name.endswith(_INNER)]
        found = f"，其中另有 {len(inner)} 个文件（如“{inner[0][:60]}”）" if inner else ""
        raise Unreadable(f"是压缩包，不是工作簿{found}；请解压后逐个报送")
    if part.endswith(".bin"):
        form, sheets = "xlsb", tuple(xlsb.read(archive, part))
    else:
        form, sheets = "xlsx", tuple(ooxml.read(archive, part, careful=careful))
    return Workbook(sheets, form, ooxml.has_macros(archive), _oddities(sheets))


def _read_compound(content: bytes, passwords: Sequence[str], *, careful: bool) -> Workbook:
    if sniff.ole_has(content, "EncryptedPackage"):
        opened = unseal(content, passwords)
        if not opened.startswith(sniff.ZIP):
            raise Unreadable("解密后的内容不是工作簿")
        return _read_archive(check_archive(opened), careful=careful)
    try:
        return _read_biff(content)
    except Encrypted:
        return _read_biff(unseal(content, passwords))


def _read_biff(content: bytes) -> Workbook:
    sheets, macro_sheet = biff.read(content)
    return Workbook(sheets, "xls", macro_sheet or biff.has_macros(content), _oddities(sheets))


def _oddities(sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    """Lone cells and merged ranges so far out that nobody made them on purpose."""
    notes = []
    for sheet in sheets:
        far = next((cell for cell in sheet.cells.values() if _is_far(cell.row, cell.column)), None)
        if far:
            notes.append(f"工作表“{sheet.name}”在很远的 {far.address} 处有内容")
        if any(_is_far(bottom - top, right - left) for top, left, bottom, right in sheet.merged):
            notes.append(f"工作表“{sheet.name}”合并了整行、整列或很大的区域")
    return tuple(notes)


def _is_far(rows: int, columns: int) -> bool:
    return rows > limits.LONG or columns > limits.WIDE
