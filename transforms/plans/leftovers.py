"""Find leftovers of a template in the prose of a plan: XX%, ××万元, “__”, （此处填写…）."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contracts.naming import plain
from transforms.plans.word.text import Paragraph

_UNIT = "(?:%|个?百分点|[万亿]|千瓦|吨|辆|[个家项座台亩元年处]|公[顷里])"
_LEFT = re.compile(
    r"(?<![\dA-Za-z×])(?:20)?(?:[Xx]{2,}|[×✕✖]{2,}|[○□]{2,}|\*{3,}|_{2,})(?![\dA-Za-z])"
    rf"|(?<![\dA-Za-z%)）])[Xx×✕✖](?={_UNIT})|\d[Xx×✕✖](?=%)"
    rf"|(?:\(\)|\[\]|【】|\.{{3,}})(?={_UNIT})"
    r"|[(\[【](?:此处|在此处?|请|待)?(?:如实)?(?:填写|填入|填报|补充|待[定核填补])[^()\[\]【】]{0,12}[)\]】]"
)
_BEFORE = re.compile(r"[^,;:。、]{0,8}$")
_BEHIND = re.compile(r"[^,;:。、]{0,4}")


@dataclass(frozen=True, slots=True)
class Leftover:
    """A paragraph with leftovers: its place, and each of them with the words around it."""

    place: str
    shown: tuple[str, ...]


def find_leftovers(paragraphs: Iterable[Paragraph]) -> Iterator[Leftover]:
    """Find the paragraphs that are not filled in; tables have rules of their own."""
    for paragraph in paragraphs:
        text = "" if paragraph.table else plain(paragraph.text)
        found = list(_LEFT.finditer(text)) if text.strip("_") else []
        if found:
            yield Leftover(paragraph.place, tuple(dict.fromkeys(map(_shown, found))))


def _shown(match: re.Match[str]) -> str:
    """Return a leftover with the words around it."""
    before, behind = _BEFORE.search(match.string[: match.start()]), _BEHIND.match(match.string, match.end())
    return f"{before[0] if before else ''}{match[0]}{behind[0] if behind else ''}"
