"""A small round of one province, and a reviewer: what a person does to a published review workbook."""

import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import openpyxl
import polars as pl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from contracts.review_form import FINDINGS, PILOTS, Form
from tests.sample import CONTRACTS, Value, clean_submission, layouts, put
from transforms.decisions.ledger import Ledger, ReviewFile
from transforms.decisions.merge import merge_copies
from transforms.decisions.read_review import read_review
from transforms.intake.formats.xml_parts import unescape
from transforms.intake.submission import Submission, read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.sheet_parts.cells import put as put_text
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

PROVINCE, CITY, PARK = "山西省", "太原市", "长治高新技术产业开发区"
# Four cells that can be wrong: one finding each, by indicator and year.
WORDS, NEGATIVE, PART, HUGE = (CITY, "C04", 2025), (CITY, "C09", 2025), (PARK, "P04", 2025), (CITY, "C06", 2030)
FAULTS: dict[tuple[str, str, int], Value] = {WORDS: "见附件", NEGATIVE: "-1", PART: "待定", HUGE: 150}
# What a reviewer enters about a finding, and about a pilot.
FULL = {"处理状态": "误报", "审核意见": "原件已核", "审核人": "张三", "日期": "2024-05-01"}
VERDICT = {
    "审核意见": "可行",
    "初审人": "张三",
    "初审日期": "2024-05-01",
    "复核人": "李四",
    "复核日期": "5月2日",
    "结论": "通过",
}
Fields = Mapping[str, str | None]
_Typed = tuple[tuple[str, tuple[tuple[str, str | None], ...]], ...]


def submitted(pilot: str, faults: Mapping[tuple[str, str, int], Value]) -> bytes:
    """A pilot's workbook with some cells wrong."""
    sample = clean_submission(PROVINCE, pilot)
    for (whose, code, year), value in faults.items():
        sample = put(sample, code, year, value) if whose == pilot else sample
    return layouts.official(sample)


@cache
def _read(pilot: str, faults: tuple[tuple[tuple[str, str, int], Value], ...]) -> Submission:
    return read_submission(submitted(pilot, dict(faults)), f"submissions/{PROVINCE}/{pilot}.xlsx", CONTRACTS)


def review(faults: Mapping[tuple[str, str, int], Value] = FAULTS) -> Review:
    """The round as it stands with these cells wrong."""
    return _review(tuple(sorted(faults.items(), key=lambda item: item[0])))


@cache
def _review(wrong: tuple[tuple[tuple[str, str, int], Value], ...]) -> Review:
    return review_round([_read(CITY, wrong), _read(PARK, wrong)], CONTRACTS, Provenance("0", "0"))


def key_of(fault: tuple[str, str, int], among: Review | None = None) -> str:
    """Key of the finding about a cell."""
    pilot, indicator, year = fault
    rows = (among or review()).findings.filter(pl.col("severity") != "info").iter_rows(named=True)
    (key,) = [r["finding_key"] for r in rows if (r["pilot"], r["indicator"], r["year"]) == (pilot, indicator, year)]
    return str(key)


def publish(now: Review, ledger: Ledger = Ledger(), province: str | None = PROVINCE) -> bytes:  # noqa: B008 - frozen
    """The workbook that a reviewer gets."""
    return render_review_workbook(View(now, province, ledger))


@cache
def book_as_published() -> bytes:
    """The workbook before a reviewer has written anything."""
    return publish(review())


def take_back(content: bytes, name: str = "a.xlsx") -> ReviewFile:
    """Read a workbook that a reviewer sent back."""
    return read_review(content, f"reviews/{PROVINCE}/{name}", CONTRACTS)


def merged(contents: Iterable[bytes], now: Review | None = None) -> Ledger:
    """What stands in all of these together."""
    copies = [take_back(content, f"{hashlib.sha256(content).hexdigest()[:8]}.xlsx") for content in contents]
    return merge_copies(copies, now or review())


def opened(content: bytes) -> Workbook:
    """The workbook as openpyxl has it."""
    return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: Workbook) -> bytes:
    """Its bytes."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def edited(content: bytes, change: Callable[[Workbook], object]) -> bytes:
    """The workbook after a person did something to it."""
    book = opened(content)
    change(book)
    return saved(book)


def columns(sheet: Worksheet) -> dict[str, int]:
    """Columns by title."""
    return {str(cell.value): cell.column for cell in sheet[1]}


def row_of(sheet: Worksheet, form: Form, key: str) -> int:
    """The row with this key."""
    column = columns(sheet)[form.key]
    return next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, column).value == key)


def fill_in(
    content: bytes, findings: Mapping[str, Fields] | None = None, pilots: Mapping[str, Fields] | None = None
) -> bytes:
    """Write into fields: of findings by key, of pilots by name, each by the title of its column."""
    wanted = [{name: tuple(fields.items()) for name, fields in (some or {}).items()} for some in (findings, pilots)]
    return _fill_in(content, *(tuple(some.items()) for some in wanted))


@cache
def _fill_in(content: bytes, findings: _Typed, pilots: _Typed) -> bytes:
    def change(book: Workbook) -> None:
        for key, fields in findings:
            write(book[FINDINGS.sheet], row_of(book[FINDINGS.sheet], FINDINGS, key), dict(fields))
        for pilot, fields in pilots:
            sheet = book[PILOTS.sheet]
            row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, 1).value == pilot)
            write(sheet, row, dict(fields))

    return edited(content, change)


def filled(findings: Mapping[str, Fields] | None = None, pilots: Mapping[str, Fields] | None = None) -> bytes:
    """The workbook as published, filled in."""
    return fill_in(book_as_published(), findings, pilots)


def write(sheet: Worksheet, row: int, fields: Fields) -> None:
    """Type into a row; text stays text, as in cells formatted so."""
    for title, text in fields.items():
        put_text(sheet, row, columns(sheet)[title], text)


def shown(content: bytes, key: str) -> dict[str, object]:
    """A finding's row by title."""
    titles, *rows = _rows(content, FINDINGS.sheet)
    column = titles.index(FINDINGS.key)
    values = dict(zip(map(str, titles), next(row for row in rows if row[column] == key), strict=True))
    # Which openpyxl leaves to its caller.
    return {title: unescape(value) if isinstance(value, str) else value for title, value in values.items()}


def texts(content: bytes, sheet: str) -> list[str]:
    """Everything on a sheet."""
    return [str(value) for row in _rows(content, sheet) for value in row if value is not None]


@cache
def _rows(content: bytes, sheet: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(io.BytesIO(content), read_only=True)[sheet].iter_rows(values_only=True))
