"""Read the XML parts of a package with lxml: one element at a time, no DTD, a limit on the number of elements."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from transforms.intake.cells import Span, UnreadableFileError
from transforms.intake.formats import limits
from transforms.intake.formats.values import RichText
from transforms.safe_text import repair_surrogates

Element = Any  # elements of lxml, which has no types

_SAFE = {
    "resolve_entities": False,
    "no_network": True,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def elements(data: bytes, *names: str) -> Iterator[Element]:
    """Iterate over the elements of these local names.

    Any namespace matches, so strict and transitional OOXML read alike. Of a large part, an element and everything
    before it is dropped from memory once the caller asks for the next one.

    Raises:
        UnreadableFileError: if there are too many elements, or a DTD.
        lxml.etree.XMLSyntaxError: if the XML is not well-formed or nested too deeply.
    """
    if data.count(b"<") - data.count(b"</") > limits.ELEMENTS:
        raise UnreadableFileError(f"工作表的行或单元格过多（超过{limits.ELEMENTS}个元素），请删除多余的空行后重新报送")
    if b"<!DOCTYPE" in data:
        raise UnreadableFileError("XML 中有文档类型声明（DTD）或实体定义，可能是恶意文件")
    tags = [f"{{*}}{name}" for name in names]
    if len(data) < limits.TREE:
        yield from etree.fromstring(data, etree.XMLParser(**_SAFE)).iter(*tags)
        return
    for _, element in etree.iterparse(io.BytesIO(data), tag=tags, **_SAFE):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2]  # type: ignore[no-any-return]


def attribute(element: Element, name: str) -> str:
    """Return an attribute by its local name, whatever its namespace; empty if there is none."""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def is_true(value: str | None) -> bool:
    """Return whether an attribute of type xsd:boolean is true."""
    return value in {"1", "true", "on"}


def unescape(text: str) -> str:
    """Replace `_x000D_` by its character, as OOXML writes those that XML cannot hold (ECMA-376, 22.9.2.19)."""
    return repair_surrogates(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)) if "_x" in text else text


def rich_text(item: Element) -> RichText | None:
    """Read a string item (`si` or `is`): its text with the runs that are superscript.

    Phonetic guides (`rPh`) are no part of the text.

    Returns:
        None if the item has no text element at all.
    """
    if len(item) == 1 and local_name(item[0]) == "t":
        return RichText(unescape(item[0].text or ""))
    runs = list(item.iterchildren("{*}r", "{*}t"))
    return _join(runs) if runs else None


def _join(runs: Sequence[Element]) -> RichText:
    """Join the runs of a text, and note the positions of those above the line."""
    text = ""
    spans: list[Span] = []
    for run in runs:
        parts = [run] if local_name(run) == "t" else run.iterchildren("{*}t")
        written = unescape("".join(part.text or "" for part in parts))
        aligned = next(run.iterfind("{*}rPr/{*}vertAlign"), None)
        if written and aligned is not None and aligned.get("val") == "superscript":
            spans.append((len(text), len(text) + len(written)))
        text += written
    return RichText(text, tuple(spans))
