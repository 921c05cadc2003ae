"""Files made to harm a reader, each small enough to be mailed. What each must be answered with stands beside it."""

import io
import re
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from struct import pack_into

from tests.support.containers import encrypted, packed, parts
from tests.support.paths import FILES
from tests.support.xlsb import write_xlsb
from transforms.intake.cells import Cell, Sheet

SHEET = "xl/worksheets/sheet2.xml"
BOMB = b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
_SHEET_HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


@dataclass(frozen=True)
class Hostile:
    """A file and what is said of it: `fault` None where its table is read all the same."""

    name: str
    make: Callable[[], bytes]
    fault: str | None
    says: str


def good() -> dict[str, bytes]:
    return parts((FILES / "dalian.xlsx").read_bytes())


def _with(name: str, data: bytes) -> bytes:
    return packed(good() | {name: data})


def _in_sheet(end: bytes, more: bytes) -> bytes:
    sheet = good()[SHEET]
    assert sheet.count(end) == 1
    return _with(SHEET, sheet.replace(end, more))


def _entity(part: str) -> bytes:
    data = good()[part]
    at = data.index(b"?>") + 2
    return _with(part, data[:at] + BOMB + b"]>" + data[at:])


def _rows(cells: bytes) -> Iterable[bytes]:
    yield _SHEET_HEAD
    for row in range(1, 1_048_577):
        yield b'<row r="%d" spans="1:7" ht="14.25" customHeight="1">%s</row>' % (row, cells)
    yield b"</sheetData></worksheet>"


def _strings() -> bytes:
    items = (b"<si><t>string %d</t></si>" % number for number in range(5_000_000))
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="5000000">'
    return _with("xl/sharedStrings.xml", b"".join([head, *items, b"</sst>"]))


def _lying() -> bytes:
    """The directory says that a part is smaller than it is."""
    content = bytearray(packed(good()))
    at = content.index(b"PK\x01\x02")
    pack_into("<I", content, at + 24, 10)
    return bytes(content)


def _twice() -> bytes:
    buffer = io.BytesIO(packed(good()))
    with zipfile.ZipFile(buffer, "a") as archive:
        entry = zipfile.ZipInfo(SHEET.upper())
        archive.writestr(entry, b"<worksheet/>")
    return buffer.getvalue()


def _zip_in_zip() -> bytes:
    content = packed({"0.bin": bytes(3 * 1024**2)})
    for level in range(6):
        content = packed({f"{level}-{number}.zip": content for number in range(8)})
    return content


def _loop() -> bytes:
    """The table of sectors goes on in a sector that names itself as the next."""
    content = bytearray((FILES / "dalian.xls").read_bytes())
    pack_into("<II", content, 0x44, 0, 2)
    pack_into("<I", content, 512 + 508, 0)
    return bytes(content)


def _spins() -> bytes:
    content = encrypted(packed(good()), "1")
    changed = re.sub(rb'spinCount="\d+"', b'spinCount="9999999"', content, count=1)
    return changed.replace(b"\x00" * (len(changed) - len(content)), b"", 1)


def _nested_elements() -> bytes:
    return _with(SHEET, _SHEET_HEAD + b"<a>" * 400_000 + b"</a>" * 400_000 + b"</sheetData></worksheet>")


def far_xlsb(row: int, column: int) -> bytes:
    """Two cells, the first and another one; calamine fills the area between them."""
    ends = ((1, 1), (row, column))
    return write_xlsb((Sheet("表1", {place: Cell(*place, "number", "1", 1.0) for place in ends}),))


HOSTILE = (
    Hostile("entity bomb in the strings", lambda: _entity("xl/sharedStrings.xml"), "unreadable", "DTD"),
    Hostile("entity bomb in a part nobody reads", lambda: _entity("docProps/core.xml"), "unreadable", "DTD"),
    Hostile("entity from outside", lambda: _with("a.xml", b'<!DOCTYPE a SYSTEM "/x"><a/>'), "unreadable", "DTD"),
    Hostile("nested zip", _zip_in_zip, "unreadable", "解压后逐个报送"),
    Hostile("ratio 1000:1", lambda: _with("xl/media/image1.bmp", bytes(96 * 1024**2)), "unreadable", "压缩比异常"),
    Hostile(
        "too much in many parts",
        lambda: packed(good() | {f"xl/media/{n}.bmp": bytes(4 * 1024**2) for n in range(60)}),
        "unreadable",
        "解压后有",
    ),
    Hostile("too many entries", lambda: packed({f"{n}": b"" for n in range(10_001)}), "unreadable", "条目超过"),
    Hostile("path traversal", lambda: _with("../../etc/cron.d/x", b"x"), "unreadable", "指向包外"),
    Hostile("absolute path", lambda: _with("C:\\windows\\x", b"x"), "unreadable", "指向包外"),
    Hostile("a part twice", _twice, "unreadable", "出现2次"),
    Hostile("a lying directory", _lying, "unreadable", "损坏"),
    Hostile("5 million shared strings", _strings, "unreadable", "共享字符串超过"),
    Hostile("a million empty rows", lambda: _with(SHEET, b"".join(_rows(b""))), "no_table", "没有指南所列的指标"),
    Hostile(
        "a million rows of blank cells",
        lambda: _with(SHEET, b"".join(_rows(b'<c s="1"/><c s="1"/><c s="1"/>'))),
        "unreadable",
        "行或单元格过多",
    ),
    Hostile(
        "far cell",
        lambda: _in_sheet(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        None,
        "XFD1048576",
    ),
    Hostile(
        "cell off the sheet",
        lambda: _in_sheet(b"</sheetData>", b'<row r="9999999"><c r="XFE9999999"><v>1</v></c></row></sheetData>'),
        "unreadable",
        "超出工作表的范围",
    ),
    Hostile(
        "full-column merge",
        lambda: _in_sheet(b"</mergeCells>", b'<mergeCell ref="J1:XFD1048576"/></mergeCells>'),
        None,
        "合并了整行、整列",
    ),
    Hostile("elements in elements", _nested_elements, "unreadable", "损坏"),
    Hostile("distant cells in .xlsb", lambda: far_xlsb(1_048_576, 10), "unreadable", "相距过远"),
    Hostile("OLE loop", _loop, "unreadable", "扇区链"),
    Hostile("a key that takes hours", _spins, "unreadable", "迭代次数"),
    Hostile("10 million commas", lambda: b"," * 10_000_000 + b"\n,a", "no_table", "没有指南所列的指标"),
)
