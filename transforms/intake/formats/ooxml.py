"""Reads .xlsx and .xlsm, strict and transitional: of the whole package only what makes cells.

Not openpyxl: a broken chart or style must not cost the figures, and a formula's text and result come in one reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from posixpath import dirname, join, normpath
from xml.parsers.expat import ExpatError

from transforms.intake.cells import Sheet, Unreadable
from transforms.intake.formats import limits
from transforms.intake.formats.guard import Archive
from transforms.intake.formats.quick import Odd, cut_strings
from transforms.intake.formats.values import KNOWN_FORMATS
from transforms.intake.formats.worksheet import Book, read_sheet, unescape
from transforms.intake.formats.xml import Attributes, named, walk

_MAIN = "xl/workbook.xml"
_USUAL = 32 * 1024


@dataclass(frozen=True, slots=True)
class Relation:
    """A part that another one names: the last word of the relation's type, and where the part is."""

    kind: str
    target: str


@dataclass(slots=True)
class Contents:
    """What the workbook part says: sheets as (name, hidden, relation), and the epoch of its dates."""

    sheets: list[tuple[str, bool, str]] = field(default_factory=list)
    since_1904: bool = False


def main_part(archive: Archive) -> str | None:
    """Where the workbook part of an OOXML package is; None if it is no such package."""
    if archive.has("_rels/.rels"):
        for relation in relations(archive, "").values():
            if relation.kind == "officeDocument" and archive.has(relation.target):
                return relation.target
    return _MAIN if archive.has(_MAIN) else None


def relations(archive: Archive, part: str) -> dict[str, Relation]:
    """The relations of a part by their ids; of the package for an empty name."""
    folder = dirname(part)
    name = join(folder, "_rels", f"{part[len(folder) :].strip('/')}.rels")
    found: dict[str, Relation] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = Relation(kind, normpath(join("/", folder, target)).lstrip("/"))

    if archive.has(name):
        walk(archive.read(name), start)
    return found


def has_macros(archive: Archive) -> bool:
    """Whether the package carries VBA or a sheet of Excel 4 macros."""
    return any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in archive.entries)


def read(archive: Archive, part: str, *, careful: bool = False) -> Iterator[Sheet]:
    """Read every worksheet.

    Args:
        archive: the package.
        part: where its workbook part is.
        careful: not to try the quick way, which gives the same.

    Raises:
        Unreadable: if there is no sheet, or more in them than the limits allow.
    """
    contents = _contents(archive.read(part))
    linked = relations(archive, part)
    book = Book(
        strings=_strings(archive, _linked(linked, "sharedStrings"), careful=careful),
        formats=_formats(archive, _linked(linked, "styles")),
        since_1904=contents.since_1904,
    )
    check_sheets(len(contents.sheets))
    left = limits.CELLS
    for name, hidden, key in contents.sheets:
        relation = linked.get(key)
        if relation is None or relation.kind != "worksheet":
            continue  # a chart or a macro sheet, or a name without anything behind it
        sheet = read_sheet(archive.read(relation.target), name, book, left, hidden=hidden, careful=careful)
        left -= len(sheet.cells)
        yield sheet


def check_sheets(count: int) -> None:
    """Refuse a workbook without a sheet or with more than a person could have made."""
    if not count:
        raise Unreadable("文件中没有工作表")
    if count > limits.SHEETS:
        raise Unreadable(f"工作表超过 {limits.SHEETS} 个")


def _linked(linked: dict[str, Relation], kind: str) -> str | None:
    return next((relation.target for relation in linked.values() if relation.kind == kind), None)


def _contents(data: bytes) -> Contents:
    contents = Contents()

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "sheet":
            hidden = attributes.get("state", "visible") != "visible"
            contents.sheets.append((unescape(attributes.get("name", "")), hidden, named(attributes, "id") or ""))
        elif tag == "workbookPr":
            contents.since_1904 = attributes.get("date1904") in {"1", "true", "on"}

    walk(data, start)
    return contents


def _strings(archive: Archive, part: str | None, *, careful: bool) -> list[str]:
    data = archive.read(part) if part is not None and archive.has(part) else b""
    if data.count(b"<si") > limits.STRINGS:
        raise Unreadable(f"共享字符串超过 {limits.STRINGS} 条，可能是恶意文件")
    if not data:
        return []
    strings = None if careful else _strings_quickly(data)
    return _strings_carefully(data) if strings is None else strings


def _strings_quickly(data: bytes) -> list[str] | None:
    """None where the part is unusual or faulty: then the careful way has the say."""
    try:
        strings, rest = cut_strings(data)
        left = _strings_carefully(rest)
    except (Odd, Unreadable, ExpatError):
        return None
    if len(left) != strings.count(None):
        return None
    in_order = iter(left)
    return [next(in_order) if text is None else unescape(text) for text in strings]


def _strings_carefully(data: bytes) -> list[str]:
    """The shared strings; the reading aid above Chinese characters is no part of the text."""
    strings: list[str] = []
    parts: list[str] = []
    reading = aid = False

    def start(tag: str, _: Attributes) -> None:
        nonlocal reading, aid
        if tag == "t":
            reading = not aid
        elif tag == "si":
            parts.clear()
        elif tag == "rPh":
            aid = True

    def end(tag: str) -> None:
        nonlocal reading, aid
        if tag == "t":
            reading = False
        elif tag == "rPh":
            aid = False
        elif tag == "si":
            strings.append(unescape("".join(parts)))

    def text(data: str) -> None:
        if reading:
            parts.append(data)

    walk(data, start, end, text)
    return strings


def _formats(archive: Archive, part: str | None) -> tuple[str, ...]:
    if part is None or not archive.has(part):
        return ()
    data = archive.read(part)
    return _formats_of_usual(data) if len(data) <= _USUAL else _formats_of(data)


def _formats_of(data: bytes) -> tuple[str, ...]:
    """The number format of every cell style, in the order in which cells refer to them."""
    spelled: dict[int, str] = {}
    styles: list[int] = []
    inside: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        parent = inside[-1] if inside else ""
        inside.append(tag)
        if tag == "numFmt" and parent == "numFmts":
            spelled[_index(attributes.get("numFmtId"))] = attributes.get("formatCode", "General")
        elif tag == "xf" and parent == "cellXfs":
            styles.append(_index(attributes.get("numFmtId")))

    def end(_: str) -> None:
        inside.pop()

    walk(data, start, end)
    return tuple(spelled.get(style) or KNOWN_FORMATS.get(style, "General") for style in styles)


# Whoever fills in the template and keeps its looks sends the same styles.
_formats_of_usual = lru_cache(maxsize=64)(_formats_of)


def _index(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 9 else 0
