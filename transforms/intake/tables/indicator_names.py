"""Match a label with an indicator, by its whole name or an alias; similar names are only suggested."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from contracts.indicators import Indicator, Table
from contracts.naming import LONGEST_WORDING, name_key, plain, unit_key, wording_key
from transforms.intake.values.footnote_marks import split_marks
from transforms.intake.values.remarks import is_known, is_narrowing

# Below this likeness (of 100) a suggestion is more often wrong than right: 单位GDP能耗 is nearer to the CO2 per GDP.
LIKE = 75
_SERIAL = re.compile(r"^(?:[(（]\d{1,2}[)）]|\d{1,2}[.．、)）]|[一二三四五六七八九十]{1,3}[、.．])\s*")
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


def suggest(text: str, candidates: Sequence[Indicator]) -> Indicator | None:
    """Return the indicator with the most similar name, to be suggested to a person and never assigned."""
    names = {row.code: name_key(row.name) for row in candidates}
    best = process.extractOne(name_key(text), names, scorer=fuzz.ratio, score_cutoff=LIKE)
    return next((row for row in candidates if best and row.code == best[2]), None)


def find_label(text: str, table: Table) -> Label | None:
    """Return the indicator that a text names.

    Around the name a serial number, footnote marks, a legal unit and known remarks in brackets are allowed.
    """
    if label := _exact(text, table):
        return label
    rest = _SERIAL.sub("", _STAR.sub("", plain(split_marks(text)[0])))
    unit: str | None = None
    remarks: list[str] = []
    while True:
        if label := _exact(rest, table):
            fits = unit is None or unit_key(unit) in {*label.indicator.units, unit_key(label.indicator.unit)}
            return Label(label.indicator, label.key, unit, tuple(remarks)) if fits else None
        match = _BRACKET.match(rest) or _PERCENT.match(rest)
        if match is None:
            return None
        rest = match["name"]
        for part in _PARTS.split(match["inside"]):
            if is_known(part) or is_narrowing(part):
                remarks.append(part)
            elif unit is None:
                unit = part
            else:
                return None


def changed_indicator(text: str, table: Table) -> Indicator | None:
    """Return the indicator of which a label names the change: 单位GDP能耗降低（%）."""
    rest = _BRACKET.sub(r"\g<name>", _SERIAL.sub("", plain(text)))
    without = _CHANGE.sub("", rest)
    label = find_label(without, table) if without != rest else None
    return label.indicator if label else None


def _exact(text: str, table: Table) -> Label | None:
    """Return the indicator of a whole name: its own, an alias, or one of its wordings."""
    key = name_key(text)
    if known := table.by_name.get(key):
        return Label(known[0], key)
    worded = table.by_wording.get(wording_key(key)) if len(key) <= LONGEST_WORDING else None
    return Label(worded, name_key(worded.name)) if worded else None
