"""The review workbook: its sheets, the same bytes each time, and any text of a submission stays text."""

import random
from dataclasses import replace

import pytest

from tests.sample import CONTRACTS, add, clean_submission, layouts
from tests.support.rendered_books import (
    HOSTILE,
    NATION,
    book,
    cells,
    hostile_round,
    opened,
    rendered,
    submissions,
)
from tests.support.review_sheets import ALWAYS, COMPARISONS, SEVERAL_BOOKS, SHEETS, texts
from tests.support.sample_round import reviewed
from tests.support.sample_round import whole_round as sample_round
from transforms.intake.submission import read_submission
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough

CONTROL = "\x00\x01\x08\x0b\x1f"


@SEVERAL_BOOKS
def test_the_sheets_are_there_in_order(province: str | None) -> None:
    """Sheets without rows are left out; those that other programs open by name are hidden."""
    names = [name for name in book(province).sheetnames if not name.startswith("_")]
    assert names == [name for name in SHEETS if name in names]
    assert set(names) >= ALWAYS
    shown = [sheet for sheet in book(province).worksheets if sheet.sheet_state == "visible"]
    assert [sheet.title for sheet in shown if sheet.max_row <= (2 if sheet.title in COMPARISONS else 1)] == []
    assert book(province)["已销号问题"].sheet_state == "hidden"


WRITTEN = ["处理状态", "审核意见", "审核人", "日期", "复核提示"]
COLUMNS = [
    *["序号", "严重程度", "省份", "试点", "指标", "年份", "问题", "说明", "处理建议", *WRITTEN, "原值", "规范值"],
    *["可能值／参考范围", "定位", "文件", "工作表", "单元格", "规则", "问题编号"],
]


@pytest.mark.parametrize(
    ("province", "without"), [(NATION, {*WRITTEN[1:], "问题编号"}), ("河北省", {"省份"})], ids=["nation", "province"]
)
def test_the_list_of_findings_has_its_columns(province: str | None, without: set[str]) -> None:
    assert [cell.value for cell in book(province)["问题清单"][1]] == [name for name in COLUMNS if name not in without]


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


FILE_NAMES = ("唐山\x01市.xlsx", "a#b%20 c'd\"<&>.xlsx", "=1+1.xlsx", "唐山\n市.xlsx", "长" * 80 + ".xlsx")


def test_any_file_name_can_be_shown() -> None:
    clean = clean_submission("河北省", "唐山市")
    cities = [layouts.pasted_from_word(replace(clean, pilot=f"模拟{at}市")) for at in range(len(FILE_NAMES))]
    named = zip(cities, FILE_NAMES, strict=True)
    review = reviewed([read_submission(content, f"submissions/河北省/{name}", CONTRACTS) for content, name in named])
    shown = opened(render_review_workbook(View(review, "河北省")))
    assert not [cell.coordinate for cell in cells(shown) if cell.data_type == "f"]
    targets = {cell.hyperlink.target for cell in cells(shown) if cell.hyperlink and cell.hyperlink.target}
    assert len(targets) == len(FILE_NAMES), "a link for each file"


def test_a_number_beyond_all_bounds_can_be_shown() -> None:
    """Of an indicator of the pilot's own, so that no bound keeps it away."""
    huge = ("1e400", "9" * 400)
    sample = add(clean_submission("河北省", "唐山市"), "补充甲", "个", (*huge, 2))
    review = reviewed([read_submission(layouts.official(sample), "submissions/a.xlsx", CONTRACTS)])
    assert set(huge) <= set(texts(opened(render_review_workbook(View(review, "河北省")))))


def test_no_space_is_beside_a_number_of_a_page() -> None:
    assert {sheet.oddFooter.center.text for sheet in book("河北省")} >= {"&A　第&P页，共&N页"}
