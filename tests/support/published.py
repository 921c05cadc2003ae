"""Sentences with the figures of published plans, and what a careful official takes from each.

Those in `published_targets.txt` are our own; of printed ones the repository has the figures only, in
`published_facts.txt`.
"""

import hashlib
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

_TABLE = Path(__file__).with_name("published_targets.txt")
_FACTS = Path(__file__).with_name("published_facts.txt")
_QUALIFIERS = {"=": "exact", "≥": "at_least", "≤": "at_most", "≈": "about"}
_FIGURE = re.compile(
    r"(?P<yearly>年?)(?P<way>[升降]?) ?(?P<sign>[=≥≤≈]?) ?(?P<value>[\d.]+) ?(?P<unit>\S*?)(?: 比(?P<since>\d+))?"
)
_ASIDE = re.compile(r"[（(][^（）()]*[）)]")


class Figure(NamedTuple):
    """One target: `falls` and `yearly` only of a change, `bound` of a change too, `since` the year it is against."""

    year: int | None
    value: Decimal
    unit: str | None
    qualifier: str
    bound: str | None
    falls: bool
    yearly: bool
    since: int | None
    subject: str


class Quote(NamedTuple):
    """A sentence with its document, and its targets by the indicator that each certainly is, None where it is none."""

    source: str
    kind: str
    composed: bool
    text: str
    targets: tuple[tuple[Figure, str | None], ...]


def quotes() -> list[Quote]:
    """All of them, in the order of the file."""
    return list(_quotes(_TABLE.read_text(encoding="utf-8").splitlines()))


def printed(sentence: str) -> Quote | None:
    """A sentence of a published plan with what is known of it, None where it is unknown."""
    known = hashlib.sha256(sentence.encode()).hexdigest()[:16]
    lines = _FACTS.read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        if line.startswith(known):
            return Quote("", line.split(" ")[1], False, sentence, _targets_below(lines, at))
    return None


def bare(subject: str) -> str:
    """Without what stands in brackets, which only explains."""
    return _ASIDE.sub("", subject)


def _quotes(lines: list[str]) -> Iterator[Quote]:
    source, kind = "", ""
    for at, line in enumerate(lines):
        if line.startswith("["):
            source, kind = line[1:].split("] ")
        elif line.startswith(("> ", "~ ")):
            yield Quote(source, kind, line[0] == "~", line[2:], _targets_below(lines, at))


def _targets_below(lines: list[str], at: int) -> tuple[tuple[Figure, str | None], ...]:
    below = lines[at + 1 :]
    end = next((n for n, one in enumerate(below) if not one.startswith("    ")), len(below))
    return tuple(map(_target, below[:end]))


def _target(line: str) -> tuple[Figure, str | None]:
    year, indicator, subject, figure = (None if one == "-" else one for one in line.strip().split(" | "))
    read = _FIGURE.fullmatch(figure or "")
    assert read, line
    qualifier = _QUALIFIERS.get(read["sign"])
    change = bool(read["way"])
    assert change or qualifier, line
    return Figure(
        int(year) if year else None,
        Decimal(read["value"]),
        read["unit"] or None,
        "relative" if change else str(qualifier),
        qualifier if qualifier in {"at_least", "at_most"} else None,
        read["way"] == "降",
        bool(read["yearly"]),
        int(read["since"]) if read["since"] else None,
        bare(subject or ""),
    ), indicator
