"""Read .xlsx and .xlsm, strict and transitional: of the package only the parts that make cells.

openpyxl is not used: it finds no sheet in strict files, needs two passes for formulas and their results, and fails on
broken charts and styles that have nothing to do with the figures.
"""

from collections.abc import Iterator

from transforms.intake.cells import Sheet, UnreadableFileError
from transforms.intake.formats import limits
from transforms.intake.formats.guard import Archive
from transforms.intake.formats.package import Relation, check_sheets, relations
from transforms.intake.formats.values import GENERAL, KNOWN_FORMATS, RichText
from transforms.intake.formats.worksheet import Shared, read_worksheet
from transforms.intake.formats.xml_parts import attribute, elements, is_true, local_name, rich_text, unescape


def read(archive: Archive, part: str) -> Iterator[Sheet]:
    """Read every worksheet of a package, given the name of its workbook part.

    Raises:
        UnreadableFileError: if there is no sheet, or more in them than the limits allow.
    """
    listed, since_1904 = _workbook(archive.read(part))
    linked = relations(archive, part)
    shared = Shared(
        strings=_strings(_linked_part(archive, linked, "sharedStrings")),
        formats=_formats(_linked_part(archive, linked, "styles")),
        since_1904=since_1904,
    )
    check_sheets(len(listed))
    room = limits.CELLS
    for name, hidden, key in listed:
        relation = linked.get(key)
        if relation is None or relation.kind != "worksheet":
            continue  # a chart or macro sheet, or an entry without a part
        sheet = read_worksheet(archive.read(relation.target), name, shared, room, hidden=hidden)
        room -= len(sheet.cells)
        yield sheet


def _linked_part(archive: Archive, linked: dict[str, Relation], kind: str) -> bytes:
    """Return the part of this kind; empty if the package has none."""
    target = next((relation.target for relation in linked.values() if relation.kind == kind), None)
    return archive.read(target) if target is not None and archive.has(target) else b""


def _workbook(data: bytes) -> tuple[list[tuple[str, bool, str]], bool]:
    """Return the sheets as (name, hidden, relation id), and whether dates count from 1904."""
    sheets: list[tuple[str, bool, str]] = []
    since_1904 = False
    for element in elements(data, "sheet", "workbookPr"):
        if local_name(element) == "sheet":
            hidden = element.get("state", "visible") != "visible"
            sheets.append((unescape(element.get("name", "")), hidden, attribute(element, "id")))
        else:
            since_1904 = is_true(element.get("date1904"))
    return sheets, since_1904


def _strings(data: bytes) -> list[RichText]:
    """Read the shared strings in the order in which cells refer to them."""
    if data.count(b"<si") > limits.STRINGS:
        raise UnreadableFileError(f"共享字符串超过{limits.STRINGS}条，可能是恶意文件")
    return [rich_text(item) or RichText("") for item in elements(data, "si")] if data else []


def _formats(data: bytes) -> dict[str, str]:
    """Read the number format of every cell style by the number by which cells refer to it."""
    spelled: dict[int, str] = {}
    keys: list[int] = []
    for element in elements(data, "numFmts", "cellXfs") if data else ():
        if local_name(element) == "numFmts":
            spelled |= {_index(item.get("numFmtId")): item.get("formatCode", GENERAL) for item in element}
        else:
            keys += [_index(item.get("numFmtId")) for item in element.iterchildren("{*}xf")]
    return {str(style): spelled.get(key) or KNOWN_FORMATS.get(key, GENERAL) for style, key in enumerate(keys)}


def _index(value: str | None) -> int:
    return int(value) if value and value.isdecimal() and len(value) < 9 else 0
