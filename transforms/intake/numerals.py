"""Chinese numerals → numbers: 百分之三十五, 十二点三万, 三成五, 两百. Only whole texts; anything else is None."""

from decimal import Decimal

_DIGITS = {
    character: value
    for value, characters in enumerate(
        ["零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"]
    )
    for character in characters
}
_SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}


def parse_numeral(text: str) -> tuple[Decimal, bool] | None:
    """Read a numeral.

    Returns:
        The value, and whether it is a percentage (百分之三十五 and 三成五 are 35 and true); None if it is no numeral.
    """
    if text.startswith("百分之"):
        value = _plain(text.removeprefix("百分之"))
        return None if value is None else (value, True)
    if "成" in text:
        whole, _, half = text.partition("成")
        if whole in _DIGITS and (not half or half in _DIGITS):
            return Decimal(_DIGITS[whole] * 10 + (_DIGITS[half] if half else 0)), True
        return None
    value = _plain(text)
    return None if value is None else (value, False)


def _plain(text: str) -> Decimal | None:
    whole, point, rest = text.partition("点")
    factor = 1
    if point:
        while rest and rest[-1] in _LARGE:
            factor *= _LARGE[rest[-1]]
            rest = rest[:-1]
        if not rest or any(character not in _DIGITS for character in rest):
            return None
    value = _whole(whole)
    if value is None:
        return None
    fraction = Decimal("0." + "".join(str(_DIGITS[character]) for character in rest)) if point else Decimal(0)
    return (Decimal(value) + fraction) * factor


def _whole(text: str) -> int | None:
    """十二 is 12, 一千二百 is 1200, 三万五千 is 35000; every larger unit closes what stands before it."""
    total = section = digit = 0
    seen = False
    for character in text:
        if character in _DIGITS:
            if digit:
                return None  # 三五 may be 35 or three to five
            digit, seen = _DIGITS[character], True
        elif character in _SMALL:
            section += (digit or (1 if not section else 0)) * _SMALL[character]
            digit, seen = 0, True
        elif character in _LARGE and seen:
            total += (section + digit) * _LARGE[character]
            section = digit = 0
        else:
            return None
    return total + section + digit if seen else None
