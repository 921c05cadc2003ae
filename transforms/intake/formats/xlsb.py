"""Reads .xlsb: the same package as .xlsx with records instead of XML ([MS-XLSB]); only the records that make cells."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import pack, unpack, unpack_from

from transforms.intake.cells import Cell, Sheet, Unreadable
from transforms.intake.formats import limits, values
from transforms.intake.formats.guard import Archive
from transforms.intake.formats.ooxml import Relation, check_sheets, relations

# Records by number: what a sheet has, what the workbook part has, what the styles and strings have.
ROW, MERGE, RK, SHARED, RICH = 0, 176, 2, 7, 62
ERRORS, BOOLEANS, NUMBERS, TEXTS = {3, 11}, {4, 10}, {5, 9}, {6, 8}  # as stored, and as a formula's result
CELLS = {RK, SHARED, RICH, *ERRORS, *BOOLEANS, *NUMBERS, *TEXTS}
BOOK, SHEET = 153, 156
ITEM, FORMAT, STYLE, STYLES, STYLES_END = 19, 44, 47, 617, 618


@dataclass(frozen=True, slots=True)
class _Book:
    strings: list[str]
    formats: list[str]
    since_1904: bool


def read(archive: Archive, part: str) -> Iterator[Sheet]:
    """Read every worksheet.

    Args:
        archive: the package.
        part: where its workbook part is.

    Raises:
        Unreadable: if there is no sheet, a record is cut off, or there is more than the limits allow.
    """
    linked = relations(archive, part)
    listed, since_1904 = _contents(archive.read(part))
    strings, formats = _part(archive, linked, "sharedStrings"), _part(archive, linked, "styles")
    book = _Book(_strings(strings), _formats(formats), since_1904)
    check_sheets(len(listed))
    left = limits.CELLS
    for name, hidden, key in listed:
        relation = linked.get(key)
        if relation is None or relation.kind != "worksheet":
            continue
        sheet = _sheet(archive.read(relation.target), name, book, left, hidden=hidden)
        left -= len(sheet.cells)
        yield sheet


def _part(archive: Archive, linked: dict[str, Relation], kind: str) -> bytes:
    target = next((relation.target for relation in linked.values() if relation.kind == kind), None)
    return archive.read(target) if target and archive.has(target) else b""


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each record's number and content; both number and length are written seven bits a byte."""
    at, count = 0, 0
    while at < len(data):
        count += 1
        if count > limits.ELEMENTS:
            raise Unreadable("工作表的行或单元格过多，请删除多余的空行后重新报送")
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
            at += 1
        length = shift = 0
        while shift < 28:
            byte = data[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        if at + length > len(data):
            raise Unreadable("文件不完整：记录被截断")
        yield kind, data[at : at + length]
        at += length


def _wide(data: bytes, at: int) -> tuple[str, int]:
    """A text at an offset, and where it ends; a length of all ones is no text."""
    (length,) = unpack_from("<I", data, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(data):
        raise Unreadable("文件不完整：文本被截断")
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _contents(data: bytes) -> tuple[list[tuple[str, bool, str]], bool]:
    sheets: list[tuple[str, bool, str]] = []
    since_1904 = False
    for kind, record in _records(data):
        if kind == SHEET:
            key, at = _wide(record, 8)
            sheets.append((_wide(record, at)[0], record[0] != 0, key))
        elif kind == BOOK:
            since_1904 = bool(record[0] & 1)
    return sheets, since_1904


def _strings(data: bytes) -> list[str]:
    strings: list[str] = []
    for kind, record in _records(data):
        if kind == ITEM:
            if len(strings) >= limits.STRINGS:
                raise Unreadable(f"共享字符串超过 {limits.STRINGS} 条，可能是恶意文件")
            strings.append(_wide(record, 1)[0])
    return strings


def _formats(data: bytes) -> list[str]:
    spelled: dict[int, str] = {}
    styles: list[int] = []
    inside = False
    for kind, record in _records(data):
        if kind in {STYLES, STYLES_END}:
            inside = kind == STYLES
        elif kind == FORMAT:
            spelled[unpack_from("<H", record)[0]] = _wide(record, 2)[0]
        elif kind == STYLE and inside:
            styles.append(unpack_from("<H", record, 2)[0])
    return [spelled.get(style) or values.KNOWN_FORMATS.get(style, "General") for style in styles]


def _sheet(data: bytes, name: str, book: _Book, room: int, *, hidden: bool) -> Sheet:
    cells: dict[tuple[int, int], Cell] = {}
    hidden_rows: set[int] = set()
    merged: list[tuple[int, int, int, int]] = []
    row = 0
    for kind, record in _records(data):
        if kind == ROW:
            row = unpack_from("<I", record)[0] + 1
            if len(record) > 11 and record[11] & 0x10:
                hidden_rows.add(row)
        elif kind == MERGE and len(merged) < limits.CELLS:
            top, bottom, left, right = unpack_from("<IIII", record)
            merged.append((top + 1, left + 1, bottom + 1, right + 1))
        elif kind in CELLS:
            cell = _cell(kind, record, row, book)
            cells[row, cell.column] = cell
            if len(cells) > room:
                raise Unreadable(f"有内容的单元格超过 {limits.CELLS} 个")
    return Sheet(name, cells, hidden, frozenset(hidden_rows), tuple(merged))


def _cell(kind: int, record: bytes, row: int, book: _Book) -> Cell:
    column, style = unpack_from("<II", record)
    place, style = (row, column + 1), style & 0xFFFFFF
    form = book.formats[style] if style < len(book.formats) else "General"
    if kind in ERRORS:
        return values.error(place, record[8], form)
    if kind in BOOLEANS:
        return values.boolean(place, record[8] != 0, form)
    if kind in TEXTS:
        return values.text(place, _wide(record, 8)[0], form)
    if kind == RICH:
        return values.text(place, _wide(record, 9)[0], form)
    if kind == SHARED:
        (index,) = unpack_from("<I", record, 8)
        return values.text(place, book.strings[index] if index < len(book.strings) else "", form)
    value = _packed(record) if kind == RK else unpack_from("<d", record, 8)[0]
    return values.number(place, value, form, since_1904=book.since_1904)


def _packed(record: bytes) -> float:
    """Thirty bits and two flags: an integer or the upper part of a float, perhaps a hundred times too large."""
    (bits,) = unpack_from("<i", record, 8)
    whole = bits & 2
    value = float(bits >> 2) if whole else float(unpack("<d", pack("<q", (bits & ~3) << 32))[0])
    return value / 100 if bits & 1 else value
