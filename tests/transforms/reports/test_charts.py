"""图表: what is drawn is what stands in the cells beside it, and that is what may be used; a gap stays a gap."""

import io
import zipfile
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import pytest
from openpyxl.chart import ScatterChart
from openpyxl.reader.drawings import find_images
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from contracts.load import Contracts
from contracts.round import Pilot, Province
from tests.sample import CONTRACTS, clean_submission, layouts, put
from tests.support.one_in import one_in
from tests.support.ooxml import faults
from tests.support.rendered_books import NATION, book, opened, rendered, without_henan
from tests.support.sample_round import whole_round as sample_round
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, Review, review_round
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough

YEARS = CONTRACTS.round.years
PACED = {"C01", "C02", "P02", "P03"}  # the nation sets a yearly change, and no level
KEYS = {kind: [row for row in table.indicators if row.key] for kind, table in CONTRACTS.tables.items()}


@dataclass(frozen=True)
class Drawn:
    """A chart as it stands in a workbook, with the values of the cells that it is drawn from."""

    title: str
    gaps: str | None
    names: list[str]
    values: dict[str, list[float | None]]


@cache
def drawn(content: bytes) -> dict[str, Drawn]:
    sheet = opened(content)["图表"]
    found = [_drawn(sheet, chart) for chart in charts(content)]
    assert len({chart.title for chart in found}) == len(found)
    return {chart.title: chart for chart in found}


