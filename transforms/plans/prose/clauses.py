"""Read a clause in the context of earlier ones: year, subject, and base year of changes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from contracts.guide import Guide
from contracts.naming import name_key
from transforms.plans.prose.figures import Figure
from transforms.plans.prose.predicates import Predicate
from transforms.plans.prose.sentences import Sentence, bare
from transforms.plans.prose.statements import Statement, find_statements
from transforms.plans.prose.subjects import Known, complete, is_pronoun, place_in, share_subjects, topic_of, trim
from transforms.plans.prose.target import Target

# What may go before a year at the beginning of a clause.
_LEAD = re.compile(r"(?:[—-]+|[一二三四五六七八九十\d]{1,3}[、.是]|力争|预计|确保|其中|争取|同时|全市|我市|全区|园区)*")
# 支持某某县创建…，到2025年绿色出行比例达到75%: of that county; without a suffix a place is known by 创建.
_ASK = "(?:支持|推进|推动|指导|鼓励|引导|组织|依托|在)"
_WAY = "(?:持续|积极|加快|深入|率先|继续|全面|争先|共同|联合)"
_PLACE = re.compile(
    r"(?P<self>[\u4e00-\u9fff]{1,8}(?:县区|区县|新区|开发区|高新区|片区|城区|县|镇|乡))(?=要|应|率先|力争|加快|先行|争取|确保|将)"
    rf"|{_ASK}(?!城[乡镇])(?:"
    r"(?P<district>[\u4e00-\u9fff]{2,4}(?<![全园地社市郊城辖景牧林矿])区)(?=建设|创建|打造|开展|率先|争创)|"
    r"(?P<place>[\u4e00-\u9fff]{1,6}?(?:县|镇|乡|新区|开发区|高新区|片区))(?!域|际|城|[委府级])"
    r"|(?P<several>[\u4e00-\u9fff]{2,8}?等(?:\d*个?[市县区]|地))"
    rf"|(?P<agent>[\u4e00-\u9fff]{{2,8}}?){_WAY}*(?:创建|争创|申创)(?=[\u4e00-\u9fff]{{2}})"
    r"(?!工作|行动|活动|力度|任务|步伐|[和与及]))"
)


@dataclass
class Context:
    """Context from earlier clauses.

    Attributes:
        years: that the paragraph is about, until others come.
        own: the year of the last figure alone (2020年的7.6%), to the end of the sentence.
        subjects: of the last figure.
        topic: the subject of the last clause, where that has no figure.
        place: that the sentence is about, from a clause like 支持某某县创建…
        base: the year that the sentence counts changes from: 与2015年相比.
        last: the last figure.
    """

    years: tuple[int, ...] = ()
    own: tuple[int, ...] = ()
    subjects: Sequence[str] = ()
    topic: str | None = None
    place: str = ""
    base: int | None = None
    last: Target | None = None

    def next_sentence(self) -> None:
        """Reset everything except the years."""
        self.own, self.subjects, self.topic, self.place, self.base, self.last = (), (), None, "", None, None


def read_clause(clause: str, sentence: Sentence, context: Context, guide: Guide, known: Known) -> Iterator[Target]:
    """Yield the figures of a clause, and update the context."""
    statements = find_statements(clause, sentence, guide, known)
    if not statements:
        _pass_over(clause, sentence, context, known)
    beside = ""
    for statement in statements:
        _take_frame(statement, context)
        if statement.predicate.elsewhere:
            context.topic = topic_of(statement.predicate.phrase, sentence, known)
            continue
        before = context.topic or (context.subjects[-1] if context.subjects else "")
        noun = complete(statement.noun, before, known) if statement.noun else context.topic or ""
        if noun and not is_pronoun(noun):
            context.subjects = share_subjects(noun, len(statement.figures), statement.predicate, known)
        context.topic = None
        for target in _targets(statement, sentence, context, guide):
            context.last = _hoped(target, context.last) if target.hoped and not statement.noun else target
            yield replace(context.last, beside=beside, within=context.place)
        beside = noun or beside


def _hoped(target: Target, last: Target | None) -> Target:
    """Read a hoped-for value after a decrease as a change: 降低14%以上，力争达到15%."""
    if last is None or not last.falls or (target.form, target.unit) != ("level", last.unit):
        return target
    alike = last.value / 2 <= target.value <= last.value * 2
    return replace(target, form="change", falls=True, yearly=last.yearly, base_year=last.base_year) if alike else target


def _pass_over(clause: str, sentence: Sentence, context: Context, known: Known) -> None:
    """Take the year and the subject of a clause without a figure, for those after it."""
    words = "".join(one for one in clause if not sentence.asides(one))
    lead = _LEAD.match(words)
    for at, one in enumerate(words):
        outer = at <= (lead.end() if lead else 0) or at == len(words) - 1
        for time in sentence.times(one) if outer else ():
            if time.role == "base" and len(words) <= 2:
                context.base = next(iter(time.years), None)
            elif time.role == "frame" and (not time.vague or len(words) == at + 1):
                context.years = time.years
            elif time.ends:
                context.years = ()
    context.topic = topic_of(clause, sentence, known) or (context.topic if len(words) <= 1 else None)
    if place := _PLACE.match(bare(words)):
        context.place = next(filter(None, place.groups()))
    elif name := place_in(words):
        context.place = name
    if len(words) > 3:  # another thing is talked about
        context.subjects = ()


def _take_frame(statement: Statement, context: Context) -> None:
    frame = statement.time("frame")
    if frame and frame.own:
        context.own = () if frame.start else frame.years
    elif frame:
        context.years = frame.years
    elif any(one.ends for one in statement.times):
        context.years = ()


def _targets(statement: Statement, sentence: Sentence, context: Context, guide: Guide) -> Iterator[Target]:
    """Yield each figure with its year and subject."""
    first, frame, base = statement.predicate, statement.time("frame"), statement.time("base")
    from_now = any(one.role == "other" and one.own for one in first.times)
    if ("from_" in first.words and first.frame is None) or from_now:
        return  # 从18%提高到21%
    years = frame.years if frame else context.years or context.own
    since = next(iter(base.years), None) if base else context.base
    for figure, own, year, subject in _pairs(statement, context.subjects, years, sentence):
        predicate = own if own.words else first
        change = predicate.form == "change"
        name = trim(subject, guide)
        yield Target(
            subject=name,
            key=name_key(name),
            phrase=subject,
            asides=(*sentence.asides(subject), *predicate.asides, *sentence.asides(figure.behind)),
            year=next((one.years[-1] for one in sentence.times(figure.behind) if one.own), year),
            qualifier=figure.bound or predicate.bound or "exact",
            value=figure.value,
            unit=figure.unit,
            form=predicate.form,
            falls=change and predicate.falls,
            yearly="yearly" in predicate.words or bare(subject).startswith(("每年", "年均")),
            base_year=since if change else None,
            total="total" in predicate.words or "累计" in subject,
            hoped="hoped" in predicate.words,
        )


def _pairs(
    statement: Statement, subjects: Sequence[str], years: Sequence[int], sentence: Sentence
) -> Iterator[tuple[Figure, Predicate, int | None, str]]:
    """Yield figures with years and subjects: one each, or one for all; nothing if that is ambiguous."""
    figures = statement.figures
    span = len(years) > 2 and years[-1] - years[0] == len(years) - 1
    if len(subjects) == 1 and len(figures) > 1 and all(sentence.times(figure.behind) for figure, _ in figures):
        yield from ((*one, None, subjects[0]) for one in figures)  # 75%（2025年）、80%（2030年）
    elif len(subjects) == 1 and len(figures) == len(years):
        yield from ((*one, year, subjects[0]) for one, year in zip(figures, years, strict=True))
    elif len(years) > 1 and not (len(figures) == 1 and span):
        return
    elif len(figures) == 1:
        yield from ((*figures[0], years[-1] if years else None, subject) for subject in subjects)
    elif len(subjects) == len(figures):
        year = years[0] if years else None
        yield from ((*one, year, subject) for one, subject in zip(figures, subjects, strict=True))
