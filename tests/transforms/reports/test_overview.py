"""index.html: every province, pilot and finding of a round, empty rounds and large ones, the same bytes each time."""

import re
from dataclasses import replace

import polars as pl
import pytest

from contracts.load import Contracts
from contracts.review_form import FALSE_ALARM
from contracts.round import Pilot, Province
from contracts.rules import SEVERITIES, SEVERITY_TITLES
from tests.sample import CONTRACTS
from tests.sample.__main__ import ARRIVALS
from tests.support.overview_page import Outline, page, row_of
from tests.support.rendered_books import opened
from tests.support.review_sheets import EVERY_PROVINCE
from tests.support.sample_round import content_of, plans, reviewed, whole_round
from transforms.decisions.ledger import FindingDecision, Ledger
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.overview.overview import render_overview
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook


def province_row(outline: Outline, province: str) -> list[str]:
    (found,) = [row for row in outline.rows if len(row) == 12 and row[0] == province]
    return found


def test_twice_the_same_bytes() -> None:
    assert render_overview(whole_round()) == render_overview(whole_round())


def test_the_order_of_arrival_changes_no_byte() -> None:
    read = [read_submission(content_of(one), f"submissions/{one.path}", CONTRACTS) for one in ARRIVALS]
    assert render_overview(reviewed(reversed(read), plans()[::-1])) == render_overview(whole_round())


@pytest.mark.parametrize("province", EVERY_PROVINCE)
def test_every_province_stands_there_with_its_figures(province: str) -> None:
    names = ("quota", "submitted", "accepted", "cities", "parks")
    row = whole_round().provinces.row(by_predicate=pl.col("province") == province, named=True)
    shown = province_row(Outline(page()), province)
    assert shown[2:7] == [str(row[name]) for name in names]
    assert shown[7:10] == [str(row[name]) for name in ("blockers", "errors", "warnings")]


def test_every_pilot_stands_there_once() -> None:
    outline = Outline(page())
    pilots = [row[:2] for row in outline.rows if len(row) == 11 and row[3] in {"是", "否"}]
    title = View(whole_round()).pilot_title
    names = [[province, title(province, pilot.name)] for province, pilot in CONTRACTS.round.roster]
    assert [[province, re.sub(" 报送名称.*", "", pilot)] for province, pilot in pilots] == [
        *names,
        ["浙江省", "温州市"],
    ]
    assert row_of(outline, "河南省", "信阳市")[4:7] == ["未报送", "—", "—"]
    assert row_of(outline, "浙江省", "温州市")[3] == "否"


def test_counts_say_that_they_leave_out_what_a_reviewer_dismissed() -> None:
    errors = whole_round().findings.filter(severity="error")
    dismissed = Ledger(finding_decisions={errors["finding_key"][0]: FindingDecision(FALSE_ALARM)})
    page = render_overview(whole_round(), ledger=dismissed).decode()
    assert re.search(f"<dt>错误（已处理1）</dt><dd><span [^>]*></span>{errors.height}</dd>", page)
    assert "下列各表的问题数量不含评审人员已处理（误报、说明可接受）的问题。" in page
    assert "已处理" not in render_overview(whole_round()).decode()
    province = errors["province"][0]
    cover = opened(render_review_workbook(View(whole_round(), province, dismissed)))["封面"]
    assert "试点状态（问题数量不含已处理的）" in [row[0] for row in cover.iter_rows(values_only=True)]


def test_findings_add_up_by_province_and_by_rule() -> None:
    outline = Outline(page())
    counts = dict(whole_round().findings.group_by("severity").len().iter_rows())
    wanted = [counts.get(severity, 0) for severity in SEVERITIES]
    total = [row for row in outline.rows if row[0] == "合计"]
    assert [int(text) for text in total[0][7:11]] == wanted
    rules = [row for row in outline.rows if len(row) == 7 and re.fullmatch("[A-Z]+(-[A-Z]+)+", row[3])]
    assert "收到报送（名单外1）" in page()
    for severity, number in zip(SEVERITIES, wanted, strict=True):
        assert sum(int(row[4]) for row in rules if row[1] == SEVERITY_TITLES[severity]) == number, severity
    silent = [row for row in rules if row[0].startswith("未核对：")]
    assert silent, "a check that did not run accuses of nothing"
    assert {row[1] for row in silent} == {SEVERITY_TITLES["info"]}


def test_a_check_that_could_not_run_is_told_without_its_reason() -> None:
    review = whole_round()
    crashed = replace(
        review, judged=replace(review.judged, failed_rules=("QUOTA-OVER: ValueError: 联系人 13800000000",))
    )
    assert "超出名额未能执行" in page(crashed)
    assert "13800000000" not in page(crashed)
    assert "未能执行" not in page()


def nobody_sent() -> Review:
    return reviewed([])


def thirty_provinces() -> Contracts:
    """30 provinces with 60 pilots, one with a very long name."""
    places = tuple(
        Province(
            region.name, 2, (Pilot(f"{region.short}甲市", "city"), Pilot(f"{region.short}{'长' * 60}园区", "park"))
        )
        for region in CONTRACTS.regions[:30]
    )
    return replace(CONTRACTS, round=replace(CONTRACTS.round, provinces=places, quota_total=60))


def test_an_empty_round_is_missing_and_not_zero() -> None:
    outline = Outline(page(nobody_sent()))
    assert province_row(outline, "河南省")[1:7] == ["未收到报送", "2", "0", "—", "—", "—"]
    assert row_of(outline, "河南省", "信阳市")[4] == "未报送"
    links = [link["href"] or "" for link in outline.all("a")]
    assert not [link for link in links if "submissions" in link]


def test_thirty_provinces_with_sixty_pilots() -> None:
    review = review_round([], thirty_provinces(), Provenance("0", "0"))
    outline = Outline(page(review))
    assert len([row for row in outline.rows if len(row) == 11 and row[3] == "是"]) == 60
    assert len([row for row in outline.rows if len(row) == 12 and row[1] == "未收到报送"]) == 30


def test_what_belongs_to_no_province_has_a_row_of_its_own() -> None:
    lost = read_submission(b"nothing", "submissions/x.xlsx", CONTRACTS)
    outline = Outline(page(reviewed([lost])))
    assert province_row(outline, "（省份不明）")[3] == "1"
    assert row_of(outline, "（省份不明）", "（试点不明）")[4] == "无法审核"
