"""Parse Chinese numerals: 百分之三十五, 十二点三万, 三万五, 三成五, 四分之一.

Only whole texts are parsed. Anything else, and ambiguous numerals (三五, 万五, 一亿二千, 二千五万), gives None.
"""

import re
from decimal import Decimal

_DIGITS = {
    character: value
    for value, characters in enumerate(
        ["零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"]
    )
    for character in characters
}
# Digits of a year: 二〇三〇.
YEAR_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
# Largest first; each with the number of digits behind it.
_UNITS = (("亿", 8), ("万", 4), ("千", 3), ("百", 2), ("十", 1))
_SAME = str.maketrans("〇拾佰仟萬億點", "零十百千万亿点") | {ord("廿"): "二十", ord("卅"): "三十", ord("卌"): "四十"}
_WHOLES = {"百": Decimal(100), "千": Decimal(1000), "万": Decimal(10000)}
_HALVES = {"一半": Decimal(50), "半数": Decimal(50), "百分百": Decimal(100), "百分之百": Decimal(100)}


def parse_numeral(text: str) -> tuple[Decimal, bool] | None:
    """Parse a numeral.

    Returns:
        The value, and whether it is a percentage (百分之三十五 and 三成五 are 35 and true); None if it is no numeral.
    """
    text = text.translate(_SAME)
    if (share := _share(text)) is not None:
        return share, True
    value = _plain(text)
    return None if value is None else (value, False)


def _share(text: str) -> Decimal | None:
    """Return the percentage of 百分之三十五, 千分之五, 四分之一, 三成五, 一半, 三十五%."""
    if text in _HALVES:
        return _HALVES[text]
    if text.endswith("%"):
        return _plain(text[:-1])
    return _tenths(text) if "成" in text else _fraction(text)


def _fraction(text: str) -> Decimal | None:
    whole, divided, part = text.partition("分之")
    count, of = _plain(part), _WHOLES.get(whole) or _plain(whole)
    if not divided or count is None or not of or (of < 100 and count > of):
        return None
    return count * 100 / of


def _tenths(text: str) -> Decimal | None:
    whole, _, half = text.partition("成")
    count = _plain(whole)
    if half not in {"", "半", *_DIGITS} or count is None or count > 10 or (half and ("点" in whole or count == 10)):
        return None
    return count * 10 + (5 if half == "半" else _DIGITS.get(half, 0))


def _plain(text: str) -> Decimal | None:
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        return Decimal(text)
    if text == "零":
        return Decimal(0)
    whole, point, rest = text.partition("点")
    if not point:
        value = _whole(text)
        return None if value is None else Decimal(value)
    factor = 1
    if rest[-1:] in {"万", "亿"}:  # 三点五万, but not 三万点五万
        if re.search("[万亿]", whole):
            return None
        factor, rest = 10 ** dict(_UNITS)[rest[-1]], rest[:-1]
    before = 0 if whole == "零" else _whole(whole, short=False)
    if before is None or not rest or any(character not in _DIGITS for character in rest):
        return None
    return (before + Decimal("0." + "".join(str(_DIGITS[character]) for character in rest))) * factor


def _whole(text: str, *, short: bool = True, bare: bool = True) -> int | None:
    """Parse a number above zero: 十二, 一千二百, 三万五千, 3万5.

    Args:
        text: nothing else may be in it.
        short: whether a last digit may count the next smaller unit, as in 三万五 and 一百五.
        bare: whether 十 alone is ten.
    """
    for unit, places in _UNITS:
        before, found, behind = text.partition(unit)
        if not found:
            continue
        count = 1 if unit == "十" and bare and not before else _count(before, places)
        rest = None if count is None else _rest(behind, places, short=short and (places < 4 or count < 100))
        return None if count is None or rest is None else count * 10**places + rest
    if re.fullmatch("[1-9][0-9]{0,3}", text):
        return int(text)
    return _DIGITS.get(text) or None


def _count(text: str, places: int) -> int | None:
    """Return the count of a unit: one digit before 千, 百 and 十, anything smaller before 万 and 亿."""
    count = _whole(text, short=False)
    return count if count and count < (10 if places < 4 else 10**places) else None


def _rest(text: str, places: int, *, short: bool) -> int | None:
    """Parse the part behind a unit of so many places."""
    if not text:
        return 0
    if text[0] == "零":  # marks a place that is left out; banks write it behind 万 and 亿 in any case
        rest = _whole(text[1:], short=False)
        return rest if rest and rest < 10 ** (places - (places < 4)) else None
    if text.isascii() and text.isdigit() and len(text) > 1:
        return int(text) if len(text) == places else None
    if len(text) == 1 and (digit := _whole(text, bare=False)):
        return digit * 10 ** (places - 1) if short or places == 1 else None
    rest = _whole(text, short=short, bare=places == 2 and len(text) > 1)
    # 一亿二千 means 1.2 亿 in speech, and may be 100 002 000 in writing.
    return rest if rest and rest < 10**places and not (places == 8 and rest < 10**4) else None
