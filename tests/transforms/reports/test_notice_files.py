"""Files of notices: text stays text, names are safe, and the same findings give the same bytes."""

import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest

from tests.sample import add, change, clean_submission, layouts, put
from tests.support.notices import COPY, GOOD, LETTER, everything, many_wrong, notices, opened, review_of
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.view import View

pytestmark = pytest.mark.thorough

HOSTILE = ('=HYPERLINK("http://x.example","点击")', "+1+1", "@SUM(A1)", "{=1}", "<w:p/>&lt;", "\t=1")


def hostile(text: str) -> bytes:
    """A park's workbook in which everything that a person can type begins with the same hostile text."""
    sample = add(change(put(GOOD, "C01", 2022, text), "C07", unit=text), f"{text}率", text, (text, 1, 2), text)
    sample = replace(sample, pilot=f"{text}高新区", version=text)
    book = opened(layouts.with_sources(sample))
    for row in (*book["指标表"].iter_rows(), *book["基本情况"].iter_rows()):
        for cell in row:
            if cell.data_type in {"f", "e"}:
                cell.data_type = "s"
    book["指标表"].title = "=1+1 '表"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_no_text_of_a_submission_becomes_a_formula_or_markup() -> None:
    review = review_of(*map(hostile, HOSTILE), file="submissions/a.xlsx", roster=False)
    sent = render_notices(View(review, "河北省"))
    copies = [content for path, content in sent.items() if path.endswith(".xlsx")]
    letters = [content for path, content in sent.items() if path.endswith(".docx")]
    assert len(copies) == len(letters) == len(HOSTILE)
    for copy in copies:
        cells = [cell for sheet in opened(copy).worksheets for row in sheet.iter_rows() for cell in row]
        assert not [cell.coordinate for cell in cells if cell.data_type not in {"s", "n"}]
    for text in HOSTILE:
        (letter,) = [one for one in letters if f"{text}率".strip() in everything(one)]
        relations = docx.Document(io.BytesIO(letter)).part.rels.values()
        assert "http" not in " ".join(part.target_ref for part in relations if part.is_external)


def test_characters_that_xml_forbids_spoil_nothing() -> None:
    review = review_of(layouts.official(put(GOOD, "C08", 2025, "见附件")))
    spoilt = review.findings.with_columns(
        message=review.findings["message"] + "\x00\x0b\x1b\ufffe", raw_value=review.findings["raw_value"] + "\x00\x1f"
    )
    sent = render_notices(View(replace(review, findings=spoilt), "河北省"))
    assert not re.search("[\x00\x0b\x1b\x1f\ufffe]", everything(sent[LETTER]) + everything(sent[COPY]))


SAFE_NAMES = {
    "\U00026951" * 80: "\U00026951" * 45,  # four bytes each
    "甲/乙\\丙:丁高新区": "甲_乙_丙_丁高新区",
    "../../高新区": "_.._高新区",
    "高新区\n二期.": "高新区 二期",
    "长" * 300 + "区": "长" * 59 + "…",
}


def named(pilot: str) -> bytes:
    park = put(clean_submission("陕西省", "西咸新区"), "P06", 2022, "见附件")
    return layouts.official(replace(park, pilot=pilot, province="河北省"))


def test_the_name_of_a_file_is_safe() -> None:
    review = review_of(*map(named, SAFE_NAMES), file="submissions/a.xlsx", roster=False)
    sent = render_notices(View(review, "河北省"))
    kinds = ("补正通知.docx", "问题标注.xlsx")
    assert set(sent) == {f"notices/{name}{kind}" for name in SAFE_NAMES.values() for kind in kinds}
    assert all(len(path.encode()) < 255 for path in sent)


def test_two_pilots_never_share_a_file() -> None:
    review = review_of(named("甲/乙高新区"), named("甲:乙高新区"), file="submissions/a.xlsx", roster=False)
    sent = render_notices(View(review, "河北省"))
    letters = sorted(path for path in sent if path.endswith("docx"))
    assert letters == ["notices/甲_乙高新区补正通知.docx", "notices/甲_乙高新区（2）补正通知.docx"]


def test_the_same_findings_give_the_same_bytes() -> None:
    again = review_of.__wrapped__(layouts.official(many_wrong()))
    assert render_notices(View(again, "河北省")) == notices(many_wrong())
    for content in notices(many_wrong()).values():
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = package.read("docProps/core.xml").decode()
            assert set(re.findall(r">(\d{4}-\d\d-\d\dT[^<]*)<", core)) == {"2000-01-01T00:00:00Z"}
