"""Parse the text or number of one cell into value, qualifier and unit.

Never raises and never guesses: what cannot be parsed is `unreadable`.
"""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from contracts.naming import plain
from transforms.intake.cells import UNKNOWN_FORMAT, Cell
from transforms.intake.values.chinese_numerals import parse_numeral


class CellValue(NamedTuple):
    """The parsed content of a cell.

    Attributes:
        qualifier: one of `contracts.schemas.published.QUALIFIERS`.
        value: in the unit as given; a percentage is 25.3 for 25.3 %.
        unit: the unit that the cell itself names; None where the column's holds.
        percent: what made the value a percentage: a `sign` or the number `format`; `unknown` where the reader gives no
            format, so that 0.253 may be either.
        base_year: of a relative target, the year that it is measured against.
        change: of a relative target, the change in percent of the base value, negative for a decrease.
        scaled: whether 万 or 亿 is already in the value.
    """

    qualifier: str
    value: Decimal | None = None
    unit: str | None = None
    percent: str | None = None
    base_year: int | None = None
    change: Decimal | None = None
    scaled: bool = False


MISSING = CellValue("missing")
NOT_APPLICABLE = CellValue("not_applicable")
UNREADABLE = CellValue("unreadable")

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
# Words around a number. Those that only mean "reaches" add nothing; `控制在…以内` is settled by its end.
_NEUTRAL = (
    r"(?:力争)?"
    r"(?:达到|达|提高到|提高至|提升到|提升至|增加到|增至|下降到|下降至|降至|降到|控制在|保持在|稳定在|实现|为)?"
)
_AT_LEAST = r"(?:≥|>=|>|不得?低于|不得?少于|不小于|大于等于|达到或超过|超过|高于|大于|至少)"
_AT_MOST = r"(?:≤|<=|<|不得?超过|不得?高于|不大于|小于等于|低于|小于|不足|至多)"
_ABOUT = r"(?:约为|约|大约|大概|接近|近|≈|~)"
_FIGURE = re.compile(
    rf"^{_NEUTRAL}(?:(?P<least>{_AT_LEAST})|(?P<most>{_AT_MOST})|(?P<about>{_ABOUT}))?{_NEUTRAL}"
    rf"(?P<number>{_NUMBER})(?P<unit>[^\d]*?)"
    r"(?:(?P<above>及?以上)|(?P<below>及?以下|以内|之内)|(?P<around>左右|上下))?$"
)
# The same around a Chinese numeral, which may have one of a few units: anything else could be part of a sentence.
_NUMERAL = re.compile(
    rf"^{_NEUTRAL}(?:(?P<least>{_AT_LEAST}|过|超|逾|突破)|(?P<most>{_AT_MOST})|(?P<about>{_ABOUT}))?{_NEUTRAL}"
    r"(?P<number>[零〇一二两三四五六七八九十百千万亿点成分之半数廿卅卌壹贰叁肆伍陆柒捌玖拾佰仟萬億點\d.]+%?)(?P<unit>个|辆|亩|公顷)?"
    r"(?:(?P<above>及?以上)|(?P<below>及?以下|以内|之内)|(?P<around>左右|上下))?$"
)
# Both ends carry the same unit or none; a word or a year between two numbers makes something else of them.
_RANGE = re.compile(
    rf"^{_NEUTRAL}{_ABOUT}?{_NEUTRAL}{_NUMBER}(?P<unit>%|[^\d年达,、/~—–-]{{0,6}}?)[~—–至到-]{_NUMBER}(?P<last>%|[^\d年达,、/]{{0,6}})$"
)
_FALLS, _RISES = (
    r"(?:累计)?(?:年均)?(?:下降|降低|减少|削减|低)",
    r"(?:累计)?(?:年均)?(?:增长|提高|上升|增加|提升|高出|高)",
)
# 比2020年下降14.5%, 下降15.5%: a change. 下降到 and 提高至 name the value itself, and are read as figures before.
_RELATIVE = re.compile(
    rf"^(?:[比较](?:(?P<year>(?:19|20)\d\d)年?|上年|基期|同期|“?十[三四五]五”?[^\d]{{0,4}}))?(?:(?P<falls>{_FALLS})|{_RISES})"
    rf"(?:{_ABOUT}|{_AT_LEAST})?(?P<number>{_NUMBER})(?P<unit>%|个?百分点)?(?:及?以上|左右|以内)?$"
)
_COMPARED = re.compile(rf"[比较].{{0,8}}?(?:\d{{4}}年?|上年|基期|同期).*?(?:{_FALLS}|{_RISES})")
_ASIDE = re.compile(r"\((?:含|预计|预期|目标|目标值|预估|暂定|估算)\)$")  # says nothing about the value
_YEAR = re.compile(r"(?:19|20)\d\d年?")
_WORDS = re.compile(
    "下降|降低|减少|增长|提高|提升|上升|增加|改善|优化|完成|达标|保持|持续|稳定|稳步|不断|逐步|进一步|显著|大幅|明显|领先|先进|"
    "高于|低于|不低于|优于|倍增|翻番|全部|全面|基本|实现"
)
_SPLIT = re.compile(r"\d[\s\u3000]+\d")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d ])")
_FOOTNOTE = re.compile(
    r"[\u2460-\u2473]|(?<=[\d%％])[\u00b9\u00b2\u00b3\u2070-\u2079]|[\[【〔]\s*(?:注\s*)?\d{1,2}\s*[\]】〕]$"
)
_ODD_DIGIT = re.compile(r"[\u00bc-\u00be\u2150-\u215f\u2474-\u249b\u3220-\u3229\u3280-\u3289]")
# A unit is short and names something countable; a sentence behind a number is not a unit.
_UNIT = re.compile(r"^[a-z%‰°²³·/()（）\u4e00-\u9fff0-9]{1,12}$")


