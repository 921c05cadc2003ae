"""Find the subject of a figure: the noun phrase before it, shared or carried over from an earlier clause."""

import re
from collections.abc import Collection

from contracts.guide import Guide
from contracts.naming import LONGEST_WORDING, wording_key
from transforms.plans.prose.predicates import Predicate, read_predicate
from transforms.plans.prose.sentences import Sentence, bare
from transforms.plans.prose.years import Time

_LINK = re.compile(r"^(?:[、和与及]|以及|或|/|“|”|且|并(?!网))+")
_SERIAL = re.compile(r"^(?:\d{1,2}[.．、]|[一二三四五六七八九十]{1,2}是|[一二三四五六七八九十]{1,3}、|—+|-+)")
_PRONOUN = re.compile(r"^(?:其中)?(?:该|这一|此|上述)(?:比例|比重|占比|指标|数值|数字)$|^其$|^最[低高]$")
# 全市, 中山区、西岗区: of which the subject before is stated.
_PLACE = re.compile(r"^(?:[\u4e00-\u9fff、]{0,12}[省市县区州盟旗国镇乡]|全[域园]|县城|农村)$")
# 国家提出到2030年…: the nation's, or the province's.
_ABOVE = re.compile(r"^(?P<who>国家|全国|全省|我省|省)(?:[委政层面方案规划、级]{0,6})(?:提出|要求|明确|确定|规定)")
_DROP = re.compile("(?:下降|降低)(?:率|幅度|比例)$|降幅$")
_REST = re.compile("^(?:综合|资源化|资源化综合)利用(?:率|比例)$")
_MEASURE = re.compile("(?:率|比例|比重|占比|量|规模|面积|能力|强度|能耗|排放)$")
LINKS = re.compile("、|和|与|及|以及")

Known = Collection[str]


def longest_end(key: str, known: Known) -> str | None:
    """Return the longest known wording that a key ends with."""
    key = key[-LONGEST_WORDING:]
    return next((key[at:] for at in range(len(key)) if key[at:] in known), None)


def ends_known(phrase: str, known: Known) -> str | None:
    """Return the longest known wording that a phrase ends with."""
    key = wording_key(bare(phrase))
    return longest_end(key, known)


def cut_times(phrase: str, sentence: Sentence) -> tuple[list[Time], str]:
    """Return the phrases of time, and the noun phrase after the last one, without links and list numbers.

    A place before them is the noun's: 全省到2025年森林覆盖率.
    """
    at = max((place for place, one in enumerate(phrase) if sentence.times(one)), default=-1)
    times, noun = sentence.times(phrase[: at + 1]), phrase[at + 1 :]
    head = _SERIAL.sub("", _LINK.sub("", bare(phrase[: at + 1])))
    if above := _ABOVE.match(head):
        noun = ("全省" if above["who"] == "省" else above["who"]) + noun
    elif _PLACE.match(head):
        noun = head + noun
    before = None
    while before != noun:
        before, noun = noun, _SERIAL.sub("", _LINK.sub("", noun))
    return times, noun


def place_in(clause: str) -> str:
    """Return the place that a clause consists of: 1.甘井子区：…; empty where it says more."""
    name = _SERIAL.sub("", bare(clause))
    return name if len(name) > 2 and _PLACE.match(name) else ""


def is_pronoun(phrase: str) -> bool:
    """Return whether a phrase only refers back: 该比例."""
    return bool(_PRONOUN.match(bare(phrase)))


def topic_of(clause: str, sentence: Sentence, known: Known) -> str | None:
    """Return the subject of a clause without a figure, if known or alone: 森林覆盖率稳步提升，达69.81%."""
    predicate = read_predicate(clause, sentence)
    _, noun = cut_times(predicate.phrase, sentence)
    if ends_known(noun, known) or (not predicate.words and _MEASURE.search(noun)):
        return noun
    heads = (noun[:end] for end in range(len(noun) - 1, 0, -1) if noun[end] != "的")
    return next((head for head in heads if ends_known(head, known)), None)


def share_subjects(phrase: str, figures: int, predicate: Predicate, known: Known) -> list[str]:
    """Return one subject for each figure, or several for one: 能源消耗和二氧化碳排放分别, 甲和乙均.

    Returns:
        As many as `figures`, or one for all of them, or several for one figure; none if it is ambiguous.
    """
    each = figures > 1
    if not each and "both" not in predicate.words:
        return [phrase]
    parts = [_DROP.sub("", part) if "drop" in predicate.words else part for part in LINKS.split(phrase) if part]
    if len(parts) < 2 or (each and len(parts) != figures):
        return [phrase] if not each or len(parts) < 2 else []
    whole = [_with_head(part, parts[0], known) for part in parts]
    whole = [_with_tail(part, whole[-1], known) for part in whole]
    if not each and not all(ends_known(part, known) for part in whole):
        return [phrase]
    return whole


def complete(noun: str, before: str, known: Known) -> str:
    """Complete a noun phrase by the subject before it: 非化石能源消费量…，占能源消费总量的20%; 全市达到…."""
    if _PLACE.match(bare(noun)) and (measure := ends_known(before, known)):
        starts = (at for at in range(len(before) - 1, -1, -1) if ends_known(before[at:], known) == measure)
        return noun + before[next(starts, 0) :]
    if noun.startswith("占") and ends_known(before + noun, known):
        return before + noun
    return _with_head(noun, before, known) if _REST.match(noun) else noun


def _with_head(part: str, first: str, known: Known) -> str:
    """Add the beginning of the first to a part: 单位GDP能耗、二氧化碳排放."""
    if part == first or ends_known(part, known):
        return part
    heads = (first[:end] + part for end in range(len(first) - 1, 0, -1))
    return next((one for one in heads if _longer(one, part, known)), part)


def _with_tail(part: str, last: str, known: Known) -> str:
    """Add the end of the last to a part: 建筑垃圾、生活垃圾资源化利用率."""
    if part == last or ends_known(part, known):
        return part
    tails = (part + last[start:] for start in range(1, len(last)))
    return next((one for one in tails if _longer(one, part, known)), part)


def _longer(phrase: str, part: str, known: Known) -> bool:
    found = ends_known(phrase, known)
    return found is not None and len(found) > len(wording_key(bare(part)))


def trim(phrase: str, guide: Guide) -> str:
    """Remove brackets and leading words that do not belong to the name of a subject."""
    text, before = bare(phrase), None
    while before != text:
        before, text = text, _LINK.sub("", text)
        for word in (*guide.own, *guide.own_city, *guide.own_park, *guide.fillers):
            text = text if text.startswith("建成区") else text.removeprefix(word)
    return text
