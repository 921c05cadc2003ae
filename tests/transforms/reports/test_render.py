"""The review workbook: every figure traces to its cell, nothing is a formula, and a province sees its own."""

import random
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from statistics import median
from urllib.parse import unquote

import polars as pl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.sample import CONTRACTS, add, change, clean_submission, layouts
from tests.sample.__main__ import ARRIVALS
from tests.support.rendered_books import (
    CONTACT,
    HOSTILE,
    NATION,
    book,
    cells,
    files,
    hostile_round,
    opened,
    rendered,
    submissions,
    without_henan,
)
from tests.support.sample_round import reviewed
from tests.support.sample_round import whole_round as sample_round
from transforms.intake.submission import read_submission
from transforms.reports.quantities import number_format, yearly_change
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook
from transforms.reports.workbook.summary_sheets.cover_sections import top_findings

YEARS = CONTRACTS.round.years
SHEETS = [
    "封面",
    "问题清单",
    "审核意见",
    "指标对照（城市）",
    "指标对照（园区）",
    "对标情况",
    "文表一致性",
    "章节核对",
    "试点总览",
    "名额核对",
    "未量化目标",
    "指标汇总",
    "图表",
    "数值雷同",
    "已销号问题",
    "审核留痕",
    "换算记录",
    "合理范围表",
    "规则目录",
    "来源",
]
ALWAYS = {
    "封面",
    "问题清单",
    "审核意见",
    *SHEETS[3:5],
    "试点总览",
    "名额核对",
    "已销号问题",
    "合理范围表",
    "规则目录",
    "来源",
}
COMPARISONS = ("指标对照（城市）", "指标对照（园区）")
SEVERAL = (NATION, "河北省", "山西省", "江苏省", "浙江省")
CONTROL = "\x00\x01\x08\x0b\x1f"


def texts(book: Workbook, sheets: Iterable[str] | None = None) -> list[str]:
    wanted = set(sheets or book.sheetnames)
    return [str(cell.value) for cell in cells(book) if cell.parent.title in wanted]


def lines(sheet: Worksheet, header: int) -> list[dict[str, Cell]]:
    """Rows below a header as cells by title, until an empty row; a title that stands for each year ends in the year."""
    names, year = [], ""
    for cell in sheet[header]:
        above = sheet.cell(header - 1, cell.column).value if header > 1 else None
        year = re.sub(r"\D", "", str(above)) if above else year
        names.append(
            f"{cell.value}{year}" if cell.value in {"原值", "规范值", "同类中位数", "全国目标"} else str(cell.value)
        )
    found = []
    for row in sheet.iter_rows(min_row=header + 1):
        if row[0].value is None:
            break
        found.append(dict(zip(names, row, strict=True)))
    return found


def compared(book: Workbook) -> list[dict[str, Cell]]:
    return [line for name in COMPARISONS for line in lines(book[name], 2) if line["试点"].value in file_of()]


@cache
def file_of() -> dict[str, str]:
    """The file that counts, by the name of its pilot that is shown."""
    counted = sample_round().judged.batch.counted.select("province", "pilot", "file")
    return {title_of(province, pilot): file for province, pilot, file in counted.iter_rows()}


def title_of(province: str | None, pilot: str | None) -> str:
    return View(sample_round()).pilot_title(province, pilot)


@cache
def submitted(file: str) -> Workbook:
    return opened(files()[file])


SEVERAL_BOOKS = pytest.mark.parametrize("province", SEVERAL, ids=lambda province: province or "全国")


# ---- the book --------------------------------------------------------------------------------------------------------


@SEVERAL_BOOKS
def test_the_sheets_are_there_in_order(province: str | None) -> None:
    """Sheets without rows are left out; those that other programs open by name are hidden."""
    names = [name for name in book(province).sheetnames if not name.startswith("_")]
    assert names == [name for name in SHEETS if name in names]
    assert set(names) >= ALWAYS
    shown = [sheet for sheet in book(province).worksheets if sheet.sheet_state == "visible"]
    assert [sheet.title for sheet in shown if sheet.max_row <= (2 if sheet.title in COMPARISONS else 1)] == []
    assert book(province)["已销号问题"].sheet_state == "hidden"


@pytest.mark.parametrize("province", [NATION, "河北省"])
def test_rendering_twice_gives_the_same_bytes(province: str | None) -> None:
    assert render_review_workbook(View(sample_round(), province)) == rendered(province)


def test_the_order_of_arrival_changes_no_byte() -> None:
    shuffled = list(submissions())
    random.Random(1).shuffle(shuffled)
    review = reviewed(shuffled)
    assert render_review_workbook(View(replace(review, provenance=sample_round().provenance), "河北省")) == rendered(
        "河北省"
    )


# ---- figures ---------------------------------------------------------------------------------------------------------


def places(origin: str) -> list[tuple[str, str]]:
    """Sheet and address of every cell that a text like 表1!E5:G5 or 表1!E5、G5 names."""
    sheet, addresses = origin.rsplit("!", 1)
    found = []
    for part in addresses.split("、"):
        first, _, last = part.partition(":")
        (row, start), (_, end) = coordinate_to_tuple(first), coordinate_to_tuple(last or first)
        found += [(sheet, f"{get_column_letter(column)}{row}") for column in range(start, end + 1)]
    return found


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
        if (step := re.search(r"1 \S+ = (\S+) \S+", line)) and (about is None or int(about[1]) == year):
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


