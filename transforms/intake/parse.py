"""The text or number of one cell → value, qualifier, unit. Never raises or guesses: the rest is `unreadable`."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from contracts.naming import plain
from transforms.intake.cells import Cell


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a cell says.

    `value` is in the unit as given (`unit` where the cell itself names one, else the column's); a percentage is 25.3
    for 25.3 %. `percent` tells whether a sign or the number format made it one.
    """

    qualifier: str
    value: Decimal | None = None
    unit: str | None = None
    percent: str | None = None


MISSING = Parsed("missing")
NOT_APPLICABLE = Parsed("not_applicable")
UNREADABLE = Parsed("unreadable")

_ABSENT = {"暂无", "暂无数据", "无数据", "未统计", "暂未统计", "缺"}
_NOT_APPLICABLE = {
    "无",
    "-",
    "--",
    "---",
    "—",
    "——",
    "/",
    "//",
    "\\",
    "无此项",
    "不涉及",
    "不适用",
    "n/a",
    "na",
}

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?"
# Words around a number. Those that only say "reaches" mean nothing by themselves; `控制在…以内` is settled by its end.
_NEUTRAL = (
    r"(?:力争)?"
    r"(?:达到|达|提高到|提高至|提升到|提升至|增加到|增至|下降到|下降至|降至|降到|控制在|保持在|稳定在|实现|为)?"
)
_AT_LEAST = r"(?:≥|>=|>|不低于|不少于|不小于|超过|高于|大于|至少)"
_AT_MOST = r"(?:≤|<=|<|不超过|不高于|不大于|低于|小于|至多)"
_ABOUT = r"(?:约为|约|大约|大概|接近|近|≈|~)"
_FIGURE = re.compile(
    rf"^{_NEUTRAL}(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST})|(?P<about>{_ABOUT}))?{_NEUTRAL}"
    rf"(?P<number>{_NUMBER})(?P<unit>[^\d]*?)"
    r"(?:(?P<above>及?以上)|(?P<below>及?以下|以内|之内)|(?P<around>左右|上下))?$"
)
_RANGE = re.compile(rf"^{_NEUTRAL}(?P<low>{_NUMBER})(?P<unit>[^\d~-]*)[~\-—–至到](?P<high>{_NUMBER})[^\d]*$")
_RELATIVE = re.compile(
    r"[比较].{0,8}?(?:\d{4}年?|上年|基期|同期).*?(?:下降|降低|减少|增长|提高|上升|增加|提升|高出|低)"
)
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_WORDS = re.compile(
    "下降|降低|减少|增长|提高|提升|上升|增加|改善|优化|完成|达标|保持|持续|稳定|稳步|不断|逐步|进一步|显著|大幅|明显|领先|先进|"
    "高于|低于|不低于|优于|倍增|翻番|全部|全面|基本|实现"
)
_SPLIT = re.compile(r"\d[\s\u3000]+\d")
_GROUPED = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?!\d)")
# A unit is short and names something countable; a sentence behind a number is not a unit.
_UNIT = re.compile(r"^[a-z%‰°²³·/()（）\u4e00-\u9fff0-9]{1,12}$")


def parse_cell(cell: Cell | None) -> Parsed:
    """Read one cell; None is a cell that the file does not have."""
    if cell is None or cell.held == "blank":
        return MISSING
    if cell.held == "number":
        value = Decimal(cell.text)
        if is_percent_format(cell.number_format):
            return Parsed("exact", value * 100, "%", "format")
        return Parsed("exact", value)
    if cell.held == "text":
        return parse_text(cell.text)
    return UNREADABLE


def parse_text(text: str) -> Parsed:  # noqa: PLR0911 - one return for each thing that a text can be
    """Read a cell's text: numbers with sign, separators, unit and words; ranges; comparisons; targets in words."""
    words = plain(text).casefold().translate(_ALIKE)
    if not words or words in _ABSENT:
        return MISSING
    if _SPLIT.search(text) and not _GROUPED.search(text):
        return UNREADABLE  # taking the space out would make one number of two
    if words in _NOT_APPLICABLE:
        return NOT_APPLICABLE
    if match := _FIGURE.match(words):
        return _figure(match)
    if match := _RANGE.match(words):
        return Parsed("range", unit=match["unit"] or None)
    if _RELATIVE.search(words):
        return Parsed("relative")
    if not re.search(r"\d", _YEAR.sub("", words)) and _WORDS.search(words):
        return Parsed("qualitative")
    return UNREADABLE


def is_percent_format(number_format: str) -> bool:
    """Whether Excel shows the number times 100: a % that is not quoted or escaped."""
    return "%" in re.sub(r'"[^"]*"|\\.|_.', "", number_format)


_ALIKE = str.maketrans(
    {
        "，": ",",
        "﹪": "%",
        "−": "-",
        "～": "~",
        "〜": "~",
        "∼": "~",
        "。": ".",
        "＞": ">",
        "＜": "<",
        "≧": "≥",
        "≦": "≤",
    }
)


def _figure(match: re.Match[str]) -> Parsed:
    try:
        value = Decimal(match["number"].replace(",", ""))
    except InvalidOperation:
        return UNREADABLE
    unit = match["unit"]
    if unit and not _UNIT.match(unit):
        return UNREADABLE
    said = {
        "at_least": bool(match["least"] or match["above"]),
        "at_most": bool(match["most"] or match["below"]),
        "about": bool(match["about"] or match["around"]),
    }
    meant = [qualifier for qualifier, is_said in said.items() if is_said]
    if {"at_least", "at_most"} <= set(meant):
        return UNREADABLE
    return Parsed(meant[0] if meant else "exact", value, unit or None, "sign" if unit == "%" else None)
