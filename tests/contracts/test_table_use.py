"""Tables that a round makes of those in the files: without some indicators, with others, under another name."""

import pytest

from contracts.indicators import use_table
from contracts.load import load_contracts
from contracts.round_parts import TableUse

TABLES = load_contracts("first-batch").tables
CITY, PARK = TABLES["city"], TABLES["park"]


def test_a_table_without_changes_is_that_of_the_file() -> None:
    assert use_table(TableUse("city"), TABLES) is CITY


def test_sheet_and_title_are_those_of_the_file_unless_the_round_names_others() -> None:
    less = use_table(TableUse("city", without=("C26",)), TABLES)
    assert (less.sheet, less.title, less.derived) == (CITY.sheet, CITY.title, True)
    named = use_table(TableUse("city", without=("C26",), sheet="进展表", title="进展情况"), TABLES)
    assert (named.sheet, named.title) == ("进展表", "进展情况")


def test_indicators_are_left_out_and_added_and_numbered_anew() -> None:
    table = use_table(TableUse("city", without=("C02", "C26"), extra=("P01",)), TABLES)
    kept = [row.code for row in CITY.indicators if row.code not in {"C02", "C26"}]
    assert [(row.number, row.code) for row in table.indicators] == list(enumerate([*kept, "P01"], 1))
    assert table.by_code["P01"].name == PARK.by_code["P01"].name


@pytest.mark.parametrize("use", [TableUse("city", without=("C99",)), TableUse("city", extra=("P99",))])
def test_an_indicator_that_is_in_no_file_is_an_error(use: TableUse) -> None:
    with pytest.raises(KeyError, match=r"[CP]99"):
        use_table(use, TABLES)
