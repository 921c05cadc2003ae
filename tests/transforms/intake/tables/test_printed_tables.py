"""Tables as plans print them: no unit column, numbers and units in the names, heads of two lines, few indicators."""

import pytest

from contracts.load import load_contracts
from tests.support.plain_tables import HEAD, book, city_rows, read, values
from transforms.intake.tables.indicator_names import changed_indicator, find_label

CITY = load_contracts("first-batch").tables["city"]

PRINTED = [
    ("表1 “十四五”应对气候变化主要目标",),
    ("指标", "2020年", "2025年", "指标属性"),
    ("（一）总体指标",),
    ("1.单位GDP能耗降低（%）", "[15.2]*", "完成省下达任务", "约束性"),
    ("2.非化石能源消费占比\n（%）", "8.1*", "12.5 以上", "预期性"),
    ("（二）生态指标",),
    ("3.森林覆盖率（%）", 21.4, "≥22", "约束性"),
    ("注：①标*为快报数；②[ ]内为五年累计数。",),
]


def test_a_table_of_a_plan_is_read() -> None:
    found = values(read(book(Sheet1=PRINTED)))
    assert found["C07", 2020] == (8.1, "exact")
    assert found["C07", 2025] == (12.5, "at_least")
    assert (found["C24", 2020], found["C24", 2025]) == ((21.4, "exact"), (22, "at_least"))


def test_a_rate_of_reduction_is_never_the_level() -> None:
    submission = read(book(Sheet1=PRINTED))
    assert all(row["raw_value"] is None for row in submission.observations if row["indicator"] == "C01")
    (row,) = (row for row in submission.observations if row["indicator"] == "X-1" and row["year"] == 2020)
    assert "变化率" in row["detail"]


def test_the_note_of_a_mark_is_kept_beside_the_value() -> None:
    rows = {(row["indicator"], row["year"]): row for row in read(book(Sheet1=PRINTED)).observations}
    assert rows["C07", 2020]["cell_remark"] == "*：快报数"
    assert rows["C07", 2020]["doubt"] is None
    assert rows["X-1", 2020]["cell_remark"] == "*：快报数；[ ]内：五年累计数"


@pytest.mark.parametrize(
    "head",
    [
        [("具体指标", "单位", "现状值", "规划目标", None), (None, None, "2022年", "2025年", "五年累计")],
        [("具体指标", "单位", "2022年\n现状值", "2025年\n目标值", "2025年累计")],
        [("指   标", "单位", "2022年¹", "2025年[2]", "属  性")],
        [("指标", "单位", "2022年", "“十四五”末", "“十四五”累计")],
        [("指标", "计量单位", "二〇二二年", "二〇二五年", "责任单位")],
    ],
    ids=["two lines", "broken lines", "marks", "end of a period", "Chinese years"],
)
def test_a_head_names_its_years(head: list[tuple[object, ...]]) -> None:
    rows = [("非化石能源消费占比", "%", 11, 15, 30), ("森林覆盖率", "%", 21, 22, 9), ("绿色出行比例", "%", 60, 65, 7)]
    found = values(read(book(表1=[*head, *rows])))
    assert (found["C07", 2022], found["C07", 2025]) == ((11, "exact"), (15, "exact"))
    assert (found["C18", 2022], found["C18", 2025]) == ((60, "exact"), (65, "exact"))


def test_two_indicators_of_the_guide_are_a_table_where_there_is_no_other() -> None:
    head = ("序号", "指标", "单位", "2022年", "2025年")
    rows = [(1, "湿地保护率", "%", 60, 61), (2, "非化石能源消费占比", "%", 3, 5), (3, "高标准农田", "万亩", 20, 30)]
    submission = read(book(Sheet1=[head, *rows]))
    assert submission.fault is None
    assert values(submission)["C07", 2025] == (5, "exact")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            [("指标", "单位", "现状值", "目标值"), ("非化石能源消费占比", "%", 3, 5), ("森林覆盖率", "%", 20, 21)],
            "“非化石能源消费占比”“城市森林覆盖率”",
        ),
        ([("指标", "数值"), ("湿地保护率", 30)], "都没有指南所列的指标"),
    ],
)
def test_why_there_is_no_table(lines: list[tuple[object, ...]], said: str) -> None:
    submission = read(book(Sheet1=lines))
    assert submission.fault == "no_table"
    assert said in (submission.detail or "")


@pytest.mark.parametrize(
    ("text", "code", "unit", "remarks"),
    [
        ("3.非化石能源消费占比（%）", "C07", "%", ()),
        ("城市绿色出行比例（%）（预期性）", "C18", "%", ("预期性",)),
        ("城市绿色出行比例（中心城区）", "C18", None, ("中心城区",)),
        ("单位GDP能耗（2020年可比价，吨标准煤/万元）", "C01", "吨标准煤/万元", ("2020年可比价",)),
        ("单位GDP能耗（2020年可比价）（吨标准煤/万元）", "C01", "吨标准煤/万元", ("2020年可比价",)),
        ("①森林覆盖率（%）", "C24", "%", ()),
        ("森林覆盖率*（%）", "C24", "%", ()),
        ("森林覆盖率²", "C24", None, ()),
        ("森林覆盖率，%", "C24", "%", ()),
        ("新能源汽车保有量\n（万辆）", "C17", "万辆", ()),
        ("单位GDP能耗降低（%）", None, None, ()),
        ("城市（中心城区）绿色出行比例", None, None, ()),
    ],
)
def test_labels(text: str, code: str | None, unit: str | None, remarks: tuple[str, ...]) -> None:
    label = find_label(text, CITY)
    assert (label and (label.indicator.code, label.unit, label.remarks)) == ((code, unit, remarks) if code else None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("单位GDP能耗降低（%）", "C01"),
        ("4.单位GDP二氧化碳排放累计下降率", "C02"),
        ("森林覆盖率（%）", None),
        ("粮食产量增速", None),
    ],
)
def test_a_label_of_a_change_names_what_changes(text: str, code: str | None) -> None:
    changed = changed_indicator(text, CITY)
    assert (changed.code if changed else None) == code


