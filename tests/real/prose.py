"""Targets read from labelled sentences of public policy papers: recall, precision and accuracy of what is read."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from contracts.load import Contracts
from transforms.plans.prose.find_targets import known_wordings, read_paragraph
from transforms.plans.prose.scope import Scoped, in_scope

HALVES = ("A", "B")
Row = dict[str, Any]


class Key(NamedTuple):
    """What makes two figures the same."""

    code: str
    year: int | None
    value: Decimal


@dataclass
class Score:
    """Counts over sentences.

    Attributes:
        expected: whole-scope levels and changes with a year; `found` of them; `wrong`: read and not labelled.
        names: figures read as an indicator that no label of the sentence has.
        narrower: labelled narrower; `compared`: of them, read as the whole.
        right: by attribute (cmp, unit, form, scope), of the figures that are found, those read as labelled.
        failures: a line for each figure that is not as labelled, after its kind.
    """

    expected: int = 0
    found: int = 0
    wrong: int = 0
    names: int = 0
    narrower: int = 0
    compared: int = 0
    matched: int = 0
    right: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, str]] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Part of the expected figures that is read."""
        return self.found / max(self.expected, 1)

    @property
    def precision(self) -> float:
        """Part of the figures read that is labelled."""
        return self.found / max(self.found + self.wrong, 1)


def labelled(path: Path, half: str) -> list[Row]:
    """The sentences of one half, by the hash of their number, without tables that were copied as text."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [row for row in rows if _half(row["n"]) == half and not row.get("flattened_table")]


def measure(rows: Iterable[Row], contracts: Contracts) -> Score:
    """Read each sentence as a paragraph of a city's plan and hold it against its labels."""
    score = Score()
    for row in rows:
        _score(row, list(read(row, contracts)), score)
    return score


def read(row: Row, contracts: Contracts) -> Iterator[Scoped]:
    """The targets of a sentence that an indicator of Table 1 is known for, its region as the pilot."""
    pilot = re.findall("[\u4e00-\u9fff]{2,3}?(?:自治州|市|县|区|州|盟)", row["source"])
    targets = list(read_paragraph(row["sentence"], contracts.guide, known_wordings(contracts.tables.values())))
    yield from in_scope(targets, contracts.tables["city"], pilot, contracts)


def _half(n: int) -> str:
    return HALVES[hashlib.sha256(str(n).encode()).digest()[0] % 2]


def _score(row: Row, read: list[Scoped], score: Score) -> None:
    labels = {
        Key(one["code"], one["year"], Decimal(one["value"])): one
        for one in row["targets"]
        if re.fullmatch(r"[\d.]+", one["value"])  # a range is no figure
    }
    found = {_key(one): one for one in read if one.match}
    codes = {key.code for key in labels}
    for key, label in labels.items():
        one = found.get(key)
        whole = label["scope"] == "whole" and label["form"] != "increment" and label["year"]
        score.expected += bool(whole)
        score.narrower += label["scope"] == "narrower"
        if one is None or one.match is None:
            if whole:
                score.failures.append((_kind(key, read), f"{row['n']} {key} {row['sentence']}"))
            continue
        narrow = one.match.narrower is not None
        score.compared += label["scope"] == "narrower" and not narrow
        score.found += bool(whole and not narrow)
        score.matched += 1
        for name, there, here in (
            ("cmp", label["cmp"], one.target.qualifier),
            ("unit", label["unit"], one.target.unit),
            ("form", label["form"], one.match.form),
            ("since", label["since"], one.target.base_year),
            ("scope", label["scope"], "narrower" if narrow else "whole"),
        ):
            score.right[name] += there == here
            if there != here:
                score.failures.append((name, f"{row['n']} {key} {there} not {here} {row['sentence']}"))
    for key, one in found.items():
        whole = one.match and not one.match.narrower and one.match.form != "increment" and key.year
        if key not in labels and whole:
            score.wrong += 1
            kind = "wrong indicator" if key.code not in codes else "wrong figure"
            score.failures.append((kind, f"{row['n']} {key} {one.target.subject} {row['sentence']}"))
            score.names += kind == "wrong indicator"


def _key(one: Scoped) -> Key:
    return Key(one.match.indicator.code if one.match else "", one.target.year, one.target.value)


def _kind(key: Key, read: list[Scoped]) -> str:
    same = [one for one in read if one.target.value == key.value]
    if not same:
        return "figure not read"
    if all(one.match is None for one in same):
        return "name not known"
    return "other year" if any(_key(one).code == key.code for one in same) else "other indicator"
