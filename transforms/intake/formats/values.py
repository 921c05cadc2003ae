"""Make cells of stored values and their number formats."""

import re
from collections.abc import Container, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from transforms.intake.cells import Cell, Held, Span

Place = tuple[int, int]  # row and column, both from 1
GENERAL = "General"  # the number format of a cell without one

_CHINESE_FORMATS = {
    **dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"'),
    **dict.fromkeys((28, 29, 51, 53, 54, 58), 'm"月"d"日"'),
    30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"',
    **dict.fromkeys((32, 34, 55), 'h"时"mm"分"'),
    **dict.fromkeys((33, 35, 56), 'h"时"mm"分"ss"秒"'),
}
# Formats that a file need not spell out; those of Chinese Excel and WPS are in ECMA-376, 18.8.30.
KNOWN_FORMATS: dict[int, str] = {**_CHINESE_FORMATS, **BUILTIN_FORMATS}
_PICTURE = re.compile(r"=?(?:_xlfn\.)?(?:DISPIMG|IMAGE)\(", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


class RichText(NamedTuple):
    """The text of a string item, and the character positions (start, end) set above the line."""

    text: str
    superscripts: tuple[Span, ...] = ()


def rich_of_runs(text: str, runs: Sequence[tuple[int, int]], raised: Container[int]) -> RichText:
    """Make a rich text of runs given as (first character, font), with the fonts above the line."""
    ends = [*(start for start, _ in runs[1:]), len(text)][: len(runs)]
    spans = ((start, end) for (start, font), end in zip(runs, ends, strict=True) if font in raised and start < end)
    return RichText(text, tuple(spans))


def stored_number(place: Place, stored: str, form: str, *, since_1904: bool) -> Cell:
    """Make a cell of a number as XML stores it; what is no number is text."""
    stored = stored.strip()
    if not _NUMBER.fullmatch(stored) or len(stored) > 400:
        return text(place, stored, form)
    value: int | float = int(stored) if stored.lstrip("+-").isdecimal() else float(stored)
    return number(place, value, form, since_1904=since_1904)


def number(place: Place, value: float | int, form: str, *, since_1904: bool) -> Cell:
    """Make a cell of a number, or of the date that its format shows."""
    if isinstance(value, float) and not isfinite(value):
        return Cell(*place, "error", "#NUM!", None, form)
    if not is_date_format(form):
        # Excel keeps 15 digits, the rest is noise. A number beyond the range of floats stays readable.
        shown = f"{value:.15g}" if abs(value) < 1e300 else str(Decimal(value).normalize())
        return Cell(*place, "number", shown, value, form)
    epoch = CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900
    try:
        found = from_excel(value, epoch, timedelta=bool(is_timedelta_format(form)))
    except (ValueError, OverflowError):
        return Cell(*place, "error", f"{value:.15g}", None, form)  # Excel shows it as ####
    return Cell(*place, "date", date_text(found), None, form)


def text(place: Place, value: str, form: str = GENERAL) -> Cell:
    """Make a cell of a text; white space alone is a blank cell, a picture formula a picture."""
    held: Held = "picture" if is_picture(value) else "text" if value.strip() else "blank"
    return Cell(*place, held, value, None, form)


def is_picture(formula: str) -> bool:
    """Return whether a formula places a picture in its cell: DISPIMG of WPS, IMAGE of Excel."""
    return bool(_PICTURE.match(formula))


def rich(place: Place, value: RichText, form: str) -> Cell:
    """Make a cell of a text with superscript runs."""
    held = text(place, value.text).held
    return Cell(*place, held, value.text, None, form, False, value.superscripts)


def boolean(place: Place, value: bool, form: str) -> Cell:
    """Make a cell of TRUE or FALSE."""
    return Cell(*place, "boolean", "TRUE" if value else "FALSE", None, form)


def date_text(value: date | time | timedelta | None) -> str:
    """Write a date as 2022-12-31, with the time only where it is not midnight."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
