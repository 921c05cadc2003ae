"""The measurement of progress rounds in short: recall at the right cell, and silence about clean reports."""

import pytest

from tests.judgement.progress_faults import FAULTS
from tests.judgement.progress_measure import CleanRounds, ProgressScore, measure_clean, measure_progress

pytestmark = [pytest.mark.judgement, pytest.mark.slow]
SEED, EACH = "short 1", 2


@pytest.fixture(scope="module")
def scores() -> dict[str, ProgressScore]:
    return measure_progress(FAULTS, EACH, SEED)


@pytest.fixture(scope="module")
def clean() -> CleanRounds:
    return measure_clean(2, SEED)


@pytest.mark.parametrize("name", [fault.name for fault in FAULTS if not fault.why])
def test_faults_of_progress_are_found_at_their_cell(name: str, scores: dict[str, ProgressScore]) -> None:
    assert (scores[name].n, scores[name].cell) == (EACH, EACH), scores[name].missed


def test_clean_reports_have_no_error_and_hardly_a_warning(clean: CleanRounds) -> None:
    assert clean.per_report("blocker") == clean.per_report("error") == 0, clean.found.most_common(5)
    assert clean.per_report("warning") <= 0.1, clean.found.most_common(5)
