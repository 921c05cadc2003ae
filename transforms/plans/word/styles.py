"""Read the styles of Word, with properties inherited from the styles that they are based on."""

from dataclasses import dataclass

from docx.oxml.ns import qn

from transforms.plans.word.numbering import Numbering, Place
from transforms.plans.word.runs import Element, is_on, value_of, whole_number

_CONTENTS = ("toc", "目录", "table of figures")


@dataclass(frozen=True, slots=True)
class Style:
    """Properties of a style: heading level, place in a list, whether it is one of a table of contents, and bold."""

    outline: int | None
    place: Place | None
    contents: bool
    strong: bool


PLAIN = Style(None, None, contents=False, strong=False)


def read_styles(root: Element, numbering: Numbering) -> dict[str, Style]:
    """Read the styles that `styles.xml` declares, by id."""
    own = {one.get(qn("w:styleId")): one for one in root.findall(qn("w:style"))}
    return {style_id: _style(style_id, own, numbering) for style_id in own}


def style_of(properties: Element | None) -> str:
    """Return the id of a paragraph's style, empty where it has none."""
    return value_of(properties, "w:pStyle") or ""


def outline_of(properties: Element | None) -> int | None:
    """Return the heading level that paragraph properties name, from 1."""
    value = value_of(properties, "w:outlineLvl")
    return int(value) + 1 if value in set("012345678") else None


def place_in_list(properties: Element | None) -> Place | None:
    """Return the list and level that paragraph properties name."""
    found = None if properties is None else properties.find(qn("w:numPr"))
    number, depth = (whole_number(value_of(found, name)) for name in ("w:numId", "w:ilvl"))
    return None if number is None else (number, depth or 0)


def _style(style_id: str, own: dict[str, Element], numbering: Numbering) -> Style:
    chain: list[str] = []
    at: str | None = style_id
    while at in own and at not in chain:
        chain.append(at)
        at = value_of(own[at], "w:basedOn")
    names = [(one.get(qn("w:val")) or "").casefold() for key in chain for one in own[key].findall(qn("w:name"))]
    properties = [one for key in chain for one in own[key].findall(qn("w:pPr"))]
    outlines = [level for one in properties if (level := outline_of(one)) is not None]
    headings = [int(name[-1]) for name in names if name[:-1].strip() in {"heading", "标题"} and name[-1] in "123456789"]
    listed = [numbering.of_style[key] for key in chain if key in numbering.of_style]
    places = [place for one in properties if (place := place_in_list(one))]
    bold = [one for key in chain for one in own[key].findall(f"{qn('w:rPr')}/{qn('w:b')}")]
    return Style(
        next(iter((*outlines, *headings)), None),
        next(iter((*listed, *places)), None),
        contents=any(name.startswith(_CONTENTS) for name in names),
        strong=bool(bold) and is_on(bold[0]),
    )
