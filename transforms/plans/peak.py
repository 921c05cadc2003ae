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
# 到2030年，……；二氧化碳排放量达到峰值并实现稳中有降: the year is that of the clauses before.
_UNDATED = re.compile(
    r"(?:二氧化碳|碳)排放(?:总?量)?(?:力争|率先|稳步|如期|顺利)*(?:实现)?(?:达到峰值|达峰|达到最高值)(?!之?后|以后|的)"
)
_AFTER = re.compile("之?后|以后")
_TARGET_YEAR = re.compile(r"到(20[2-5]\d)\s*年")
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
    lines = [
        (_TITLES.sub("", line.text), line.place)
        for section in inside
        for _, line in join_lines([(section.title, line) for line in section.own])
    ]
    sentences = [(sentence, place) for line, place in lines for sentence in _PARTS.split(line)]
    amounts = [found["amount"].replace(" ", "") for sentence, _ in sentences if (found := _AMOUNT.search(sentence))]
    for sentence, place in sentences:
        for pattern in _WHEN:
            for found in pattern.finditer(sentence):
                if _AFTER.match(sentence[found.end() :]) and not found["before"]:
                    continue  # 到2035年，碳排放达峰后稳中有降
                if not _OTHERS.search(_clause(sentence, found)):
                    amount = amounts[0] if amounts else None
                    return Peak(int(found["year"]), bool(found["before"]), amount, sentence.strip(), place)
    for line, place in lines:
        for found in _UNDATED.finditer(line):
            years = _TARGET_YEAR.findall(line[: found.start()])
            if years and not _OTHERS.search(_clause(line, found)):
                return Peak(int(years[-1]), False, amounts[0] if amounts else None, _clause(line, found), place)
    return None


def _clause(text: str, found: re.Match[str]) -> str:
    """Return the clause up to the end of a match."""
    start = max(text.rfind(mark, 0, found.start()) for mark in "，,、：:；;。") + 1
    return text[start : found.end()]
