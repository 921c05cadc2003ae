"""A plan saved as “Strict Open XML document”: the same is read of it as of the usual form."""

import io
import re
from dataclasses import replace

import pytest
from docx import Document

from contracts.load import load_contracts
from tests.sample.plan_layouts import LAYOUTS, word_headings
from tests.sample.plans import edit_part
from tests.support.containers import changed, packed, parts
from tests.support.plan_cases import draft
from transforms.intake.cells import UnreadableFileError
from transforms.plans.read_plan import read_plan
from transforms.plans.word.document import read_document

CONTRACTS = load_contracts("first-batch")
STRICT = "http://purl.oclc.org/ooxml/"
PLACE = "submissions/大连市实施方案.docx"


def strict(content: bytes) -> bytes:
    """As Word saves it: other namespaces, other types of relationships, and it says so; packages keep their own."""

    def namespaces(name: str, data: bytes) -> bytes:
        if not name.endswith((".xml", ".rels")) or name == "[Content_Types].xml":
            return data
        usual = rb"http://schemas\.openxmlformats\.org/(officeDocument|wordprocessingml|drawingml)/2006/"
        data = re.sub(usual, rb"http://purl.oclc.org/ooxml/\1/", data)
        if name == "word/document.xml":
            data = data.replace(b"<w:document ", b'<w:document w:conformance="strict" ', 1)
        return data

    return changed(content, namespaces)


def test_the_test_makes_a_document_that_libraries_do_not_read() -> None:
    made = parts(strict(word_headings(draft())))
    assert STRICT.encode() in made["_rels/.rels"]
    assert b"schemas.openxmlformats.org/wordprocessingml" not in made["word/document.xml"]
    with pytest.raises(KeyError):
        Document(io.BytesIO(packed(made)))


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_the_same_is_read_of_it(layout) -> None:  # type: ignore[no-untyped-def]
    usual = layout(draft())
    other = strict(usual)
    assert read_document(other) == read_document(usual)
    read, wanted = (read_plan(content, PLACE, CONTRACTS) for content in (other, usual))
    assert read.fault is None
    # Its hash is that of what was received.
    assert read.sha256 != wanted.sha256
    table = replace(read.table, sha256=wanted.sha256) if read.table else None
    rows = [row | {"file_sha256": wanted.sha256} for row in table.observations] if table else None
    assert rows == (list(wanted.table.observations) if wanted.table else None)
    assert replace(read, sha256=wanted.sha256, table=wanted.table) == wanted


def test_an_address_in_the_text_is_left_alone() -> None:
    words = f"标准见{STRICT}wordprocessingml/main，另见“{STRICT}a/b”。"
    plan = edit_part(draft(), "1.1", lambda part: replace(part, text=words + part.text))
    for content in (word_headings(plan), strict(word_headings(plan))):
        assert any(words in paragraph.text for paragraph in read_document(content).paragraphs)


def test_a_damaged_one_is_refused_with_its_reason() -> None:
    inside = parts(strict(word_headings(draft())))
    with pytest.raises(UnreadableFileError, match="损坏"):
        read_document(packed(inside | {"word/document.xml": inside["word/document.xml"][:-100]}))
    with pytest.raises(UnreadableFileError, match="损坏"):
        read_document(packed({name: data for name, data in inside.items() if name != "_rels/.rels"}))
