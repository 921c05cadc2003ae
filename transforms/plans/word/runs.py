"""Return the visible text of an element of Word, without deletions, field codes, hidden runs and second copies."""

import re
from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn
from lxml import etree

Element = Any  # elements of lxml, which has no types

PARAGRAPH, TABLE, RUN, BOX = qn("w:p"), qn("w:tbl"), qn("w:r"), qn("w:txbxContent")
# Word writes the content of a text box twice, the second time for programs that do not know the first form.
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
SKIPPED = {qn(name) for name in ("w:del", "w:moveFrom", "w:instrText", "w:delText", "w:pPr", "w:rPr")} | {BOX, FALLBACK}
_TEXT, _HIDDEN, _BOLD = qn("w:t"), f"{qn('w:rPr')}/{qn('w:vanish')}", f"{qn('w:rPr')}/{qn('w:b')}"
_NOTE = re.compile(r"[\[(（〔【]?\s*注?\s*(?:\d{1,2}|[①-⑳]|[*＊※†])(?:\s*[,，、]\s*\d{1,2})*\s*[\])）〕】]?")
_POWER = re.compile(r"(?:[mM㎡米]|10)\s*$")
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}


def text_of(element: Element) -> str:
    """Return the text of a paragraph or run; without raised marks of notes, but with the ² of m²."""
    text = ""
    for piece, raised in _texts(element):
        if not (raised and _NOTE.fullmatch(piece.strip()) and not _POWER.search(text)):
            text += piece
    return text


def mark_raised(root: Element, styles: Element | None) -> None:
    """Mark as superscript each run that a style (of `styles.xml`, if any) or its position raises above the line."""
    declared = [] if styles is None else styles.findall(qn("w:style"))
    raised = {one.get(qn("w:styleId")) for one in declared if _is_raised(one.find(qn("w:rPr")))}
    for properties in root.iterfind(f".//{qn('w:r')}/{qn('w:rPr')}"):
        if _is_raised(properties) or value_of(properties, "w:rStyle") in raised:
            for old in properties.findall(qn("w:vertAlign")):
                properties.remove(old)
            etree.SubElement(properties, qn("w:vertAlign")).set(qn("w:val"), "superscript")


def _is_raised(properties: Element | None) -> bool:
    height = value_of(properties, "w:position") or ""
    return value_of(properties, "w:vertAlign") == "superscript" or (height.isdecimal() and height != "0")


def boxes_in(element: Element) -> Iterator[Element]:
    """Yield the text boxes anchored in a paragraph."""
    for child in element:
        if child.tag == BOX:
            yield child
        elif child.tag != FALLBACK:
            yield from boxes_in(child)


def is_inside(element: Element, owner: Element, *others: str) -> bool:
    """Return whether an element belongs to an owner, and to none of these in between."""
    for parent in element.iterancestors():
        if parent is owner:
            return True
        if parent.tag in others:
            return False
    return False


def value_of(parent: Element | None, name: str) -> str | None:
    """Return the attribute `w:val` of a child; None where the parent, the child or the attribute is missing."""
    found = None if parent is None else parent.find(qn(name))
    return None if found is None else found.get(qn("w:val"))


def whole_number(value: str | None) -> int | None:
    """Return an attribute as a number; None where it is none, or longer than any that Word writes."""
    return int(value) if value and value.isascii() and value.isdecimal() and len(value) < 9 else None


def is_on(element: Element) -> bool:
    """Return whether a switch like bold is on."""
    return element.get(qn("w:val")) not in {"0", "false", "off"}


def is_strong(paragraph: Element) -> bool:
    """Return whether a paragraph is centred or all bold."""
    if value_of(paragraph.find(qn("w:pPr")), "w:jc") == "center":
        return True
    bold = [run.find(_BOLD) for run in paragraph.iter(RUN) if text_of(run).strip()]
    return bool(bold) and all(one is not None and is_on(one) for one in bold)


def _texts(element: Element, *, raised: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield pieces of text, each with whether it is superscript."""
    for child in element:
        if child.tag in SKIPPED:
            continue
        if child.tag == _TEXT:
            yield child.text or "", raised
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag], False
        elif child.tag != RUN:
            yield from _texts(child, raised=raised)
        elif child.find(_HIDDEN) is None:
            yield from _texts(child, raised=value_of(child.find(qn("w:rPr")), "w:vertAlign") == "superscript")
