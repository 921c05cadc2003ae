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
_PLACE = f"{qn('w:rPr')}/{qn('w:vertAlign')}"
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
        style = properties.find(qn("w:rStyle"))
        if _is_raised(properties) or (style is not None and style.get(qn("w:val")) in raised):
            for old in properties.findall(qn("w:vertAlign")):
                properties.remove(old)
            etree.SubElement(properties, qn("w:vertAlign")).set(qn("w:val"), "superscript")


def _is_raised(properties: Element | None) -> bool:
    if properties is None:
        return False
    aligned, position = properties.find(qn("w:vertAlign")), properties.find(qn("w:position"))
    height = "" if position is None else position.get(qn("w:val")) or ""
    return (aligned is not None and aligned.get(qn("w:val")) == "superscript") or (height.isdecimal() and height != "0")


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


def is_on(element: Element) -> bool:
    """Return whether a switch like bold is on."""
    return element.get(qn("w:val")) not in {"0", "false", "off"}


def is_strong(paragraph: Element) -> bool:
    """Return whether a paragraph is centred or all bold."""
    centred = paragraph.find(f"{qn('w:pPr')}/{qn('w:jc')}")
    if centred is not None and centred.get(qn("w:val")) == "center":
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
            place = child.find(_PLACE)
            yield from _texts(child, raised=place is not None and place.get(qn("w:val")) == "superscript")
