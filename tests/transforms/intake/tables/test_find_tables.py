"""An indicator table is found wherever it is on a sheet, and each row by its name."""

import datetime as dt
from collections.abc import Sequence

import pytest

from contracts.load import load_contracts
from tests.support.one_in import one_in
from tests.support.self_checked import check_workbook
from tests.support.table_books import (
    CITY,
    YEARS,
    Line,
    by_place,
    expect_all_values,
    found_by,
    printed,
    read,
    table,
    usual,
)

CONTRACTS = load_contracts("first-batch")


@pytest.mark.parametrize(("top", "left"), one_in(2, [(2, 1), (1, 1), (5, 3), (40, 1), (57, 28), (1, 12)]))
def test_the_table_may_begin_anywhere(top: int, left: int) -> None:
    expect_all_values(table(printed(), top=top, left=left))


@pytest.mark.parametrize(
    "above",
    [("唐山市",), ("附件1", "唐山市碳达峰试点城市建设参考指标（2022—2030年）", "单位：见表"), ("唐山市", "", "")],
)
def test_titles_above_the_table_are_skipped(above: Sequence[str]) -> None:
    expect_all_values(table(printed(), above=above))


LEAD = ("序号", "类别", "具体指标", "单位")


@pytest.mark.parametrize(
    "header",
    [
        [(*LEAD, 2022, 2025, 2030, "备注")],
        [(*LEAD, 2022.0, 2025.0, 2030.0, "备注")],
        [(*LEAD, "2022", "2025", "2030", "备注")],
        [(*LEAD, "２０２２年", "２０２５年", "２０３０年", "备注")],
        [(*LEAD, "2022 年", "2025\n年", "2030年 ", "备注")],
        [(*LEAD, "2022年（基期）", "2025年（目标）", "2030年（目标）", "备注")],
        [(*LEAD, "基期（2022年）", "目标值2025年", "目标值2030年", "备注")],
        [(*LEAD, dt.date(2022, 12, 31), dt.date(2025, 12, 31), dt.date(2030, 12, 31), "备注")],
        [(*LEAD, dt.datetime(2022, 1, 1), dt.datetime(2025, 1, 1), dt.datetime(2030, 1, 1), "备注")],  # noqa: DTZ001
        [(*LEAD, "基期", "目标", None, "备注"), (None, None, None, None, "2022年", "2025年", "2030年", None)],
        [(None, None, None, None, "基期", "目标"), (*LEAD, "2022年", "2025年", "2030年", "备注")],
        [("编号", "指标类别", "指标名称", "计量单位", "2022年", "2025年", "2030年", "说明")],
    ],
)
def test_headers_are_written_in_many_ways(header: Sequence[Line]) -> None:
    expect_all_values(table(printed(), header=header))


def test_merged_categories_and_broken_names_are_read() -> None:
    lines = printed()
    for line in lines:
        line[2] = f"{line[2][:4]}\n {line[2][4:]}"
        line[1] = line[1] if line[0] in {1, 7, 12, 16, 19, 24, 26} else None
    expect_all_values(table(lines))


def test_notes_below_the_table_are_no_rows() -> None:
    expect_all_values(table([*printed(), [], ["注：以上为初步数据"], [None, None, "填表人：某某"]]))


def test_a_year_that_is_not_of_the_round_is_kept_aside() -> None:
    header = [(*LEAD, "2020年", "2022年", "2025年", "2030年")]
    content = table([[*line[:4], 1, *line[4:7]] for line in printed()], header=header)
    assert found_by(content) == [("TABLE-YEAR-EXTRA", None, 2020)]
    row = by_place(read(content))["C01", 2020]
    assert (row["role"], row["usable"], row["value"]) == ("base", False, 1)


def test_a_year_without_a_column_is_missing() -> None:
    header = [(*LEAD, "2022年", "2025年", "备注")]
    content = table([line[:6] for line in printed()], header=header)
    assert found_by(content) == [("TABLE-YEAR-MISSING", None, 2030)]
    assert by_place(read(content))["C01", 2030]["qualifier"] == "missing"


