"""What stands in the label column → the indicator: by its name or an alias, whole; a likeness is only suggested."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from contracts.indicators import Indicator, Table
from contracts.naming import name_key, unit_key

# Below this likeness (of 100) a suggestion is more often wrong than right: 单位GDP能耗 is nearer to the CO2 per GDP.
LIKE = 75
_SERIAL = re.compile(r"^(?:[(（]\d{1,2}[)）]|\d{1,2}[.．、)）])\s*")
_BRACKET = re.compile(r"^(?P<name>.+?)[(（](?:单位[:：])?(?P<unit>[^()（）]+)[)）]$")


@dataclass(frozen=True, slots=True)
class Label:
    """An indicator that a text names. `key` is the spelling that was found; `unit` stood in brackets behind it."""

    indicator: Indicator
    key: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Keys of a text, which no contract enters: whole, without its number, and without the `unit` in brackets."""

    key: str
    without_serial: str
    before_bracket: str
    unit: str | None


def suggest(text: str, candidates: Sequence[Indicator]) -> Indicator | None:
    """The indicator whose name is most like a text that names none; for a person to decide, never to assign."""
    names = {row.code: name_key(row.name) for row in candidates}
    best = process.extractOne(name_key(text), names, scorer=fuzz.ratio, score_cutoff=LIKE)
    return next((row for row in candidates if best and row.code == best[2]), None)


def find_label(text: str, table: Table) -> Label | None:
    """The indicator that a text names, with or without a serial number before it and a legal unit in brackets after."""
    spelling = _spelling(text)
    for key in (spelling.key, spelling.without_serial):
        if known := table.by_name.get(key):
            return Label(known[0], key)
    known = table.by_name.get(spelling.before_bracket) if spelling.unit else None
    if known and spelling.unit and unit_key(spelling.unit) in {*known[0].units, unit_key(known[0].unit)}:
        return Label(known[0], spelling.before_bracket, spelling.unit.strip())
    return None


def _spelling(text: str) -> _Spelling:
    without_serial = _SERIAL.sub("", text.strip())
    bracket = _BRACKET.match(without_serial)
    before, unit = (name_key(bracket["name"]), bracket["unit"]) if bracket else ("", None)
    return _Spelling(name_key(text), name_key(without_serial), before, unit)
