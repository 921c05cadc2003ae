"""Workbooks with one indicator table of any shape, and what is read and found in them."""

import io
from collections.abc import Sequence
from typing import Any

import openpyxl

from contracts.load import load_contracts
from tests.support.self_checked import check_workbook
from transforms.intake.submission import Submission, read_submission

CONTRACTS = load_contracts("first-batch")
YEARS = CONTRACTS.round.years
CITY = CONTRACTS.tables["city"]
PARK = CONTRACTS.tables["park"]
NOWHERE = "submissions/a.xlsx"

Line = Sequence[Any]


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(content: bytes, file: str = NOWHERE) -> Submission:
    return read_submission(content, file, CONTRACTS)


def by_place(submission: Submission) -> dict[tuple[str, int], dict[str, Any]]:
    return {(row["indicator"], row["year"]): row for row in submission.observations}


def found_by(content: bytes, name: str = "a.xlsx") -> list[tuple[str, str | None, int | None]]:
    """What is found in how the file is made and read; the figures here are made up, and how they move is no matter."""
    found = check_workbook(content, name, CONTRACTS)
    return [(row["rule"], row["indicator"], row["year"]) for row in found if _about_reading(row["rule"])]


def _about_reading(rule: str) -> bool:
    return (
        CONTRACTS.rules[rule].family in {"file", "table", "complete", "value", "unit", "submission"}
        and rule != "SCOPE-UNSTATED"
    )


def table(
    lines: Sequence[Line],
    *,
    top: int = 1,
    left: int = 1,
    above: Sequence[str] = ("唐山市碳达峰试点建设指标",),
    header: Sequence[Line] = (("序号", "类别", "具体指标", "单位", *(f"{year}年" for year in YEARS), "备注"),),
) -> bytes:
    """A workbook with one table: `above` and `header` from row `top`, then `lines`."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row, line in enumerate([*([text] for text in above), *header, *lines], top):
        for column, value in enumerate(line, left):
            sheet.cell(row, column, value)
    return saved(book)


def printed(*changes: Line) -> list[list[Any]]:
    """All rows of Table 1 with plausible values; `changes` are rows of other words, by serial number."""
    rows = [[row.number, row.category, row.name, row.unit, *usual(row.code), None] for row in CITY.indicators]
    for change in changes:
        rows[change[0] - 1] = list(change)
    return rows


def usual(code: str) -> tuple[float, float, float]:
    """Values that no rule has anything to say about."""
    indicator = CITY.by_code[code]
    low, high = indicator.scales[indicator.unit].plausible
    lower, upper = (low * 3 + high) / 4, (low + high * 3) / 4
    rising = (round(lower, 3), round((low + high) / 2, 3), round(upper, 3))
    return rising[::-1] if indicator.wanted == "down" else rising


def expect_all_values(content: bytes) -> None:
    values = {place: row["value"] for place, row in by_place(read(content)).items()}
    codes = [row.code for row in CITY.indicators]
    assert values == {(code, year): value for code in codes for year, value in zip(YEARS, usual(code), strict=True)}
    assert found_by(content) == []
