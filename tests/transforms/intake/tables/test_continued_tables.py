"""Tables in several parts: under a repeated header, as 续表, on the next sheets."""

import pytest

from tests.support.plain_tables import CITY, HEAD, Line, book, city_rows, read, values

TITLE = ("盐城市碳达峰试点城市建设参考指标",)
TWO_LINES = [("序号", "类别", "具体指标", "单位", "现状值", "目标值"), (None, None, None, None, *HEAD[4:])]
EXPECTED = {
    (row.code, year): row.number + part
    for row in CITY.indicators
    for year, part in ((2022, 0.22), (2025, 0.25), (2030, 0.3))
}
BY_CATEGORY = [(1, 6), (7, 11), (12, 15), (16, 18), (19, 23), (24, 25), (26, 26)]
PARTS: dict[str, dict[str, list[Line]]] = {
    "the header again": {"表1": [TITLE, HEAD, *city_rows(1, 13), HEAD, *city_rows(14, 26)]},
    "续表 with a head of two lines": {
        "表1": [TITLE, *TWO_LINES, *city_rows(1, 13), ("续表1",), *TWO_LINES, *city_rows(14, 26)]
    },
    "the next sheet with the header": {
        "表1": [TITLE, HEAD, *city_rows(1, 13)],
        "表1（续）": [HEAD, *city_rows(14, 26)],
    },
    "the next sheet without it": {"表1": [TITLE, HEAD, *city_rows(1, 13)], "Sheet2": city_rows(14, 26)},
    "a sheet for each category": {
        f"第{at}页": [TITLE, HEAD, *city_rows(first, last)] for at, (first, last) in enumerate(BY_CATEGORY, 1)
    },
    "a page break with an empty row": {"表1": [TITLE, HEAD, *city_rows(1, 13), (), HEAD, *city_rows(14, 26)]},
}


@pytest.mark.parametrize("name", PARTS)
def test_the_parts_are_one_table(name: str) -> None:
    submission = read(book(**PARTS[name]))
    assert (submission.fault, submission.rivals, submission.unread) == (None, None, None)
    assert {row["indicator"] for row in submission.observations if row["label_cell"]} == {
        row.code for row in CITY.indicators
    }
    given = {
        (row["indicator"], row["year"]): float(row["raw_value"]) for row in submission.observations if row["raw_value"]
    }
    assert given == pytest.approx(EXPECTED)


def test_every_value_names_the_sheet_that_it_is_on() -> None:
    rows = read(book(**PARTS["the next sheet with the header"])).observations
    sheets = {row["sheet"] for row in rows if row["indicator"] == "C20"}
    assert sheets == {"表1（续）"}
    assert next(row["cell"] for row in rows if row["indicator"] == "C14" and row["year"] == 2022) == "E2"


def test_parts_with_an_indicator_in_common_are_rivals() -> None:
    second = [HEAD, *city_rows(13, 26)]
    second[1] = (*second[1][:4], 1, 2, 3)
    submission = read(book(表1=[TITLE, HEAD, *city_rows(1, 13)], 表1续=second))
    assert submission.rivals


def test_a_list_without_values_on_the_next_sheet_is_no_part() -> None:
    names = [(number, category, name) for number, category, name, *_ in city_rows(14, 26)]
    submission = read(book(表1=[TITLE, HEAD, *city_rows(1, 13)], 清单=names))
    assert sum(bool(row["label_cell"]) for row in submission.observations) == 13 * 3
    assert values(submission)["C14", 2022] == (None, "missing")


REASON_HEAD = ("序号", "类别", "具体指标", "情况", "理由", "备注")


@pytest.mark.parametrize("name", ["说明", "删减情况"])
@pytest.mark.parametrize("head", [[REASON_HEAD], []], ids=["with titles", "without"])
def test_reasons_for_indicators_that_are_left_out_are_no_values(name: str, head: list[Line]) -> None:
    left_out = [
        (row.number, row.category, row.name, "删减", "尚未建立统计制度，拟自2025年起统计", "不适用")
        for row in CITY.indicators[20:]
    ]
    table = [HEAD, *city_rows(1, 20)]
    submission = read(book(表1=table, **{name: [*head, *left_out]}))
    assert values(submission) == values(read(book(表1=table)))
