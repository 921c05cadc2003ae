"""Parse a figure with the words around it: comparisons, ranges, changes, Chinese numerals."""

import re
from decimal import Decimal, InvalidOperation

from transforms.intake.values.cell_value import DOES_NOT_APPLY, MISSING, UNREADABLE, CellValue
from transforms.intake.values.chinese_numerals import parse_numeral
from transforms.intake.values.words import NOT_APPLICABLE, WHOLE, is_absent, is_target_in_words

NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[+-]?\d+)?"
# Words around a number. Those that only mean "reaches" add nothing; `控制在…以内` is settled by its end.
_AIM = r"(?:力争|争取|确保|努力|力求|预计|计划|规划|有望|目标|基本|稳定|持续|逐步|不断|进一步|大幅|总体|全面)*"
NEUTRAL = (
    rf"{_AIM}(?:达到|达|(?:提高|提升|增加|增长|上升|扩大|发展|下降|降低|降|增|升|压减|减少)[到至]|"
    r"(?:控制|保持|稳定|维持|提高|提升|稳定保持|持续稳定|保持稳定)在|保持|维持|实现|完成|为|到)?"
)
AT_LEAST = (
    r"(?:≥|>=|>|不得?低于|不得?少于|不小于|大于等于|大于或等于|达到或超过|超过|超出|突破|高于|大于|多于|至少|逾|"
    r"超(?=\d))"
)
AT_MOST = r"(?:≤|<=|<|不得?超过|不得?高于|不大于|不多于|小于等于|小于或等于|低于|小于|少于|不足|至多|最多)"
ABOUT = r"(?:约为|约|大约|大概|接近|近|≈|~)"
_ENDS = r"(?:(?P<above>及?以上|\+)|(?P<below>及?以下|以内|之内)|(?P<around>左右|上下))?(?:的?水平)?$"
# 由2022年的68%提高到72%: where the value comes from.
_FROM = (
    rf"(?:[由从](?:(?:19|20)\d\d年的?)?{NUMBER}%?"
    r"(?=(?:提高|提升|增加|增长|上升|扩大|下降|降低|降|增|升|减少)[到至]))?"
)
_FIGURE = re.compile(
    rf"^{_FROM}{NEUTRAL}(?:(?P<least>{AT_LEAST})|(?P<most>{AT_MOST})|(?P<about>{ABOUT}))?{NEUTRAL}"
    rf"(?P<number>{NUMBER})(?P<unit>(?:\D|(?<=[a-z/]m)[23]|(?<=co)2)*?){_ENDS}"  # MJ/m2, km2, tCO2
)
# The same around a Chinese numeral, which may have one of a few units: anything else could be part of a sentence.
_NUMERAL = re.compile(
    rf"^{NEUTRAL}(?:(?P<least>{AT_LEAST}|过|超|逾|突破)|(?P<most>{AT_MOST})|(?P<about>{ABOUT}))?{NEUTRAL}"
    r"(?P<number>[零〇一二两三四五六七八九十百千万亿点成分之半数廿卅卌壹贰叁肆伍陆柒捌玖拾佰仟萬億點\d.]+%?)(?P<unit>个|辆|亩|公顷)?"
    rf"{_ENDS}"
)
# Both ends carry the same unit or none; a word or a year between two numbers makes something else of them.
_RANGE = re.compile(
    rf"^{NEUTRAL}{ABOUT}?{NEUTRAL}{NUMBER}(?P<unit>%|[^\d年达,、/~—–-]{{0,6}}?)[~—–至到-]{NUMBER}(?P<last>%|[^\d年达,、/]{{0,6}})$"
)
_FALLS, _RISES = (
    r"(?:累计)?(?:年均)?(?:下降|降低|减少|削减|低)",
    r"(?:累计)?(?:年均)?(?:增长|提高|上升|增加|提升|高出|高)",
)
# 比2020年下降14.5%, 下降15.5%: a change. 下降到 and 提高至 name the value itself, and are read as figures before.
_RELATIVE = re.compile(
    rf"^(?:[比较](?:(?P<year>(?:19|20)\d\d)年?|上年|基期|同期|“?十[三四五]五”?[^\d]{{0,4}}))?(?:(?P<falls>{_FALLS})|{_RISES})"
    rf"(?:{ABOUT}|{AT_LEAST})?(?P<number>{NUMBER})(?P<unit>%|个?百分点)?(?:及?以上|左右|以内)?$"
)
# 较2022年翻一番, 减半, 增长两倍: by the year that it names, the change in percent.
_MULTIPLE = re.compile(
    r"^(?:在?[比较]?(?P<year>(?:19|20)\d\d)年?(?:的?基础上)?|[比较]?(?:上年|基期|同期|现状))?(?:力争|实现|确保)*"
    r"(?:翻(?P<double>[一两二三])番|(?P<half>减半)|(?:增长|增加|提高)(?P<times>[\d.]+|[一两二三])倍)(?:以上|左右)?$"
)
_COMPARED = re.compile(rf"[比较].{{0,8}}?(?:\d{{4}}年?|上年|基期|同期).*?(?:{_FALLS}|{_RISES})")
# [62.0], （13.9）, 达到［10］万亩: the figure itself is in brackets, whose meaning only a note gives.
BRACKETED = re.compile(
    r"^(?P<before>\D{0,8}?)(?P<open>[\[(【〔])(?P<figure>[^\[\]()【】〔〕]*\d[^\[\]()【】〔〕]*)[\])】〕](?P<behind>\D{0,8})$"
)
# 最大用电负荷的5%以上: the noun before the figure says what it is a share of.
OF_NOUN = re.compile(
    rf"^{NEUTRAL}(?P<noun>(?:占)?[\u4e00-\u9fffa-z]{{2,14}})的(?P<figure>(?:{AT_LEAST}|{AT_MOST}|{ABOUT})?{NUMBER}.*)$"
)
LEADING = re.compile(
    rf"^{_AIM}(?P<word>(?:累计|年均|新增){{1,2}})(?P<figure>(?:达到|达|实现|完成)?(?:{AT_LEAST}|{AT_MOST}|{ABOUT})?{NUMBER}.*)$"
)
# 72%,较2022年提高4个百分点 and 较2022年提高4个百分点,达到72%: a figure, and more about it.
FIGURE_AND_ASIDE = (
    re.compile(r"^(?P<figure>.*\d[^\d,]*),(?P<aside>[比较][^,]*)$"),
    re.compile(r"^(?P<aside>[比较][^,]*),(?P<figure>达到?\D*\d[^,]*)$"),
    # 20%以上,力争25% and 25.5%以上且不低于全省平均: what is promised, and what is hoped for or holds besides.
    re.compile(r"^(?P<figure>\D*\d[^,]*?),?(?P<aside>(?:并?力争|争取|努力|且|同时)[^,]*)$"),
)
# 20余个, 3万多辆, 560余万千瓦: more than the figure.
_MORE = re.compile(r"(?<=\d)([万亿千百]?)[余多](?=[万亿]?\D{0,8}$)")
# A unit is short and names something countable; a sentence behind a number is not a unit.
_UNIT = re.compile(r"^(?!.*(?:且|同时|力争|争取|努力))[a-z%‰°²³·/()（）\u4e00-\u9fff0-9]{1,12}$")


