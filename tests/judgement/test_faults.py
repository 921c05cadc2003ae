"""Every fault changes exactly the cells that it says, and by as much as it says."""

import random
from collections.abc import Iterator
from functools import cache

import pytest

from tests.judgement.edits import TABLE, Fault, Injection, differences, numbers
from tests.judgement.faults import FAULTS
from tests.judgement.places import CONTRACTS, places_of
from tests.judgement.population import submissions
from tests.sample import YEARS, Submission

# How many cells, rows and years a class may change: least and most.
ONE, ROW = ((1, 1), (1, 1), (1, 1)), ((2, 3), (1, 1), (2, 3))
EXTENT: dict[str, tuple[tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    "years-in-row-swapped": ((2, 2), (1, 1), (2, 2)),
    "year-columns-swapped": ((16, 52), (8, 26), (2, 2)),
    "neighbours-swapped": ((5, 6), (2, 2), (3, 3)),
    "column-shifted": ((2, 8), (2, 8), (1, 1)),
    "value-dragged": ((2, 5), (2, 5), (1, 1)),
    "column-copied": ((5, 26), (5, 26), (1, 1)),
    "pace-too-fast": ((2, 2), (1, 1), (2, 2)),
    "pace-too-slow": ((2, 2), (1, 1), (2, 2)),
    "carbon-slower": ((2, 2), (1, 1), (2, 2)),
    "renewables-above": ((1, 3), (1, 1), (1, 3)),
    "industry-below": ((3, 3), (1, 1), (3, 3)),
    "rows-of-another-pilot": ((12, 30), (6, 10), (3, 3)),
    "table-of-another-pilot": ((26, 78), (10, 26), (3, 3)),
    "round-numbers": ((12, 78), (7, 26), (3, 3)),
    "one-formula": ((12, 52), (6, 26), (2, 2)),
    "indicator-dropped": ((3, 3), (1, 1), (3, 3)),
}
ROSTER = {fault.name for fault in FAULTS if fault.family == "roster"}
TABLES = [fault for fault in FAULTS if fault.name not in ROSTER]


@cache
def cleans(seed: int) -> tuple[Submission, ...]:
    return submissions(f"faults {seed}", places_of(CONTRACTS))


def injections(fault: Fault, seeds: int = 12) -> Iterator[Injection]:
    for seed in range(seeds):
        clean = cleans(seed)
        rng = random.Random(f"{fault.name} {seed}")
        one = rng.choice([one for one in clean if one.kind in fault.kinds])
        donor = next(other for other in clean if other.kind == one.kind and other.pilot != one.pilot)
        if found := fault.inject(one, rng, donor):
            yield found


@pytest.mark.parametrize("fault", TABLES, ids=lambda fault: fault.name)
def test_a_fault_changes_the_cells_that_it_says(fault: Fault) -> None:
    cells, rows, years = EXTENT.get(fault.name) or (ROW if fault.name.startswith("row-") else ONE)
    found = list(injections(fault))
    assert len(found) >= 3
    for one in found:
        assert one.changed == differences(one.before[-1], one.after[-1])
        assert one.changed <= one.spots
        assert one.before[:-1] == one.after[:-1]
        assert cells[0] <= len(one.changed) <= cells[1], one.changed
        assert rows[0] <= len({code for code, _ in one.changed}) <= rows[1]
        assert years[0] <= len({year for _, year in one.changed}) <= years[1]


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.slip], ids=lambda fault: fault.name)
def test_a_slip_is_as_large_as_it_says(fault: Fault) -> None:
    for one in injections(fault):
        for code, year in one.changed:
            at = YEARS.index(year or 0)
            values = [numbers(file.row(code or ""))[at] for file in (one.before[-1], one.after[-1])]
            assert max(values) / min(values) == pytest.approx(fault.slip, rel=0.01)


@pytest.mark.parametrize("name", sorted(ROSTER))
def test_a_fault_of_the_roster_is_about_the_whole_submission(name: str) -> None:
    fault = next(fault for fault in FAULTS if fault.name == name)
    for one in injections(fault, 2):
        assert one.spots == {TABLE}
        assert one.before != one.after


def test_classes_have_names_of_their_own_and_reasons_where_they_cannot_be_seen() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 24
    assert sum(not fault.visible for fault in FAULTS) < len(FAULTS) / 8
