"""Compute the automatic numbers of Word, which are not in the text."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from docx.oxml.ns import qn

from transforms.plans.word.runs import Element, value_of, whole_number

_DIGITS = "零一二三四五六七八九"
_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "chineseLegalSimplified",
    "ideographDigital",
    "japaneseCounting",
    "japaneseDigitalTenThousand",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
}
_DEEPEST = 9

Place = tuple[int, int]  # list and level


@dataclass(frozen=True)
class Level:
    """How one level of a list is numbered; `text` has %1, %2 in place of the numbers."""

    form: str
    text: str
    start: int


@dataclass
class Numbering:
    """The lists of a document with their counters."""

    levels: dict[int, dict[int, Level]] = field(default_factory=dict)
    of_style: dict[str, Place] = field(default_factory=dict)
    _counts: dict[int, dict[int, int]] = field(default_factory=dict)

    def next_label(self, place: Place) -> str:
        """Return the number of the next paragraph at a place; empty where it has none."""
        list_id, depth = place
        levels = self.levels.get(list_id, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(list_id, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        text = level.text
        for at in range(_DEEPEST):
            if f"%{at + 1}" in text:
                its = levels.get(at, level)
                number = counts.get(at, its.start)
                text = text.replace(f"%{at + 1}", chinese(number) if its.form in _CHINESE else str(number))
        return "" if level.form in {"bullet", "none"} else text


def read_numbering(root: Element) -> Numbering:
    """Read the lists that `numbering.xml` declares."""
    shapes = {one.get(qn("w:abstractNumId")): dict(_levels(one)) for one in root.findall(qn("w:abstractNum"))}
    numbering = Numbering()
    for one in root.findall(qn("w:num")):
        number, known = whole_number(one.get(qn("w:numId"))), shapes.get(value_of(one, "w:abstractNumId"))
        if number is not None and known is not None:
            numbering.levels[number] = {depth: level for depth, (level, _) in known.items()}
            numbering.of_style |= {style: (number, depth) for depth, (_, style) in known.items() if style}
    return numbering


def chinese(number: int) -> str:
    """Return 1 to 99 as 一 to 九十九."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    lead = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return lead + (_DIGITS[ones] if ones else "")


def _levels(shape: Element) -> Iterator[tuple[int, tuple[Level, str | None]]]:
    for one in shape.findall(qn("w:lvl")):
        depth = whole_number(one.get(qn("w:ilvl")))
        if depth is not None and 0 <= depth < _DEEPEST:
            form = value_of(one, "w:numFmt") or "decimal"
            start = whole_number(value_of(one, "w:start"))
            level = Level(form, value_of(one, "w:lvlText") or "", 1 if start is None else start)
            yield depth, (level, value_of(one, "w:pStyle"))
