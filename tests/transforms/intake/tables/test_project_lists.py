"""Lists of projects, tasks and measures: read on any sheet, and never taken for a table of indicators."""

import pytest

from tests.support.plain_tables import CONTRACTS, book, city_rows, read, values
from tests.support.self_checked import check_workbook
from tests.support.table_books import found_by

TABLE = [("序号", "类别", "具体指标", "单位", "2022年", "2025年", "2030年"), *city_rows()]
PROJECTS = [
    ("附件2  重点项目清单",),
    ("序号", "项 目 名 称", "地点", "建设内容和规模", "建设年限", "总投资", "2023投资", "2025投资", "效益", "支撑指标"),
    ("一", "能源类"),
    (1, "北港风电场", "北港镇", "风机20台", "2024-2026年", 12, 3, 9, "减碳10万吨", "非化石能源消费占比"),
    (2, "沿江公交换电站", "城西", "换电站6座", "202403-202512", 2, 1, 1, None, "城市绿色出行比例"),
    (3, "林场抚育", "西山", "抚育3万亩", "2021—2023年", 1, 1, None, "增汇", "森林覆盖率"),
    (None, "合计", None, None, None, 15, 5, 10),
]  # fmt: skip
TASKS = [
    ("序号", "重点任务", "具体举措", "责任单位", "完成时限"),
    (1, "推进能耗双控转型", "制定实施细则", "市发展改革委", "2024年底前"),
    (2, "完善碳统计核算", None, "市统计局", "长期坚持"),
    (3, "修订节能办法", "报送草案", "市司法局", "2022年底前"),
]
MEASURES = [
    ("改革举措", "主要内容", "预期成效", "牵头单位"),
    ("绿色金融改革", "设立转型贷款贴息", "撬动贷款20亿元", "市金融局"),
]


def listed(**sheets: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
    found = read(book(表1=TABLE, **sheets)).projects
    return [(one.listed, one.name, one.sheet, one.cell, one.first, one.last, one.lacks, one.without) for one in found]


def test_a_list_of_projects_is_read_under_any_name_of_its_sheet() -> None:
    assert listed(附件2=PROJECTS) == [
        ("重点工程", "北港风电场", "附件2", "B4", 2024, 2026, (), ()),
        ("重点工程", "沿江公交换电站", "附件2", "B5", 2024, 2025, ("预期效果",), ()),
        ("重点工程", "林场抚育", "附件2", "B6", 2021, 2023, (), ()),
    ]


def test_tasks_and_measures_are_read_like_projects_without_what_only_projects_have() -> None:
    assert listed(任务=[*TASKS, (), *MEASURES]) == [
        ("重点任务", "推进能耗双控转型", "任务", "B2", 2024, 2024, (), ()),
        ("重点任务", "完善碳统计核算", "任务", "B3", None, None, ("建设内容",), ()),
        ("重点任务", "修订节能办法", "任务", "B4", 2022, 2022, (), ()),
        ("重点任务", "绿色金融改革", "任务", "A7", None, None, (), ()),
    ]


def test_in_a_progress_report_a_name_alone_is_a_project_but_for_headings() -> None:
    header = ("序号", "项目名称", "建设状态", "完成投资", "实际效果")
    rows = [("一", "能源基础设施"), (1, "城西光伏"), ("（二）", "节能改造"), (2, "城东换电站", "在建", 1, "好")]
    assert [one[1] for one in listed(进展=[header, *rows])] == ["城西光伏", "城东换电站"]


def test_the_rules_about_projects_hold_for_tasks() -> None:
    content = book(表1=TABLE, 任务=TASKS, 改革=MEASURES)
    found = [row for row in check_workbook(content, "盐城市.xlsx", CONTRACTS) if row["rule"].startswith("PROJECT")]
    assert [(row["rule"], row["sheet"], row["cell"]) for row in found] == [
        ("PROJECT-INCOMPLETE", "任务", None),
        ("PROJECT-PERIOD", "任务", None),
    ]
    assert found[0]["message"].startswith("重点任务“完善碳统计核算”（任务）没有填写建设内容")


def test_a_list_of_projects_is_no_table_of_indicators() -> None:
    content = book(重点项目清单=PROJECTS, 表1=TABLE)
    assert read(content).sheet == "表1"
    assert [rule for rule, _, _ in found_by(content) if rule.startswith("TABLE")] == []
    assert values(read(content)) == values(read(book(表1=TABLE)))


def test_a_list_below_the_table_does_not_add_rows_to_it() -> None:
    below = book(表1=[*TABLE, *PROJECTS[1:]])
    assert values(read(below)) == values(read(book(表1=TABLE)))
    assert [one.name for one in read(below).projects] == ["北港风电场", "沿江公交换电站", "林场抚育"]


@pytest.mark.parametrize("name", ["重点工程", "重点项目清单"])
def test_indicators_that_projects_support_are_no_table(name: str) -> None:
    submission = read(book(表1=[("（空表）",)], **{name: PROJECTS}))
    assert (submission.fault, submission.detail) == ("no_table", "各工作表中都没有指南所列的指标")


@pytest.mark.parametrize(
    "header",
    [
        ("企业名称", "行业", "主要产品", "建设内容"),
        ("文件名称", "主要内容", "印发时间", "印发单位"),
        ("项目名称", "2022年", "2025年", "建设内容"),  # of a table whose label column has this title
        ("具体指标", "重点任务", "责任单位", "完成时限"),
    ],
)
def test_other_tables_are_no_lists(header: tuple[str, ...]) -> None:
    assert listed(其他=[header, ("甲", "乙", "丙", "2024年")]) == []
