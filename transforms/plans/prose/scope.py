"""Match a subject with an indicator, and decide from its noun phrase whether it is about the whole pilot."""

import re
from collections import ChainMap
from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.guide import Guide
from contracts.indicators import Indicator, Table
from contracts.load import Contracts
from contracts.naming import unit_key, wording_key
from transforms.plans.prose.sentences import bare
from transforms.plans.prose.subjects import longest_end
from transforms.plans.prose.target import Target

# Words before a name that make another measure of it, or only one half of what is counted.
_OTHER = re.compile("人均|单位|每[百千万]|非$|[和与及、或]$|以及$|除")
_NEW = re.compile("^(?:每年|当年|年均)?(?:新增|新建|净增|新投产|新开工|新建成|增加)")
_SOURCES = "(?:风电|光伏|水电|风能|太阳能|水能|核电|地热能?|生物质能?)(?:发电)?"
# 风电、光伏等可再生能源 are all of them.
_MARKS = re.compile(
    rf"[“”\"'·\-—]+|^\d{{1,2}}[.、]|^(?:其中|同时|每年|年均)|^{_SOURCES}(?:[、和及与]{_SOURCES})*等(?:各类)?"
)
_PART = re.compile("^其中|^包括")
_ASIDE = 12
_ADDED = {"count", "capacity", "stock", "flow"}


@dataclass(frozen=True, slots=True)
class Match:
    """An indicator that a subject names.

    Attributes:
        indicator: of the pilot's table.
        narrower: the words that narrow it to a part of the pilot, None where it is the whole.
        wider: the word for more than the pilot (全省), None where it is the pilot.
        form: of the figure: 新增 before something counted makes an increment of it.
    """

    indicator: Indicator
    narrower: str | None
    wider: str | None
    form: str


def recognise(target: Target, table: Table, pilot: Sequence[str], contracts: Contracts) -> Match | None:
    """Find the indicator by the longest wording that the subject ends with, and read its scope from the rest.

    `pilot` are names of the pilot, which may go before an indicator.
    """
    guide = contracts.guide
    key = re.sub(r"(?<=[\u4e00-\u9fff])\d$", "", wording_key(bare(target.phrase)))  # a note's digit: 森林覆盖率2
    names = ChainMap(table.by_wording, table.by_growth if target.form == "change" else {})
    name = longest_end(key, names)
    if name is None:
        return None
    indicator = names[name]
    if not _fits(target, indicator):
        return None
    before, wider = _unexplained(key[: len(key) - len(name)], table.kind, pilot, contracts)
    if _OTHER.search(before) or (before and name in indicator.alone_keys):
        return None
    form = target.form
    new = _NEW.match(before)
    if new and any(scale.measure in _ADDED for scale in indicator.scales.values()):
        before, form = before[new.end() :], "increment" if form == "level" else form
    aside = next((one for one in target.asides if _narrows(one, guide)), None)
    return Match(indicator, before or aside, wider, form)


def _place_in(text: str, guide: Guide) -> str | None:
    """Return the word for a part of the pilot in a text, or None; 城镇, 城乡 and 城区 do not count."""
    text = re.sub("城镇|城乡|中心城区|城区", "", text)
    return next((word for word in guide.places if word in text), None)


def _district(text: str, guide: Guide) -> str | None:
    """Return the word for a part of the pilot in the preceding subject, or None; 城区 and 建成区 count."""
    text = re.sub("城镇|城乡", "", text)
    return next((word for word in (*guide.places, "建成区") if word in text), None)


def _other_place(place: str, pilot: Sequence[str], own: Sequence[str]) -> str | None:
    """Return the place that an earlier clause is about, unless that is the pilot."""
    return place if place and place not in own and not any(place in name for name in pilot) else None


def _narrows(aside: str, guide: Guide) -> bool:
    """Return whether a bracket restricts the figure to a part: （中心城区）, but not a list of who is responsible."""
    return (
        not aside.startswith(("含", "包括"))
        and len(aside) <= _ASIDE
        and "单位" not in aside
        and any(word in aside for word in (*guide.places, *guide.scopes))
    )


def _fits(target: Target, indicator: Indicator) -> bool:
    """Return whether a figure may be a value of the indicator, by its unit."""
    if target.form == "change" or target.unit is None:
        return True
    unit = unit_key(target.unit)
    # 万元GDP能耗0.5吨标准煤: the name says per what.
    return any(one == unit or one.startswith(f"{unit}/") for one in indicator.units) or (
        "%" in indicator.scales and target.unit != "%"
    )


def _unexplained(before: str, kind: str, pilot: Sequence[str], contracts: Contracts) -> tuple[str, str | None]:
    """Return the words before a name that are neither pilot nor filler, and the word for a wider area, if any."""
    wider, left = None, None
    guide = contracts.guide
    around = guide.own_city if kind == "park" else ()
    more = {*guide.wider, *around, *(name for region in contracts.regions for name in (region.name, region.short))}
    itself = [word for word in guide.places if any(name.endswith(word) for name in pilot)]  # 开发区 of 某某开发区
    words = sorted({*pilot, *itself, *guide.own_words(kind), *guide.fillers, *more}, key=len, reverse=True)
    while left != before:
        left, before = before, _MARKS.sub("", before)
        for word in words:
            if before.startswith(word) and not before.startswith("建成区"):
                before = before.removeprefix(word)
                if word in more or word in pilot:
                    wider = None if word in pilot else word  # 辽宁省大连市 is the pilot
                break
    return before, wider


@dataclass(frozen=True, slots=True)
class Scoped:
    """A figure with its indicator; None where the name is unknown."""

    target: Target
    match: Match | None


def in_scope(targets: Sequence[Target], table: Table, pilot: Sequence[str], contracts: Contracts) -> list[Scoped]:
    """Recognise every figure; a place before one subject is the place of those after it in the sentence (长海县)."""
    guide = contracts.guide
    own_words = guide.own_words(table.kind)
    found: list[Scoped] = []
    carried: tuple[str | None, str | None] = (None, None)  # narrower, wider
    within: tuple[str, str] | None = None
    last: str | None = None
    for target in targets:
        if (target.paragraph, target.sentence) != within:
            carried, last, within = (None, None), None, (target.paragraph, target.sentence)
        match = recognise(target, table, pilot, contracts)
        before, wider = (
            (match.narrower or "", match.wider) if match else _unexplained(target.phrase, table.kind, pilot, contracts)
        )
        own = any(target.phrase.startswith(word) for word in (*own_words, *pilot)) or target.beside in pilot
        if own:
            carried = (None, None)
        elif wider or _place_in(before, guide):
            carried = (None, wider) if wider else (_place_in(before, guide), None)
        if match and not (match.narrower or match.wider):
            part: str | None = "其中" if match.indicator.code == last and _PART.match(target.phrase) else None
            around = None if own else _district(target.beside, guide) or _other_place(target.within, pilot, own_words)
            match = replace(match, narrower=part or around or carried[0], wider=carried[1])
        last = match.indicator.code if match else last
        found.append(Scoped(target, match))
    return found
