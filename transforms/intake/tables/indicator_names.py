"""Match a label with an indicator, by its whole name or an alias; similar names are only suggested."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from contracts.indicators import Indicator, Table
from contracts.naming import LONGEST_WORDING, name_key, unit_key, wording_key

# Below this likeness (of 100) a suggestion is more often wrong than right: 单位GDP能耗 is nearer to the CO2 per GDP.
LIKE = 75
_SERIAL = re.compile(r"^(?:[(（]\d{1,2}[)）]|\d{1,2}[.．、)）])\s*")
_BRACKET = re.compile(r"^(?P<name>.+?)[(（](?:单位[:：])?(?P<unit>[^()（）]+)[)）]$")


@dataclass(frozen=True, slots=True)
class Label:
    """An indicator that a text names: `key` is the spelling found, `unit` the unit in brackets behind it."""

    indicator: Indicator
    key: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class _Spelling:
    """Keys of a text: whole, without its serial number, and without the `unit` in brackets."""

    key: str
    without_serial: str
    before_bracket: str
    unit: str | None


def suggest(text: str, candidates: Sequence[Indicator]) -> Indicator | None:
    """Return the indicator with the most similar name, to be suggested to a person and never assigned."""
    names = {row.code: name_key(row.name) for row in candidates}
    best = process.extractOne(name_key(text), names, scorer=fuzz.ratio, score_cutoff=LIKE)
    return next((row for row in candidates if best and row.code == best[2]), None)


def find_label(text: str, table: Table) -> Label | None:
    """Return the indicator that a text names; a serial number before it and a legal unit in brackets are allowed."""
    spelling = _spelling(text)
    for key in (spelling.key, spelling.without_serial):
        if known := _named(key, table):
            return Label(known, key)
    known = _named(spelling.before_bracket, table) if spelling.unit else None
    if known and spelling.unit and unit_key(spelling.unit) in {*known.units, unit_key(known.unit)}:
        return Label(known, spelling.before_bracket, spelling.unit.strip())
    return None


def _named(key: str, table: Table) -> Indicator | None:
    """The indicator of a key: by its name or an alias, else by one of its wordings."""
    if known := table.by_name.get(key):
        return known[0]
    return table.by_wording.get(wording_key(key)) if len(key) <= LONGEST_WORDING else None


def _spelling(text: str) -> _Spelling:
    without_serial = _SERIAL.sub("", text.strip())
    bracket = _BRACKET.match(without_serial)
    before, unit = (name_key(bracket["name"]), bracket["unit"]) if bracket else ("", None)
    return _Spelling(name_key(text), name_key(without_serial), before, unit)
