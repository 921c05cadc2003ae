"""Find each part of the guide in a plan: present, thin, absent, in another place, or copied from the guide."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from contracts.guide import Chapter, Guide, Part
from contracts.naming import name_key
from transforms.plans.outline import Section

# A part without a heading of its own is taken to be where so much of what it must state is said.
_HERE, _THERE = 0.6, 0.75
_ENOUGH = 0.5  # of what a part must state, for it not to be thin
_SAME = 92  # likeness of a sentence to the guide's, of 100, from which it is a copy
_OWN = 30  # characters of the pilot's own that make a part more than a copy
_QUOTE = 60
_SENTENCES = re.compile(r"[。；！？\n]")


@dataclass(frozen=True, slots=True)
class PartFound:
    """A part of the guide as found in a plan.

    Attributes:
        part: its id in the guide; a chapter that is absent as a whole is identified by its number, 一 to 八.
        state: `present`, `thin`, `absent`, `elsewhere` or `copied`.
        heading: the heading it is under, with its number; None where it is absent.
        place: of that heading, like 第12段.
        length: characters of text.
        shown: what it states; `missing`: what the guide asks for besides. Both in Chinese.
        quote: how it begins.
    """

    part: str
    state: str
    heading: str | None = None
    place: str | None = None
    length: int = 0
    shown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    quote: str = ""


@dataclass(frozen=True)
class _Named:
    """Parts and chapters that the headings name, by position of the section."""

    chapters: list[set[str]]
    parts: list[set[str]]


def check_chapters(sections: Sequence[Section], guide: Guide, kind: str) -> tuple[PartFound, ...]:
    """Return every part that a plan of this kind must have, in the order of the guide."""
    named = _name_sections(sections, guide, kind)
    found: list[PartFound] = []
    for chapter in guide.chapters:
        parts = [part for part in chapter.parts if kind in part.kinds]
        mine = [_check_part(chapter, part, sections, named, kind) for part in parts]
        if all(one.state == "absent" for one in mine) and not any(chapter.number in names for names in named.chapters):
            found.append(PartFound(chapter.number, "absent"))
        else:
            found += mine
    return tuple(found)


def _check_part(chapter: Chapter, part: Part, sections: Sequence[Section], named: _Named, kind: str) -> PartFound:
    inside = [at for at in range(len(sections)) if _is_in_chapter(at, chapter, sections, named)]
    if chapter.whole:
        headed = [at for at, names in enumerate(named.chapters) if chapter.number in names]
        others = [any(named.chapters[one] - {chapter.number} for one in sections[at].path[:-1]) for at in headed]
        placed = [at for at, within in zip(headed, others, strict=True) if not within]
    else:
        headed = [at for at, names in enumerate(named.parts) if part.id in names]
        placed = [at for at in headed if at in inside]
    if headed:
        found = placed or headed
        outermost = [sections[at] for at in found if not any(other in sections[at].path[:-1] for other in found)]
        return _weigh(part, outermost, kind, placed=bool(placed))
    if not chapter.whole:
        free = [at for at in inside if not named.parts[at]]
        texts = [_own_text(sections[at]) for at in free]
        if free and _share(part, "\n".join(texts), kind) >= _HERE:
            best = max(free, key=lambda at: _share(part, _own_text(sections[at]), kind))
            return _weigh(part, [sections[best]], kind, placed=True, text="\n".join(texts))
    unnamed = [
        at
        for at in range(len(sections))
        if not named.chapters[at] and not any(named.parts[one] for one in sections[at].path)
    ]
    there = [at for at in unnamed if _share(part, sections[at].text, kind) >= _THERE]
    if there and len(sections[there[-1]].text) >= part.least:
        return _weigh(part, [sections[there[-1]]], kind, placed=False)
    return PartFound(part.id, "absent")


def _weigh(part: Part, found: Sequence[Section], kind: str, *, placed: bool, text: str | None = None) -> PartFound:
    text = "\n".join(section.text for section in found) if text is None else text
    shown = tuple(one.what for one in part.stated(kind) if _says(one.words, text))
    missing = tuple(one.what for one in part.stated(kind) if one.what not in shown)
    length = len(name_key(text))
    if _is_copy(part, text):
        state = "copied"
    elif length < part.least or len(shown) < _ENOUGH * (len(shown) + len(missing)):
        state = "thin"
    else:
        state = "present" if placed else "elsewhere"
    first = next((line.text for section in found for line in section.lines), "")
    quote = first if len(first) <= _QUOTE else first[: _QUOTE - 1] + "…"
    main = max(found, key=lambda section: len(section.text))  # not its line in a table of contents
    return PartFound(part.id, state, main.title, main.place, length, shown, missing, quote)


def _is_copy(part: Part, text: str) -> bool:
    """Return whether almost nothing remains after the guide's own sentences are removed."""
    printed = [name_key(one) for one in _SENTENCES.split(part.sentence) if one.strip()]
    whole = name_key(part.sentence)
    own = 0
    copied = False
    for sentence in _SENTENCES.split(text):
        key = name_key(sentence)
        if not key:
            continue
        if (len(key) > 8 and key in whole) or any(fuzz.ratio(key, one, score_cutoff=_SAME) for one in printed):
            copied = True
        else:
            own += len(key)
    return copied and own < _OWN


