"""A stored number and its number format → a cell: number, date, or what it is when it is neither."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from transforms.intake.cells import Cell

Place = tuple[int, int]

ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
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
_SHORT = 80  # longer formats would fill the memory
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def stored_number(place: Place, stored: str, form: str, *, since_1904: bool) -> Cell:
    """A number as XML stores it; what is none is text."""
    stored = stored.strip()
    if not _NUMBER.fullmatch(stored) or len(stored) > 400:
        return text(place, stored, form)
    value: int | float = int(stored) if stored.lstrip("+-").isdecimal() else float(stored)
    return number(place, value, form, since_1904=since_1904)


def number(place: Place, value: float | int, form: str, *, since_1904: bool) -> Cell:
    """A number, or the date that its format makes of it."""
    if isinstance(value, float) and not isfinite(value):
        return Cell(*place, "error", "#NUM!", None, form)
    if not _is_date(form):
        # Excel keeps 15 digits, the rest is noise. What no float can hold stays readable.
        shown = f"{value:.15g}" if abs(value) < 1e300 else str(Decimal(value).normalize())
        return Cell(*place, "number", shown, value, form)
    epoch = CALENDAR_MAC_1904 if since_1904 else CALENDAR_WINDOWS_1900
    try:
        found = from_excel(value, epoch, timedelta=is_timedelta_format(form))
    except (ValueError, OverflowError):
        return Cell(*place, "error", f"{value:.15g}", None, form)  # Excel shows it as ####
    return Cell(*place, "date", date_text(found), None, form)


def _is_date(form: str) -> bool:
    return _is_short_date(form) if len(form) <= _SHORT else is_date_format(form)


_is_short_date = lru_cache(maxsize=256)(is_date_format)


def text(place: Place, value: str, form: str = "General") -> Cell:
    """A text, or a blank where there is nothing to see."""
    return Cell(*place, "text" if value.strip() else "blank", value, None, form)


def boolean(place: Place, value: bool, form: str = "General") -> Cell:
    """TRUE or FALSE."""
    return Cell(*place, "boolean", "TRUE" if value else "FALSE", None, form)


def error(place: Place, code: int, form: str = "General") -> Cell:
    """An error cell by Excel's number for it."""
    return Cell(*place, "error", ERRORS.get(code, "#VALUE!"), None, form)


def date_text(value: date | time | timedelta | None) -> str:
    """A date as 2022-12-31; the time only where it says something."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
