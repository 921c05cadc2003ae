"""A 评审意见 that a person edited is archived before it is replaced, and the next one says so."""

import io
from dataclasses import replace
from pathlib import Path

from docx import Document

from flows.publication.publish import publish
from flows.publication.reviewer_edits import archive_changes
from flows.sources.raw_listing import list_raw
from tests.support.rendered_books import opened
from tests.support.review_book import CITY, PARK, PROVINCE, review
from tests.support.review_book import publish as published
from transforms.decisions.ledger import EMPTY, Ledger, edited_documents
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.view import View

PAGE = f"opinions/{CITY}评审意见.docx"


def lines(content: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)


def run(root: Path) -> Ledger:
    """What a run does with the opinions of one province."""
    archive_changes(root / "out", root / "reviews")
    ignored = list_raw(root, "reviews")[2]
    ledger = replace(EMPTY, documents=edited_documents(one.file for one in ignored))
    publish(root / "out", root / "reviews", {PROVINCE: render_opinions(View(review(), PROVINCE, ledger))}, {})
    return ledger


def test_an_edited_opinion_is_archived_and_not_silently_replaced(tmp_path: Path) -> None:
    assert run(tmp_path) == EMPTY
    page = tmp_path / "out" / PROVINCE / PAGE
    before = page.read_bytes()
    letter = Document(io.BytesIO(before))
    letter.add_paragraph("专家组意见：目标偏低。")
    letter.save(str(page))
    edited = page.read_bytes()
    ledger = run(tmp_path)
    (kept,) = (tmp_path / "reviews" / PROVINCE).iterdir()
    assert kept.read_bytes() == edited
    assert "此前人工修改的1份已存档（见评审工作簿“审核留痕”），修改未带入本页。" in lines(page.read_bytes())
    assert lines(page.read_bytes()).startswith(lines(before))
    other = (tmp_path / "out" / PROVINCE / f"opinions/{PARK}评审意见.docx").read_bytes()
    assert "此前人工修改" not in lines(other)
    trail = opened(published(review(), ledger))["审核留痕"]
    said = [row for row in trail.iter_rows(values_only=True) if row[0] == f"reviews/{PROVINCE}/{kept.name}"]
    assert [row[1] for row in said] == ["人工修改的文件，已存档；修改未带入新文件。"]
    after = page.read_bytes()
    assert run(tmp_path) == ledger
    assert page.read_bytes() == after
