"""Columns of progress tables: base, 实际值 of several years, targets beside them."""

import pytest

from contracts.load import load_contracts
from tests.sample.progress import CONTRACTS
from transforms.intake.cells import Cell, Sheet
from transforms.intake.formats import Workbook
from transforms.intake.submission import Submission, read_sheets

PLAN = load_contracts("first-batch")
VALUES = {"C01": (0.50, 0.48, 0.47, 0.46, 0.45, 0.40), "C07": (20.0, 21.0, 22.0, 23.5, 24.0, 31.0)}
AS_PRINTED = (0, 1, 2, 3, 4, 5)
Head = tuple[tuple[str | None, ...], ...]


def table(heads: Head, order: tuple[int, ...] = (0, 1, 2, 3, 4, 5)) -> Submission:
    """A workbook of 杭州市 with these header rows over its value columns, read in the progress round."""
    cells = {(1, 1): "浙江省杭州市碳达峰试点进展"}
    top = 2
    for at, head in enumerate(heads, top):
        cells |= {(at, column): text for column, text in enumerate(head, 3) if text}
    cells |= {(top, 1): "具体指标", (top, 2): "单位"}
    for at, row in enumerate(CONTRACTS.tables["city"].indicators[:8], top + len(heads)):
        cells |= {(at, 1): row.name, (at, 2): row.unit}
        numbers = VALUES.get(row.code, (10.0, 11.0, 12.0, 13.0, 14.0, 15.0))
        cells |= {(at, column): numbers[place] for column, place in enumerate(order, 3)}  # type: ignore[misc]
    held = {
        (row, column): Cell(row, column, "text", value)
        if isinstance(value, str)
        else Cell(row, column, "number", f"{value:g}", value)
        for (row, column), value in cells.items()
    }
    return read_sheets(Workbook((Sheet("表1", held),), "xlsx"), "submissions/杭州市.xlsx", "0" * 64, CONTRACTS)


@pytest.mark.parametrize(
    ("heads", "order"),
    [
        ((("2022年", "2023年实际值", "2024年实际值", "2025年实际值", "2025年目标值", "2030年目标值"),), AS_PRINTED),
        ((("2022年（基期）", "2023年", "2024年", "2025年", "2025年目标", "2030年目标"),), AS_PRINTED),
        ((("2022年", "2025年目标值", "2030年目标值", "2023年完成", "2024年完成", "2025年完成"),), (0, 4, 5, 1, 2, 3)),
        (
            (("2022年", "2023年", "2024年", "2025年", None, "2030年"), ("", "实际", "实际", "目标", "实际", "目标")),
            (0, 1, 2, 4, 3, 5),
        ),
        ((("2022年", "2023年", "2024年", "2025年", "2025年（目标）", "2030年"),), AS_PRINTED),
        # 目标值 above 2025年 and 2030年, 实际值 above the others.
        (
            (("基期值", "实际值", None, None, "目标值"), ("2022年", "2023年", "2024年", "2025年", "2025年", "2030年")),
            AS_PRINTED,
        ),
        # 2025年 alone beside 2025年实际, and an expected value beside the actual one.
        ((("2022年", "2023年实际", "2024年实际", "2025年实际", "2025年目标", "2030年"),), AS_PRINTED),
    ],
)  # fmt: skip
def test_actual_values_and_targets_of_one_year_are_told_apart(heads: Head, order: tuple[int, ...]) -> None:
    rows = [one for one in table(heads, order).observations if one["indicator"] == "C07"]
    assert {(one["year"], one["role"]): one["value"] for one in rows} == {
        (2022, "base"): 20.0, (2023, "actual"): 21.0, (2024, "actual"): 22.0, (2025, "actual"): 23.5,
        (2025, "target"): 24.0, (2030, "target"): 31.0,
    }  # fmt: skip
    assert [one["year"] for one in rows if one["restated"]] == [2025, 2030]
    assert not any(one["year_twice"] for one in rows)


def test_a_target_is_no_actual_value() -> None:
    """Only a column 2025年目标值: the year's actual value is missing."""
    heads = (("2022年", "2023年实际值", "2024年实际值", "2025年目标值"),)
    rows = [one for one in table(heads, (0, 1, 2, 4)).observations if one["indicator"] == "C07"]
    assert [(one["role"], one["value"], one["qualifier"]) for one in rows if one["year"] == 2025] == [
        ("target", 24.0, "exact"),
        ("actual", None, "missing"),
    ]


def test_two_columns_with_actual_values_of_a_year_are_still_named_twice() -> None:
    heads = (("2022年", "2023年实际值", "2024年实际值", "2025年实际值", "2025年完成值", "2025年目标值"),)
    rows = [one for one in table(heads).observations if one["indicator"] == "C07"]
    assert [one["year"] for one in rows if one["year_twice"]] == [2025]


@pytest.mark.parametrize("other", ["2025年", "2025年预计值", "2025年（预计）"])
def test_the_column_of_actual_values_counts_whatever_else_names_its_year(other: str) -> None:
    heads = (("2022年", "2023年实际值", "2024年实际值", other, "2025年实际值", "2030年目标值"),)
    rows = [one for one in table(heads, (0, 1, 2, 4, 3, 5)).observations if one["indicator"] == "C07"]
    (due,) = [one for one in rows if one["year"] == 2025]
    assert (due["role"], due["value"], due["year_twice"], due["estimate"]) == ("actual", 23.5, False, False)


@pytest.mark.parametrize(
    ("heads", "years"),
    [
        (("2022年", "2025年", "2030年"), (2022, 2030)),  # the table of the plan round: no actual value
        (("2022年", "2025年目标值", "2030年目标值"), (2022, 2030)),
        (("2022年", "2025年实际值", "2030年目标值"), (2022, 2025, 2030)),
    ],
)
def test_the_table_of_the_plan_round_has_no_actual_values(heads: tuple[str, ...], years: tuple[int, ...]) -> None:
    found = table((heads,), (0, 4, 5))
    assert found.years == years
    rows = [one for one in found.observations if one["indicator"] == "C07"]
    actual = {one["year"]: one["value"] for one in rows if one["role"] == "actual"}
    assert actual == {2023: None, 2024: None, 2025: 24.0 if 2025 in years else None}


def test_expected_values_are_marked() -> None:
    heads = (("2022年", "2023年实际值", "2024年实际值", "2025年预计值", "2025年目标值", "2030年目标值"),)
    rows = [one for one in table(heads).observations if one["indicator"] == "C07"]
    assert [(one["year"], one["role"]) for one in rows if one["estimate"]] == [(2025, "actual")]
