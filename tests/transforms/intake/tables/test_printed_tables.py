"""Tables as plans print them: no unit column, numbers and units in the names, heads of two lines, few indicators."""

import pytest

from contracts.load import load_contracts
from tests.support.plain_tables import book, read, values
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
