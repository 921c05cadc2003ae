"""Writes sheets as .xlsb, which no library does: the few records of [MS-XLSB] that make cells."""

from struct import pack

from xlrd.biffh import error_text_from_code

from tests.support.containers import packed
from transforms.intake.cells import Cell, Sheet

_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType='
    '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType='
    '"application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
)
_RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PERCENT = 10  # the built-in format 0.00%


def write_xlsb(sheets: tuple[Sheet, ...]) -> bytes:
    """Numbers, texts, booleans and errors of these sheets; a percentage stays one, superscripts stay raised."""
    relations = [("rId0", "styles", "styles.bin"), ("rIdS", "sharedStrings", "sharedStrings.bin")]
    raised = [cell for sheet in sheets for cell in sheet.cells.values() if cell.superscripts]
    relations += [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)]
    book = [_record(131), _record(143)]
    for number, sheet in enumerate(sheets, 1):
        state = pack("<II", int(sheet.hidden), number)
        book.append(_record(156, state + _wide(f"rId{number}") + _wide(sheet.name)))
    entries = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(_relation("rId1", "officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": _RELATIONS.format("".join(_relation(*one) for one in relations)),
    }
    parts = {name: text.encode() for name, text in entries.items()}
    parts["xl/workbook.bin"] = b"".join([*book, _record(144), _record(132)])
    parts["xl/styles.bin"] = b"".join(
        [
            *(_record(278), _record(611, pack("<I", 2)), _font(0), _font(1), _record(612)),
            *(_record(617, pack("<I", 2)), _style(0), _style(PERCENT), _record(618), _record(279)),
        ]
    )
    strings = [_record(159, pack("<II", len(raised), len(raised))), *map(_rich_string, raised), _record(160)]
    parts["xl/sharedStrings.bin"] = b"".join(strings)
    for number, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{number}.bin"] = _sheet(sheet, raised)
    return packed(parts)


def _relation(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{_KINDS}{kind}" Target="{target}"/>'


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(content)
    size = b""
    while True:
        more = length > 127
        size += bytes([length & 0x7F | (0x80 if more else 0)])
        length >>= 7
        if not more:
            return head + size + content


def _wide(text: str) -> bytes:
    data = text.encode("utf-16-le")
    return pack("<I", len(data) // 2) + data


def _style(form: int) -> bytes:
    return _record(47, pack("<HHHHHBBHH", 0, form, 0, 0, 0, 0, 0, 0, 0)[:16])


def _sheet(sheet: Sheet, raised: list[Cell]) -> bytes:
    rows, columns = zip(*sheet.cells, strict=True)
    size = pack("<IIII", min(rows) - 1, max(rows) - 1, min(columns) - 1, max(columns) - 1)
    records = [_record(129), _record(148, size), _record(145)]
    for row, cells in sheet.rows().items():
        flags = 0x10 if row in sheet.hidden_rows else 0
        records.append(_record(0, pack("<IIHBBBI", row - 1, 0, 300, 0, flags, 0, 0)))
        records += [_cell(cell, raised) for cell in cells]
    records.append(_record(146))
    for top, left, bottom, right in sheet.merged:
        records.append(_record(176, pack("<IIII", top - 1, bottom - 1, left - 1, right - 1)))
    return b"".join([*records, _record(130)])


def _font(position: int) -> bytes:
    return _record(43, pack("<HHHHBBBB", 220, 0, 400, position, 0, 0, 0, 0) + bytes(9) + _wide("Calibri"))


def _rich_string(cell: Cell) -> bytes:
    """A shared string whose first run is normal and in which each superscript is followed by a normal run."""
    runs = [(0, 0)]
    for start, end in cell.superscripts:
        runs += [(start, 1), (end, 0)]
    formatted = pack("<I", len(runs)) + b"".join(pack("<HH", *run) for run in runs)
    return _record(19, b"\x01" + _wide(cell.text) + formatted)


def _cell(cell: Cell, raised: list[Cell]) -> bytes:
    place = pack("<II", cell.column - 1, int("%" in cell.number_format))
    if cell.superscripts:
        return _record(7, place + pack("<I", raised.index(cell)))
    if cell.held == "number":
        return _record(5, place + pack("<d", cell.number))
    if cell.held == "boolean":
        return _record(4, place + bytes([cell.text == "TRUE"]))
    if cell.held == "error":
        return _record(3, place + bytes([code for code, text in error_text_from_code.items() if text == cell.text]))
    return _record(6, place + _wide(cell.text))
