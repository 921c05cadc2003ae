"""Any text of a submission can be written into every output, and replaced characters are reported at their cell."""

import csv
import io
import json
import re
from collections.abc import Mapping

import openpyxl
import polars as pl
import pytest
from docx import Document
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.sample import CONTRACTS
from tests.support.odd_texts import ODD, escaped, with_text
from tests.support.plan_cases import draft, word_headings
from tests.support.review_book import (
    CITY,
    PROVINCE,
    WORDS,
    edited,
    fill_in,
    key_of,
    publish,
    review,
    submitted,
    take_back,
)
from transforms.decisions.ledger import Ledger, ReviewFile
from transforms.decisions.merge import merge_copies
from transforms.decisions.metadata import PublishedWorkbook, from_rows, to_rows
from transforms.intake.cells import Cell
from transforms.intake.formats import read_workbook
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.plans.read_plan import read_plan
from transforms.reports.files.round_files import NATIONAL, round_files
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook
from transforms.safe_text import repair_surrogates

HALF, WHOLE = "\ud83d", "\U0001f600"
# Every character there is, halves of characters and unassigned ones too.
TEXTS = st.text(st.characters(codec=None), max_size=40)


def everything_of(now: Review, ledger: Ledger = Ledger()) -> dict[str, bytes]:  # noqa: B008 - frozen
    """All that is made of a round."""
    view, nation = View(now, PROVINCE, ledger), View(now, None, ledger)
    files = render_notices(view) | render_opinions(view) | {"report.docx": render_report(view)}
    files |= round_files(now, ledger, [], [], {NATIONAL: render_review_workbook(nation)}, [])
    return files | {"book.xlsx": render_review_workbook(view)}


def open_all(files: Mapping[str, bytes]) -> None:
    """Read back what was made, each with a reader of its own."""
    for name, content in files.items():
        if name.endswith(".xlsx"):
            openpyxl.load_workbook(io.BytesIO(content))
        elif name.endswith(".docx"):
            Document(io.BytesIO(content))
        elif name.endswith(".parquet"):
            frame = pl.read_parquet(io.BytesIO(content))
            assert frame.height or name == "plan_targets.parquet"  # without a plan there is no target
        elif name.endswith(".csv"):
            assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        elif name.endswith(".json"):
            json.loads(content)
        else:
            assert content.decode()


@settings(max_examples=1, deadline=None)
@given(TEXTS)
@example(ODD + HALF)
def test_any_text_in_any_cell_goes_into_everything(text: str) -> None:
    content, names = (
        with_text(submitted(CITY, {}), text),
        f"submissions/{PROVINCE}/{repair_surrogates(ODD).replace('/', '')}.xlsx",
    )
    submission = read_submission(content, names, CONTRACTS)
    plan = read_plan(word_headings(draft()), f"{names}.docx", CONTRACTS)
    now = review_round([submission], CONTRACTS, Provenance("0", "0"), [plan])
    assert now.complete
    open_all(everything_of(now))


@settings(max_examples=10, deadline=None)
@given(TEXTS)
@example(ODD)
def test_any_text_that_is_read_can_be_written_and_only_halves_are_lost(text: str) -> None:
    content = with_text(submitted(CITY, {}), text, {"说明": ("A3",)})
    (sheet,) = (sheet for sheet in read_workbook(content).sheets if sheet.name == "说明")
    read = sheet.cells.get((3, 1), Cell(3, 1, "blank", "")).text
    read.encode()
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    assert re.sub("\r\n?", "\n", read) == re.sub("\r\n?", "\n", whole)


def test_two_halves_are_one_character() -> None:
    assert repair_surrogates(f"a{HALF}\ude00b{HALF}c\ude00") == f"a{WHOLE}b\ufffdc\ufffd"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_half_in_a_text_file_costs_one_character(encoding: str) -> None:
    content = f"指标,说明\n{HALF}1,2\n".encode(encoding, "surrogatepass")
    (sheet,) = read_workbook(content).sheets
    assert sheet.cells[2, 1].text == "\ufffd1"


def test_what_was_lost_is_told_at_its_cells() -> None:
    content = with_text(submitted(CITY, {}), f"约{HALF}7", {"表1": ("F8", "H7"), "说明": ("C3", "C4")})
    now = review_round(
        [read_submission(content, f"submissions/{PROVINCE}/{CITY}.xlsx", CONTRACTS)], CONTRACTS, Provenance("0", "0")
    )
    found = now.findings.filter(pl.col("rule") == "FILE-TEXT").sort("cell").to_dicts()
    assert [(one["sheet"], one["cell"], one["indicator"], one["year"]) for one in found] == [
        ("表1", "F8", "C06", 2025),
        ("表1", "H7", None, None),
    ]
    assert found[0]["raw_value"] == "约\ufffd7"
    assert "表1!H7、说明!C3、说明!C4" in found[1]["message"]
    assert {one["severity"] for one in found} == {"info"}


def reviewed(text: str) -> ReviewFile:
    """A reviewer's workbook with a text typed into both forms."""
    content = fill_in(publish(review()), {key_of(WORDS): {"审核意见": "@"}}, {CITY: {"审核意见": "@"}})

    def change(book: openpyxl.Workbook) -> None:
        for row in (cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value == "@"):
            row.value, row.data_type = escaped(text), "s"

    return take_back(edited(content, change))


def test_any_text_of_a_reviewer_goes_into_everything_and_what_is_lost_is_told() -> None:
    copy = reviewed(f"同意{HALF}，{ODD}")
    assert copy.fault is None
    assert any((decision["opinion"] or "").startswith("同意\ufffd，") for decision in copy.decisions)
    assert sum("无法显示的字符" in remark.text for remark in copy.remarks) == 2
    open_all(everything_of(review(), merge_copies([copy], review())))


def test_a_forged_sheet_cannot_spell_out_a_half() -> None:
    forged = PublishedWorkbook("r", "p", "c", "c", (), {"key": {"message": f"约{HALF}7"}}, {}, {})
    assert from_rows(to_rows(forged)).findings == {"key": {"message": "约\ufffd7"}}
