"""Find phrases of time: the year of a target, the year it is compared with, and others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

_PLANS = {"十一五": 2010, "十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}
_PLAN = r"[“‘\"']?(?P<plan>十[一二三四五六]五)[”’\"']?(?:规划)?"
_PERIOD = r"(?:时期末|期末|时期|期间|期|末)"
_END = r"(?:年底|年末|底|末)?"
_ONE = rf"(?:19|20)\d\d年{_END}"
# 到2025年和2030年, 2023年、2025年, 2022至2025年, 2021-2025年
_SEVERAL = rf"(?:(?:19|20)\d\d(?:年{_END})?(?:[、和及与至到~—–-]+))*{_ONE}"
_AGAINST = r"(?:相较于?|相比于?|相对于?|较之|(?<![占对之百类])比|较)"
_FROM = (
    rf"(?:{_ONE}|(?:19|20)\d\d(?!\d)|{_PLAN.replace('?P<plan>', '')}{_PERIOD}?|上年|上一年|去年|基期|同期|现状|目前)"
    r"(?:水平|实际)?"
)
_BASE = re.compile(
    rf"{_AGAINST}{_FROM}(?:相比|同期|的[\d.]+%(?=[提高上升下降增长低减]))*|[与同和]{_FROM}(?:相比较?|比)"
    rf"|在?{_FROM}的?(?:水平)?的?基础上|以{_FROM}为基[期数准]|同比|环比"
)
_NOW = re.compile(
    "(?:[从由自](?:目前|当前|现在)的?|(?<![较比在])(?:目前|当前|现阶段|近年来|近几年)|到?20[Xx×*_○]{1,4}年)"
)
_TIME = re.compile(
    rf"(?P<apart>[由从自])?(?P<lead>(?:截至|截止|(?<![高升加长大降低少整展增减])(?:到了?|至|于|在)))?(?:(?P<years>{_SEVERAL})|(?P<bare>(?<!\d)(?:19|20)\d\d)(?![\d%.])"
    rf"|{_PLAN}(?P<period>{_PERIOD})?)(?P<month>\d{{1,2}}月(?:\d{{1,2}}日|底|末)?)?"
    r"(?:左右|前后)?(?P<before>[之以]?前)?(?:期间|全年)?(?P<open>以来|起|开始|以后|水平)?(?P<own>的|(?=\d+(?:\.\d+)?%))?"
)
# What may follow a year without 年 at the beginning of a clause: no unit.
_TITLE = re.compile(r"[\u4e00-\u9fff]{2}(?<![个家座项亿万千百辆台元吨亩公平立倍户人米条处].)")


@dataclass(frozen=True, slots=True)
class Time:
    """A phrase of time.

    Attributes:
        role: `frame`, the year that the clause is about; `base`, the year that a change is counted from; `other`, a
            date, a beginning or a title, which only ends the frame where `ends`.
        years: none where the phrase names none (同比).
        own: 2020年的7.6%, the year of this figure alone; `start`: from which another one departs (由2020年的7.6%).
        vague: 2030年前, which is a frame only where a figure follows.
    """

    role: Literal["frame", "base", "other"]
    years: tuple[int, ...] = ()
    own: bool = False
    start: bool = False
    vague: bool = False
    ends: bool = False


def find_times(text: str) -> Iterator[tuple[int, int, Time]]:
    """Yield the phrases of time of a sentence, each with its start and end."""
    at = 0
    while at < len(text):
        base, time, now = _BASE.search(text, at), _TIME.search(text, at), _NOW.search(text, at)
        if now and not (time and time.start() < now.start()) and not (base and base.start() < now.start()):
            yield now.start(), now.end(), Time("other", own=now[0][0] in "从由自", ends=now[0][0] not in "从由自")
            at = now.end()
        elif base and (not time or base.start() <= time.start()):
            yield base.start(), base.end(), Time("base", _years(base[0]))
            at = base.end()
        elif time:
            if found := _read(time, text):
                yield time.start(), time.end(), found
            at = time.end()
        else:
            return


def _read(match: re.Match[str], text: str) -> Time | None:
    years = _years(match[0])
    if match["plan"] and not (match["period"] or match["open"] or match["lead"] in {"到", "至"}):
        return None  # “十四五”规划
    if match["bare"]:
        first = match.start() == 0 or text[match.start() - 1] in ",;。:"
        if match["lead"] not in {"到", "至", "截至", "截止"} and not (first and _TITLE.match(text, match.end())):
            return None
    if match["open"] or (match["apart"] and match["own"] is None):
        return Time("other", ends=match["open"] != "水平")
    deadline = match["before"] or (match["month"] or "")[-1:] in {"底", "末"} or match["lead"]
    if match["month"] and not deadline:
        return Time("other", ends=True)
    vague = bool(match["before"]) and not re.search(r"[底末]", match[0])
    return Time("frame", years, own=match["own"] is not None, start=match["apart"] is not None, vague=vague)


def _years(text: str) -> tuple[int, ...]:
    """Return every year of a phrase; 2022至2025年 is all from 2022 to 2025."""
    plans = [_PLANS[one] for one in re.findall(r"十[一二三四五六]五", text)]
    years = [int(one) for one in re.findall(r"(?:19|20)\d\d", text)]
    if len(years) == 2 and re.search(r"\d年?[至到~—–-]+\d", text) and 0 < years[1] - years[0] < 15:
        return tuple(range(years[0], years[1] + 1))
    return tuple(years or plans)
