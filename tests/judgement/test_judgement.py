"""The measurement in short, on seeds of its own: what the flags reach today is the least that they reach tomorrow."""

import pytest

from tests.judgement.clean import Clean, measure_clean, measure_population
from tests.judgement.edits import TABLE, Fault
from tests.judgement.faults import FAULTS
from tests.judgement.measure import Score, measure_faults, measure_ranking
from tests.judgement.rounds import Finding

pytestmark = pytest.mark.judgement
SEED = "short 1"
EACH = 3
# Least share found at the right cell, of classes that a careful person could see. All others: all of them.
GOALS: dict[str, float] = {}
# Of the ten faulty pilots of a round, named by the first ten rows.
NAMED = 9.0


@pytest.fixture(scope="module")
def scores() -> dict[str, Score]:
    return {score.name: score for score in measure_faults(FAULTS, EACH, SEED)}


@pytest.fixture(scope="module")
def clean() -> Clean:
    return measure_clean(105, SEED)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault.visible], ids=lambda fault: fault.name)
def test_faults_are_found_at_their_cell(fault: Fault, scores: dict[str, Score]) -> None:
    score = scores[fault.name]
    assert score.n == EACH
    assert score.cell / score.n >= GOALS.get(fault.name, 1), score.examples


def test_clean_submissions_have_no_blocker_and_no_error(clean: Clean) -> None:
    assert clean.per_submission("blocker") == clean.per_submission("error") == 0, clean.rules.most_common(5)


def test_of_ten_clean_submissions_at_most_one_has_a_warning(clean: Clean) -> None:
    assert clean.per_submission("warning") <= 0.1, clean.rules.most_common(5)


@pytest.mark.parametrize(("cities", "parks", "provinces"), [(2, 1, 1), (0, 12, 4), (12, 0, 4)])
def test_small_and_one_sided_rounds_work(cities: int, parks: int, provinces: int) -> None:
    found = measure_population(cities, parks, provinces, SEED)
    assert found.per_submission("blocker") == found.per_submission("error") == 0
    assert found.per_submission("warning") <= 1


@pytest.mark.slow
def test_the_first_ten_findings_name_those_who_are_faulty() -> None:
    ranking = measure_ranking([fault for fault in FAULTS if fault.visible], 3, SEED)
    assert ranking.mean(ranking.cover) >= NAMED


def test_a_finding_elsewhere_is_no_hit() -> None:
    score = Score("a class")
    here: Finding = {"indicator": "C01", "year": 2025, "severity": "info"}
    row: Finding = {"indicator": "C01", "year": None, "severity": "error"}
    score.add([here], frozenset({("C01", 2025)}), "a hit that is only an info")
    score.add([row], frozenset({("C01", 2025)}), "the row")
    score.add([here], frozenset({TABLE}), "a cell where the whole table is meant")
    score.add([], frozenset({("C01", 2025)}), "nothing")
    assert (score.n, score.cell, score.serious, score.pilot, score.missed) == (4, 1, 0, 3, 1)
    assert score.examples == ["the row", "a cell where the whole table is meant", "nothing"]
