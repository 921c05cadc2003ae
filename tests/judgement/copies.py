"""Faults of origin: figures of another pilot, invented figures, and what changes between two versions of one pilot."""

import random
from collections.abc import Callable
from dataclasses import replace

from tests.judgement.edits import (
    TABLE,
    Fault,
    Inject,
    Injection,
    Spot,
    differences,
    injection,
    later,
    like,
    numbers,
    numeric_rows,
    shifted,
    whole_row,
    with_values,
)
from tests.judgement.places import CONTRACTS, Place
from tests.judgement.population import clean_submission, wanted_of
from tests.judgement.style import significant
from tests.sample import YEARS, Row, Submission, leave_out, put

# Places that are on no roster of the first round.
ELSEWHERE = ("临江", "敦煌", "凯里", "个旧", "都匀", "满洲里", "丹江口", "井冈山", "武夷山", "都江堰", "仁怀", "格尔木")


def rows_of_another(clean: Submission, rng: random.Random, donor: Submission) -> Injection | None:
    """Six to ten rows that follow each other are another pilot's."""
    theirs = {row.code: row for row in donor.rows}
    start = rng.randrange(len(clean.rows) - 6)
    block = [row.code for row in clean.rows[start : start + rng.randint(6, 10)] if row.code in theirs]
    return _copied(clean, [theirs[code] for code in block]) if len(block) >= 6 else None


def table_of_another(clean: Submission, _: random.Random, donor: Submission) -> Injection | None:
    """Every row that both have is another pilot's."""
    mine = {row.code for row in clean.rows}
    return _copied(clean, [row for row in donor.rows if row.code in mine])


def round_numbers(clean: Submission, _: random.Random, __: Submission) -> Injection | None:
    """Every figure has one digit that counts."""
    faulty = clean
    for row in numeric_rows(clean):
        faulty = with_values(faulty, row.code, [significant(value, 1) for value in numbers(row)])
    return injection(clean, faulty, {TABLE, *((None, year) for year in YEARS)})


def one_formula(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """Every target is the base value times one factor, or divided by it where less is wanted."""
    first = rng.choice((1.05, 1.08, 1.1, 1.15))
    second = first + rng.choice((0.05, 0.1))
    faulty = clean
    for row in numeric_rows(clean):
        base = numbers(row)[0]
        factors = (2 - first, 2 - second) if wanted_of(row.code) == "down" else (first, second)
        targets = [like(min(base * factor, 100) if row.unit == "%" else base * factor, row) for factor in factors]
        faulty = with_values(faulty, row.code, [row.values[0], *targets])
    return injection(clean, faulty, {TABLE, *((None, year) for year in YEARS)})


def base_changed(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """In version 2 a base value is worse by 12 to 30 %, so that the target is easier to reach."""
    rows = [row for row in numeric_rows(clean) if wanted_of(row.code) != "any" and numbers(row)[0] >= 0.3]
    if not rows:
        return None
    row, part = rng.choice(rows), rng.uniform(0.12, 0.3)
    base = numbers(row)[0]
    value = like(base * (1 + part if wanted_of(row.code) == "down" else 1 - part), row)
    changed = put(clean, row.code, YEARS[0], value)
    return _second_version(clean, clean, changed) if abs(value / base - 1) > 0.08 else None


def target_weakened(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """In version 2 the last target goes back most of the way to the first."""
    rows = [row for row in numeric_rows(clean) if wanted_of(row.code) != "any"]
    rows = [row for row in rows if abs(numbers(row)[2] / numbers(row)[1] - 1) > 0.1]
    if not rows:
        return None
    row = rng.choice(rows)
    _base, first, second = numbers(row)
    value = like(second - rng.uniform(0.6, 0.9) * (second - first), row)
    changed = put(clean, row.code, YEARS[2], value)
    return _second_version(clean, clean, changed) if abs(value / second - 1) > 0.05 else None


def indicator_dropped(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """Version 2 has no row for an indicator that version 1 had, and gives no reason."""
    code = rng.choice(clean.rows).code
    return _second_version(clean, clean, leave_out(clean, code), {(code, None)})


def flag_silenced(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """A target that was a hundred times too large in version 1 has become words in version 2."""
    rows = [row for row in numeric_rows(clean) if row.unit == "%" and numbers(row)[2] > 5]
    if not rows:
        return None
    row = rng.choice(rows)
    flagged = put(clean, row.code, YEARS[2], shifted(row.values[2], 100))
    return _second_version(flagged, clean, put(clean, row.code, YEARS[2], "持续提升"), {(row.code, None)})


def not_listed(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """A pilot of the province that is not on the roster takes the place of one that is."""
    kind = "市" if clean.kind == "city" else "经济技术开发区"
    return injection(clean, replace(clean, pilot=rng.choice(ELSEWHERE) + kind), {TABLE}, {TABLE})


def other_province(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """The cover names another province than the roster."""
    others = [region.name for region in CONTRACTS.regions if region.name != clean.province]
    return injection(clean, replace(clean, province=rng.choice(others)), {TABLE}, {TABLE})


def other_kind(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """A city sends the table of parks, or a park that of cities."""
    place = Place(clean.province, clean.pilot, "park" if clean.kind == "city" else "city")
    return injection(clean, clean_submission(place, rng), {TABLE}, {TABLE})


def _copied(clean: Submission, rows: list[Row]) -> Injection | None:
    by_code = {row.code: row for row in rows}
    faulty = replace(clean, rows=tuple(by_code.get(row.code, row) for row in clean.rows))
    also: set[Spot] = {TABLE}.union(*(whole_row(code) for code in by_code))
    return injection(clean, faulty, also)


def _second_version(
    first: Submission, clean: Submission, faulty: Submission, also: set[Spot] | None = None
) -> Injection | None:
    cells = frozenset(differences(clean, faulty))
    spots = cells | frozenset(also or set())
    return Injection((first, later(clean)), (first, later(faulty)), cells, spots) if cells else None


def _fault(family: str) -> Callable[[str, str, Inject], Fault]:
    return lambda name, title, inject: Fault(name, family, title, inject, rewrites=family == "versions")


_copy, _version, _roster = _fault("copied"), _fault("versions"), _fault("roster")
COPIES: tuple[Fault, ...] = (
    _copy("rows-of-another-pilot", "6 to 10 rows of another pilot", rows_of_another),
    _copy("table-of-another-pilot", "the whole table of another pilot", table_of_another),
    _copy("round-numbers", "every figure has one digit that counts", round_numbers),
    _copy("one-formula", "every target by one formula", one_formula),
    _version("base-changed", "version 2 has a worse base value", base_changed),
    _version("target-weakened", "version 2 has a weaker target", target_weakened),
    _version("indicator-dropped", "version 2 lacks an indicator", indicator_dropped),
    _version("flag-silenced", "version 2 has words where version 1 was wrong", flag_silenced),
    _roster("not-listed", "the pilot is not on the roster", not_listed),
    _roster("other-province", "the cover names another province", other_province),
    _roster("other-kind", "the table of the other kind", other_kind),
)
