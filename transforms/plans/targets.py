"""Targets in prose: “到2025年，非化石能源消费占比达到21%” → year, what is measured, comparator, value and unit."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from contracts.guide import Guide
from contracts.naming import name_key, plain
from transforms.intake.values.cell_text import parse_text
from transforms.intake.values.chinese_numerals import parse_numeral
from transforms.plans.word.text import Paragraph

_LONGEST = 600  # a sentence beyond this is none
_QUOTE = 120
_STOP = re.compile(r"(?<=[。！？；;\n])")
_ASIDE = re.compile(r"[（(\[【][^（）()\[\]【】]{0,80}[)）\]】]")
_YEAR = re.compile(
    r"(?P<apart>[比较由从自以]|相比|相较|对比)?(?P<lead>到|至|截至|截止)?"
    r"(?:“?(?P<plan>十[三四五六]五)”?(?:时?期)?(?P<end>末|期末)|(?<!\d)(?P<year>(?:19|20)\d\d)(?:年|(?!\d)))(?:底|末|年底|年末)?"
    r"(?P<since>以来|以前|之前|起|的?基础上?|—|-|~|至(?=20))?"
)
_PLANS = {"十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMERAL = r"(?:[一二两三四五六七八九十]{1,3}(?=个?百分点)|百分之[零一二三四五六七八九十百点]{1,8})"
_REACHES = (
    r"(?:(?:均|都)能|分别|均|都|可)?(?:力争|确保|争取|原则上)?(?:分别|均)?(?:提高到|提高至|提升到|提升至|增加到|增加至|增长到|增长至|上升到|上升至|扩大到|扩大至|下降到|下降至|降低到|降低至|"
    r"降至|降到|增至|升至|达到或超过|达到|达|控制在|保持在|稳定在|维持在|实现|为|超过|突破|完成|建成|累计)?(?:分别|均)?"
)
_BOUND = (
    r"(?:≥|>=|≤|<=|>|<|不低于|不少于|不小于|不超过|不高于|不大于|高于|低于|大于|小于|"
    r"超过|超|至少|约为|约|大约|近|接近)?"
)
# A figure ends its clause; 60万千瓦 in 60万千瓦机组 only says which ones.
_END = (
    r"(?=$|[，,。；;、！？:：/)）]|和|及|与|以及|或|并|且|(?:的)?(?:节能)?(?:目标|水平|要求|标准)?(?:$|[，,。；;、]))"
)
_AFTER = r"(?:及?以上|及?以下|以内|之内|左右|上下)?"
_MOVES = (
    r"(?:累计|年均|平均|分别|每年)*(?:下降|降低|减少|削减|增长|提高|提升|上升|增加|高出|低)(?:了)?"
    r"(?:约|超过|不低于|不少于|不超过|幅度)?"
)
_COMPARED = (
    r"(?:同比|环比|(?:与|同)?(?:比|较|相较于|相比|相较)"
    r"(?P<since>(?:19|20)\d\d年?|上年|基期|“?十[三四五]五”?末?)(?:相比|底|末)*)"
)
# What stands before the second half of a range: 3%~5% is not 5%.
_HALF = re.compile(r"\d(?:%|[亿万]?[\u4e00-\u9fff]{0,3})(?:~|-|—+|–|至)$")
_LINKS = re.compile(r"^(?:[、和与及]|以及|或|/)")
_BEHIND = re.compile(
    "(?:分别|均|也|则|要|应|由|从|自|力争|确保|原则上|预计|将|的|已|可|再|目标|进一步|逐步|稳步|大幅)$"
)
_CUT = re.compile(r"[，,：:。；;]")


@dataclass(frozen=True, slots=True)
class Target:
    """One figure in a sentence.

    Attributes:
        subject: what is measured, as written, without the years and the verbs around it.
        key: the same to look it up by.
        scope: what narrows it to less or more than the pilot, None where nothing does.
        year: None where the sentence names none.
        qualifier: as of an observation: exact, at_least, at_most, about, relative.
        value: as given; of a change, how much. `unit` as written, None where there is none.
        bound: at_least or at_most, of a change too; None where it is the figure itself.
        yearly: whether it is a change in each year.
        since: the year that a change is measured against; `falls`: whether it is a decrease.
        place: of its paragraph; `heading`: the section it stands in; `quote`: its sentence.
    """

    subject: str
    key: str
    scope: str | None
    year: int | None
    qualifier: str
    value: Decimal
    unit: str | None
    since: int | None
    falls: bool
    place: str
    heading: str
    quote: str
    bound: str | None = None
    yearly: bool = False


@dataclass(frozen=True, slots=True)
class _Figure:
    start: int
    end: int
    year: int | None
    since: int | None
    qualifier: str
    value: Decimal
    unit: str | None
    falls: bool
    shared: bool  # 分别
    opens: bool = False  # 由18%提高到21%: where it begins
    bare: bool = False  # a number without a word
    bound: str | None = None
    yearly: bool = False


def find_targets(paragraphs: Iterable[tuple[str, Paragraph]], guide: Guide) -> tuple[Target, ...]:
    """Every figure of the paragraphs, each given with the heading that it stands under."""
    return tuple(
        target
        for heading, paragraph in paragraphs
        if not paragraph.table
        for target in read_sentences(paragraph.text, guide, paragraph.place, heading)
    )


def read_sentences(text: str, guide: Guide, place: str = "", heading: str = "") -> Iterator[Target]:
    """The figures of a text. A year holds to the end of its sentence, over its semicolons."""
    years: tuple[int, ...] = ()
    for part in _STOP.split(_simplified(text, guide)):
        sentence = _ASIDE.sub("", part).strip()
        if not sentence or len(sentence) > _LONGEST:
            years = () if part.rstrip().endswith(("。", "！", "？")) else years
            continue
        found, years = _in_sentence(plain(sentence), years, guide)
        quote = part.strip()
        for one in found:
            yield replace(
                one, place=place, heading=heading, quote=quote if len(quote) <= _QUOTE else quote[: _QUOTE - 1] + "…"
            )
        if sentence.endswith(("。", "！", "？")):
            years = ()


def _in_sentence(text: str, years: tuple[int, ...], guide: Guide) -> tuple[list[Target], tuple[int, ...]]:
    figures, marks = list(_figures(text, guide)), list(_years(text))
    found: list[Target] = []
    end, start = 0, 0
    subjects: list[str] = []
    scope = place = None
    while start < len(figures):
        # Figures that follow one another with nothing but 和 between them belong to one statement.
        group = [figures[start]]
        while start + len(group) < len(figures) and _joined(text, group[-1], figures[start + len(group)]):
            group.append(_like(group[0], figures[start + len(group)]))
        before = text[end : group[0].start]
        named = _named_years(marks, end, group[0].start)
        years = named or years
        now, context = _subjects(before, guide, shared=len(group) > 1 and any(one.shared for one in group))
        if now:
            place = place or next((word for word in guide.places if word in context), None)
            subjects, scope = now, place or next((word for word in guide.scopes if word in context), None)
            place = place or next((word for word in guide.places if word in before), None)
        elif not (named or group[0].year or figures[start - 1].opens or _goes_on(group[0], before)):
            subjects = []  # nobody can tell what it is about
        found += _targets(group, subjects, scope, years)
        end, start = group[-1].end, start + len(group)
    last = _named_years(marks, end, len(text))
    return found, last or years


def _targets(
    group: Sequence[_Figure], subjects: Sequence[str], scope: str | None, years: tuple[int, ...]
) -> Iterator[Target]:
    """Each figure with its year and subject: one each, or one for all, but never by guessing."""
    year = years[0] if years else None
    pairs: list[tuple[_Figure, int | None, str]]
    if len(subjects) == 1 and all(one.year for one in group):
        pairs = [(one, one.year, subjects[0]) for one in group]
    elif len(group) == len(years) > 1 and len(subjects) == 1:
        pairs = [(one, its, subjects[0]) for one, its in zip(group, years, strict=True)]
    elif len(years) > 1 and group[0].year is None:
        pairs = []
    elif len(group) == len(subjects):
        pairs = [(one, year, subject) for one, subject in zip(group, subjects, strict=True)]
    else:
        pairs = [(one, year, subject) for one in group for subject in subjects] if len(group) == 1 else []
    for one, its, subject in pairs:
        if not one.opens or one.year:
            yield Target(
                subject, name_key(subject), scope, one.year or its, one.qualifier, one.value, one.unit, one.since,
                one.falls, "", "", "", one.bound, one.yearly,
            )  # fmt: skip


def _figures(text: str, guide: Guide) -> Iterator[_Figure]:
    for match in _pattern(guide.units).finditer(text):
        if one := _figure(match, text):
            yield one


def _figure(match: re.Match[str], text: str) -> _Figure | None:
    written, unit = match["number"], match["unit"] or None
    if written[0].isdigit():
        value = Decimal(written.replace(",", ""))
    else:
        numeral = parse_numeral(written)
        if numeral is None:
            return None
        value, unit = numeral[0], "%" if numeral[1] else unit
    if unit is None and (match["year"] or re.match(r"[年月日号级期类种大项个座\d.]", text[match.end() :])):
        return None
    year = int(match["year"][:4]) if match["year"] else None
    moves = match["moves"] or ""
    if moves and not match["reaches"]:
        since = re.search(r"\d{4}", match["since"] or "")
        falls = bool(re.search("下降|降低|减少|削减|低", moves))
        return _Figure(
            match.start(), match.end(), year, int(since[0]) if since else None, "relative", value, unit, falls,
            "分别" in match[0], bound=_bound(match), yearly=bool(re.search("年均|每年", moves)),
        )  # fmt: skip
    words = f"{match['bound'] or ''}{written}{unit or ''}{match['after'] or ''}"
    reaches = match["reaches"] or match["verb"] or ""
    parsed = parse_text(words)
    qualifier = parsed.qualifier if parsed.qualifier in {"exact", "at_least", "at_most", "about"} else "exact"
    if qualifier == "exact" and (match["bound"] == "超" or re.search("超过|突破", reaches)):
        qualifier = "at_least"
    if qualifier == "exact" and match["after"] in {"以内", "之内", "及以下", "以下"}:
        qualifier = "at_most"
    if not (reaches or match["bound"] or match["after"] or unit):
        return None
    if _HALF.search(text[: match.start()]):
        return None
    return _Figure(
        match.start(), match.end(), year, None, qualifier, value, unit, False, "分别" in match[0],
        opens=not reaches and text[: match.start()].endswith(("由", "从")),
        bare=not (reaches or match["bound"]),
        bound=qualifier if qualifier in {"at_least", "at_most"} else None,
    )  # fmt: skip


def _bound(match: re.Match[str]) -> str | None:
    """What words around a change make of it: 下降14.5%以上."""
    words = f"{match['moves']}{match['bound'] or ''}{match['after'] or ''}"
    if re.search("不超过|不高于|不大于|以下|以内|之内|≤|<", words):
        return "at_most"
    return "at_least" if re.search("以上|超过|不低于|不少于|高于|大于|至少|≥|>", words) else None


@lru_cache(maxsize=4)
def _pattern(units: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted((plain(unit) for unit in units), key=len, reverse=True)
    unit = "|".join(re.escape(one) for one in longest_first)
    changes = rf"(?:分别|均)?(?:{_COMPARED})?(?P<moves>{_MOVES})(?P<reaches>[到至为])?"
    return re.compile(
        rf"(?:{changes}|(?P<verb>{_REACHES}))(?P<bound>{_BOUND})(?P<year>(?:19|20)\d\d年(?:底|末)?的)?"
        rf"(?<![\d.])(?P<number>{_NUMBER}|{_NUMERAL})(?![\d.]*\d)(?P<unit>{unit})?(?P<after>{_AFTER})"
        rf"(?:{_END}|(?=(?:{_MOVES}|扩大|增|降|升)[到至]))"
    )


# What may follow a year without 年 at the beginning of a clause: no unit.
_TITLE = re.compile(r"[\u4e00-\u9fff]{2}(?<![个家座项亿万千百辆台元吨亩公平立倍户人米条处].)")


def _years(text: str) -> Iterator[tuple[int, int, int]]:
    """Years that something is to be reached in: where they begin and end; not those that it is compared with."""
    for match in _YEAR.finditer(text):
        if match["apart"] or match["since"]:
            continue
        bare = not re.search("[年到至]", match[0]) and not match["plan"]
        if not bare or (
            (match.start() == 0 or text[match.start() - 1] in "，,；;") and _TITLE.match(text, match.end())
        ):
            yield match.start(), match.end(), int(match["year"] or _PLANS[match["plan"]])


def _named_years(marks: Sequence[tuple[int, int, int]], start: int, end: int) -> tuple[int, ...]:
    """The last years named between two places; several where 和 joins them: 到2025年和2030年."""
    inside = [mark for mark in marks if start <= mark[0] < end]
    if not inside:
        return ()
    last = [inside[-1]]
    for mark in reversed(inside[:-1]):
        if last[0][0] - mark[1] > 1:
            break
        last.insert(0, mark)
    return tuple(mark[2] for mark in last)


def _joined(text: str, one: _Figure, other: _Figure) -> bool:
    between = text[one.end : other.start]
    linked = between in {"、", "和", "及", "与", "以及"} or (between in {"，", ","} and other.bare)
    return not one.opens and other.unit == one.unit and linked


def _goes_on(one: _Figure, before: str) -> bool:
    """Whether a change is still about what was named last: 达到15%，较2020年提高3个百分点."""
    return one.qualifier == "relative" and not one.bare and before.strip("，,、") == ""


def _like(first: _Figure, other: _Figure) -> _Figure:
    """分别下降13.5%和18%: the second falls too."""
    if first.qualifier != "relative" or not other.bare:
        return other
    return replace(other, qualifier="relative", since=first.since, falls=first.falls, yearly=first.yearly)


def _subjects(before: str, guide: Guide, *, shared: bool) -> tuple[list[str], str]:
    """What is measured, from the words before a figure, and the words of the clauses before it."""
    clauses = [one for one in _CUT.split(_YEAR.sub("，", before)) if _LINKS.sub("", one)]
    if not clauses:
        return [], ""
    subject = _trimmed(clauses[-1], guide)
    # Only 分别 makes several of one: the names of some indicators have 、 in them themselves.
    subjects = [_trimmed(one, guide) for one in re.split("[、和与及]", subject)] if shared else [subject]
    return [one for one in subjects if one], "".join(clauses[:-1])


def _trimmed(text: str, guide: Guide) -> str:
    """Without what stands before and behind a name and says nothing about what is measured."""
    before = None
    while before != text:
        before = text
        text = _LINKS.sub("", text)
        for word in (*guide.own, *guide.fillers):
            text = text.removeprefix(word)
        text = _BEHIND.sub("", text)
    return text


def _simplified(text: str, guide: Guide) -> str:
    return text.replace("…", "，").translate({ord(pair[0]): pair[1] for pair in guide.traditional})