# ---- text stays text -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("province", [NATION, "河北省"])
def test_no_text_of_a_submission_becomes_a_formula(province: str | None) -> None:
    shown = opened(render_review_workbook(View(hostile_round(), province)))
    assert not [cell.coordinate for cell in cells(shown) if cell.data_type not in {"s", "n"}]
    for text in HOSTILE:
        assert f"{text}高新区".strip() in texts(shown, ["试点总览"])
        assert texts(shown, COMPARISONS).count(text) >= 3  # C01, the added indicator, its unit
    assert {origin.rsplit("!", 1)[0] for origin in texts(shown, COMPARISONS) if "!G6" in origin} == {"=1+1 '表'"}


def test_control_characters_do_not_spoil_a_book() -> None:
    read = read_submission(layouts.official(clean_submission("河北省", "唐山市")), "submissions/a.xlsx", CONTRACTS)
    spoilt = ("label", "raw_value", "raw_unit", "remark")
    rows = tuple(row | {name: f"={CONTROL}{row[name]}" for name in spoilt} for row in read.observations)
    who = replace(read.identity, named=f"={CONTROL}", version=CONTROL, filled_on=CONTROL, contacts=(CONTROL,))
    review = reviewed([replace(read, observations=rows, identity=who)])
    for province in ("河北省", NATION):
        shown = opened(render_review_workbook(View(review, province)))
        assert not [cell.coordinate for cell in cells(shown) if cell.data_type == "f"]
        assert not [text for text in texts(shown) if set(CONTROL) & set(text)]


@pytest.mark.parametrize(
    "name",
    ["唐山\x01市.xlsx", "a#b%20 c'd\"<&>.xlsx", "=1+1.xlsx", "唐山\n市.xlsx", "长" * 80 + ".xlsx"],
)
def test_any_file_name_can_be_shown(name: str) -> None:
    content = layouts.pasted_from_word(clean_submission("河北省", "唐山市"))
    review = reviewed([read_submission(content, f"submissions/河北省/{name}", CONTRACTS)])
    shown = opened(render_review_workbook(View(review, "河北省")))
    assert not [cell.coordinate for cell in cells(shown) if cell.data_type == "f"]


@pytest.mark.parametrize("huge", ["1e400", "9" * 400], ids=lambda text: text[:6])
def test_a_number_beyond_all_bounds_can_be_shown(huge: str) -> None:
    """Of an indicator of the pilot's own, so that no bound keeps it away."""
    sample = add(clean_submission("河北省", "唐山市"), "补充甲", "个", (huge, 1, 2))
    review = reviewed([read_submission(layouts.official(sample), "submissions/a.xlsx", CONTRACTS)])
    assert huge in texts(opened(render_review_workbook(View(review, "河北省"))))


# ---- links -----------------------------------------------------------------------------------------------------------


def links(book: Workbook) -> list[Cell]:
    return [cell for cell in cells(book) if cell.hyperlink]


def split_location(location: str) -> tuple[str, str]:
    sheet, address = location.rsplit("!", 1)
    return sheet.removeprefix("'").removesuffix("'").replace("''", "'"), address


@SEVERAL_BOOKS
def test_links_inside_lead_to_a_row_with_something_in_it(province: str | None) -> None:
    shown = book(province)
    inside = [cell.hyperlink.location for cell in links(shown) if not cell.hyperlink.target]
    assert len(inside) >= len(ALWAYS) - 1
    for location in inside:
        sheet, address = split_location(location)
        assert sheet in shown.sheetnames
        assert any(cell.value is not None for cell in shown[sheet][coordinate_to_tuple(address)[0]])


@SEVERAL_BOOKS
def test_a_finding_leads_to_the_row_of_its_pilot_and_indicator(province: str | None) -> None:
    shown = book(province)
    located = [line for line in lines(shown["问题清单"], 1) if line["定位"].hyperlink]
    assert located
    for line in located:
        sheet, address = split_location(line["定位"].hyperlink.location)
        row = [cell.value for cell in shown[sheet][coordinate_to_tuple(address)[0]]]
        assert line["试点"].value in row
        assert sheet == "章节核对" or line["指标"].value in row


@pytest.mark.parametrize("province", list(CONTRACTS.round.quotas))
def test_links_outside_lead_to_a_file_of_the_package(province: str) -> None:
    package = set(View(sample_round(), province).copies)
    outside = [cell for cell in links(book(province)) if cell.hyperlink.target]
    assert {unquote(cell.hyperlink.target) for cell in outside} == package
    for cell in outside:
        source = unquote(cell.hyperlink.target)
        if cell.hyperlink.location and source in file_of().values():
            sheet, address = split_location(cell.hyperlink.location)
            assert address == "A1" or sheet in submitted(source).sheetnames


