"""Who sees what in a review workbook: a province its own pilots and contacts, the nation all pilots and no contact."""

import re

import pytest

from tests.sample import CONTRACTS, change, clean_submission, layouts
from tests.sample.__main__ import ARRIVALS
from tests.support.rendered_books import (
    CONTACT,
    NATION,
    book,
    opened,
    rendered,
)
from tests.support.review_sheets import EVERY_PROVINCE, SHEETS, lines, texts, title_of
from tests.support.sample_round import reviewed
from tests.support.sample_round import whole_round as sample_round
from transforms.intake.submission import read_submission
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook
from transforms.reports.workbook.summary_sheets.cover_sections import top_findings


def names_of(province: str) -> set[str]:
    """Every name under which a pilot of a province is known."""
    roster = {name for p, pilot in CONTRACTS.round.roster if p == province for name in (pilot.name, *pilot.aliases)}
    return roster | {arrival.pilot for arrival in ARRIVALS if arrival.province == province}


@pytest.mark.thorough
@pytest.mark.parametrize("province", EVERY_PROVINCE)
def test_a_province_sees_no_pilot_of_another(province: str) -> None:
    others = set().union(*(names_of(other) for other in CONTRACTS.round.quotas if other != province))
    shown = "\n".join(texts(book(province), [name for name in SHEETS if name != "规则目录"]))
    assert [name for name in others if name in shown] == []
    assert any(name in shown for name in names_of(province))


def test_the_nation_sees_all() -> None:
    pilots = sample_round().judged.batch.files.select("province", "pilot")
    assert {title_of(*one) for one in pilots.iter_rows()} <= set(texts(book(NATION), ["试点总览"]))


def test_contacts_stay_in_the_province() -> None:
    assert [text for text in texts(book("河北省"), ["试点总览"]) if CONTACT in text]
    assert not [text for text in texts(book(NATION)) if CONTACT in text]
    assert not re.search(CONTACT.encode(), rendered(NATION))


@pytest.mark.thorough
def test_whose_figures_were_copied_is_for_the_nation_alone() -> None:
    donor, copied = clean_submission("辽宁省", "大连市"), clean_submission("山西省", "太原市")
    for row in donor.rows[11:18]:
        copied = change(copied, row.code, values=row.values)
    both = [
        read_submission(layouts.official(one), f"submissions/{one.pilot}.xlsx", CONTRACTS) for one in (donor, copied)
    ]
    review = reviewed(both)
    assert {row["rule"] for row in review.findings.iter_rows(named=True)} >= {"COPY-PILOT"}
    nation = lines(opened(render_review_workbook(View(review)))["数值雷同"], 1)
    assert [(line["试点"].value, line["与之相同的试点"].value, line["相同指标数"].value) for line in nation] == [
        ("辽宁省　大连市", "山西省　太原市", 7)
    ]
    told = [pilots for row, pilots in top_findings(View(review)) if row["rule"] == "COPY-PILOT"]
    assert [set(pilots) for pilots in told] == [{"大连市", "太原市"}], "one row of the cover for both"
    for province, other in (("辽宁省", "太原"), ("山西省", "大连")):
        assert not [text for text in texts(opened(render_review_workbook(View(review, province)))) if other in text]
