"""A round of any size: N seeded, realistic workbooks in the layouts of the sample, and a source tree that knows it."""

import io
import random
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from contracts.round import Kind
from tests.bench import ROOT, ROUND
from tests.judgement.places import CONTRACTS, places_of, with_roster
from tests.judgement.population import clean_submission
from tests.sample import Row, Submission
from tests.sample.layouts import official, other_units, pasted_from_word, percent_cells, reordered, with_sources

SEED = "bench 1"
# Layouts that write a value as it is: one workbook of each is made, and all others are copies with other figures in it.
_STAMPED = (official, official, with_sources, reordered, pasted_from_word)
_COUNTED = (percent_cells, other_units)
_NAME, _PROVINCE = "甲乙丙丁市", "戊己庚辛省"
_FIRST = 70_000_001  # marks: numbers that stand nowhere else in a workbook


def make_round(folder: Path, number: int) -> Path:
    """Write a source tree with a round of `number` pilots into `folder`, and its submissions into `folder/raw`.

    Returns:
        The tree: to be put in front of the path of Python.
    """
    contracts = with_roster(number * 7 // 10, number - number * 7 // 10, 31)
    tree = folder / "tree"
    for name in ("contracts", "transforms", "flows"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    first = yaml.safe_load((ROOT / "contracts/definitions/rounds/first-batch.yaml").read_text(encoding="utf-8"))
    provinces = [
        {"name": one.name, "quota": one.quota, "pilots": [{"name": p.name, "kind": p.kind} for p in one.pilots]}
        for one in contracts.round.provinces
    ]
    listed = first | {"round": ROUND, "quota_total": number, "provinces": provinces}
    text = yaml.safe_dump(listed, allow_unicode=True, sort_keys=False)
    (tree / "contracts" / "definitions" / "rounds" / f"{ROUND}.yaml").write_text(text, encoding="utf-8")
    for place in places_of(contracts):
        submission = clean_submission(place, random.Random(f"{SEED}: {place.pilot}"))
        write(folder / "raw", submission)
    return tree


def write(raw: Path, submission: Submission) -> Path:
    """Write a submission where intake finds it."""
    path = raw / ROUND / "submissions" / submission.province / f"{submission.pilot}_V{submission.version}.xlsx"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_workbook(submission))
    return path


def as_workbook(submission: Submission) -> bytes:
    """One in ten is written cell by cell, in percent cells or other units; the others are stamped."""
    rng = random.Random(f"{SEED}: layout of {submission.pilot}")
    usual = [(row.label, row.unit) for row in submission.rows] == _printed(submission.kind)
    plain = all(isinstance(value, int | float) for row in submission.rows for value in row.values)
    if not usual or not plain or rng.random() < 0.1:
        return rng.choice(_COUNTED if usual and plain else (reordered,))(submission)
    return _stamp(rng.randrange(len(_STAMPED)), submission)


@cache
def _printed(kind: Kind) -> list[tuple[str, str]]:
    return [(one.name, next(iter(one.scales))) for one in CONTRACTS.tables[kind].indicators]


@cache
def _prototype(layout: int, kind: Kind) -> tuple[tuple[str, bytes], ...]:
    place = next(one for one in places_of(CONTRACTS) if one.kind == kind)
    plain = clean_submission(replace(place, province=_PROVINCE, pilot=_NAME), random.Random(SEED))
    rows = tuple(
        Row(one.code, one.category, one.name, next(iter(one.scales)), tuple(_FIRST + 3 * at + i for i in range(3)))
        for at, one in enumerate(CONTRACTS.tables[kind].indicators)
    )
    content = _STAMPED[layout](replace(plain, rows=rows, notes=()))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return tuple((name, book.read(name)) for name in book.namelist())


def _stamp(layout: int, submission: Submission) -> bytes:
    codes = list(CONTRACTS.tables[submission.kind].by_code)
    pairs = dict(_pairs(codes, submission))
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, part in _prototype(layout, submission.kind):
            if name.startswith(("xl/worksheets/sheet", "xl/sharedStrings")):
                for mark, value in pairs.items():
                    part = part.replace(mark, value)  # noqa: PLW2901 - one after the other
            book.writestr(zipfile.ZipInfo(name, (2024, 3, 15, 9, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def _pairs(codes: list[str], submission: Submission) -> Iterator[tuple[bytes, bytes]]:
    rows = {row.code: row for row in submission.rows}
    for at, code in enumerate(codes):
        for i in range(3):
            yield f"<v>{_FIRST + 3 * at + i}</v>".encode(), f"<v>{rows[code].values[i]}</v>".encode()
    for mark, text in ((_NAME, submission.pilot), (_PROVINCE, submission.province)):
        yield mark.encode(), text.encode()
        yield mark.encode("ascii", "xmlcharrefreplace"), text.encode()  # as openpyxl writes it in a sheet