@pytest.mark.parametrize(
    ("remark", "doubtful"),
    [
        ("中心城区口径", True),
        ("仅含建成区", True),
        ("仅为公交。", True),
        ("全市口径", False),
        ("统计局口径", False),
        ("按省级清单口径", False),
        ("全市口径，中心城区为80%", False),
        ("数据来源：交通局，中心城区口径另报", False),
    ],
)
def test_a_remark_of_the_row_that_is_a_narrower_scope_puts_its_values_in_doubt(remark: str, doubtful: bool) -> None:
    head = ("指标", "单位", "2022年", "2025年", "2030年", "备注")
    rows = [("城市绿色出行比例", "%", 60, 65, 70, remark), ("非化石能源消费占比", "%", 3, 5, 8, None)]
    found = {(row["indicator"], row["year"]): row["doubt"] for row in read(book(表1=[head, *rows])).observations}
    assert [bool(found["C18", year]) for year in (2022, 2025, 2030)] == [doubtful] * 3
    assert found["C07", 2025] is None


ROWS = [("非化石能源消费占比", "%"), ("城市森林覆盖率", "%"), ("城市绿色出行比例", "%")]


def test_a_year_over_two_columns_is_that_of_the_real_figures() -> None:
    head = [("指标", "单位", "2022年", None, "2025年"), (None, None, "计划", "实际", None)]
    rows = [(*row, 10 + at, 11 + at, 12 + at) for at, row in enumerate(ROWS)]
    found = values(read(book(表1=[*head, *rows])))
    assert (found["C07", 2022], found["C07", 2025]) == ((11, "exact"), (12, "exact"))


def test_a_year_over_two_targets_is_named_twice() -> None:
    head = [("指标", "单位", "2022年", "2025年", None), (None, None, None, "基本目标", "奋斗目标")]
    rows = [(*row, 10 + at, 11 + at, 12 + at) for at, row in enumerate(ROWS)]
    submission = read(book(表1=[*head, *rows]))
    assert {row["year_cell"] for row in submission.observations if row["year_twice"]} == {"E2"}


@pytest.mark.parametrize("beside", ["增速（%）", "比2020年提高", "占比", "属性"])
def test_a_column_below_a_year_that_is_no_value_is_none(beside: str) -> None:
    head = [("指标", "单位", "2022年", None, "2025年", None), (None, None, "数值", beside, "目标值", beside)]
    rows = [(*row, 10 + at, 1, 12 + at, 2) for at, row in enumerate(ROWS)]
    found = values(read(book(表1=[*head, *rows])))
    assert (found["C07", 2022], found["C07", 2025]) == ((10, "exact"), (12, "exact"))


def test_tables_beside_each_other_are_one() -> None:
    left = [("指标", "2022年", "2025年"), *((name, 10 + at, 20 + at) for at, (name, _) in enumerate(ROWS))]
    names = ("新能源汽车市场渗透率", "第三产业占比", "战略性新兴产业增加值占比")
    right = [("指标", "2022年", "2025年"), *((name, 30 + at, 40 + at) for at, name in enumerate(names))]
    submission = read(book(表1=[(*one, None, *other) for one, other in zip(left, right, strict=True)]))
    found = values(submission)
    assert [found["C07", 2022][0], found["C18", 2025][0], found["C16", 2022][0], found["C04", 2025][0]] == [
        10,
        22,
        30,
        42,
    ]
    assert not any(row["year_twice"] for row in submission.observations)
    assert {row["cell"] for row in submission.observations if row["indicator"] == "C16"} >= {"F2", "G2"}


def test_rows_are_numbered_without_marks_of_notes() -> None:
    rows = [
        ("①非化石能源消费占比", "%", 15, 21),
        ("2 城市森林覆盖率", "%", 41, 42),
        ("3、城市绿色出行比例", "%", 68, 75),
    ]
    submission = read(book(表1=[("指标", "单位", "2022年12月", "2025年12月底"), *rows, ("①不含灌木林。",)]))
    assert {row["indicator"] for row in submission.observations if row["raw_value"]} == {"C07", "C24", "C18"}
    assert not any(row["doubt"] for row in submission.observations)
    assert submission.years == (2022, 2025)


@pytest.mark.parametrize(
    "line",
    [
        (None, None, "填表人：张三", "联系电话：", "0515-88886666"),
        ("填报人", "张三", "审核人（签字）：李四", None, "2026"),
        ("单位负责人：", "王五", "张三", "电话", "13800000000"),
        (None, None, "联系电话", None, "0515-88886666"),
        ("填报单位（盖章）：盐城市发展改革委", None, "填报日期：", None, "2026.3"),
    ],
)
def test_the_signatures_below_a_table_are_no_indicator(line: tuple[str | None, ...]) -> None:
    submission = read(book(表1=[HEAD, *city_rows(), line]))
    assert [row for row in submission.observations if row["indicator"].startswith("X-")] == []
    assert len(submission.observations) == 26 * 3
