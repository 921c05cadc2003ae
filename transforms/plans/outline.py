"""Split paragraphs into sections by headings, known by style, automatic number or look."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.guide import Guide
from contracts.naming import name_key
from transforms.plans.word.text import BODY, Paragraph

_CHINESE = "[一二三四五六七八九十]"
# What numbers look like, with the level that they usually have. 2030年 and 3.5% are no numbers of headings.
_LOOKS = (
    (1, re.compile(rf"^第{_CHINESE}{{1,3}}[章部篇](?:分)?[\s、:：]*")),
    (1, re.compile(rf"^{_CHINESE}{{1,3}}[、.．]\s*")),
    (2, re.compile(rf"^第{_CHINESE}{{1,3}}节[\s、:：]*")),
    (2, re.compile(rf"^[（(]{_CHINESE}{{1,3}}[)）][、.．]?\s*")),
    (4, re.compile(r"^\d{1,2}[.．]\d{1,2}[.．]\d{1,2}[.．、]?\s*(?=[^\d\s%])")),
    (3, re.compile(r"^\d{1,2}[.．]\d{1,2}[.．、]?\s*(?=[^\d\s%])")),
    (3, re.compile(r"^\d{1,2}[.．、]\s*(?=\D)")),
    (4, re.compile(r"^[（(]\d{1,2}[)）][、.．]?\s*")),
)
_BARE = re.compile(r"^\d{1,2}\s+(?=[\u4e00-\u9fff])")
_LONGEST, _RUN_IN, _BOLD = 45, 30, 25
_SENTENCE = re.compile(r"[。；！？;：:]")
_ENDS = re.compile(r"[。；：，！？;:,]$")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with everything below it.

    `own`: the paragraphs before the next heading; `lines`: those of its subsections too, with their headings. `path`
    are the positions of the sections that contain it, from outside, itself last.
    """

    title: str
    key: str
    level: int
    place: str
    own: tuple[Paragraph, ...]
    lines: tuple[Paragraph, ...]
    path: tuple[int, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Head:
    at: int
    level: int
    title: str
    shown: str
    rest: str


def split_sections(paragraphs: Sequence[Paragraph], guide: Guide) -> list[Section]:
    """Return the sections in reading order; text before the first heading belongs to none."""
    names = _known(guide)
    heads = [head for at, one in enumerate(paragraphs) if (head := _head(at, one, names))]
    path: list[int] = []
    sections = []
    for position, head in enumerate(heads):
        while path and heads[path[-1]].level >= head.level:
            path.pop()
        path.append(position)
        later = heads[position + 1 :]
        close = next((one.at for one in later if one.level <= head.level), len(paragraphs))
        first = later[0].at if later else len(paragraphs)
        sections.append(
            Section(
                head.shown,
                name_key(head.title),
                head.level,
                paragraphs[head.at].place,
                tuple(_lines(paragraphs, head, first)),
                tuple(_lines(paragraphs, head, close)),
                tuple(path),
            )
        )
    return sections


def without_number(text: str) -> tuple[int, str]:
    """Return the level by a heading's number, `BODY` without one, and the heading without the number."""
    for level, look in _LOOKS:
        if found := look.match(text):
            return level, text[found.end() :]
    return BODY, text


def _lines(paragraphs: Sequence[Paragraph], head: _Head, end: int) -> Iterator[Paragraph]:
    if head.rest:
        yield Paragraph(paragraphs[head.at].place, head.rest)
    yield from paragraphs[head.at + 1 : end]


def _known(guide: Guide) -> dict[str, int]:
    """Return the levels of the guide's own headings: 1 for chapters, 2 for parts, whatever their numbers."""
    names = {name_key(part.title): 2 for chapter in guide.chapters for part in chapter.parts}
    return names | {name_key(name): 1 for chapter in guide.chapters for name in (chapter.title, *chapter.aliases)}


def _head(at: int, paragraph: Paragraph, names: dict[str, int]) -> _Head | None:
    if paragraph.table:
        return None
    text = paragraph.label + paragraph.text
    level, title = without_number(text)
    if level == BODY and paragraph.outline and (bare := _BARE.match(text)):
        title = text[bare.end() :]
    head, end, rest = _run_in(title)
    known = names.get(name_key(head))
    if paragraph.outline:
        head, rest = (head, rest) if rest and len(title) > _LONGEST else (title, "")
        # Where all headings have one style, （一） is still part of 一、.
        return _Head(at, max(paragraph.outline, 2 if level == 2 else 1), head, _shown(text, title, head), rest)
    if level != BODY and (head if end else title) and (len(head) <= _RUN_IN if rest else _is_short(title)):
        # 1. is the third level below 一、 and （一）, and the first where chapters themselves are numbered like this.
        level = 1 if known == 1 and level == 3 else level
        return _Head(at, level, head, _shown(text, title, head), rest)
    if known and paragraph.strong and not rest:
        return _Head(at, known, title, title, "")
    if level == BODY and paragraph.strong and len(title) <= _BOLD and not _ENDS.search(title):
        return _Head(at, BODY - 1, title, title, "")
    return None


def _run_in(title: str) -> tuple[str, str, str]:
    """Split a heading from text in the same paragraph, as in the guide: （一）实施主体概况。简述试点城市区位交通."""
    found = _SENTENCE.search(title)
    if not found:
        return title, "", ""
    return title[: found.start()], found[0], title[found.end() :].strip()


def _is_short(title: str) -> bool:
    return len(title) <= _LONGEST and not _SENTENCE.search(title.rstrip("。；;：:"))


def _shown(text: str, title: str, head: str) -> str:
    return text[: len(text) - len(title)] + head