def test_the_origin_links_to_the_first_cell_that_it_names() -> None:
    for line in compared(book("河北省")):
        if line["出处"].hyperlink:
            location = split_location(line["出处"].hyperlink.location)
            assert location == places(line["出处"].value)[0]
            assert unquote(line["出处"].hyperlink.target) == file_of()[line["试点"].value]


def test_the_nation_has_no_copies_to_link_to() -> None:
    assert not [cell.coordinate for cell in links(book(NATION)) if cell.hyperlink.target]


# ---- who sees what ---------------------------------------------------------------------------------------------------


def names_of(province: str) -> set[str]:
    """Every name under which a pilot of a province is known."""
    roster = {name for p, pilot in CONTRACTS.round.roster if p == province for name in (pilot.name, *pilot.aliases)}
    return roster | {arrival.pilot for arrival in ARRIVALS if arrival.province == province}


@pytest.mark.parametrize("province", CONTRACTS.round.quotas)
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


# ---- nothing is not zero ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("province", [NATION, "河南省"])
def test_a_province_without_submissions_is_missing_and_not_zero(province: str | None) -> None:
    shown = opened(render_review_workbook(View(without_henan(), province)))
    (line,) = [line for line in lines(shown["名额核对"], 1) if line["省份"].value == "河南省"]
    assert line["名额状态"].value == "未收到报送"
    assert line["名额"].value == 2
    assert [line[title].value for title in ("有效报送", "城市", "园区")] == ["—", "—", "—"]
    (line,) = [line for line in lines(shown["试点总览"], 1) if line["试点"].value == "新乡市"]
    assert (line["状态"].value, line["可用数值"].value) == ("未报送", "—")


def test_the_book_of_a_province_without_submissions_says_so() -> None:
    shown = opened(render_review_workbook(View(without_henan(), "河南省")))
    assert texts(shown, ["封面"]).count("未收到报送") >= 2
    assert [line["状态"].value for line in lines(shown["试点总览"], 1)] == ["未报送", "未报送"]
    assert {name: shown[name].sheet_state for name in COMPARISONS} == dict.fromkeys(COMPARISONS, "hidden")
    assert not {"指标汇总", "图表", "换算记录", "章节核对", "文表一致性"} & set(shown.sheetnames)


def test_targets_in_words_are_listed_apart() -> None:
    listed = lines(book("河北省")["未量化目标"], 1)
    about = [(line["试点"].value, line["年份"].value) for line in listed]
    assert about == [("唐山市", 2025), ("唐山市", 2030), ("唐山市", 2025), ("唐山市", 2030), ("唐山市", 2030)]
    assert all("写明" in line["量化要求"].value or "给出" in line["量化要求"].value for line in listed)


def test_a_stated_reduction_is_a_number() -> None:
    assert "未量化目标" not in book("内蒙古自治区").sheetnames
    (line,) = [one for one in lines(book("内蒙古自治区")["试点总览"], 1) if one["试点"].value == "鄂尔多斯市"]
    assert line["未用原因"].value == "以变化幅度表述1"


def test_a_small_change_is_no_standstill() -> None:
    def change(first: float, last: float) -> str | None:
        about = {"indicator": "C26", "unit": "%", "usable": True}
        return yearly_change(CONTRACTS, about | {"value": first, "year": 2022}, about | {"value": last, "year": 2025})

    assert (change(1.01, 1.14), change(2.9, 2.8)) == ("+0.04个百分点", "-0.03个百分点")
    assert (change(1.0, 1.0), change(2.1, 2.35)) == ("持平", "+0.08个百分点")
    small = {number_format(CONTRACTS, code, "%") for code in ("C26", "P14")}
    assert (small, number_format(CONTRACTS, "C07", "%")) == ({"0.00"}, "0.0")


def test_the_catalogue_names_indicators_as_the_guide_numbers_them() -> None:
    assert [text for text in texts(book("河北省"), ["规则目录"]) if re.search(r"(?<![A-Z])[CP]\d\d", text)] == []


def test_the_remarks_of_the_table_are_beside_its_values() -> None:
    (line,) = [one for one in lines(book("河北省")[COMPARISONS[0]], 2) if one["清单"].row == 3]
    assert line["备注"].value == "与节能考核口径一致，已扣除原料用能"


def test_a_check_that_did_not_run_names_no_fault_on_the_cover() -> None:
    rows = [[cell.value for cell in row] for row in book("河北省")["封面"].iter_rows()]
    at = next(at for at, row in enumerate(rows) if row[0] == "未能执行的检查")
    assert rows[at + 1][:3] == ["碳排放强度与能耗强度之比", None, "唐山市：缺少数值"]


@SEVERAL_BOOKS
def test_a_park_has_one_name_on_every_sheet(province: str | None) -> None:
    shown = [text for text in texts(book(province), set(SHEETS) & set(book(province).sheetnames)) if "市的园区" in text]
    # The submitter gave no other name.
    assert [text for text in shown if text != "赤峰市的园区"] == []


def test_no_space_is_beside_a_number_of_a_page() -> None:
    assert {sheet.oddFooter.center.text for sheet in book("河北省")} >= {"&A　第&P页，共&N页"}


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
