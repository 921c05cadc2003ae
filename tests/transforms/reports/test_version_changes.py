"""补正前后对照: every changed cell with what was asked and whether it is settled, in workbook and new letter."""

import io
from dataclasses import replace
from functools import cache

import pytest
from docx import Document

from contracts.review_form import FALSE_ALARM
from tests.sample import CONTRACTS, change, clean_submission, layouts, put
from tests.sample import Submission as Sample
from tests.support.rendered_books import opened
from tests.support.review_book import CITY, PROVINCE
from transforms.decisions.ledger import EMPTY, FindingDecision, Ledger
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough

SHEET = "补正前后对照"
NAMES = {row.code: row.name for row in CONTRACTS.tables["city"].indicators}


def first() -> Sample:
    sample = clean_submission(PROVINCE, CITY)
    sample = put(put(put(sample, "C04", 2025, "见附件"), "C09", 2025, "-1"), "C12", 2030, None)
    return change(put(sample, "C15", 2030, 150), "C07", unit="吨")


def second() -> Sample:
    """C04 is corrected, C09 still wrong, C12 given, C07's unit corrected, C18 changed unasked, C15 as it was."""
    clean = clean_submission(PROVINCE, CITY)
    sample = put(put(clean, "C09", 2025, "-2"), "C18", 2030, clean.row("C18").values[2] + 1)  # type: ignore[operator]
    return replace(put(sample, "C15", 2030, 150), version="2", date="2024-04-15")


@cache
def reviewed(*samples: Sample) -> Review:
    read = [
        read_submission(layouts.official(one), f"submissions/{PROVINCE}/{CITY}_V{one.version}.xlsx", CONTRACTS)
        for one in samples
    ]
    return review_round(read, CONTRACTS, Provenance("0", "0"))


def rows(
    now: Review, ledger: Ledger = EMPTY, province: str | None = PROVINCE
) -> dict[tuple[str, object], tuple[str, ...]]:
    sheet = opened(render_review_workbook(View(now, province, ledger)))[SHEET]
    header, *found = sheet.iter_rows(values_only=True)
    listed = [dict(zip(header, row, strict=True)) for row in found]
    fields = ("更正前", "更正后", "变化", "是否解决", "更正前单元格", "更正后单元格")
    return {(row["指标"], row["年份"]): tuple(str(row[name]) for name in fields) for row in listed}


def test_every_change_is_listed_with_its_state() -> None:
    found = rows(reviewed(first(), second()))
    said = {key: row[:4] for key, row in found.items()}
    clean = clean_submission(PROVINCE, CITY)
    raw = {code: [f"{value:g}" for value in clean.row(code).values] for code in NAMES}
    more = f"{clean.row('C18').values[2] + 1:g}"  # type: ignore[operator]
    expected = {
        (NAMES["C04"], 2025): ("见附件", raw["C04"][1], "修改", "已解决"),
        (NAMES["C09"], 2025): ("-1", "-2", "修改", "未解决"),
        (NAMES["C12"], 2030): ("—", raw["C12"][2], "补填", "已解决"),
        (NAMES["C15"], 2030): ("150", "150", "未改动", "未解决"),
        (NAMES["C18"], 2030): (raw["C18"][2], more, "修改", "未要求更正"),
    }
    units = {
        (NAMES["C07"], year): (f"{text}（吨）", f"{text}（%）", "修改", "已解决")
        for year, text in zip(CONTRACTS.round.years, raw["C07"], strict=True)
    }
    assert said == expected | units
    observed = reviewed(first(), second()).observations
    cells = {
        (row["file"][-6], row["indicator"], row["year"]): f"{row['sheet']}!{row['cell']}" for row in observed.to_dicts()
    }
    assert found[NAMES["C09"], 2025][4:] == (cells["1", "C09", 2025], cells["2", "C09", 2025])
    assert rows(reviewed(first(), second()), province=None).keys() == found.keys()


def test_what_a_reviewer_accepted_is_settled() -> None:
    now = reviewed(first(), second())
    keys = [row["finding_key"] for row in now.findings.to_dicts() if (row["indicator"], row["year"]) == ("C15", 2030)]
    ledger = Ledger(finding_decisions={key: FindingDecision(FALSE_ALARM) for key in keys})
    assert rows(now, ledger)[NAMES["C15"], 2030][3] == "已解决（误报）"
    assert rows(now, ledger)[NAMES["C09"], 2025][3] == "未解决"


def test_one_version_alone_has_no_sheet() -> None:
    assert SHEET not in opened(render_review_workbook(View(reviewed(first()), PROVINCE))).sheetnames


@pytest.mark.parametrize("versions", [1, 2, 3])
def test_a_new_letter_has_it_as_its_last_annex(versions: int) -> None:
    done = replace(clean_submission(PROVINCE, CITY), version="3", date="2024-05-15")
    now = reviewed(*(first(), second(), done)[:versions])
    letters = {path: content for path, content in render_notices(View(now, PROVINCE)).items() if path.endswith("docx")}
    texts: list[str] = []
    tables = []
    for content in letters.values():
        letter = Document(io.BytesIO(content))
        texts += [paragraph.text for paragraph in letter.paragraphs]
        tables += letter.tables
    assert letters
    assert ("补正前后对照表" in texts) == (versions == 2)
    if versions == 2:
        assert texts[texts.index("补正前后对照表") - 1] == "附件3"
        assert "　　　3. 补正前后对照表" in texts
        listed = [[cell.text for cell in row.cells] for row in tables[1].rows[1:]]
        assert {(row[1], row[2]): row[6] for row in listed} == {
            (name, f"{year}年"): state[3] for (name, year), state in rows(now).items()
        }
