"""A value far beyond its plausible range is kept and reported, and nothing is computed or drawn from it."""

import io
from functools import cache

import openpyxl
import polars as pl
import pytest
from docx import Document
from docx.document import Document as DocumentType

from tests.judgement import feed
from tests.sample import CONTRACTS, YEARS, Value, clean_submission, put
from tests.sample.progress import draw_report
from tests.support import progress_round
from tests.support.small_rounds import statistics_of
from transforms.aggregation.paces import compute_paces
from transforms.judging.findings import format_number
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.opinions.render_opinions import render_opinions
from transforms.reports.summary_report.report_document import render_report
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_without_failed_sheets

pytestmark = pytest.mark.thorough

WHO = ("辽宁省", "大连市")
CITIES = [(province, pilot.name) for province, pilot in CONTRACTS.round.roster if pilot.kind == "city"]
RULE = "VALUE-EXTREME"
TIMES = CONTRACTS.rules[RULE].thresholds["times"]
HUGE = 1e16  # 千瓦, that is 1e12 万千瓦
# Upper ends of the plausible ranges of the indicators that have no possible maximum.
HIGHEST = {
    row.code: scale.plausible[1]
    for row in CONTRACTS.tables["city"].indicators
    for scale in row.scales.values()
    if scale.hard[1] is None
}
COMPUTED = ("指标红绿灯", "对标情况", "进度对比", "指标汇总", "图表")


@cache
def with_values(*values: tuple[str, int, Value]) -> Review:
    """A round of clean cities, in which these values of one are replaced."""
    sent = {place: clean_submission(*place) for place in CITIES}
    for value in values:
        sent[WHO] = put(sent[WHO], *value)
    return review_round(feed.read_all(sent.values()), CONTRACTS, Provenance("0", "0"))


def reported(review: Review, code: str, pilot: str = WHO[1]) -> list[tuple[str, str, int, object]]:
    rows = review.findings.filter((pl.col("pilot") == pilot) & (pl.col("indicator") == code))
    rows = rows.filter(pl.col("severity") != "info")
    return rows.select("rule", "severity", "year", "value").rows()


def usable(review: Review, code: str, pilot: str = WHO[1]) -> list[bool]:
    rows = review.observations.filter((pl.col("pilot") == pilot) & (pl.col("indicator") == code))
    return rows.sort("year")["usable"].to_list()


def figures(review: Review) -> tuple[object, ...]:
    """Everything that is computed from usable values."""
    return (
        statistics_of(review, []),
        statistics_of(review, ["province"]),
        compute_paces(review.judged, CONTRACTS).rows(),
    )


@cache
def with_one_extreme_value_each() -> tuple[Review, dict[str, tuple[str, int]]]:
    """A round in which a city for each indicator has a value beyond the factor, with the city and the value by code."""
    sent = {place: clean_submission(*place) for place in CITIES}
    values = {code: round(HIGHEST[code] * TIMES * 7.3) for code in HIGHEST}
    places = dict(zip(HIGHEST, CITIES, strict=False))
    for code, place in places.items():
        sent[place] = put(sent[place], code, 2030, values[code])
    review = review_round(feed.read_all(sent.values()), CONTRACTS, Provenance("0", "0"))
    return review, {code: (places[code][1], values[code]) for code in HIGHEST}


@pytest.mark.parametrize("code", HIGHEST)
def test_a_value_beyond_the_factor_is_kept_reported_and_not_usable(code: str) -> None:
    review, given = with_one_extreme_value_each()
    pilot, value = given[code]
    ((rule, severity, year, kept),) = reported(review, code, pilot)
    assert rule in {RULE, "UNIT-SIZE"}
    assert (severity, year, kept) == ("error", 2030, value)
    assert usable(review, code, pilot) == [True, True, False]


def test_nothing_is_computed_from_it() -> None:
    assert figures(with_values(("C11", 2030, HUGE))) == figures(with_values(("C11", 2030, None)))


@pytest.mark.parametrize("province", [None, WHO[0]])
def test_nothing_is_drawn_and_no_document_counts_it(province: str | None) -> None:
    view = View(with_values(("C11", 2030, HUGE), ("C01", 2030, 46500.0)), province)
    book = openpyxl.load_workbook(io.BytesIO(render_without_failed_sheets(view, [])))
    numbers = {
        name: [cell for row in book[name].iter_rows(values_only=True) for cell in row if isinstance(cell, (int, float))]
        for name in COMPUTED
        if name in book.sheetnames
    }
    assert {"指标汇总", "图表"} <= set(numbers)
    assert {name: found for name, one in numbers.items() if (found := [value for value in one if value > 1e14])} == {}
    texts = (
        [cell.text for table in _opinion(view).tables for row in table.rows for cell in row.cells] if province else []
    )
    assert not [text for text in texts if "46,500" in text.split("“")[0]]
    report = "\n".join(one.text for one in Document(io.BytesIO(render_report(view))).paragraphs)
    assert "10000000000000000" not in report.replace(",", "")


def _opinion(view: View) -> DocumentType:
    (content,) = [content for name, content in render_opinions(view).items() if WHO[1] in name]
    return Document(io.BytesIO(content))


def test_a_value_that_is_only_outside_its_range_stays_usable() -> None:
    value = HIGHEST["C05"] * TIMES * 0.9  # which no power of ten makes a step from 0.784
    review = with_values(("C05", 2030, value))
    assert ("VALUE-IMPLAUSIBLE", "warning", 2030, value) in reported(review, "C05")
    assert usable(review, "C05") == [True, True, True]


def test_every_year_beyond_the_factor_is_left_out_with_one_finding() -> None:
    review = with_values(*(("C11", year, HUGE * at) for at, year in enumerate(YEARS, 1)))
    assert [row[:3] for row in reported(review, "C11")] == [(RULE, "error", 2030)]
    assert usable(review, "C11") == [False, False, False]


def test_an_actual_value_beyond_the_factor_judges_no_target() -> None:
    plan = clean_submission(*WHO)
    report = draw_report(plan, missed=0.0).put("C11", 2025, HUGE)
    review = progress_round.review([report], (plan,))
    (row,) = review.achievement.filter(pl.col("indicator") == "C11").to_dicts()
    assert (row["state"], row["actual"], row["so_far"]) == ("unjudged", None, None)
    assert "存疑" in row["reason"]
    assert RULE in reported(review, "C11")[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e16, "10,000,000,000,000,000"),
        (1.5e15, "1,500,000,000,000,000"),
        (-2e17, "-200,000,000,000,000,000"),
        (0.00001, "0.00001"),
        (123456.7, "123457"),
        (0.00123456789, "0.00123457"),
        (1e300, "1e+300"),
    ],
)
def test_numbers_are_written_without_an_exponent(value: float, text: str) -> None:
    assert format_number(value) == text
