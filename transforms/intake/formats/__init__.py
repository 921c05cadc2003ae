"""Read the bytes of a workbook into sheets, whatever its format: detected by content, checked before it is parsed.

One reader for each file format: `xlsx`, `xls` (with .et), `calamine_reader` (.xlsb and .ods), `delimited` (.csv and
.tsv). `sniff` detects the format, `guard` refuses harmful archives, `sealed` decrypts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from transforms.intake.cells import EncryptedFileError, Sheet, UnreadableFileError, repair_sheet
from transforms.intake.formats import calamine_reader, delimited, limits, package, sniff, xls, xlsx
from transforms.intake.formats.guard import Archive, check_archive
from transforms.intake.formats.sealed import unseal
from transforms.safe_text import repair_surrogates

_IN_ZIP = (
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "演示文稿"),
    ("index/document.iwa", "Numbers 表格"),
)
_INNER = (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods", ".csv", ".zip", ".rar", ".7z")


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that was read.

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


def read_workbook(content: bytes, passwords: Sequence[str] = ()) -> Workbook:
    """Read every sheet.

    Args:
        content: the bytes of the file.
        passwords: to try where it is encrypted.

    Raises:
        EncryptedFileError: if it needs a password that is not among these.
        UnreadableFileError: whatever else is wrong with the file.
    """
    if not content.strip(b"\0"):
        raise UnreadableFileError("文件是空的")
    if len(content) > limits.CONTENT:
        raise UnreadableFileError(
            f"文件有{len(content) // limits.MIB} MiB，超过{limits.CONTENT // limits.MIB} MiB 的上限"
        )
    try:
        workbook = _read(content, passwords)
        sheets = tuple(repair_sheet(sheet) for sheet in workbook.sheets)  # halves of characters cannot be written
        return replace(workbook, sheets=sheets, notes=tuple(map(repair_surrogates, workbook.notes)))
    except (UnreadableFileError, MemoryError):
        raise
    except Exception as error:  # no two parsers raise the same things, and any of them is the file's fault
        raise UnreadableFileError("文件已损坏或格式不受支持") from error


def _read(content: bytes, passwords: Sequence[str]) -> Workbook:
    if content.startswith(sniff.ZIP):
        return _read_archive(content)
    if content.startswith(sniff.OLE):
        return _read_compound(content, passwords)
    if content.startswith(sniff.BARE_BIFF):
        return _read_xls(content)
    sniff.refuse_others(content)
    return Workbook((delimited.read(content),), "csv")


def _read_archive(content: bytes) -> Workbook:
    archive = check_archive(content)
    if package.is_open_document(archive):
        return _read_values(content, archive, "ods")
    for name, kind in _IN_ZIP:
        if archive.has(name):
            raise UnreadableFileError(f"不是工作簿，而是{kind}")
    part = package.workbook_part(archive)
    if part is None:
        inner = [name for name in archive.entries if name.endswith(_INNER)]
        found = f"，其中另有{len(inner)}个文件（如“{inner[0][:60]}”）" if inner else ""
        raise UnreadableFileError(f"是压缩包，不是工作簿{found}；请解压后逐个报送")
    if part.endswith(".bin"):
        return _read_values(content, archive, "xlsb")
    sheets = tuple(xlsx.read(archive, part))
    return Workbook(sheets, "xlsx", package.has_macros(archive), _oddities(sheets))


def _read_values(content: bytes, archive: Archive, form: str) -> Workbook:
    sheets = calamine_reader.read(content, archive, form)
    notes = (calamine_reader.note(form), *_oddities(sheets))
    return Workbook(sheets, form, package.has_macros(archive), notes)


def _read_compound(content: bytes, passwords: Sequence[str]) -> Workbook:
    if sniff.ole_has(content, "EncryptedPackage"):
        opened = unseal(content, passwords)
        if not opened.startswith(sniff.ZIP):
            raise UnreadableFileError("解密后的内容不是工作簿")
        return _read_archive(opened)
    try:
        return _read_xls(content)
    except EncryptedFileError:
        return _read_xls(unseal(content, passwords))


def _read_xls(content: bytes) -> Workbook:
    sheets, macro_sheet = xls.read(content)
    return Workbook(sheets, "xls", macro_sheet or xls.has_macros(content), _oddities(sheets))


def _oddities(sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    """Describe lone cells and merged ranges that are too far out to be made on purpose, in Chinese."""
    notes = []
    for sheet in sheets:
        far = next((cell for cell in sheet.cells.values() if _is_far(cell.row, cell.column)), None)
        if far:
            notes.append(f"的工作表“{sheet.name}”在很远的{far.address}处有内容")
        if any(_is_far(bottom - top, right - left) for top, left, bottom, right in sheet.merged):
            notes.append(f"的工作表“{sheet.name}”合并了整行、整列或很大的区域")
    return tuple(notes)


def _is_far(rows: int, columns: int) -> bool:
    return rows > limits.LONG or columns > limits.WIDE
