"""Cuts the cells, or the shared strings, out of XML as programs usually write it, without an XML parser's callbacks.

They are nine tenths of the elements of a workbook, and calling back for each of them is most of the time that reading
takes. A hand-written reader of XML cannot be trusted with all that XML may be, so it takes one form only: cell after
cell, without a gap. Whatever else a part has is left in it, for the XML parser to read as ever. A part that is not of
this form to the last byte is `Odd`, and so is every fault: the careful reader then reads all of it and has the say.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from transforms.intake.formats import limits

# Far more than a submission has, and too little for as many elements as would have to be refused.
LARGE = limits.MIB

# Row, letters of the column, style, type; then value, text, formula as they are written, None where there is none.
Keep = Callable[[int, str, int, str, str | None, str | None, str | None], None]

_HEAD = re.compile(
    r"\ufeff?(?:<\?xml version=([\"'])1\.0\1(?: encoding=([\"'])(?i:utf-8)\2)?(?: standalone=([\"'])(?:yes|no)\3)? ?\?>"
    r"[ \r\n]*)?<"
)
# Without what XML forbids, the carriage return, which it changes, and >, since `]]>` must not stand there. The > before
# it tells an empty text from none. What none of the forms fits is taken to its end by the last group, and is odd.
_TEXT = r"(>[^<>\x00-\x08\x0b-\x1f\ufffe\uffff]*)"
_T = rf"<t(?: xml:space=\"preserve\")?{_TEXT}</t>"
_CELLS = re.compile(
    r"<c r=\"([A-Z]{1,3})([1-9][0-9]{0,6})\"(?: s=\"([0-9]{1,6})\")?(?: t=\"([a-zA-Z]{1,9})\")? ?"
    rf"(?:/>|>(?:<f(?: aca=\"false\")?{_TEXT}</f>)?(?:<v{_TEXT}</v>|<is>{_T}</is>|<v ?(/)>)?</c>)"
    r"|<row r=\"([0-9]{1,7})(\"[^<>]*)>|(</row>)|((?s:.+))"
)
# Excel adds the last of these to whatever was typed with a Chinese keyboard.
_ITEMS = re.compile(
    rf"<si>(?:{_T}|<t(/)>)(?:<phoneticPr fontId=\"[0-9]+\"(?: type=\"[A-Za-z]+\")?/>)?</si>"
    r"|(<si>(?s:.*?)</si>)|((?s:.+))"
)
_SHOWN = ' hidden="false"'  # LibreOffice says so in every row
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_NUMBERED = re.compile(r"#([0-9]{1,7})|#x([0-9a-fA-F]{1,6})")
_SHORT = 200


class Odd(Exception):  # noqa: N818 - nothing need be wrong with it
    """The part is not of the usual form."""


def cut_cells(data: bytes, keep: Keep) -> bytes:
    """Hand every cell of a worksheet part to `keep`, in their order.

    Returns:
        The part without the cells, in which of rows that differ by their number only the first one stands. It has yet
        to be read; the part is well-formed if this is, and holds no cell.

    Raises:
        Odd: also after some cells were handed over.
    """
    text = _decoded(data)
    start, end = _between(text, "<sheetData>", "</sheetData>")
    found = _CELLS.findall(text, start, end)
    if found and found[-1][-1]:
        raise Odd
    rest = [text[:start]]
    seen: set[str] = set()
    is_open = is_left = False
    for letters, row, style, kind, formula, value, inline, blank, number, about_row, _, _ in found:
        if letters:
            if value or inline or formula or blank:
                keep(
                    int(row),
                    letters,
                    int(style or 0),
                    kind or "n",
                    "" if blank else _resolved(value),
                    _resolved(inline),
                    _resolved(formula),
                )
        elif number:
            if is_open:
                raise Odd
            is_open = not about_row.endswith("/")
            is_hidden = "hidden" in about_row.replace(_SHOWN, "")
            is_left = not is_open or is_hidden or about_row not in seen
            if is_left:
                seen.add(about_row)
                rest.append(f'<row r="{number}{about_row}>')
        else:
            if not is_open:
                raise Odd
            if is_left:
                rest.append("</row>")
            is_open = False
    if is_open:
        raise Odd
    rest.append(text[end:])
    return "".join(rest).encode()


def cut_strings(data: bytes) -> tuple[list[str | None], bytes]:
    """Take the shared strings that are not in several runs.

    Returns:
        All strings in their order, with None for those that were left, and the part with these alone, which has yet to
        be read.

    Raises:
        Odd: where the part is.
    """
    text = _decoded(data)
    start, end = text.find("<si>"), text.find("</sst>")
    if not 0 <= start < end or "rPh" in text[:start]:
        raise Odd
    strings: list[str | None] = []
    rest = [text[:start]]
    for plain, blank, other, odd in _ITEMS.findall(text, start, end):
        if odd:
            raise Odd
        strings.append("" if blank else _resolved(plain))
        rest.append(other)
    rest.append(text[end:])
    return strings, "".join(rest).encode()


def _resolved(text: str) -> str | None:
    """A text as `_TEXT` has it with its references replaced: `&amp;`, `&#24180;`, `&#x5e74;`."""
    if "&" in text:
        return _resolve_short(text) if len(text) <= _SHORT else _resolve(text)
    return text[1:] if text else None


def _resolve(text: str) -> str:
    first, *others = text[1:].split("&")
    resolved = [first]
    for other in others:
        name, semicolon, after = other.partition(";")
        if not semicolon:
            raise Odd
        resolved += (_NAMED.get(name) or _character(name), after)
    return "".join(resolved)


# The words of a table stand in each submission.
_resolve_short = lru_cache(maxsize=4096)(_resolve)


def _character(name: str) -> str:
    number = _NUMBERED.fullmatch(name)
    if not number:
        raise Odd
    code = int(number[1]) if number[1] else int(number[2], 16)
    if code in {9, 10, 13} or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
        return chr(code)
    raise Odd


def _decoded(data: bytes) -> str:
    """The part as text, if it is UTF-8 and has neither comments, CDATA, processing instructions nor a document type."""
    if len(data) > LARGE:
        raise Odd
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise Odd from error
    head = _HEAD.match(text)
    if not head or "<!" in text or text.find("<?", head.end() - 1) >= 0:
        raise Odd
    return text


def _between(text: str, first: str, last: str) -> tuple[int, int]:
    start = text.find(first) + len(first)
    end = text.find(last, start)
    if start < len(first) or end < 0:
        raise Odd
    return start, end