def charts(content: bytes) -> list[ScatterChart]:
    """The charts of the sheet 图表, which are the only ones of lines."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        drawings = [name for name in archive.namelist() if name.startswith("xl/drawings/drawing")]
        found = [chart for name in drawings for chart in find_images(archive, name)[0]]
    return [chart for chart in found if isinstance(chart, ScatterChart)]


def _drawn(sheet: Worksheet, chart: ScatterChart) -> Drawn:
    title = "".join(run.t for paragraph in chart.title.tx.rich.p for run in paragraph.r)
    values = {}
    for series in chart.series:
        (name,) = _cells(sheet, series.tx.strRef.f)
        values[name] = _cells(sheet, series.yVal.numRef.f)
    names = _cells(sheet, chart.series[0].xVal.numRef.f)
    return Drawn(title, chart.display_blanks, names, values)


def _cells(sheet: Worksheet, reference: str) -> list[object]:
    title, _, area = reference.rpartition("!")
    assert title == "'图表'"
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    return [cell for row in sheet.iter_rows(top, bottom, left, right, values_only=True) for cell in row]


def of(charts: dict[str, Drawn], kind: str, code: str) -> Drawn:
    row = CONTRACTS.tables[kind].by_code[code]
    start = {"city": "城市", "park": "园区"}[kind]
    title = f"{start}（{row.number}）{row.name}（{row.unit}）"
    return charts[f"{title}，{YEARS[0]}年＝100" if code in PACED else title]


def relative(values: list[float | None], code: str) -> list[float | None]:
    """In percent of the base year where the nation sets a pace."""
    if code not in PACED:
        return values
    return [value / values[0] * 100 if value is not None and values[0] else None for value in values]


def usable(pilot: str, code: str) -> list[float | None]:
    """What a pilot gave and may be used, worked out from the published frame."""
    rows = sample_round().observations.filter(pilot=pilot, indicator=code, usable=True)
    values = dict(rows.select("year", "value").iter_rows())
    return [values.get(year) for year in YEARS]


# ---- the sample round ------------------------------------------------------------------------------------------------


def test_the_key_indicators_are_those_that_were_asked_for() -> None:
    assert [row.code for row in KEYS["city"]] == ["C01", "C02", "C07", "C11", "C16"]
    assert [row.code for row in KEYS["park"]] == ["P02", "P03", "P04", "P13"]


@pytest.mark.parametrize(
    ("province", "kind", "pilots"),
    one_in(
        2,
        [
            ("河北省", "city", ["张家口市", "唐山市", "承德市"]),
            ("江苏省", "city", ["盐城市"]),
            ("江苏省", "park", ["苏州工业园区", "南京江宁经济技术开发区"]),
        ],
    ),
)
def test_a_path_is_what_the_pilot_gave_and_may_be_used(province: str, kind: str, pilots: list[str]) -> None:
    charts = drawn(rendered(province))
    for row in KEYS[kind]:
        chart = of(charts, kind, row.code)
        assert chart.names == list(YEARS)
        assert chart.gaps == "gap"
        assert [name for name in chart.values if not name.startswith(("同类", "全国"))] == pilots
        for pilot in pilots:
            assert chart.values[pilot] == relative(usable(pilot, row.code), row.code)


def test_what_may_not_be_used_is_a_gap_and_not_zero() -> None:
    chart = of(drawn(rendered("河北省")), "city", "C01")
    assert chart.values["唐山市"][1:] == [None, None]  # published in words


def test_a_kind_that_is_not_there_has_no_chart() -> None:
    assert len(drawn(rendered("河北省"))) == len(KEYS["city"])
    assert len(drawn(rendered("江苏省"))) == len(KEYS["city"]) + len(KEYS["park"])


@pytest.mark.parametrize(("province", "kind"), [("河北省", "city"), ("江苏省", "park")])
def test_medians_are_those_of_the_peers(province: str, kind: str) -> None:
    peers = View(sample_round()).peers
    for row in KEYS[kind]:
        values = of(drawn(rendered(province)), kind, row.code).values
        if row.code in PACED:
            continue
        (name,) = [name for name in values if name.startswith("同类中位数")]
        assert values[name] == [peers[row.code, year, row.unit][0] for year in YEARS]
        assert name == f"同类中位数（n={'、'.join(str(peers[row.code, year, row.unit][1]) for year in YEARS)}）"


@pytest.mark.parametrize(("province", "code"), [("河北省", "C01"), ("河北省", "C02"), ("江苏省", "P02")])
def test_medians_of_what_is_relative_are_those_of_the_paces(province: str, code: str) -> None:
    """Medians of levels are of other pilots in each year: from 0.52 (n=23) to 0.438 (n=21) is no change of 16 %."""
    kind = "city" if code[0] == "C" else "park"
    spans = list(pairwise(YEARS))
    paces = {
        (row["since"], row["year"]): row
        for row in sample_round().round_context.paces.filter(indicator=code, kind=kind).to_dicts()
    }
    values = of(drawn(rendered(province)), kind, code).values
    level = [100.0]
    for since, year in spans:
        level.append(level[-1] * (1 + paces[since, year]["median"] / 100) ** (year - since))
    name = f"同类年均变化中位数（n={'、'.join(str(paces[span]['n']) for span in spans)}）"
    assert values[name] == pytest.approx(level)


def test_a_pilot_off_the_roster_has_no_line() -> None:
    assert "温州市" in {str(cell.value) for cell in book("浙江省")["试点总览"]["B"]}
    assert not [title for title, chart in drawn(rendered("浙江省")).items() if "温州市" in chart.values]


def test_more_than_8_pilots_are_a_band_and_say_so() -> None:
    chart = of(drawn(rendered(NATION)), "city", "C07")
    values = [
        row["value"] for row in sample_round().observations.filter(indicator="C07", year=2022, usable=True).to_dicts()
    ]
    assert list(chart.values) == ["最大值", "中位数", "最小值", "全国目标（参照）"]
    assert (chart.values["最大值"][0], chart.values["最小值"][0]) == (max(values), min(values))
    notes = [str(cell.value) for cell in book(NATION)["图表"]["A"] if "只画范围" in str(cell.value)]
    assert len(notes) == len(KEYS["city"]) + len(KEYS["park"])


def test_a_province_that_sent_nothing_has_no_charts() -> None:
    assert "图表" not in opened(render_review_workbook(View(without_henan(), "河南省"))).sheetnames


# ---- yardsticks, and other rounds ------------------------------------------------------------------------------------


def _read(province: str, pilot: str, contracts: Contracts = CONTRACTS, *, like: str | None = None) -> object:
    sample = replace(clean_submission(province, like or pilot), pilot=pilot)
    return read_submission(layouts.official(sample), f"submissions/{province}/{pilot}.xlsx", contracts)


def test_a_yardstick_stands_where_there_is_one() -> None:
    charts = drawn(render_review_workbook(View(sample_round(), "河北省")))
    assert of(charts, "city", "C07").values["全国目标（参照）"] == [None, 20.0, 25.0]
    pace = of(charts, "city", "C01").values["全国步伐（参照）"]
    assert pace[:2] == [100, pytest.approx(100 * (1 - 0.135) ** (3 / 5))]
    assert "全国目标（参照）" not in of(charts, "city", "C01").values


@cache
def crowded(pilots: int) -> Review:
    """One province with many cities of long names; every value of C16 in 2025 is missing."""
    names = [f"模拟{'很长的名字' * 5}{number:02d}市" for number in range(pilots)]
    places = (Province("河北省", pilots, tuple(Pilot(name, "city") for name in names)),)
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, provinces=places, quota_total=pilots))
    read = []
    for number, name in enumerate(names):
        sample = replace(put(clean_submission("河北省", "唐山市"), "C16", 2025, None), pilot=name)
        sample = put(sample, "C24", 2022, 30 + number / 10)
        read.append(read_submission(layouts.official(sample), f"submissions/河北省/{name}.xlsx", contracts))
    return review_round(read, contracts, Provenance("0", "0"))


@pytest.mark.parametrize(
    ("pilots", "series"),
    [(1, 1), (8, 9), *(pytest.param(*more, marks=pytest.mark.slow) for more in ((7, 7), (9, 4), (30, 4)))],
)
def test_from_one_pilot_to_thirty(pilots: int, series: int) -> None:
    """Up to 8 have a line each, beyond that there is a band; from 8 on there is a median of peers too."""
    content = render_review_workbook(View(crowded(pilots), "河北省"))
    chart = of(drawn(content), "city", "C16")
    assert len(chart.values) == series
    assert {values[1] for values in chart.values.values()} == {None}
    assert faults(content, outside=None) == []


def test_twice_the_same_bytes() -> None:
    assert render_review_workbook(View(crowded(9), "河北省")) == render_review_workbook(View(crowded(9), "河北省"))
