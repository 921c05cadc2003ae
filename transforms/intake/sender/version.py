"""Parse versions and dates of submissions: V1.2, 第二版, 修订版2, 2024年3月15日. A date is no version."""

import re
import unicodedata
from datetime import date
from typing import NamedTuple

from transforms.intake.values.chinese_numerals import YEAR_DIGITS, parse_numeral

_ONE = r"\d{1,3}(?:[._-]\d{1,3})*(?!\d)"
_CHINESE = "[一二三四五六七八九十]{1,3}"
_DAY = re.compile(
    r"(?<!\d)(20\d\d)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})(?!\d)\s*[日号]?|(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)"
)
_CHINESE_DAY = re.compile(rf"(二[〇零○][〇零○一二三四五六七八九]{{2}})年({_CHINESE})月({_CHINESE})[日号]")
_NO_DAY = re.compile(
    r"(?<!\d)20\d\d\s*(?:年(?:\s*\d{1,2}\s*月?)?|[./-]\s*\d{1,2}(?!\d)|\d\d(?!\d))|\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?"
)
_COPY = re.compile(r"\(\d{1,2}\)|-?\s*副本|-?\s*copy")  # what file managers add to the name of a copy
_NUMBERED = (
    re.compile(rf"(?<![a-z])(?:v|ver|version|rev)[.\s]*({_ONE})"),
    re.compile(rf"第\s*({_ONE}|{_CHINESE})\s*[版稿次轮]"),
    re.compile(rf"版本号?[:\s]*({_ONE}|{_CHINESE})"),
    re.compile(rf"(?<![a-z\d._-])({_ONE})\s*[版稿]"),
    re.compile(rf"(?<![一二三四五六七八九十〇零○])({_CHINESE})[版稿]"),
    re.compile(rf"(?:修订|修改|最终|终|定)[版稿]\s*({_ONE}|{_CHINESE})|(?:修订|修改)({_ONE}|{_CHINESE})$"),
)
_ALONE = re.compile(rf"第?({_ONE}|{_CHINESE})")
# The drafts that an official text goes through, in their order.
_STAGES = {
    "初稿": "初[稿版]",
    "征求意见稿": "征求意见",
    "送审稿": "送审|评审稿",
    "报批稿": "报批",
    "终稿": "最终|终[稿版]|定[稿版]|正式",
}
_SERIES = {name: re.compile(words) for name, words in (*_STAGES.items(), ("修订", "修订|修改"))}


class Version(NamedTuple):
    """A version number within a series (第二版, 修订版, 终稿); only versions of one series can be compared."""

    series: str
    numbers: tuple[int, ...]


# The order of a file: its version and the ordinal of its day, None where it has none.
Order = tuple[Version | None, int | None]


def parse_version(text: str, *, alone: bool = True) -> Version | None:
    """Parse a version.

    Args:
        text: of the cell 版本, or a file's name.
        alone: whether a number by itself is one, as in a cell.

    Returns:
        None for a date, a year, or a text without a version.
    """
    said = _normal(text)
    for pattern in (_DAY, _CHINESE_DAY, _NO_DAY, _COPY):
        said = pattern.sub(" ", said)
    found = next((match for pattern in _NUMBERED if (match := pattern.search(said))), None)
    if found is None and alone:
        found = _ALONE.fullmatch(said.strip())
    if found is None:
        series = next((name for name, words in _SERIES.items() if words.search(said)), "")
        return Version(series, ()) if series else None
    group = found.lastindex or 0
    # Of 修订版V2 the number counts revisions; of V2（修订版） it does not.
    before = said[max(0, found.start(group) - 6) : found.start(group)]
    numbers = _numbers(found[group])
    series = next((name for name, words in _SERIES.items() if words.search(before)), "")
    return Version(series, numbers) if numbers else None


def parse_day(text: str) -> int | None:
    """Return the ordinal of `2024-03-15`, `2024年3月15日`, `20240315` or `二〇二四年三月十五日`, else None."""
    said = _normal(text)
    if match := _DAY.search(said):
        year, month, day = (int(part) for part in match.groups() if part)
    elif match := _CHINESE_DAY.search(said):
        year = int(match[1].translate(YEAR_DIGITS))
        month, day = (int(numeral[0]) if (numeral := parse_numeral(part)) else 0 for part in match.groups()[1:])
    else:
        return None
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None


def order_of(version: str | None, filled_on: str | None) -> Order:
    """Return version and day of a workbook; a date in the cell 版本 counts where 填报日期 has none."""
    day = parse_day(filled_on or "")
    return parse_version(version or ""), parse_day(version or "") if day is None else day


def is_later(mine: Order, other: Order) -> bool:
    """Return whether one is later by version or by date, and not earlier by the other of the two."""
    known = []
    if mine[0] and other[0] and (keys := _comparable(mine[0], other[0])):
        known.append((keys[0] > keys[1], keys[0] >= keys[1]))
    if mine[1] is not None and other[1] is not None:
        known.append((mine[1] > other[1], mine[1] >= other[1]))
    return any(later for later, _ in known) and all(not_earlier for _, not_earlier in known)


def _comparable(mine: Version, other: Version) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return keys to compare two versions by; None where their order is unknown. 初稿 is version 1."""
    stages = list(_STAGES)
    if mine.series == other.series:
        return mine.numbers, other.numbers
    if mine.series in stages and other.series in stages:
        return (stages.index(mine.series),), (stages.index(other.series),)
    if {mine.series, other.series} == {"初稿", ""}:
        return mine.numbers or (1,), other.numbers or (1,)
    return None


def _normal(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).casefold()


def _numbers(text: str) -> tuple[int, ...]:
    """Parse the parts of a version number, without zeros at the end: 2.0 is 2."""
    if not text[0].isdigit():
        numeral = parse_numeral(text)
        return (int(numeral[0]),) if numeral else ()
    numbers = [int(part) for part in re.split("[._-]", text)]
    while len(numbers) > 1 and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
