"""Rounds that are YAML alone: other years, an open roster, another table, a province's own pilots."""

import io
from functools import cache

import openpyxl
import polars as pl
import pytest
from docx import Document

from contracts.load import load_contracts
from tests.sample.other_rounds import SENDERS, workbook
from tests.support.one_in import one_in
from tests.support.overview_page import Outline
from transforms.decisions.ledger import EMPTY
from transforms.failures import Failure
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.files.round_files import round_files
from transforms.reports.overview.overview import render_overview
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_without_failed_sheets
from transforms.rules.registry import load_checked

pytestmark = pytest.mark.thorough


@cache
def reviewed(name: str) -> Review:
    contracts = load_contracts(name)
    reads = [
        read_submission(workbook(one, contracts), f"submissions/{one.pilot}.xlsx", contracts) for one in SENDERS[name]
    ]
    return review_round(reads, contracts, Provenance("0", "0"))


@pytest.mark.parametrize("name", SENDERS)
def test_every_value_is_read_and_every_pilot_counts(name: str) -> None:
    contracts, review = load_checked(name), reviewed(name)
    assert review.complete, review.judged.tracebacks
    assert review.provinces["accepted"].sum() == len(SENDERS[name])
    assert set(review.judged.batch.files["pilot"]) == {one.pilot for one in SENDERS[name]}
    assert not review.judged.batch.files["off_roster"].any()
    rows = review.observations
    wanted = sum(len(contracts.tables[one.kind].indicators) for one in SENDERS[name]) * len(contracts.round.years)
    assert rows.filter(pl.col("value").is_not_null()).height == wanted
    assert rows["usable"].sum() >= wanted * 0.98, review.findings.filter(pl.col("severity") != "info").to_dicts()
    found = review.findings.filter((pl.col("status") == "failed") & pl.col("pilot").is_not_null())
    assert found.filter(pl.col("severity").is_in(["blocker", "error"])).is_empty()


@pytest.mark.parametrize("name", one_in(3, list(SENDERS)))
def test_every_sheet_and_the_page_can_be_made(name: str) -> None:
    review, failures = reviewed(name), list[Failure]()
    for province in (None, SENDERS[name][0].province):
        content = render_without_failed_sheets(View(review, province), failures)
        assert "名额核对" in openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    files = round_files(review, EMPTY, [], [], {"全国汇总.xlsx": content}, failures)
    assert not failures
    assert "index.html" in files


@pytest.mark.parametrize("name", ["second-batch", "zero-carbon-parks"])
def test_without_a_roster_the_quota_is_unknown_and_judged_nowhere(name: str) -> None:
    review = reviewed(name)
    assert review.provinces["quota"].null_count() == review.provinces.height
    rules = set(review.findings["rule"])
    assert not {rule for rule in rules if rule.startswith(("QUOTA-", "ROSTER-"))}
    book = openpyxl.load_workbook(io.BytesIO(render_without_failed_sheets(View(review), [])))
    texts = [cell for row in book["名额核对"].iter_rows(values_only=True) for cell in row]
    assert "名额未公布，不作判断" in texts
    assert not {"不在名额安排中", "未达到名额"} & set(texts)
    cover = [cell for row in book["封面"].iter_rows(values_only=True) for cell in row]
    assert "未公布" in cover
    guide = any(one and "编制指南" in str(one) for one in cover)
    assert guide == (name == "second-batch"), "a table of its own is not the guide's"
    assert "名额未公布" in " ".join(filter(None, map(str, cover)))


def test_a_round_takes_indicators_from_another_table_and_leaves_one_out() -> None:
    table = load_contracts("zhejiang-pilots").tables["city"]
    codes = [row.code for row in table.indicators]
    assert "C19" not in codes
    assert codes[-2:] == ["P10", "P13"]
    assert [row.number for row in table.indicators] == list(range(1, 28))
    assert len(load_contracts("first-batch").tables["city"].indicators) == 26
    missing = reviewed("zhejiang-pilots").findings.filter(pl.col("rule") == "QUOTA-UNDER")
    assert "龙港市" in missing["message"][0]


def test_a_table_of_another_scheme_has_its_own_indicators() -> None:
    rows = reviewed("zero-carbon-parks").observations
    assert set(rows["indicator"]) == {"Z01", "Z02", "Z03", "Z04", "Z05", "Z06"}
    assert set(rows.filter(pl.col("indicator") == "Z01")["unit"]) == {"吨二氧化碳/吨标准煤"}
    assert set(rows["year"]) == {2025, 2027, 2030}


def report_of(name: str, province: str | None = None) -> str:
    document = Document(io.BytesIO(render_report(View(reviewed(name), province))))
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


@pytest.mark.parametrize("name", ["second-batch", "zero-carbon-parks"])
def test_where_no_quota_and_no_roster_is_published_no_text_counts_them(name: str) -> None:
    """Neither 共有名额0个 and 符合名额 nor 名单内：否, and no plan is due."""
    for text in (report_of(name), report_of(name, SENDERS[name][0].province)):
        assert "名额未公布，不作判断。" in text
        assert not any(words in text for words in ("共有名额", "符合名额", "实施方案"))
    outline = Outline(render_overview(reviewed(name)).decode())
    rows = [row for row in outline.rows if len(row) == 11 and row[1] in {one.pilot for one in SENDERS[name]}]
    assert {row[3] for row in rows} == {"—"}
    assert not any("（省份不明）" in row for row in outline.rows)


def test_a_round_of_parks_lists_the_ranges_of_its_own_table_alone() -> None:
    review = reviewed("zero-carbon-parks")
    book = openpyxl.load_workbook(io.BytesIO(render_without_failed_sheets(View(review, None), [])))
    kinds = [row[0] for row in book["合理范围表"].iter_rows(min_row=2, values_only=True)]
    assert kinds == ["园区"] * 6


def test_who_sent_nothing_is_asked_for_what_the_round_requires() -> None:
    text = report_of("zhejiang-pilots", "浙江省")
    assert "前报送指标表。" in text
    assert "实施方案" not in text


def test_reports_on_the_pilots_of_one_province_name_it_once_and_no_nation() -> None:
    for province in (None, "浙江省"):
        document = Document(io.BytesIO(render_report(View(reviewed("zhejiang-pilots"), province))))
        text = "\n".join(paragraph.text for paragraph in document.paragraphs)
        assert text.startswith("关于浙江省级碳达峰试点（示例）\n")
        assert "浙江省共有名额5个，收到3个试点的报送，" in text
        assert "全国" not in text
