"""Separate footnote marks (raised 1, ①, *, [1], 注1) from the text of a cell, so that none is read as a digit."""

import re
import unicodedata
from dataclasses import replace

from transforms.intake.cells import Cell, Sheet

_RAISED_MARK = re.compile(
    r"[\[(（〔【]?\s*注?\s*(?:\d{1,2}|[a-z]|[\u2460-\u2473]|[*＊※#†‡△▲☆★]{1,3})(?:\s*[,，、]\s*\d{1,2})*\s*[\])）〕】]?"
)
_AREA_UNIT = re.compile(r"[mM米]\s*$")  # the raised 2 of m2 is part of the unit
_OF_UNIT = re.compile(r"(?<=[a-zA-Z/][mM])[²³]|(?<=C[Oo])₂")
_TEN = re.compile(r"[*×xX]\s*10\s*$")  # ×10⁴
_SYMBOL = r"[*＊※#＃†‡△▲☆★]{1,3}(?!\s*[\d.])"
_ANY_NUMBER = r"(?:\d{1,2}|[\u2460-\u2473])"
_NUMBERED = (
    rf"[\[【〔]\s*(?:注\s*)?{_ANY_NUMBER}\s*[\]】〕]|[（(]\s*(?:注\s*)?(?:\d|[\u2460-\u2473])\s*[)）]|"
    rf"[（(]?注\s*{_ANY_NUMBER}?[)）]?"
)
_CIRCLED = r"[\u2460-\u2473\u2776-\u277f\u24f5-\u24fe]"
_SUPERSCRIPT = r"(?<=[\d%％)）\u4e00-\u9fff])(?<![米里])\s*[\u00b9\u00b2\u00b3\u2070-\u2079\u207d\u207e]+"
_BEHIND = r"(?<=[\d%％)）\]】〕辆个亩瓦顷上下右])\s*"
_AT_END = rf"(?<=[^\d\s])\s*(?:{_SYMBOL}|{_NUMBERED})\s*$"
_MARK = re.compile(rf"{_CIRCLED}|{_SUPERSCRIPT}|{_BEHIND}(?:{_SYMBOL}|{_NUMBERED})|^\s*{_SYMBOL}(?=.)|{_AT_END}")
_PLAIN_CIRCLES = {
    first + at: 0x2460 + at for first in (0x2776, 0x24F5) for at in range(10)
}  # ❶ and ⓵, which NFKC keeps
_KEPT_FORMS = {"<wide>", "<narrow>", "<font>"}  # full-width and mathematical digits are digits


def lift_marks(sheet: Sheet) -> Sheet:
    """Move raised footnote marks of every cell from `text` to `marks`; the ² of m² and raised words stay."""
    if not any(cell.superscripts for cell in sheet.cells.values()):
        return sheet
    cells = {place: _lift(cell) if cell.superscripts else cell for place, cell in sheet.cells.items()}
    return replace(sheet, cells=cells)


def split_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """Remove the marks written on the line or as Unicode superscripts; return the rest and the marks' keys."""
    marks: list[str] = []

    def take(match: re.Match[str]) -> str:
        marks.append(mark_key(match[0]))
        return ""

    rest = _MARK.sub(take, text)
    return rest, tuple(mark for mark in marks if mark)


def mark_key(text: str) -> str:
    """Return the key of a mark: ①, [1], ¹ and 注1 are `1`; （1） is `(1)`, which may also be a second figure."""
    key = "".join(unicodedata.normalize("NFKC", text.translate(_PLAIN_CIRCLES)).split())
    if re.fullmatch(r"\(\d\)", key):
        return key
    return key.strip("[]()【】〔〕").removeprefix("注") or "注"


def has_odd_digit(text: str) -> bool:
    """Return whether a character hides a digit that NFKC would add to a number: ½, ⑴, ₁, ㏠, but not m² and CO₂."""
    return any(not character.isascii() and _is_odd(character) for character in _OF_UNIT.sub("", text))


def shown_with_marks(cell: Cell) -> str:
    """Return the text of a cell with its raised marks behind it in Unicode superscripts: 72.5¹."""
    return cell.text + "".join(mark.translate(_RAISED) for mark in cell.marks)


_RAISED = str.maketrans("0123456789()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾")


def _is_odd(character: str) -> bool:
    normal = unicodedata.normalize("NFKC", character)
    if not any(one.isdigit() for one in normal) or normal[0].isalpha():  # ㎡ is m2
        return character.isdigit() and not character.isdecimal()
    return not character.isdecimal() or unicodedata.decomposition(character).partition(" ")[0] not in {"", *_KEPT_FORMS}


def _lift(cell: Cell) -> Cell:
    if sum(end - start for start, end in cell.superscripts) >= len(cell.text.strip()):
        return cell
    text, marks, at = "", [], 0
    for start, end in cell.superscripts:
        text += cell.text[at:start]
        raised, at = cell.text[start:end], end
        if _AREA_UNIT.search(text) and raised[:1] in {"2", "3"}:
            text, raised = text + raised[0], raised[1:]
        if _RAISED_MARK.fullmatch(raised.strip()) and not _TEN.search(text):
            marks += [mark_key(one) for one in re.split(r"[,，、]", raised)]
        else:
            text += raised
    return cell._replace(text=text + cell.text[at:], superscripts=(), marks=tuple(marks))
