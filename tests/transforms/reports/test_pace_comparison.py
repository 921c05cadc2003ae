"""进度对比: every pace is that of the published values, beside the nation's and the peers', sorted by distance."""

import re
from functools import cache
from statistics import median
from typing import Any

import polars as pl
import pytest

from contracts.benchmarks import yearly_change
from tests.support.large_province import LARGE, large_review
from tests.support.one_in import one_in
from tests.support.rendered_books import opened
from tests.support.sample_round import whole_round
from transforms.judging.emission_path import emission_changes
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook
from transforms.reports.workbook.summary_sheets.pace_comparison import pace_blocks

pytestmark = pytest.mark.thorough

SHEET = "进度对比"
SPANS = ((2022, 2025), (2025, 2030))
Block = tuple[str, str, list[tuple[Any, ...]]]


@cache
def view(name: str) -> View:
    return View(large_review() if name == LARGE else whole_round(), None if name == "全国" else name)


@cache
def blocks(name: str) -> list[Block]:
    """Title, unit and rows of every block."""
    sheet = opened(render_review_workbook(view(name)))[SHEET]
    found: list[Block] = []
    for row in sheet.iter_rows(min_row=3, values_only=True):
        if row[0] and (match := re.match("((?:城市|园区).+)（((?:百分点|%)/年)）", str(row[0]))):
            found.append((match[1], match[2], []))
        elif found and row[0] not in {None, "试点"}:
            found[-1][2].append(row)
    return found


@cache
def expected(name: str, kind: str, code: str) -> dict[tuple[str, str], dict[tuple[int, int], float]]:
    """Paces of every accepted pilot of the round, from its published values."""
    review = view(name).review
    if code == "":
        rows = emission_changes(review.judged.batch, review.contracts).filter(pl.col("kind") == kind)
        found: dict[tuple[str, str], dict[tuple[int, int], float]] = {}
        for row in rows.join(review.judged.accepted.select("file"), on="file", how="semi").iter_rows(named=True):
            found.setdefault((row["province"], row["pilot"]), {})[row["since"], row["year"]] = row["change"] * 100
        return found
    rows = review.observations.join(review.judged.accepted.select("file"), on="file", how="semi")
    values: dict[tuple[str, str], dict[int, float]] = {}
    for row in rows.filter(pl.col("usable") & (pl.col("indicator") == code)).iter_rows(named=True):
        values.setdefault((row["province"], row["pilot"]), {})[row["year"]] = row["value"]
    share = "%" in review.contracts.indicators[code].scales
    paces = {}
    for who, of in values.items():
        both = [span for span in SPANS if {*span} <= of.keys()]
        paces[who] = {
            (a, b): (of[b] - of[a]) / (b - a) if share else ((of[b] / of[a]) ** (1 / (b - a)) - 1) * 100
            for a, b in both
        }
    return {who: of for who, of in paces.items() if of}


def near(figure: float | None) -> Any:
    """Return what a figure is shown as: one that rounds to nothing is 0, without a sign."""
    return None if figure is None else pytest.approx(figure if round(figure, 2) else 0.0, abs=1e-9)


@pytest.mark.parametrize("name", one_in(3, [LARGE, "河北省", "山西省", "全国"]))
def test_every_pace_is_that_of_the_published_values(name: str) -> None:
    now = view(name)
    assert blocks(name)
    for title, unit, rows in blocks(name):
        kind = "city" if title.startswith("城市") else "park"
        code = next((row.code for row in now.contracts.tables[kind].indicators if title.endswith(f"）{row.name}")), "")  # type: ignore[index]
        assert (unit == "百分点/年") == (bool(code) and "%" in now.contracts.indicators[code].scales)
        everyone = expected(name, kind, code)
        own = {now.pilot_title(*who): of for who, of in everyone.items() if now.province in {None, who[0]}}
        named = {str(row[0]): row for row in rows}
        pilots = {who: row for who, row in named.items() if not who.startswith(("全国", "同类"))}
        assert pilots.keys() == own.keys()
        for who, row in pilots.items():
            assert [row[1], row[2]] == [near(own[who].get(span)) for span in SPANS]
        counts = [sum(span in of for of in everyone.values()) for span in SPANS]
        peers = [
            median(of[span] for of in everyone.values() if span in of) if n >= 8 else None
            for span, n in zip(SPANS, counts, strict=True)
        ]
        shown = next((row for who, row in named.items() if who.startswith("同类")), None)
        assert (shown is None) == (max(counts) < 8)
        if shown:
            assert [shown[1], shown[2]] == [near(one) for one in peers]
            assert str(shown[0]) == f"同类中位数（n={'、'.join(str(n) for n in counts if n >= 8)}）"
        nation = named.get("全国步伐")
        paces = nation[1:3] if nation else None
        assert paces is not None or code not in {"C02", "P03"}
        assert code != "C02" or paces == pytest.approx([yearly_change(-18, 5) * 100, yearly_change(-17, 5) * 100])
        assert code != "C07" or paces == (None, 1.0)
        reference = nation[2] if nation and nation[2] is not None else peers[1] if shown else None
        sign = 1 if code and now.contracts.indicators[code].wanted == "up" else -1
        distances = [row[3] for row in pilots.values()]
        assert distances == sorted(distances, key=lambda one: float("inf") if one is None else one)
        for who, row in pilots.items():
            pace = own[who].get(SPANS[-1])
            assert row[3] == near(None if pace is None or reference is None else (pace - reference) * sign)


@pytest.mark.parametrize(
    ("name", "code", "left_out"), [("内蒙古自治区", "C01", "鄂尔多斯市"), ("浙江省", "C11", "湖州市")]
)
def test_a_pilot_without_two_figures_is_named(name: str, code: str, left_out: str) -> None:
    notes = {block.title: block.left_out for block in pace_blocks(view(name))}
    title = f"城市（{view(name).contracts.indicators[code].number}）{view(name).contracts.indicators[code].name}"
    assert {of for of, names in notes.items() if names} == {title}
    assert list(notes[title]) == [left_out]
    heads = [str(row[0]) for row in opened(render_review_workbook(view(name)))[SHEET].iter_rows(values_only=True)]
    assert [head for head in heads if head.endswith(f"；数值不全未列：{left_out}")]


def test_bars_begin_at_zero() -> None:
    """LibreOffice began them at -2.5 where all paces are between -2.7 and -3.1."""
    charts = opened(render_review_workbook(view("湖南省")))[SHEET]._charts  # noqa: SLF001
    ends = [(chart.y_axis.scaling.min, chart.y_axis.scaling.max) for chart in charts]
    assert ends == [(None, 0), (None, 0), (0, None), (0, None), (0, None), (None, None)]


def test_each_block_has_its_chart_and_a_province_needs_no_other() -> None:
    sheet = opened(render_review_workbook(view("浙江省")))[SHEET]
    assert len(sheet._charts) == len(blocks("浙江省")) == 6  # noqa: SLF001 - openpyxl reads charts into it
    assert render_review_workbook(view("浙江省").narrow()) == render_review_workbook(view("浙江省"))
