"""The correction notice: its form, what it asks for, and the table of all faults in its annex."""

import io
import re
from dataclasses import replace
from datetime import date

import docx
import polars as pl
import pytest

from contracts.rules import SEVERITIES
from tests.sample import CONTRACTS, clean_submission, layouts, put
from tests.support.notices import (
    GOOD,
    LETTER,
    annex,
    everything,
    many_wrong,
    notices,
    of_the_round,
    paragraphs,
    review_of,
)
from transforms.reports.notices.render_notices import render_notices
from transforms.reports.view import View

pytestmark = pytest.mark.thorough

BLANK = f"{8 * chr(0xA0)}年{5 * chr(0xA0)}月{5 * chr(0xA0)}日"  # blanks that no end of a line swallows


def test_a_letter_about_one_thing() -> None:
    sent = notices(put(GOOD, "C08", 2025, "见附件"))
    lines = paragraphs(sent[LETTER])
    assert lines[:3] == [
        "×发改××〔　　　〕　　号",
        "关于补正唐山市国家碳达峰试点建设指标报送材料的通知",
        "唐山市发展和改革委员会：",
    ]
    assert lines[3].startswith("你委报送的唐山市")
    assert "“指标表.xlsx”，版本1" in lines[3]
    assert "必须更正的问题1项" in lines[3]
    assert f"请于{BLANK}前" in lines[3]
    assert lines[4:6] == ["一、必须更正的问题（1项）", "数值和单位：不能识别为数值1项（附件1第1项）。"]
    assert lines[6] == "二、补正要求"
    assert lines[lines.index("请将补正材料报送至　　　　　　　　。") + 1] == "特此通知。"
    assert lines[-4] == "　　　　年　　月　　日"
    assert lines[-3] == "（联系人：　　　　，电话：　　　　　　　）"
    assert lines[-2:] == ["附件1", "问题明细表"]
    assert annex(sent[LETTER])[1][0] == "必须更正的问题"
    assert annex(sent[LETTER])[2][:4] == ["1", "工作表“表1”F10", "电能占终端用能的比重（2025年）", "见附件"]


def test_what_must_be_corrected_comes_before_what_may_be_explained() -> None:
    sample = put(put(GOOD, "C07", 2025, "持续提高"), "C16", 2022, "见附件")
    lines = paragraphs(notices(sample)[LETTER])
    heads = [line for line in lines if re.match("[一二三]、", line)]
    assert heads == ["一、必须更正的问题（1项）", "二、需更正或说明的问题（1项）", "三、补正要求"]
    assert any("数据无误" in line for line in lines)


def test_a_letter_about_many_things_names_kinds_and_lists_all_in_the_annex() -> None:
    sample = many_wrong()
    letter = notices(sample)[LETTER]
    review = review_of(layouts.official(sample))
    serious = review.findings.filter(pl.col("severity").is_in(SEVERITIES[:3]) & pl.col("file").is_not_null())
    rows = [row for row in annex(letter)[1:] if row[0].isdigit()]
    assert [int(row[0]) for row in rows] == list(range(1, serious.height + 1))
    assert serious.height >= 60
    assert {row[1].removeprefix("工作表“表1”") for row in rows} == set(serious["cell"])
    kinds = "".join(line for line in paragraphs(letter) if "（附件1第" in line)
    assert sum(map(int, re.findall(r"(\d+)项（附件1第", kinds))) == serious.height
    assert len(paragraphs(letter)) < 25, "the body names kinds, not faults"


def test_what_is_required_fits_what_was_sent() -> None:
    sent = {path.rsplit("/", 1)[-1]: content for (_, path), content in of_the_round().items()}
    alone, without_cover, corrected = (
        "".join(paragraphs(sent[f"{pilot}补正通知.docx"])) for pilot in ("长沙市", "承德市", "湖州市")
    )
    unreadable = "".join(paragraphs(sent["湘潭市补正通知.docx"]))
    assert "收悉。经核对，发现" in unreadable, "what cannot be read is not checked item by item"
    assert "收悉。经逐项核对，发现" in corrected
    assert "经核实" not in alone + without_cover, "a plan that is missing cannot be verified"
    assert "日前报送实施方案。" in alone
    assert "实施方案：未收到1项（附件第1项）。" in alone
    assert "日前完成补正并重新报送。" in without_cover
    assert not any(
        "实施方案：实施方案" in "".join(paragraphs(letter)) for path, letter in sent.items() if "docx" in path
    )
    assert "封面" not in without_cover
    assert "在文件名中注明版本和日期" in without_cover
    assert "将封面版本号加1、更新填报日期" in corrected


@pytest.mark.parametrize(("day", "says"), [(None, f"{BLANK}前"), (date(2024, 6, 30), "2024年6月30日前")])
def test_the_deadline_is_the_rounds_or_blank(day: date | None, says: str) -> None:
    review = review_of(layouts.official(put(GOOD, "C08", 2025, "见附件")))
    contracts = replace(CONTRACTS, round=replace(CONTRACTS.round, deadline=day))
    sent = render_notices(View(replace(review, contracts=contracts), "河北省"))
    assert says in paragraphs(sent[LETTER])[3]


def test_two_files_of_one_pilot_are_told_apart() -> None:
    sent = notices(put(GOOD, "C01", 2022, 0.5), put(GOOD, "C01", 2022, 0.6))
    assert "两次报送无法区分先后1项" in everything(sent[LETTER])
    assert annex(sent[LETTER])[2][1].endswith("整个文件")
    assert "submissions" not in everything(sent[LETTER])


def test_a_letter_about_a_plan_says_so_and_names_places_that_word_shows() -> None:
    letter = of_the_round()["浙江省", "notices/杭州市补正通知.docx"]
    lines = paragraphs(letter)
    assert lines[1] == "关于补正杭州市国家碳达峰试点实施方案有关内容的通知"
    title = docx.Document(io.BytesIO(letter)).paragraphs[1].text
    assert title.split("\n") == ["关于补正杭州市国家碳达峰试点", "实施方案有关内容的通知"]
    assert "附件：问题明细表" in lines
    assert lines[-2:] == ["附件", "问题明细表"]
    places = [row[1] for row in annex(letter)[1:] if row[0].isdigit()]
    assert "“八、保障措施”一节" in places
    assert "方案表1“新建建筑中星级绿色建筑占比”行2030年栏" in places
    assert not re.search(r"第\d+段|![A-Z]+\d|参与汇总|”、“", everything(letter))


def test_a_park_without_a_name_is_addressed_by_the_commission_of_its_city() -> None:
    park = clean_submission("陕西省", "西咸新区")
    sample = put(replace(park, province="内蒙古自治区", pilot="赤峰市的园区"), "P05", 2025, "见附件")
    review = review_of(layouts.official(sample), file="submissions/内蒙古自治区/赤峰市的园区/表2.xlsx")
    lines = paragraphs(render_notices(View(review, "内蒙古自治区"))["notices/赤峰市的园区补正通知.docx"])
    assert lines[2] == "赤峰市发展和改革委员会："
    assert lines[3].startswith("你委报送的")


def test_a_park_is_addressed_by_its_committee_and_a_broken_file_is_not_to_be_corrected() -> None:
    park = paragraphs(of_the_round()["陕西省", "notices/西咸新区补正通知.docx"])
    assert park[2] == "西咸新区管理委员会："
    assert park[3].startswith("你管委会报送的")
    broken = everything(of_the_round()["湖南省", "notices/湘潭市补正通知.docx"])
    assert "湘潭市发展和改革委员会：" in broken
    assert "在原工作簿上更正" not in broken
