"""Correction notices and marked tables, of a few workbooks or of the sample round, and what is in them."""

import io
import zipfile
from dataclasses import replace
from functools import cache

import docx

from tests.sample import CONTRACTS, Submission, clean_submission, layouts, put
from tests.support.rendered_books import opened
from tests.support.sample_round import whole_round
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.view import View

FILE = "submissions/河北省/唐山市报送/指标表.xlsx"
LETTER, COPY = "notices/唐山市补正通知.docx", "notices/唐山市问题标注.xlsx"
GOOD = clean_submission("河北省", "唐山市")


@cache
def review_of(*contents: bytes, file: str = FILE, roster: bool = True) -> Review:
    """A review of files; without a roster, pilots of any name get letters."""
    bare = tuple(one if roster else replace(one, pilots=()) for one in CONTRACTS.round.provinces)
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, provinces=bare, plan_required=False))
    files = [file, *(file.replace(".xlsx", f"{at}.xlsx") for at in range(2, len(contents) + 1))]
    read = [read_submission(content, name, CONTRACTS) for content, name in zip(contents, files, strict=True)]
    return review_round(read, contracts, Provenance("0", "0"))


@cache
def notices(*samples: Submission, layout=layouts.official) -> dict[str, bytes]:
    return render_notices(View(review_of(*map(layout, samples)), "河北省"))


def paragraphs(content: bytes) -> list[str]:
    found = [paragraph.text.replace("\n", "") for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
    return [text for text in found if text]


def annex(content: bytes) -> list[list[str]]:
    (table,) = docx.Document(io.BytesIO(content)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def everything(content: bytes) -> str:
    """All text of a letter or a workbook, comments too."""
    if content[:2] == b"PK" and "word/document.xml" in zipfile.ZipFile(io.BytesIO(content)).namelist():
        return "\n".join([*paragraphs(content), *(text for row in annex(content) for text in row)])
    texts = []
    for sheet in opened(content).worksheets:
        for row in sheet.iter_rows():
            texts += [str(cell.value) for cell in row if cell.value is not None]
            texts += [cell.comment.text for cell in row if cell.comment]
    return "\n".join(texts)


def many_wrong() -> Submission:
    sample = GOOD
    for at, row in enumerate(GOOD.rows):
        sample = put(put(sample, row.code, 2022, "见附件"), row.code, 2025, "持续提高")
        sample = put(sample, row.code, 2030, None if at % 2 else "#DIV/0!")
    return sample


@cache
def of_the_round() -> dict[tuple[str, str], bytes]:
    """All that the sample round sends back, by province and path."""
    return {
        (province, path): content
        for province in CONTRACTS.round.quotas
        for path, content in render_notices(View(whole_round(), province)).items()
    }
