"""A plan's own table against the workbook's: the same figure in other print or another unit says the same."""

import pytest

from transforms.plans.compare import PLAN, WORKBOOK, Row, as_rows, compare_tables


def cell(raw: str | None, value: float | None, unit: str | None = "%", qualifier: str = "exact", **more: object) -> Row:
    row = {"indicator": "C07", "year": 2025, "label_key": "", "twice": False}
    return row | {"raw_value": raw, "value": value, "unit": unit, "qualifier": qualifier} | more


@pytest.mark.parametrize(
    ("plan", "workbook", "same"),
    [
        (cell("21.5%", 21.5), cell("21.5", 21.5), True),
        (cell("21.50", 21.5), cell("21.5", 21.5), True),
        (cell("21.5", 21.5), cell("21.52", 21.52), True),  # rounded in the plan: a thousandth
        (cell("21.5", 21.5), cell("21.6", 21.6), False),
        (cell("21.5", 21.5), cell("22", 22.0), False),
        (cell("5万", 50000.0, "辆"), cell("50000", 50000.0, "辆"), True),
        (cell("50", 50.0, "%"), cell("50.0", 50.0, "辆"), False),
        (cell("稳步提高", None, None, "qualitative"), cell("持续提高", None, None, "qualitative"), True),
        (cell("稳步提高", None, None, "qualitative"), cell("—", None, None, "missing"), False),
        (cell("稳步提高", None, None, "qualitative"), cell("21.5", 21.5), False),
        (cell("21.5", 21.5), cell("稳步提高", None, None, "qualitative"), False),
        (cell("21.5", 21.5), cell(None, None, None, "missing"), True),  # nothing to compare with
        (cell("21.5", 21.5), cell("22", 22.0, year=2030), True),
        (cell("21.5", 21.5, twice=True), cell("22", 22.0), True),
    ],
)
def test_cells_that_say_something_else_are_listed(plan: Row, workbook: Row, *, same: bool) -> None:
    found = list(compare_tables(as_rows([plan], PLAN), as_rows([workbook], WORKBOOK)))
    assert found == ([] if same else [(plan, workbook)])


def test_indicators_that_a_pilot_added_are_compared_by_their_name() -> None:
    plan = cell("5", 5.0, "吨", indicator="X-1", label_key="绿氢年产量")
    others = [
        cell("7", 7.0, "吨", indicator="X-1", label_key="风机台数"),
        cell("6", 6.0, "吨", indicator="X-2", label_key="绿氢年产量"),
    ]
    assert list(compare_tables(as_rows([plan], PLAN), as_rows(others, WORKBOOK))) == [(plan, others[1])]
