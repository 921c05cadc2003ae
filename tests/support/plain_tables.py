"""Workbooks of plain rows, for tables that no template makes."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from contracts.load import load_contracts
from transforms.intake.submission import Submission, read_submission

CONTRACTS = load_contracts("first-batch")
CITY = CONTRACTS.tables["city"]
HEAD = ("序号", "类别", "具体指标", "单位", "2022年", "2025年", "2030年")
Line = Sequence[Any]


def book(**sheets: Sequence[Line]) -> bytes:
    """Return the bytes of a workbook with these sheets."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for row, line in enumerate(lines, 1):
            for column, value in enumerate(line, 1):
                sheet.cell(row, column, value)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def city_rows(first: int = 1, last: int = 26) -> list[Line]:
    """Return rows of Table 1 by serial number, with values that differ in every cell."""
    return [
        (row.number, row.category, row.name, row.unit, row.number + 0.22, row.number + 0.25, row.number + 0.3)
        for row in CITY.indicators[first - 1 : last]
    ]


def read(content: bytes) -> Submission:
    return read_submission(content, "submissions/江苏省/盐城市.xlsx", CONTRACTS)


def values(submission: Submission) -> dict[tuple[str, int], tuple[float | None, str]]:
    """Value and qualifier by indicator and year."""
    return {(row["indicator"], row["year"]): (row["value"], row["qualifier"]) for row in submission.observations}
