"""Templates for one city and one park, opened as a submitter does."""

import io
from collections.abc import Iterator
from functools import cache

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook

from contracts.load import load_contracts
from tests.support.saved import saved
from transforms.reports.template.workbook import render_template

CONTRACTS = load_contracts("first-batch")
YEARS = CONTRACTS.round.years
PILOTS = {"city": ("湖北省", "襄阳市"), "park": ("安徽省", "合肥高新技术产业开发区")}
KINDS = pytest.mark.parametrize("kind", PILOTS)
LONG = "很长的试点名称" * 43  # 301 characters
EXTREME = ('=HYPERLINK("x")', "+1+1", "@SUM(A1)", "#REF!", LONG[:300])


@cache
def blank(kind: str, pilot: str | None = None) -> Workbook:
    """The template as it arrives: saved and opened again. No test may change it."""
    province, name = PILOTS[kind]
    book = render_template(CONTRACTS.tables[kind], CONTRACTS.round, pilot=pilot or name, province=province)
    return openpyxl.load_workbook(io.BytesIO(saved(book)))


def cells(book: Workbook) -> Iterator[Cell]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from row
