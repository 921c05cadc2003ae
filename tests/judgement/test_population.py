"""The measurement's own ground: clean submissions that are clean and as varied as reality, read as a file would be."""

import random
from collections.abc import Callable
from math import log
from statistics import correlation

import pytest

from tests.judgement.clean import read_in_parts
from tests.judgement.edits import numbers, numeric_rows
from tests.judgement.feed import read
from tests.judgement.places import CONTRACTS, part_of, places_of, with_roster
from tests.judgement.population import submissions, wanted_of
from tests.judgement.style import OTHER_UNITS
from tests.sample.layouts import official
from transforms.intake.submission import read_submission

WIDE = with_roster(300, 120)
CLEAN = submissions("population", places_of(WIDE))
FACTORS = {unit: factor for units in OTHER_UNITS.values() for unit, factor in units}


def base_values(code: str) -> list[float]:
    """In the printed unit, of every pilot that gives three numbers."""
    rows = [row for one in CLEAN for row in numeric_rows(one, [code])]
    return [numbers(row)[0] / FACTORS.get(row.unit, 1) for row in rows]


def test_the_same_seed_and_place_give_the_same_submission_whoever_else_takes_part() -> None:
    places = places_of(CONTRACTS)
    assert submissions("a", places) == submissions("a", places)
    assert submissions("a", places[7:9]) == submissions("a", places)[7:9]
    assert submissions("a", places) != submissions("b", places)


@pytest.mark.parametrize("at", [0, 3, 4, 8, 16])
def test_what_is_read_without_a_file_is_what_a_file_says(at: int) -> None:
    clean = submissions("files", places_of(CONTRACTS))[at]
    quick = read(clean)
    real = read_submission(official(clean), quick.file, CONTRACTS)
    told_by_the_file = {"file_sha256", "number_format"}
    kept = [{k: v for k, v in row.items() if k not in told_by_the_file} for row in quick.observations]
    assert kept == [{k: v for k, v in row.items() if k not in told_by_the_file} for row in real.observations]
    assert (quick.identity, quick.explained, quick.kind) == (real.identity, real.explained, real.kind)


def test_names_are_found_in_a_part_of_the_roster_as_in_the_whole() -> None:
    few = [one for one in CLEAN if one.pilot.endswith(("03市", "03经济技术开发区"))]
    assert list(read_in_parts(few, WIDE, size=2)) == [read(one, WIDE) for one in few]
    assert part_of(WIDE, places_of(WIDE)[:2]).round.quota_total < 420


def test_no_target_goes_where_it_should_not() -> None:
    for one in CLEAN:
        for row in numeric_rows(one):
            first, second, third = numbers(row)
            if wanted_of(row.code) == "up":
                assert first <= second <= third, (one.pilot, row)
            if wanted_of(row.code) == "down":
                assert first >= second >= third, (one.pilot, row)


@pytest.mark.parametrize(("energy", "carbon", "share"), [("C01", "C02", "C07"), ("P02", "P03", "P04")])
def test_carbon_is_what_the_fuels_can_give_off(energy: str, carbon: str, share: str) -> None:
    seen = 0
    for one in CLEAN:
        rows = {row.code: numbers(row) for row in numeric_rows(one, [energy, carbon, share])}
        if len(rows) < 3:
            continue
        seen += 1
        for used, emitted, clean in zip(rows[energy], rows[carbon], rows[share], strict=True):
            # Coal gives 2.8; what process emissions add stays below 3; a twentieth for rounding.
            assert emitted / used < 3.0
            assert emitted / used > 1.6 * (1 - clean / 100) * 0.55
    assert seen > 50


def test_renewables_are_part_of_non_fossil_energy() -> None:
    for one in CLEAN:
        rows = {row.code: numbers(row) for row in numeric_rows(one, ["P04", "P05"])}
        if len(rows) == 2:
            assert all(part <= whole for part, whole in zip(rows["P05"], rows["P04"], strict=True))


REACH: dict[str, tuple[str, Callable[[float], bool]]] = {
    "a steel city": ("C07", lambda value: value < 4.5),
    "a city at a dam": ("C07", lambda value: value > 45),
    "a desert": ("C24", lambda value: value < 3),
    "a forest": ("C24", lambda value: value > 68),
    "a rich service city": ("C01", lambda value: value < 0.27),
    "coal and steel": ("C01", lambda value: value > 1.6),
    "land by whole area": ("C05", lambda value: value < 0.06),
    "land by what is built on": ("C05", lambda value: value > 15),
    "a rate that is complete": ("C21", lambda value: value >= 98),
}


@pytest.mark.parametrize("name", REACH)
def test_the_population_is_as_wide_as_reality(name: str) -> None:
    code, reached = REACH[name]
    assert sum(map(reached, base_values(code))) >= 2


def test_sizes_differ_thirty_times_and_go_together() -> None:
    cars = base_values("C17")
    assert max(cars) / min(cars) > 30
    rows = [found for one in CLEAN if len(found := numeric_rows(one, ["C01", "C03"])) == 2]
    pairs = [(log(numbers(energy)[0]), log(numbers(industry)[0])) for energy, industry in rows]
    assert correlation(*zip(*pairs, strict=True)) > 0.7


def test_habits_of_writing_are_varied() -> None:
    texts = [value for one in CLEAN for row in one.rows for value in row.values if isinstance(value, str)]
    assert any(text.startswith("≥") for text in texts)
    assert any(text.endswith("左右") for text in texts)
    assert any(row.unit in FACTORS for one in CLEAN for row in one.rows)
    left_out = [one for one in CLEAN if len(one.rows) < len(CONTRACTS.tables[one.kind].indicators)]
    assert 0.1 < len(left_out) / len(CLEAN) < 0.3
    for one, as_read in zip(left_out, read_in_parts(left_out, WIDE), strict=True):
        codes = {item.code for item in CONTRACTS.tables[one.kind].indicators} - {row.code for row in one.rows}
        assert codes <= set(as_read.explained)


def test_chance_of_other_modules_does_not_matter() -> None:
    random.seed(1)
    one = submissions("a", places_of(CONTRACTS)[:1])
    random.seed(2)
    assert submissions("a", places_of(CONTRACTS)[:1]) == one
