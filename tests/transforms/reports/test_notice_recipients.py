"""Who gets a correction notice and a marked table, and what neither may say."""

import io
import re

import polars as pl
import pytest

from contracts.review_form import FALSE_ALARM
from tests.sample import CONTRACTS, add, layouts, put
from tests.sample.__main__ import ARRIVALS
from tests.support.notices import GOOD, LETTER, annex, everything, notices, of_the_round, opened, paragraphs, review_of
from tests.support.sample_round import whole_round
from transforms.decisions.ledger import FindingDecision, Ledger
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.view import View

pytestmark = pytest.mark.thorough


def test_whoever_has_something_to_act_on_gets_a_letter() -> None:
    wanted = {
        (row["province"], f"notices/{row['pilot']}补正通知.docx")
        for row in whole_round().findings.iter_rows(named=True)
        if row["file"] and row["pilot"] in CONTRACTS.round.listed and row["severity"] != "info"
    }
    assert {place for place in of_the_round() if place[1].endswith(".docx")} == wanted
    assert len(wanted) > 10


def test_a_copy_is_made_where_there_is_a_cell_to_mark() -> None:
    """One file cannot be read; of the others the sender or the plan is in doubt, or an indicator has no row."""
    letters = {place for place in of_the_round() if place[1].endswith(".docx")}
    unmarked = set()
    for place in letters:
        copy = (place[0], place[1].replace("补正通知.docx", "问题标注.xlsx"))
        assert any("颜色和批注" in line for line in paragraphs(of_the_round()[place])) == (copy in of_the_round())
        if copy not in of_the_round():
            unmarked.add(copy[1].removeprefix("notices/").removesuffix("问题标注.xlsx"))
    about_plans_alone = {one.name for _, one in CONTRACTS.round.roster} - {
        row["pilot"]
        for row in whole_round().findings.iter_rows(named=True)
        if row["rule"] != "PLAN-MISSING" and row["severity"] != "info"
    }
    assert unmarked - about_plans_alone == {"湘潭市", "长治高新技术产业开发区", "广州市", "杭州市"}


def test_a_note_alone_is_no_reason_to_write() -> None:
    assert notices(GOOD) == {}
    assert notices(add(GOOD, "绿氢年产量", "万吨", (0, 2, 4))) == {}


def test_nobody_knows_whom_to_write_about_a_file_of_nobody() -> None:
    book = opened(layouts.pasted_from_word(put(GOOD, "C08", 2022, "见附件")))
    book["Sheet1"]["A1"] = "指标表"
    buffer = io.BytesIO()
    book.save(buffer)
    review = review_of(buffer.getvalue(), file="submissions/a.xlsx", roster=False)
    assert review.findings["rule"].to_list()[0] == "FILE-UNIDENTIFIED"
    assert all(render_notices(View(review, province)) == {} for province in CONTRACTS.round.quotas)


def test_what_a_reviewer_dismissed_is_in_no_letter() -> None:
    review = review_of(layouts.official(put(put(GOOD, "C08", 2025, "见附件"), "C16", 2022, "见附件")))
    keys = review.findings.filter(pl.col("severity") == "error")["finding_key"].to_list()
    decided = {keys[0]: FindingDecision(FALSE_ALARM)}
    sent = render_notices(View(review, "河北省", Ledger(finding_decisions=decided)))
    assert [row[0] for row in annex(sent[LETTER])[1:] if row[0].isdigit()] == ["1"]
    both = {key: FindingDecision(FALSE_ALARM) for key in keys}
    assert render_notices(View(review, "河北省", Ledger(finding_decisions=both))) == {}


def test_a_notice_says_nothing_of_another_pilot() -> None:
    for place in of_the_round():
        _says_nothing_of_another(place)


def _says_nothing_of_another(place: tuple[str, str]) -> None:
    pilot = re.fullmatch("notices/(.*)(?:补正通知.docx|问题标注.xlsx)", place[1])[1]
    text = everything(of_the_round()[place])
    named = {row["pilot"]: row["named"] for row in whole_round().judged.batch.files.iter_rows(named=True)}
    own = {pilot, named[pilot]}
    listed = {name for _, one in CONTRACTS.round.roster if one.name != pilot for name in (one.name, *one.aliases)}
    others = ({arrival.pilot for arrival in ARRIVALS} | listed) - own
    assert [name for name in others if name in text and not any(name in mine for mine in own)] == [], place
    assert named[pilot] in text


def test_a_notice_has_no_word_that_only_we_understand() -> None:
    for place, content in of_the_round().items():
        text = everything(content)
        assert [rule for rule in CONTRACTS.rules if rule in text] == [], place
        assert not re.search(r"[0-9a-f]{16}|submissions/|contracts|blocker|warning", text), place


def test_another_pilot_in_our_words_is_not_named_and_in_theirs_is() -> None:
    sample = put(GOOD, "C08", 2025, "参照杭州市")
    review = review_of(layouts.official(sample), file="submissions/河北省/承德市/指标表.xlsx")
    text = everything(render_notices(View(review, "河北省"))[LETTER])
    assert "文件夹为“其他试点”" in text
    assert "承德市" not in text
    assert [row[3] for row in annex(render_notices(View(review, "河北省"))[LETTER])].count("参照杭州市") == 1


def test_a_letter_does_not_print_the_addressees_own_contact() -> None:
    assert not [
        name
        for name, content in notices(put(GOOD, "C08", 2025, "见附件")).items()
        if "模拟联系人" in everything(content)
    ]
