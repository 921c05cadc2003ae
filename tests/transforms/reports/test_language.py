"""All texts that people read are official Chinese: those of the YAML files, and those of the sample round's files."""

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest
import yaml
from docx import Document

from contracts.load import DEFINITIONS
from contracts.review_form import STATES
from tests.sample import CONTRACTS
from tests.support.chinese import faults
from tests.support.one_in import one_in
from tests.support.rendered_books import rendered
from tests.support.sample_round import whole_round
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.overview.overview import render_overview
from transforms.reports.template.workbook import render_template
from transforms.reports.view import View

# Quotations of the guide, names to be recognised and notes in English are no texts of ours.
QUOTED = {"sentence", "aliases", "shown_by", "note", "quote", "names", "words", "any_of", "also", "pattern"}


def _texts(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in QUOTED:
                yield from _texts(one, str(name))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, key)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("file", sorted(DEFINITIONS.rglob("*.yaml")), ids=lambda file: file.name)
def test_definitions(file: Any) -> None:
    assert [fault for text in _texts(yaml.safe_load(file.read_text())) for fault in faults(text)] == []


def _workbook_texts(content: bytes, left_out: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the texts of cells and comments, without columns of texts as submitted."""
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        header: dict[int, str] = {}
        for row in sheet.iter_rows():
            header |= {
                cell.column: str(cell.value) for cell in row if isinstance(cell.value, str) and cell.value in left_out
            }
            for cell in row:
                if isinstance(cell.value, str) and cell.column not in header:
                    yield cell.value
                if cell.comment:
                    yield cell.comment.text


AS_SUBMITTED = (
    "原文",
    "摘录",
    "方案中的标题",
    "方案中",
    "文件",
    "报送文件",
    "报送原文",
    "备注",
    "原值",
    "填报内容",
    "内容",
    "指标表中",
    "换算依据",
)


@pytest.mark.thorough
@pytest.mark.parametrize("province", one_in(3, [None, "浙江省", "湖南省", "河北省", "内蒙古自治区"]))
def test_review_workbooks(province: str | None) -> None:
    assert [fault for text in _workbook_texts(rendered(province), AS_SUBMITTED) for fault in faults(text)] == []


@pytest.mark.thorough
def test_letters_and_marked_tables() -> None:
    found = []
    for province in CONTRACTS.round.quotas:
        for path, content in render_notices(View(whole_round(), province)).items():
            if path.endswith(".docx"):
                letter = Document(io.BytesIO(content))
                cells = (cell.text for table in letter.tables for row in table.rows for cell in row.cells[4:])
                texts = [*(paragraph.text for paragraph in letter.paragraphs), *cells]
            else:
                first = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
                texts = [str(row[at]) for row in first.iter_rows(values_only=True) for at in (0, 6, 7) if row[at]]
            # Names of files are as submitted.
            found += [(path, fault) for text in texts for fault in faults(re.sub(r"“[^”]+\.xlsx”", "", text))]
    assert found == []


def test_opinions() -> None:
    found = []
    for province in ("河北省", "浙江省", "江苏省", "湖南省"):
        for path, content in render_opinions(View(whole_round(), province)).items():
            letter = Document(io.BytesIO(content))
            cells = (cell.text for table in letter.tables for row in table.rows for cell in row.cells)
            texts = [*(paragraph.text for paragraph in letter.paragraphs), *cells]
            found += [(path, fault) for text in texts for fault in faults(re.sub(r"“[^”]+\.xlsx”", "", text))]
    assert found == []


def test_templates() -> None:
    for table in CONTRACTS.tables.values():
        buffer = io.BytesIO()
        render_template(table, CONTRACTS.round, pilot="某市", province="河北省").save(buffer)
        book = openpyxl.load_workbook(io.BytesIO(buffer.getvalue()))
        prompts = [
            text
            for sheet in book.worksheets
            for rule in sheet.data_validations.dataValidation
            for text in (rule.prompt, rule.error)
            if text
        ]
        assert [fault for text in (*_workbook_texts(buffer.getvalue()), *prompts) for fault in faults(text)] == []


class _Page(HTMLParser):
    """Collect the texts of a page outside of quotations (`bdi`), styles and scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if tag in {"bdi", "style", "script"}:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts.append(data)


def test_overview() -> None:
    page = _Page()
    page.feed(render_overview(whole_round()).decode())
    assert [fault for text in page.texts for fault in faults(text)] == []


def test_states_of_findings() -> None:
    assert [fault for state in STATES for fault in faults(state.title)] == []
