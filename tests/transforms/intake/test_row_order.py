"""Property: in whatever order a table has its rows and columns, it says the same."""

import io
from functools import cache

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.load import load_contracts
from tests.sample import YEARS, clean_submission
from transforms.intake.submission import read_submission

CONTRACTS = load_contracts("first-batch")
SAMPLE = clean_submission("辽宁省", "大连市")
COLUMNS = ("具体指标", "单位", *(f"{year}年" for year in YEARS), "备注", "数据来源")


def table(rows: list[int], columns: list[int]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    lines = [(row.label, row.unit, *row.values, row.remark or None, "市统计局") for row in SAMPLE.rows]
    for line in [COLUMNS, *(lines[row] for row in rows)]:
        sheet.append([line[column] for column in columns])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def meaning(content: bytes) -> dict[tuple[str, int], tuple[object, ...]]:
    submission = read_submission(content, "submissions/大连市.xlsx", CONTRACTS)
    return {
        (row["indicator"], row["year"]): (row["value"], row["unit"], row["qualifier"], row["raw_value"])
        for row in submission.observations
    }


@cache
def usual() -> dict[tuple[str, int], tuple[object, ...]]:
    return meaning(table(list(range(len(SAMPLE.rows))), list(range(len(COLUMNS)))))


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(SAMPLE.rows))), st.permutations(range(len(COLUMNS))))
def test_the_order_of_rows_and_columns_does_not_matter(rows: list[int], columns: list[int]) -> None:
    assert len(usual()) == len(SAMPLE.rows) * len(YEARS)
    assert meaning(table(rows, columns)) == usual()
