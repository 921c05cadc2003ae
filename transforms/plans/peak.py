"""Find the peak year and the peak of CO2 emissions that a plan names for the whole pilot in the guide's chapter 二."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from contracts.guide import Guide
from contracts.naming import name_key
from transforms.plans.outline import Section
from transforms.plans.prose.lines import join_lines

_CHAPTER = "二"
_YEAR = r"(?P<year>20[2-5]\d)\s*年"
_PEAKS = r"(?:碳达峰|达峰|达到峰值|达到最高值|达到历史峰值|进入峰值)"
# 2028年前实现碳达峰; 达峰年份为2028年.
_WHEN = (
    re.compile(rf"{_YEAR}(?P<before>底?以?前)?[^。；;\d]{{0,20}}?{_PEAKS}"),
    re.compile(
        rf"(?:达峰|峰值)(?:年份|时间|年)?(?:预计|力争|确定|控制)?(?:为|是|在|于|：|:)?{_YEAR}(?P<before>底?以?前)?"
    ),
)
_AMOUNT = re.compile(r"峰值(?:[^。；，,;\d]{0,10})?(?P<amount>\d[\d,]*(?:\.\d+)?\s*(?:亿|万)?吨)")
# Of others than the pilot: the nation, and single fields, industries or firms.
_OTHERS = re.compile("全国|国家(?!级|高新)|全省|领域|行业|企业|工业(?!园)|建筑|交通|钢铁|电力|水泥|石化|化工|农业")
_TITLES = re.compile(r"《[^》]*》")
_PARTS = re.compile(r"[。；！？\n]")


@dataclass(frozen=True, slots=True)
class Peak:
    """The stated peak: `year` of CO2 emissions, `before` if by that year, `amount` as printed, sentence and place."""

    year: int
    before: bool
    amount: str | None
    quote: str
    place: str


def find_peak(sections: Sequence[Section], guide: Guide) -> Peak | None:
    """Return the first peak year stated for the whole pilot; None where the chapter states none."""
    chapter = next(one for one in guide.chapters if one.number == _CHAPTER)
    names = {name_key(name) for name in (chapter.title, *chapter.aliases)}
    inside = [one for one in sections if any(names & {sections[at].key} for at in one.path)]
    sentences = [
        (sentence, line.place)
        for section in inside
        for _, line in join_lines([(section.title, line) for line in section.own])
        for sentence in _PARTS.split(_TITLES.sub("", line.text))
    ]
    amounts = [found["amount"].replace(" ", "") for sentence, _ in sentences if (found := _AMOUNT.search(sentence))]
    for sentence, place in sentences:
        for pattern in _WHEN:
            for found in pattern.finditer(sentence):
                start = max(sentence.rfind(mark, 0, found.start()) for mark in "，,、：:") + 1
                if not _OTHERS.search(sentence[start : found.end()]):
                    amount = amounts[0] if amounts else None
                    return Peak(int(found["year"]), bool(found["before"]), amount, sentence.strip(), place)
    return None
