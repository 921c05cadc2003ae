"""Match a label with an indicator, by its whole name or an alias; similar names are only suggested."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from contracts.indicators import Indicator, Table
from contracts.naming import LONGEST_WORDING, name_key, plain, unit_key, wording_key
from transforms.intake.values.footnote_marks import split_marks
from transforms.intake.values.remarks import is_known, is_narrowing

# Below this likeness (of 100) a suggestion is more often wrong than right: 单位GDP能耗 is nearer to the CO2 per GDP.
LIKE = 75
_SHORTEST, _LONGEST = 3, 120  # characters of a text that may be a name
_SERIAL = re.compile(
    r"^(?:[(（]\d{1,2}[)）]|\d{1,2}[.．、)）]|[一二三四五六七八九十]{1,3}[、.．]|(?!\d+[年月种类级])\d{1,2}(?=[\u4e00-\u9fff]))\s*"
)
_STAR = re.compile(r"[*＊※#]+(?=\s*[(（])")
_PARTS = re.compile("[,，、;；]")
_BRACKET = re.compile(r"^(?P<name>.+?)[(（](?:单位[:：])?(?P<inside>[^()（）]+)[)）]$")
_PERCENT = re.compile(r"^(?P<name>.+[^,，、%％])[,，、]?(?P<inside>[%％])$")
_CHANGE = re.compile("(?:累计|年均)?(?:降低|下降|减少|增长|提高|提升|上升)(?:率|幅度|比例)?|降幅|增幅|增速|增长率")


@dataclass(frozen=True, slots=True)
class Label:
    """An indicator that a text names.

    `key` is the spelling found, `unit` the unit in brackets behind it, `remarks` are other words in brackets.
    """

    indicator: Indicator
    key: str
    unit: str | None = None
    remarks: tuple[str, ...] = ()


class _Spelling(NamedTuple):
    """A possible name in a text: its keys, and the unit and the remarks in brackets behind it."""

    key: str
    wording: str
    unit: str | None
    remarks: tuple[str, ...]


def suggest(text: str, candidates: Sequence[Indicator]) -> Indicator | None:
    """Return the indicator with the most similar name, to be suggested to a person and never assigned."""
    names = {row.code: name_key(row.name) for row in candidates}
    best = process.extractOne(name_key(text), names, scorer=fuzz.ratio, score_cutoff=LIKE)
    return next((row for row in candidates if best and row.code == best[2]), None)


def find_label(text: str, table: Table) -> Label | None:
    """Return the indicator that a text names.

    Around the name a serial number, footnote marks, a legal unit and known remarks in brackets are allowed.
    """
    return _look_up(_spellings(text), table)


def find_kinds(text: str, tables: dict[str, Table]) -> list[str]:
    """Return the kinds of tables that have an indicator of this name."""
    spellings = _spellings(text)
    return [kind for kind, table in tables.items() if _look_up(spellings, table)]


def changed_indicator(text: str, table: Table) -> Indicator | None:
    """Return the indicator of which a label names the change: 单位GDP能耗降低（%）."""
    rest = _BRACKET.sub(r"\g<name>", _SERIAL.sub("", plain(text)))
    without = _CHANGE.sub("", rest)
    label = find_label(without, table) if without != rest else None
    return label.indicator if label else None


def _spellings(text: str) -> list[_Spelling]:
    """Return the possible names in a text: as it is, without number and marks, then without brackets."""
    return _spellings_of_short(text) if _SHORTEST <= len(text) <= _LONGEST else []


@lru_cache(10_000)  # the same names are in every table
def _spellings_of_short(text: str) -> list[_Spelling]:
    found = [_spelling(name_key(text))]
    rest = _SERIAL.sub("", _STAR.sub("", plain(split_marks(text)[0])))
    unit: str | None = None
    remarks: tuple[str, ...] = ()
    while rest:
        if (key := name_key(rest)) != found[-1].key:
            found.append(_spelling(key, unit, remarks))
        match = _BRACKET.match(rest) or _PERCENT.match(rest)
        if match is None:
            break
        rest = match["name"]
        for part in _PARTS.split(match["inside"]):
            if is_known(part) or is_narrowing(part):
                remarks = (*remarks, part)
            elif unit is None:
                unit = part
            else:
                return found
    return found


def _spelling(key: str, unit: str | None = None, remarks: tuple[str, ...] = ()) -> _Spelling:
    return _Spelling(key, wording_key(key) if len(key) <= LONGEST_WORDING else "", unit, remarks)


def _look_up(spellings: Sequence[_Spelling], table: Table) -> Label | None:
    """Return the indicator of the first spelling that is its name, an alias or one of its wordings."""
    for spelling in spellings:
        known = table.by_name.get(spelling.key)
        indicator = known[0] if known else table.by_wording.get(spelling.wording)
        if indicator is None:
            continue
        if spelling.unit and unit_key(spelling.unit) not in {*indicator.units, unit_key(indicator.unit)}:
            return None
        return Label(indicator, spelling.key if known else name_key(indicator.name), spelling.unit, spelling.remarks)
    return None
