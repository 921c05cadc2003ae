"""How real sentences and plans are read, where they are beside the repository: as the figures in the README say."""

import pytest

from contracts.load import load_contracts
from tests.real import pairs, prose, tables
from tests.support.paths import CASES

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not CASES.is_dir(), reason="the cases are beside the repository, in ../shared"),
]
CONTRACTS = load_contracts("first-batch")


@pytest.mark.parametrize(("half", "recall"), [("A", 0.96), ("B", 0.92)])
def test_targets_of_policy_papers_are_read(half: str, recall: float) -> None:
    score = prose.measure(prose.labelled(CASES / "prose.jsonl", half), CONTRACTS)
    assert score.recall >= recall
    assert score.precision >= 0.99
    assert score.names == 0
    assert score.compared == 0


def test_every_contradiction_that_was_put_in_is_found() -> None:
    assert pairs.found(CASES, CONTRACTS) == pairs.seeded(CASES)


def test_every_cell_of_a_printed_table_is_read_as_expected() -> None:
    score = tables.measure(CASES, CONTRACTS)
    assert score.wrong == []
    assert score.errors == []
