"""Find numbers that state a value; not those that restrict a noun: 60万千瓦机组, 80%以上的机关."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from contracts.guide import Guide
from contracts.naming import plain
from transforms.plans.prose.sentences import HELD

_AFTER = {
    "at_least": ("及以上", "以上"),
    "at_most": ("及以下", "以下", "以内", "之内"),
    "about": ("左右", "上下"),
}
_WORDS = "|".join(sorted((word for words in _AFTER.values() for word in words), key=len, reverse=True))
_GOES_UP = "(?:提高|提升|增加|增长|上升|扩大|下降|降低|减少|调整|增|升|降)[到至为]"
_CLOSES = re.compile(
    rf"(?P<held>[{HELD}]*)(?:$|/(?=\d)|[、!?”’]|大关|关口|和|及|与|以及|或|并|且|等|同时|其中|全[省市区国]|我[省市国]|第?[一二三四五六七八九十]{{1,3}}[、章节]|专栏|[表图]\d|(?:进一步|逐步|稳步|大幅|力争|,)*{_GOES_UP}|再?(?:提高|提升|增长|上升|增加|下降|降低|减少)(?:了|约|超过?|近)?(?=[\d{HELD}])|(?<=百分点)[至到](?=[\d{HELD}])"
    rf"|的?(?:约束性|预期性?|规划|工作|总体|考核|节能|减排|发展)?(?:目标|水平|要求|标准|任务)+(?:$|[、和”]))"
    rf"|[{HELD}]+(?:累计|分别)?(?:提高|提升|增长|上升|增加|下降|降低|减少)"
)
_OBJECT = re.compile(r"的(?P<object>[^\d,;、]{3,30})$")
_HALF = re.compile(r"\d(?:%|[亿万]?[\u4e00-\u9fff]{0,3})(?:~|-|—+|–|至)$")
_COUNTED = re.compile(r"[年月日号级期类种大项个座\d.]")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a clause.

    Attributes:
        start: where it begins, and where it ends with the words behind it.
        value: as printed; `unit` None where there is none.
        bound: the qualifier from 以上, 以内 or 左右 behind it.
        behind: brackets and years in brackets behind it.
        object: the words behind 的, which may be its subject: 形成占最大负荷3%的需求侧响应能力.
    """

    start: int
    end: int
    value: Decimal
    unit: str | None
    bound: str | None
    behind: str = ""
    object: str | None = None


def find_figures(clause: str, guide: Guide) -> Iterator[Figure]:
    """Yield the figures of a clause that may be the value of a subject."""
    for match in _pattern(guide.units).finditer(clause):
        unit, end = match["unit"], match.end()
        if unit is None and _COUNTED.match(clause, end):
            continue
        closes, behind = _CLOSES.match(clause, end), _OBJECT.match(clause, end)
        if _HALF.search(clause[: match.start()]) or not (closes or behind):
            continue
        bound = next((name for name, words in _AFTER.items() if match["after"] in words), None)
        yield Figure(
            match.start(), end, Decimal(match["number"]), unit, bound,
            (match["aside"] or "") + (closes["held"] if closes else ""),
            None if closes or not behind else behind["object"],
        )  # fmt: skip


@lru_cache(maxsize=4)
def _pattern(units: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted((plain(unit) for unit in units), key=len, reverse=True)
    unit = "|".join(re.escape(one) for one in longest_first)
    return re.compile(
        rf"(?<![\d.A-Za-z第])(?P<number>\d+(?:\.\d+)?)(?![\d.]*\d)(?P<unit>{unit})?(?P<aside>[{HELD}]*)(?P<after>{_WORDS})?"
    )