@pytest.mark.parametrize(
    ("head", "quoted"),
    [
        ("基期", "（E列的表头为“基期”，不能确定是哪一年的数值）"),
        (None, "（E列没有表头）"),
        ("较2022年", "（E列的表头为“较2022年”，不能确定是哪一年的数值）"),
    ],
)
def test_of_a_year_without_a_column_the_header_that_was_seen_is_quoted(head: str | None, quoted: str) -> None:
    content = table(printed(), header=[(*LEAD, head, "2025年", "2030年", "备注")])
    findings = check_workbook(content, "submissions/唐山市.xlsx", CONTRACTS)
    (finding,) = [row for row in findings if row["rule"] == "TABLE-YEAR-MISSING"]
    assert finding["message"] == f"指标表中没有2022年的列{quoted}，该年全部指标缺失。"


def test_rows_pasted_into_one_column_are_asked_to_be_split() -> None:
    lines = [[" ".join(str(value) for value in line if value is not None)] for line in printed()]
    header = [("序号 类别 具体指标 单位 2022年 2025年 2030年",)]
    (finding,) = check_workbook(table(lines, header=header), "submissions/唐山市.xlsx", CONTRACTS)
    assert finding["message"].endswith("没有找到表1或表2：有26行的指标名称和数值写在同一个单元格内（如A3），没有分列。")


@pytest.mark.parametrize("head", ["2O30年", "2o3o年", "２O30年（目标）"])
def test_a_letter_o_in_a_year_is_a_zero(head: str) -> None:
    expect_all_values(table(printed(), header=[(*LEAD, "2022年", "2025年", head, "备注")]))


@pytest.mark.parametrize("at", [0, 7, 26])
def test_an_added_row_is_kept_and_moves_nothing(at: int) -> None:
    lines = printed()
    lines.insert(at, [None, None, "电炉炼钢占比", "%", 5, "8左右", "持续提高", None])
    content = table(lines)
    rows = by_place(read(content))
    assert [rows["X-1", year]["raw_value"] for year in YEARS] == ["5", "8左右", "持续提高"]
    assert rows["X-1", 2022]["label"] == "电炉炼钢占比"
    assert [rows["C26", year]["value"] for year in YEARS] == list(usual("C26"))
    assert found_by(content) == [("COMPLETE-ADDED", "X-1", None)]


def test_a_missing_row_is_reported_and_moves_nothing() -> None:
    content = table([line for line in printed() if line[0] not in {5, 26}])
    rows = by_place(read(content))
    assert {rows[code, 2022]["qualifier"] for code in ("C05", "C26")} == {"missing"}
    assert rows["C05", 2022]["cell"] is None
    assert rows["C06", 2022]["value"] == usual("C06")[0]
    assert sorted(found_by(content)) == [("COMPLETE-LEFT-OUT", "C05", None), ("COMPLETE-LEFT-OUT", "C26", None)]


def test_a_misspelt_name_is_known_by_number_category_and_unit() -> None:
    row = CITY.by_code["C07"]
    content = table(printed([7, row.category, "非化石能源消費占笔", "%", *usual("C07")]))
    assert by_place(read(content))["C07", 2025]["value"] == usual("C07")[1]
    assert found_by(content) == [("TABLE-LABEL", "C07", None)]


@pytest.mark.parametrize(
    ("number", "category", "unit"),
    [
        (8, "能源绿色低碳转型指标", "%"),
        (7, "循环经济助力降碳指标", "%"),
        (7, "能源绿色低碳转型指标", "个"),
        (None, None, "%"),
    ],
)
def test_a_misspelt_name_is_not_guessed_from_less(number: int | None, category: str | None, unit: str) -> None:
    lines = printed()
    lines[6] = [number, category, "非化石能源消費占笔", unit, *usual("C07")]
    rows = by_place(read(table(lines)))
    assert rows["C07", 2022]["qualifier"] == "missing"
    assert rows["X-1", 2022]["label"] == "非化石能源消費占笔"
    assert rows["C08", 2022]["value"] == usual("C08")[0]


def test_an_indicator_in_two_rows_is_read_twice() -> None:
    row = CITY.by_code["C24"]
    content = table([*printed(), [27, row.category, row.name, "%", 10, 11, 12]])
    values = [row["value"] for row in read(content).observations if (row["indicator"], row["year"]) == ("C24", 2022)]
    assert values == [usual("C24")[0], 10]
    assert found_by(content) == [("TABLE-ROW-TWICE", "C24", None)]