def parse_cell(cell: Cell | None) -> CellValue:
    """Parse one cell; None is a cell that the file does not have."""
    if cell is None or cell.held == "blank":
        return MISSING
    if cell.held == "number":
        value = Decimal(cell.text)
        if not _possible(value):
            return UNREADABLE
        if is_percent_format(cell.number_format):
            return CellValue("exact", value * 100, "%", "format")
        return CellValue("exact", value, percent="unknown" if cell.number_format == UNKNOWN_FORMAT else None)
    if cell.held == "text":
        return parse_text(cell.text)
    return UNREADABLE


def parse_text(text: str) -> CellValue:  # noqa: PLR0911 - one return for each thing that a text can be
    """Parse a cell's text: numbers with sign, separators, unit and words; ranges; comparisons; targets in words."""
    if not plain(text):
        return MISSING
    # Marks and spaces go before NFKC and `plain`, which would make a digit of ① and one number of two.
    unmarked = _GROUPED.sub(lambda match: "".join(match[0].split()), _FOOTNOTE.sub("", text))
    if not plain(unmarked) or _SPLIT.search(unmarked) or _ODD_DIGIT.search(unmarked):
        return UNREADABLE
    words = _ASIDE.sub("", plain(unmarked).casefold().translate(_ALIKE))
    if words in _ABSENT:
        return MISSING
    if words in _NOT_APPLICABLE:
        return NOT_APPLICABLE
    if match := _FIGURE.match(words):
        return _figure(match)
    if match := _RANGE.match(words):
        return CellValue("range", unit=match["last"] or match["unit"] or None)
    if match := _RELATIVE.match(words):
        return _relative(match)
    if _COMPARED.search(words):
        return CellValue("relative")
    if (match := _NUMERAL.match(words)) and (numeral := _numeral(match)):
        return numeral
    if not re.search(r"\d", _YEAR.sub("", words)) and _WORDS.search(words):
        return CellValue("qualitative")
    return UNREADABLE


def is_percent_format(number_format: str) -> bool:
    """Return whether Excel shows the number times 100: a % that is not quoted or escaped."""
    return "%" in number_format and "%" in re.sub(r'"[^"]*"|\\.|_.', "", number_format)


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


def _relative(match: re.Match[str]) -> CellValue:
    """Parse a change; only one in percent against a named year has a `change` from which a value can be computed."""
    if match["unit"] != "%" or not match["year"] or "年均" in match[0]:
        return CellValue("relative")
    change = Decimal(match["number"].replace(",", ""))
    if not _possible(change):
        return UNREADABLE
    return CellValue("relative", base_year=int(match["year"]), change=-change if match["falls"] else change)


def _possible(value: Decimal) -> bool:
    """Return whether a number has at most 30 digits; e999999 would cost minutes in exact arithmetic."""
    return value.is_finite() and abs(value.adjusted()) <= 30


def _figure(match: re.Match[str]) -> CellValue:
    try:
        value = Decimal(match["number"].replace(",", ""))
    except InvalidOperation:
        return UNREADABLE
    unit = match["unit"]
    if (unit and not _UNIT.match(unit)) or not _possible(value):
        return UNREADABLE
    qualifier = _qualifier(match)
    return CellValue(qualifier, value, unit or None, "sign" if unit == "%" else None) if qualifier else UNREADABLE


def _numeral(match: re.Match[str]) -> CellValue | None:
    """Parse a Chinese numeral with the words around it; None where it is none or ambiguous."""
    number, unit = match["number"], match["unit"]
    if number == "一" and not unit:  # as likely a dash
        return None
    if number == "半" and (match["least"] or match["about"]):
        number = "一半"
    read, qualifier = parse_numeral(number), _qualifier(match)
    if read is None or qualifier is None or (unit and read[1]):
        return None
    if read[1]:
        return CellValue(qualifier, read[0], "%", "sign")
    return CellValue(qualifier, read[0], unit, scaled=bool(re.search("[万亿萬億]", number)))


def _qualifier(match: re.Match[str]) -> str | None:
    """Return the qualifier that the words around a number give it; None where they contradict each other."""
    said = {
        "at_least": bool(match["least"] or match["above"]),
        "at_most": bool(match["most"] or match["below"]),
        "about": bool(match["about"] or match["around"]),
    }
    meant = [qualifier for qualifier, is_said in said.items() if is_said]
    if {"at_least", "at_most"} <= set(meant):
        return None
    return meant[0] if meant else "exact"
