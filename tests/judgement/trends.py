"""Faults of trajectory and between indicators: targets that cannot be meant, and rows that contradict each other."""

import random

from tests.judgement.edits import (
    TABLE,
    Fault,
    Inject,
    Injection,
    injection,
    like,
    numbers,
    numeric_rows,
    whole_row,
    with_values,
)
from tests.judgement.population import wanted_of
from tests.sample import YEARS, Row, Submission, put

BASE, FIRST, SECOND = YEARS
WORDS = ("完成省下达目标", "持续改善", "进一步提高", "达到国内先进水平", "在2025年基础上继续提升")


def reversed_target(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """One target 5 to 30 % worse than the base value."""
    row, at = _directed(clean, rng), rng.choice((1, 2))
    if row is None:
        return None
    part = rng.uniform(0.05, 0.3)
    base = numbers(row)[0]
    value = like(base * (1 + part if wanted_of(row.code) == "down" else 1 - part), row)
    worse = value > base * 1.02 if wanted_of(row.code) == "down" else value < base * 0.98
    return injection(clean, put(clean, row.code, YEARS[at], value)) if worse and value > 0 else None


def weaker_later(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """The second target is between base value and first target."""
    rows = [row for row in _all_directed(clean) if abs(numbers(row)[1] / numbers(row)[0] - 1) > 0.06]
    if not rows:
        return None
    row = rng.choice(rows)
    base, first, _second = numbers(row)
    value = like(first - rng.uniform(0.4, 0.8) * (first - base), row)
    if abs(value / first - 1) < 0.015:
        return None
    return injection(clean, put(clean, row.code, SECOND, value))


def column_copied(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """In most rows a target equals the year before: the block was copied over."""
    at = rng.choice((1, 2))
    faulty = clean
    for row in clean.rows:
        if rng.random() < 0.85:
            values = list(row.values)
            values[at] = values[at - 1]
            faulty = with_values(faulty, row.code, values)
    return injection(clean, faulty, {TABLE, (None, YEARS[at]), (None, YEARS[at - 1])})


def too_fast(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """In three years an intensity loses three quarters, or a city's share of energy gains thirty points; a park with
    green power of its own may do that."""
    rows = numeric_rows(clean, ["C01", "C02", "C03", "P02", "P03", "C07", "C08"])
    rows = [row for row in rows if wanted_of(row.code) == "down" or numbers(row)[0] < 30]
    if not rows:
        return None
    row = rng.choice(rows)
    base = numbers(row)[0]
    first = base * rng.uniform(0.2, 0.3) if wanted_of(row.code) == "down" else base + rng.uniform(30, 45)
    second = first * 0.85 if wanted_of(row.code) == "down" else first + 4
    values = (row.values[0], like(first, row), like(second, row))
    return injection(clean, with_values(clean, row.code, values), {(row.code, None)})


def too_slow(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """An intensity falls by a hundredth in eight years; the nation's loses more than that in one."""
    rows = numeric_rows(clean, ["C01", "C02", "C03", "P02", "P03"])
    if not rows:
        return None
    row = rng.choice(rows)
    base = numbers(row)[0]
    values = (row.values[0], like(base * 0.997, row), like(base * 0.99, row))
    return injection(clean, with_values(clean, row.code, values), {(row.code, None)})


def increment(least: float, most: float) -> Inject:
    """The first target is what will be added and not what will be there; so much of what there is."""

    def inject(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
        rows = [row for row in numeric_rows(clean, ["C11", "C17", "C10", "P11"]) if row.unit != "%"]
        rows = [row for row in rows if least < numbers(row)[1] / numbers(row)[0] - 1 < most]
        if not rows:
            return None
        row = rng.choice(rows)
        base, first, _second = numbers(row)
        return injection(clean, put(clean, row.code, FIRST, like(first - base, row)), {(row.code, None)})

    return inject


def carbon_slower(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """CO2 falls half as fast as energy although the fossil part of energy shrinks by three points and more."""
    energy, carbon, share = ("C01", "C02", "C07") if clean.kind == "city" else ("P02", "P03", "P04")
    rows = {row.code: row for row in numeric_rows(clean, [energy, carbon, share])}
    if len(rows) < 3 or numbers(rows[share])[2] - numbers(rows[share])[0] < 3:
        return None
    used, emitted = numbers(rows[energy]), numbers(rows[carbon])
    if used[2] / used[0] > 0.88:
        return None
    part = rng.uniform(0.3, 0.6)
    values = [emitted[0], *(like(emitted[0] * (now / used[0]) ** part, rows[carbon]) for now in used[1:])]
    return injection(clean, with_values(clean, carbon, values), {(carbon, None)})


def renewables_above(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """Renewables are more than all non-fossil energy, of which they are a part; in one year or in all."""
    rows = {row.code: row for row in numeric_rows(clean, ["P04", "P05"])}
    if len(rows) < 2 or numbers(rows["P04"])[2] > 60:
        return None
    factor = rng.uniform(1.15, 1.6)
    years = (0, 1, 2) if rng.random() < 0.5 else (rng.randrange(3),)
    whole = numbers(rows["P04"])
    values = [like(whole[at] * factor, rows["P04"]) if at in years else rows["P05"].values[at] for at in range(3)]
    either = {(code, YEARS[at]) for code in ("P04", "P05") for at in years}
    return injection(clean, with_values(clean, "P05", values), {*either, ("P05", None)})


def industry_below(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """Industry emits a fifth to two fifths a yuan of what the whole economy emits."""
    rows = {row.code: row for row in numeric_rows(clean, ["C02", "C03"])}
    if len(rows) < 2:
        return None
    factor = rng.uniform(0.2, 0.4)
    values = [like(value * factor, rows["C03"]) for value in numbers(rows["C02"])]
    return injection(clean, with_values(clean, "C03", values), whole_row("C03") | whole_row("C02"))


def fleet_shrinks(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """Fewer new-energy vehicles than before, while more of those sold are."""
    rows = {row.code: row for row in numeric_rows(clean, ["C16", "C17"])}
    if len(rows) < 2:
        return None
    at = rng.choice((1, 2))
    value = like(numbers(rows["C17"])[at - 1] * rng.uniform(0.6, 0.85), rows["C17"])
    return injection(clean, put(clean, "C17", YEARS[at], value), {("C17", None)})


def in_words(clean: Submission, rng: random.Random, _: Submission) -> Injection | None:
    """A target without a number."""
    row = rng.choice(clean.rows)
    return injection(clean, put(clean, row.code, rng.choice(YEARS[1:]), rng.choice(WORDS)), {(row.code, None)})


def _all_directed(clean: Submission) -> list[Row]:
    return [row for row in numeric_rows(clean) if wanted_of(row.code) != "any"]


def _directed(clean: Submission, rng: random.Random) -> Row | None:
    rows = _all_directed(clean)
    return rng.choice(rows) if rows else None


def _trend(name: str, title: str, inject: Inject) -> Fault:
    return Fault(name, "trajectory", title, inject)


TRENDS: tuple[Fault, ...] = (
    _trend("target-reversed", "one target worse than the base value", reversed_target),
    _trend("later-weaker", "the second target weaker than the first", weaker_later),
    _trend("column-copied", "most targets equal the year before", column_copied),
    _trend("pace-too-fast", "faster than any place has been", too_fast),
    _trend("pace-too-slow", "an intensity does not change", too_slow),
    _trend("increment-as-stock", "an addition where a stock is asked for", increment(0.02, 0.85)),
    Fault(
        "increment-unseen",
        "trajectory",
        "an addition larger than the stock, where a stock is asked for",
        increment(1.15, 9),
        why="it looks like a stock that grows slowly at first",
    ),
    _trend("target-in-words", "a target without a number", in_words),
    Fault("carbon-slower", "relation", "CO2 falls slower than energy, non-fossil rises", carbon_slower),
    Fault("renewables-above", "relation", "renewables above non-fossil energy", renewables_above, ("park",)),
    Fault("industry-below", "relation", "industry far cleaner than the whole economy", industry_below, ("city",)),
    Fault("fleet-shrinks", "relation", "fewer vehicles while penetration rises", fleet_shrinks, ("city",)),
)
