"""Figures in the review workbook: each traces to its cell in the submission, to its conversion and to its peers."""

import re
import unicodedata
from fractions import Fraction
from statistics import median

import polars as pl
import pytest
from openpyxl.cell.cell import Cell

from tests.sample import CONTRACTS
from tests.support.rendered_books import (
    NATION,
    book,
)
from tests.support.review_sheets import (
    COMPARISONS,
    SEVERAL_BOOKS,
    compared,
    file_of,
    lines,
    places,
    submitted,
    title_of,
)
from tests.support.sample_round import whole_round as sample_round
from transforms.reports.rows.quantities import in_decimals, number_format, quantity_text, yearly_change
from transforms.reports.view import View

pytestmark = pytest.mark.thorough

YEARS = CONTRACTS.round.years


def same(shown: str | None, cell: Cell) -> bool:
    """Whether the shown text is what a person sees in the submission's cell."""
    if not isinstance(cell.value, int | float):
        return shown == cell.value
    number = Fraction(f"{cell.value:.15g}")
    if "%" in cell.number_format:
        return shown is not None and shown.endswith("%") and Fraction(shown[:-1]) == number * 100
    return shown is not None and Fraction(shown) == number


def factor(conversion: str | None, year: int) -> Fraction:
    """The factor that the words of the column 换算依据 give for a year."""
    for line in (conversion or "").split("\n"):
        about = re.match(r"(\d{4})年：", line)
        if (step := re.search(r"1[^\d＝]+＝(\d[\d./]*)", line)) and (about is None or int(about[1]) == year):
            return Fraction(step[1])
    return Fraction(1)


def number_in(shown: str) -> Fraction:
    (found,) = re.findall(r"-?\d+(?:\.\d+)?", unicodedata.normalize("NFKC", shown).replace(",", ""))
    return Fraction(found)


@SEVERAL_BOOKS
def test_every_raw_value_stands_in_the_cell_that_the_origin_names(province: str | None) -> None:
    seen = 0
    for line in compared(book(province)):
        shown = [line[f"原值{year}"].value for year in YEARS]
        origin = line["出处"].value
        if origin == "（表中无此行）":
            assert shown == [None] * len(YEARS)
            continue
        found = places(origin)
        assert len(found) == len(YEARS)
        source = submitted(file_of()[line["试点"].value])
        for text, (sheet, address) in zip(shown, found, strict=True):
            assert same(text, source[sheet][address]), (origin, text)
            seen += 1
    assert seen > (2000 if province is NATION else 100)


@SEVERAL_BOOKS
def test_every_canonical_value_is_the_raw_value_converted_as_said(province: str | None) -> None:
    seen = 0
    for line in compared(book(province)):
        for year in YEARS:
            value, shown = line[f"规范值{year}"].value, line[f"原值{year}"].value
            if value is not None:
                assert value == float(number_in(shown) * factor(line["换算依据"].value, year)), line["出处"].value
                seen += 1
    assert seen > (2000 if province is NATION else 100)


def test_every_pilot_that_counts_has_every_indicator() -> None:
    wanted = {
        (title_of(province, pilot), indicator.name)
        for province, pilot, kind in sample_round().judged.batch.counted.select("province", "pilot", "kind").iter_rows()
        for indicator in CONTRACTS.tables[kind].indicators
    }
    assert wanted <= {(line["试点"].value, line["具体指标"].value) for line in compared(book(NATION))}


@SEVERAL_BOOKS
def test_a_median_of_peers_is_shown_with_8_or_more_and_not_with_fewer(province: str | None) -> None:
    values: dict[tuple[str, str, int, str], list[float]] = {}
    for row in sample_round().observations.iter_rows(named=True):
        if row["usable"]:
            values.setdefault((row["kind"], row["indicator"], row["year"], row["unit"]), []).append(row["value"])
    titles = {file: title for title, file in file_of().items()}
    unit_of = {
        (titles.get(row["file"]), row["indicator"], row["year"]): row["unit"]
        for row in sample_round().observations.iter_rows(named=True)
    }
    shown = 0
    for kind, name in zip(("city", "park"), COMPARISONS, strict=True):
        table = CONTRACTS.tables[kind].by_code
        for line in lines(book(province)[name], 2):
            if line["序号"].value == "补充" or line["试点"].value not in file_of():
                continue
            code = next(code for code in table if table[code].name == line["具体指标"].value)
            for year in YEARS:
                unit = unit_of[line["试点"].value, code, year]
                peers = values.get((kind, code, year, unit or ""), [])
                cell = line[f"同类中位数{year}"]
                if len(peers) < 8:
                    assert cell.value == "—"
                else:
                    assert cell.value == pytest.approx(median(peers))
                    assert f"n={len(peers)}" in cell.number_format
                    shown += 1
    assert shown > 100


def test_there_are_medians_that_are_not_shown() -> None:
    """The parks of the sample split over two units of P11: fewer than 8 on either side."""
    park = [line for line in lines(book(NATION)[COMPARISONS[1]], 2) if line["序号"].value == 11]
    assert len(park) == 10
    assert {line[f"同类中位数{year}"].value for line in park for year in YEARS} == {"—"}


def test_a_small_change_is_no_standstill() -> None:
    def change(first: float, last: float) -> str | None:
        about = {"indicator": "C26", "unit": "%", "usable": True}
        return yearly_change(CONTRACTS, about | {"value": first, "year": 2022}, about | {"value": last, "year": 2025})

    assert (change(1.01, 1.14), change(2.9, 2.8)) == ("+0.04个百分点", "-0.03个百分点")
    assert (change(1.0, 1.0), change(2.1, 2.35)) == ("持平", "+0.08个百分点")
    small = {number_format(CONTRACTS, code, "%") for code in ("C26", "P14")}
    assert (small, number_format(CONTRACTS, "C07", "%")) == ({"0.00"}, "0.0")


def test_a_figure_is_rounded_in_a_text_as_in_a_cell_and_has_the_digits_of_its_indicator() -> None:
    """Excel rounds halves away from zero; Python would show 0.412 beside its 0.413."""
    shown = [quantity_text(CONTRACTS, "C01", "吨标准煤/万元", value) for value in (0.4125, 0.3065, 0.41249999999999998)]
    assert shown == ["0.413", "0.307", "0.413"]
    assert (in_decimals(-0.25, 1, "+"), in_decimals(1234567.5, 0, ",")) == ("-0.3", "1,234,568")
    assert quantity_text(CONTRACTS, "P09", "MJ/m²", 463.35) == "463.4"
    assert quantity_text(CONTRACTS, "C05", "亿元/平方公里", 0.096) == "0.096", "0.10 would be a rise of 54 % from 0.065"


def test_every_conversion_is_on_record() -> None:
    """The other sheets show a row's conversions together; here each value has its own."""
    rows = lines(book("山西省")["换算记录"], 1)
    view = View(sample_round(), "山西省")
    as_shown = pl.col("conversion") == "单元格为百分比格式，按显示值读取"
    assert len(rows) == view.observations.filter(pl.col("conversion").is_not_null() & ~as_shown).height > 0
    (line,) = [
        row
        for row in rows
        if (row["试点"].value, row["具体指标"].value, row["年份"].value) == ("太原市", "可再生能源发电总装机容量", 2022)
    ]
    assert (line["原单位"].value, line["规范单位"].value) == ("万千瓦", "千瓦")
    assert "10000" in line["换算依据"].value
