"""Words in the review workbook: missing is not zero, targets in words, remarks, names of pilots and indicators."""

import re

import pytest

from tests.support.rendered_books import (
    NATION,
    book,
    opened,
    without_henan,
)
from tests.support.review_sheets import COMPARISONS, SEVERAL_BOOKS, SHEETS, lines, texts
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

pytestmark = pytest.mark.thorough


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


def test_an_absent_part_lacks_all_that_the_guide_requires() -> None:
    """As on the page of the pilot in index.html."""
    parts = {line["内容"].value: line["未见"].value for line in lines(book("浙江省")["章节核对"], 1)}
    assert parts["碳减排难点分析"] == "主要困难、短板弱项、改进的政策措施"
    assert (parts["实施主体概况"], parts["保障措施"]) == ("—", "—")


def test_targets_in_words_are_listed_apart() -> None:
    listed = lines(book("河北省")["未量化目标"], 1)
    about = [(line["试点"].value, line["年份"].value) for line in listed]
    assert about == [("唐山市", 2025), ("唐山市", 2030), ("唐山市", 2025), ("唐山市", 2030), ("唐山市", 2030)]
    assert all("写明" in line["量化要求"].value or "给出" in line["量化要求"].value for line in listed)


def test_a_stated_reduction_is_a_number() -> None:
    assert "未量化目标" not in book("内蒙古自治区").sheetnames
    (line,) = [one for one in lines(book("内蒙古自治区")["试点总览"], 1) if one["试点"].value == "鄂尔多斯市"]
    assert line["未用原因"].value == "以变化幅度表述1"


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
