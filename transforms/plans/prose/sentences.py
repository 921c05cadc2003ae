"""Split a paragraph into sentences; set aside brackets, titles and phrases of time as one character each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from contracts.guide import Guide
from transforms.plans.prose.wording import one_spelling
from transforms.plans.prose.years import Time, find_times

_LONGEST = 600  # a sentence beyond this is none
_STOP = re.compile(r"(?<=[。！？!?\n])")
_BRACKET = re.compile(r"[(\[【][^()\[\]【】]{0,80}[)\]】]")
_TITLE = re.compile(r"《[^《》]{0,80}》")
# 达到70%以上（其中，2021年达到60%）: a statement of its own.
_COMPARED = re.compile(r"[(]([比较](?:19|20)\d\d年[^()]{2,20}?\d[^()]{0,6})[)]")
_STATEMENT = re.compile(
    r"[(](?:其中,?)?((?:19|20)\d\d年)([^()]{0,10}?\d+(?:\.\d+)?[%\u4e00-\u9fff]{0,4}?(?:以上|左右)?)[)]"
)
# （二） in the middle of a text begins another point, where the stop before it is lost.
_SERIAL = re.compile(r"[(][一二三四五六七八九十\d]{1,2}[)]")
_YEAR = re.compile(r"[(][到至]?(?:(?:19|20)\d\d年?[—–~至到-]+)?((?:19|20)\d\d)年(?:底|末)?[)]")
FIRST = 0xE000  # private characters stand for what is set aside
HELD = "\ue000-\uf8ff"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as printed (`raw`) and as the grammar reads it (`text`).

    Each private character of `text` replaces an item of `items`: the words of a bracket, or a phrase of time.
    """

    raw: str
    text: str
    items: tuple[str | Time, ...]

    def held(self, text: str) -> list[str | Time]:
        """Return what was set aside in a piece of the text, in order."""
        return [
            self.items[ord(one) - FIRST] for one in text if ord(one) >= FIRST and ord(one) - FIRST < len(self.items)
        ]

    def times(self, text: str) -> list[Time]:
        """Return the phrases of time in a piece of the text."""
        return [one for one in self.held(text) if isinstance(one, Time)]

    def asides(self, text: str) -> tuple[str, ...]:
        """Return the bracketed words in a piece of the text."""
        return tuple(one for one in self.held(text) if isinstance(one, str))


def bare(text: str) -> str:
    """Remove what is set aside."""
    return re.sub(f"[{HELD}]", "", text)


def split_sentences(paragraph: str, guide: Guide) -> Iterator[Sentence]:
    """Yield the sentences of a paragraph that are short enough to be read."""
    for raw in _STOP.split(paragraph):
        text = re.sub(f"[{HELD}]", "", one_spelling(raw, guide)).rstrip("。!?")
        if text and len(text) <= _LONGEST:
            yield set_aside(text, raw.strip())


def set_aside(text: str, raw: str) -> Sentence:
    """Put a private character where brackets, titles and phrases of time are."""
    items: list[str | Time] = []

    def hold(item: str | Time) -> str:
        items.append(item)
        return chr(FIRST + len(items) - 1)

    text = _SERIAL.sub(",", text)
    text = _COMPARED.sub(r",\1,", text)
    text = _STATEMENT.sub(r",\1的\2,", text)
    text = _YEAR.sub(lambda match: hold(Time("frame", (int(match[1]),), own=True)), text)
    for pattern in (_BRACKET, _BRACKET, _TITLE):
        text = pattern.sub(lambda match: hold(match[0][1:-1]), text)
    pieces, at = [], 0
    for start, end, time in find_times(text):
        pieces += [text[at:start], hold(time)]
        at = end
    return Sentence(raw, "".join([*pieces, text[at:]]), tuple(items))


def split_clauses(sentence: Sentence) -> Sequence[tuple[str, str]]:
    """Return the clauses, each with the mark before it."""
    parts = re.split(r"([,;:])", sentence.text)
    return list(zip(parts[::2], ["", *parts[1::2]], strict=True))
