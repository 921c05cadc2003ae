"""Find texts with superscript runs in .ods and .xlsb, where calamine gives the text without its formatting."""

import struct
from collections.abc import Iterator

from transforms.intake.cells import Span
from transforms.intake.formats.guard import Archive
from transforms.intake.formats.values import RichText, rich_of_runs
from transforms.intake.formats.xml_parts import Element, attribute, elements, local_name

_CONTENT, _STRINGS, _STYLES = "content.xml", "xl/sharedStrings.bin", "xl/styles.bin"
_FONT, _STRING = 43, 19  # records BrtFont and BrtSSTItem of [MS-XLSB]
_SUPERSCRIPT = 1  # field sss of BrtFont


def raised_texts(archive: Archive, form: str) -> dict[str, RichText]:
    """Return the texts with superscript runs of an archive, by their `text_key`."""
    found = _in_ods(archive) if form == "ods" else _in_xlsb(archive)
    return {text_key(rich.text): rich for rich in found if rich.superscripts}


def text_key(text: str) -> str:
    """Return a text without white space, which calamine and the XML write differently."""
    return "".join(text.split())


def _in_ods(archive: Archive) -> Iterator[RichText]:
    """Read the cells of an OpenDocument spreadsheet that have spans with a style `text-position: super`."""
    data = archive.read(_CONTENT) if archive.has(_CONTENT) else b""
    if b"text-position" not in data:
        return
    raised: set[str] = set()
    for element in elements(data, "style", "table-cell"):
        if local_name(element) == "style":
            properties = (attribute(one, "text-position") for one in element.iterfind("{*}text-properties"))
            if any(position.startswith("super") or _is_above(position) for position in properties):
                raised.add(attribute(element, "name"))
        else:
            paragraphs = [_paragraph(one, raised) for one in element.iterchildren("{*}p")]
            yield _joined(paragraphs)


def _is_above(position: str) -> bool:
    first = position.split(" ", maxsplit=1)[0].removesuffix("%")
    return first.isdecimal() and int(first) > 0


def _paragraph(element: Element, raised: set[str]) -> RichText:
    text, spans = element.text or "", []
    for child in element:
        written = "".join(child.itertext())
        if attribute(child, "style-name") in raised and local_name(child) == "span":
            spans.append((len(text), len(text) + len(written)))
        text += written + (child.tail or "")
    return RichText(text, tuple(spans))


def _joined(paragraphs: list[RichText]) -> RichText:
    text, spans = "", list[Span]()
    for paragraph in paragraphs:
        text += "\n" if text else ""
        spans += [(start + len(text), end + len(text)) for start, end in paragraph.superscripts]
        text += paragraph.text
    return RichText(text, tuple(spans))


def _in_xlsb(archive: Archive) -> Iterator[RichText]:
    """Read the shared strings with formatting runs of a binary workbook."""
    if not (archive.has(_STRINGS) and archive.has(_STYLES)):
        return
    fonts = (content for kind, content in _records(archive.read(_STYLES)) if kind == _FONT)
    raised = {
        number
        for number, font in enumerate(fonts)
        if len(font) > 8 and struct.unpack_from("<H", font, 6)[0] == _SUPERSCRIPT
    }
    for kind, content in _records(archive.read(_STRINGS)):
        if kind == _STRING and content and content[0] & 1:
            yield _rich_string(content, raised)


def _rich_string(content: bytes, raised: set[int]) -> RichText:
    (length,) = struct.unpack_from("<I", content, 1)
    text = content[5 : 5 + 2 * length].decode("utf-16-le", "replace")
    at = 5 + 2 * length
    count = struct.unpack_from("<I", content, at)[0] if len(content) >= at + 4 else 0
    runs = [(start, font) for start, font in struct.iter_unpack("<HH", content[at + 4 : at + 4 + 4 * count])]
    return rich_of_runs(text, runs, raised)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Split a part into records: a type of one or two bytes, a length of one to four, the content."""
    at = 0
    while at < len(data):
        kind, at = data[at], at + 1
        if kind & 0x80 and at < len(data):
            kind, at = kind & 0x7F | (data[at] & 0x7F) << 7, at + 1
        length = 0
        for place in range(4):
            if at >= len(data):
                return
            byte, at = data[at], at + 1
            length |= (byte & 0x7F) << (7 * place)
            if not byte & 0x80:
                break
        yield kind, data[at : at + length]
        at += length