def parse_words(words: str, *, share: bool) -> CellValue:  # noqa: PLR0911 - one return for each kind of content
    """Parse a normalised text without marks and remarks. `share`: whether 全部达到 is 100 %."""
    if is_absent(words):
        return MISSING
    if words in NOT_APPLICABLE:
        return DOES_NOT_APPLY._replace(is_dash=not any(character.isalnum() for character in words))
    if share and words in WHOLE:
        return CellValue("exact", Decimal(100), "%", "sign")
    if _MORE.search(words):
        more = parse_words(_MORE.sub(r"\1", words, count=1), share=share)
        return more._replace(qualifier="at_least") if more.qualifier == "exact" else more
    if match := _FIGURE.match(words):
        return _figure(match)
    if match := _RANGE.match(words):
        return CellValue("range", unit=match["last"] or match["unit"] or None)
    if match := _RELATIVE.match(words):
        return _relative(match)
    if match := _MULTIPLE.match(words):
        return CellValue("relative", base_year=int(match["year"] or 0) or None, change=_multiple(match))
    if _COMPARED.search(words):
        return CellValue("relative")
    if (match := _NUMERAL.match(words)) and (numeral := _numeral(match)):
        return numeral
    return CellValue("qualitative") if is_target_in_words(words) else UNREADABLE


def _relative(match: re.Match[str]) -> CellValue:
    """Parse a change; only one in percent against a named year has a `change` from which a value can be computed."""
    if match["unit"] != "%" or not match["year"] or "年均" in match[0]:
        return CellValue("relative")
    change = Decimal(match["number"].replace(",", ""))
    if not is_possible(change):
        return UNREADABLE
    return CellValue("relative", base_year=int(match["year"]), change=-change if match["falls"] else change)


def _multiple(match: re.Match[str]) -> Decimal | None:
    """Return the change in percent of a multiple against a named year."""
    if not match["year"]:
        return None
    if match["half"]:
        return Decimal(-50)
    counts = {"一": 1, "两": 2, "二": 2, "三": 3}
    if match["double"]:
        return Decimal(100 * (2 ** counts[match["double"]] - 1))
    return Decimal(counts.get(match["times"], 0) or match["times"]) * 100


def is_possible(value: Decimal) -> bool:
    """Return whether a number has at most 30 digits; e999999 would cost minutes in exact arithmetic."""
    return value.is_finite() and abs(value.adjusted()) <= 30


def _figure(match: re.Match[str]) -> CellValue:
    try:
        value = Decimal(match["number"].replace(",", ""))
    except InvalidOperation:
        return UNREADABLE
    unit = match["unit"]
    if (unit and not _UNIT.match(unit)) or not is_possible(value):
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