def _says(words: Sequence[str], text: str) -> bool:
    return any(word in text for word in words)


def _share(part: Part, text: str, kind: str) -> float:
    """Return the share of required statements of a part that a text contains."""
    stated = part.stated(kind)
    return sum(_says(one.words, text) for one in stated) / len(stated)


def _own_text(section: Section) -> str:
    return "\n".join(line.text for line in section.own)


def _is_in_chapter(at: int, chapter: Chapter, sections: Sequence[Section], named: _Named) -> bool:
    """Return whether the innermost chapter that a section belongs to or names is this one; it may name several."""
    around = next((names for one in reversed(sections[at].path) if (names := named.chapters[one])), set())
    return chapter.number in around


def _name_sections(sections: Sequence[Section], guide: Guide, kind: str) -> _Named:
    named = _Named([], [])
    for section in sections:
        named.chapters.append(set(_chapters_of(section.key, guide)))
        around = {number for one in section.path for number in named.chapters[one]}
        parts = set(_parts_of(section.key, guide, kind, around))
        if parts:
            # Inside a part a heading only continues it: 交通领域 below 城乡建设 is no part of its own.
            outer = {one for at in section.path[:-1] for one in named.parts[at]}
            exact = {part.id for _, part in guide.parts_of(kind) if name_key(part.title) == section.key}
            parts = parts if not outer else parts & exact
        named.parts.append(parts)
    return named


def _chapters_of(key: str, guide: Guide) -> Iterator[str]:
    """Yield the chapter that a heading names, or several where it joins them: 全民行动与保障措施."""
    names = {name_key(name): chapter for chapter in guide.chapters for name in (chapter.title, *chapter.aliases)}
    if key in names:
        yield names[key].number
        return
    if key in {name_key(part.title) for chapter in guide.chapters for part in chapter.parts}:
        return
    joined = [one for one in re.split("[和与及、]", key) if one]
    hits = [names[one].number for one in joined if one in names]
    if hits and len(hits) == len(joined):
        yield from hits
        return
    # 聚力技术赋能，推动绿色低碳科技创新: the last words say what it is about.
    last = key.rsplit("、", maxsplit=1)[-1]
    contained = {chapter.number for name, chapter in names.items() if name in last and 2 * len(name) >= len(last)}
    if len(contained) == 1:
        yield from contained


def _parts_of(key: str, guide: Guide, kind: str, around: set[str]) -> Iterator[str]:
    mine = [(chapter, part) for chapter, part in guide.parts_of(kind) if not chapter.whole]
    exact = {name_key(name): part for _, part in mine for name in (part.title, *part.aliases)}
    if key in exact:
        yield exact[key].id
        return
    inside = [part for chapter, part in mine if chapter.number in around]
    contained = [part for name, part in exact.items() if name in key and part in inside]
    if contained:
        yield contained[0].id
        return
    hits = {part.id: max((len(word) for word in part.headings if word in key), default=0) for part in inside}
    longest = max(hits.values(), default=0)
    best = [one for one, length in hits.items() if length == longest]
    if longest and len(best) == 1:
        yield best[0]
