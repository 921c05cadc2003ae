"""A text excuses a missing indicator where it gives a reason, not where it says how, when or by whom it is measured."""

from dataclasses import replace

import pytest

from contracts.load import load_contracts
from tests.judgement.feed import as_workbook, read
from tests.sample import Note, change, clean_submission
from tests.sample.progress import REASONS as EXPLANATIONS
from transforms.progress.explanations import explanations

CITY = clean_submission("辽宁省", "大连市")
REASONS = """无此项
无此项统计
我市无大宗固废产生企业
辖区内暂无工业余能
暂无统计数据
尚未开展
我市未开展此项工作
未开展统计，拟自2025年起建立统计制度
该指标尚未纳入统计
不涉及
不适用
根据实际情况删减
本指标删减
已删除该指标
不具备统计条件
统计部门不掌握该数据
数据暂缺
省级部门尚未公布
目前未单独统计
没有相关统计
无法获取
难以分解到市
数据涉密，不宜公开
因统计口径调整，原指标不再统计
由于机构改革，数据无法衔接
以“综合能源站数量”代替
待省统计局反馈
正在建立统计制度
来源：市住建局；无此项统计
2022年尚未统计
绿证不计入；本市未开展核算
统计制度调整后口径收窄，按原口径已接近目标。"""
NO_REASONS = """来源：大连市统计局，2020年可比价
数据来源：市发展改革委
市统计局提供
《大连统计年鉴2023》
见《国家碳达峰试点（大连）实施方案》
2022年快报数
2020年可比价
按行政区域面积计算
按万千瓦填报
电力按发电煤耗法折算，绿证不计入
绿证暂不计入
与节能考核口径一致，已扣除原料用能
未扣除原料用能
含外购电力间接排放，不含过程排放
外购绿电尚未计入
全市口径，不含农村
中心城区
经核实无误
口径无变化
统计口径未调整
星级指一星级及以上，基本级不计入
根据IPCC缺省因子测算
规划目标
约束性指标"""


@pytest.mark.parametrize("text", REASONS.splitlines())
def test_a_reason_excuses_in_the_remark_and_on_the_notes(text: str) -> None:
    assert excused(text) == (True, True)


@pytest.mark.parametrize("text", NO_REASONS.splitlines())
def test_a_source_or_method_excuses_neither(text: str) -> None:
    assert excused(text) == (False, False)


def test_on_the_notes_any_other_words_are_a_reason() -> None:
    assert excused("本市以服务业为主，固废很少") == (False, True)


def excused(text: str) -> tuple[bool, bool]:
    """Whether a text in the column 备注, and on the sheet 说明, excuses that C12 has no value."""
    empty = change(CITY, "C12", values=(None, None, None))
    noted = replace(empty, notes=(Note(CITY.row("C12").label, "其他", text),))
    return "C12" in read(change(empty, "C12", remark=text)).explained, "C12" in read(noted).explained


@pytest.mark.parametrize(
    ("text", "explains"),
    [("数据来源：市住建局", False), *((text, True) for text in ("项目进度慢于计划", *EXPLANATIONS))],
)
def test_a_source_explains_no_missed_target(text: str, explains: bool) -> None:
    contracts = load_contracts("first-batch-2025")
    sheets = as_workbook(replace(CITY, notes=(Note(CITY.row("C12").label, "未完成原因", text),))).sheets
    table = next(sheet for sheet in sheets if sheet.name == "表1")
    beside = next(sheet for sheet in sheets if sheet.name == "说明")
    assert ("C12" in explanations((table, beside), contracts.tables["city"], contracts)) == explains
