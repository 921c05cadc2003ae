"""The notes below a table, by the key of their mark."""

import pytest

from transforms.intake.tables.notes import meaning_of, parse_notes


@pytest.mark.parametrize(
    ("lines", "notes"),
    [
        (
            ["注：1.“*”为快报数；2.［］内为五年累计数；3.①为全社会口径。"],
            {"*": "快报数", "[]": "五年累计数", "1": "全社会口径"},
        ),
        (["注：①标*为2021年预计数；②【】内为规划期数。"], {"*": "2021年预计数", "【】": "规划期数"}),
        (["注：1.含外购绿电", "    2.“（）”代表不降反升数值。"], {"1": "含外购绿电", "()": "不降反升数值"}),
        (["注1：中心城区口径", "注2：2020年可比价"], {"1": "中心城区口径", "2": "2020年可比价"}),
        (["[1] 为规上工业口径", "[2]快报数"], {"1": "规上工业口径", "2": "快报数"}),
        (["* 初步核算数"], {"*": "初步核算数"}),
        (["注：带*的为快报数，( )内为下降率"], {"*": "快报数", "()": "下降率"}),
        (["备注：*表示预计数。**表示五年累计数。"], {"*": "预计数", "**": "五年累计数"}),
        (["1.含外调电", "2、2020年可比价"], {"1": "含外调电", "2": "2020年可比价"}),
        (["填表人：张三", "单位：%"], {}),
    ],
)
def test_notes_are_read_by_their_mark(lines: list[str], notes: dict[str, str]) -> None:
    assert parse_notes(lines) == notes


def test_a_note_is_shown_with_its_mark() -> None:
    notes = {"1": "快报数", "[]": "五年累计"}
    assert meaning_of(("1", "2"), "[]", notes) == ["注1：快报数", "[ ]内：五年累计"]
