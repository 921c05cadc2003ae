"""Review workbooks of the sample round and of rounds made of it, rendered once in a process."""

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.workbook import Workbook

from tests.sample import CONTRACTS, add, clean_submission, layouts, put
from tests.sample import Submission as Sample
from tests.sample.__main__ import ARRIVALS
from tests.support.sample_round import content_of, reviewed, whole_round
from transforms.intake.submission import Submission, read_submission
from transforms.pipeline import Review
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

NATION = None
CONTACT = "模拟联系人"
HOSTILE = ('=HYPERLINK("http://x.example","点击")', "+1+1", "-1+1", "@SUM(A1)", "#REF!", "{=1}", "\t=1")


@cache
def files() -> dict[str, bytes]:
    """Read the sample round from data/raw."""
    return {f"submissions/{arrival.path}": content_of(arrival) for arrival in ARRIVALS}


@cache
def submissions() -> tuple[Submission, ...]:
    return tuple(read_submission(content, file, CONTRACTS) for file, content in files().items())


@cache
def rendered(province: str | None) -> bytes:
    return render_review_workbook(View(whole_round(), province))


def opened(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


@cache
def book(province: str | None) -> Workbook:
    return opened(rendered(province))


def cells(book: Workbook) -> Iterator[Cell]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def as_text(content: bytes) -> bytes:
    """Turn what openpyxl took for formulas and errors into text, as a person's leading apostrophe does."""
    book = opened(content)
    for cell in cells(book):
        if cell.data_type in {"f", "e"}:
            cell.data_type = "s"
    book["指标表"].title = "=1+1 '表'"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def hostile_sample(text: str) -> Sample:
    """A submission in which everything that a person can type begins with the same hostile text."""
    sample = clean_submission("河北省", "唐山市")
    sample = replace(sample, pilot=f"{text}高新区", date=text, version=text)
    sample = add(sample, f"{text}指标", text, (text, text, 1), text)
    return put(put(sample, "C01", 2022, text), "C11", 2025, f"{text}千瓦")


@cache
def hostile_round() -> Review:
    read = [
        read_submission(
            as_text(layouts.with_sources(hostile_sample(text))),
            f"submissions/河北省/{number}/{text.replace('/', '')}.xlsx",
            CONTRACTS,
        )
        for number, text in enumerate(HOSTILE)
    ]
    assert [one.fault for one in read] == [None] * len(HOSTILE)
    return reviewed(read)


@cache
def without_henan() -> Review:
    return reviewed(one for one in submissions() if "河南省" not in one.file)
