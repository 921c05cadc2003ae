"""A pilot's number of findings is the same wherever it is shown; findings about its plan are counted too."""

import io

import polars as pl
from openpyxl import load_workbook

from tests.support.sample_round import whole_round
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

COUNTED = {"阻断": "blocker", "错误": "error", "警告": "warning"}


def test_a_pilot_has_the_same_counts_on_cover_and_overview() -> None:
    province, pilot = "浙江省", "杭州市"
    findings = whole_round().findings.filter(pl.col("province") == province, pl.col("pilot") == pilot)
    expected = [findings.filter(pl.col("severity") == severity).height for severity in COUNTED.values()]
    assert findings.filter(pl.col("rule").str.starts_with("PLAN-"), pl.col("severity") == "error").height
    book = load_workbook(io.BytesIO(render_review_workbook(View(whole_round(), province))))
    (shown,) = [row[3:6] for row in book["封面"].iter_rows(values_only=True) if row[:3] == (pilot, "城市", "有效")]
    assert list(shown) == expected
    header, *rows = book["试点总览"].iter_rows(values_only=True)
    (row,) = [row for row in rows if row[header.index("试点")] == pilot]
    assert [row[header.index(title)] for title in COUNTED] == expected
