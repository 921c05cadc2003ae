"""What cells hold, and what is no workbook or has no table."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from functools import cache

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sample import clean_submission, layouts
from tests.support.table_books import (
    CITY,
    Line,
    by_place,
    found_by,
    printed,
    read,
    saved,
    table,
    usual,
)


def with_base_of_c07(value: object) -> bytes:
    return table(printed([7, CITY.by_code["C07"].category, "非化石能源消费占比", "%", value, *usual("C07")[1:]]))


def test_a_formula_without_a_result_is_not_empty() -> None:
    content = with_base_of_c07("=20+5")
    row = by_place(read(content))["C07", 2022]
    assert (row["raw_value"], row["qualifier"], row["value"]) == ("=20+5", "unreadable", None)
    assert found_by(content) == [("VALUE-NO-CACHE", "C07", 2022)]


def test_a_formula_with_a_result_is_its_result() -> None:
    content = with_base_of_c07("=20+5.3")
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, re.sub(rb"</f><v ?/>|</f><v></v>", b"</f><v>25.3</v>", source.read(name)))
    row = by_place(read(buffer.getvalue()))["C07", 2022]
    assert (row["raw_value"], row["qualifier"], row["value"]) == ("25.3", "exact", 25.3)
    assert found_by(buffer.getvalue()) == []


def test_an_error_cell_is_reported_as_such() -> None:
    content = with_base_of_c07("#DIV/0!")
    row = by_place(read(content))["C07", 2022]
    assert (row["raw_value"], row["qualifier"], row["value"]) == ("#DIV/0!", "unreadable", None)
    assert found_by(content) == [("VALUE-ERROR-CELL", "C07", 2022)]


@pytest.mark.parametrize("value", [None, "  ", "\u3000"])
def test_an_empty_cell_is_missing(value: object) -> None:
    content = with_base_of_c07(value)
    row = by_place(read(content))["C07", 2022]
    assert (row["raw_value"], row["qualifier"], row["cell"]) == (None, "missing", "E9")
    assert found_by(content) == [("COMPLETE-BASE", "C07", 2022)]


@pytest.mark.parametrize("value", [dt.date(2024, 3, 15), True])
def test_a_date_or_a_truth_is_no_number(value: object) -> None:
    assert found_by(with_base_of_c07(value)) == [("VALUE-NOT-NUMBER", "C07", 2022)]


@cache
def whole() -> bytes:
    return layouts.official(clean_submission("河北省", "唐山市"))


def zip_of_nothing_known() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("readme.txt", "not a workbook")
    return buffer.getvalue()


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"\x00",
        lambda: bytes(range(256)) * 20,
        lambda: "碳达峰".encode() * 100,
        lambda: b"PK\x03\x04" + b"\x00" * 500,
        lambda: whole()[: len(whole()) // 2],
        lambda: whole()[:-30],
        lambda: whole()[200:],
        zip_of_nothing_known,
    ],
    ids=["empty", "one byte", "garbage", "text", "zip head", "half", "no end", "no head", "other zip"],
)
def test_what_is_no_workbook_is_unreadable(make: Callable[[], bytes]) -> None:
    submission = read(make(), "submissions/河北省/唐山市.xlsx")
    assert (submission.fault, submission.observations) == ("unreadable", ())
    assert submission.identity.pilot == "唐山市"  # the path still tells
    assert found_by(make(), "河北省/唐山市.xlsx") == [("FILE-UNREADABLE", None, None)]


def sheet_of(*lines: Line) -> bytes:
    book = openpyxl.Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    return saved(book)


@pytest.mark.parametrize(
    "content",
    [
        sheet_of(),
        sheet_of(["唐山市"], ["项目名称", "总投资"], ["屋顶光伏", 100]),
        sheet_of(["具体指标", "单位", "2022年", "2025年"], ["人口", "万人", 770, 780]),
        sheet_of(["说明"], [CITY.indicators[0].name], [CITY.indicators[1].name]),
    ],
    ids=["nothing", "other list", "other indicators", "too few names"],
)
def test_a_workbook_without_the_table_says_so(content: bytes) -> None:
    submission = read(content, "submissions/河北省/唐山市.xlsx")
    assert (submission.fault, submission.observations) == ("no_table", ())
    assert found_by(content, "河北省/唐山市.xlsx") == [("FILE-NO-TABLE", None, None)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=12))
def test_damage_never_raises(damage: list[tuple[int, int]]) -> None:
    content = bytearray(SMALL)
    for place, byte in damage:
        content[place % len(content)] = byte
    assert read(bytes(content)).fault in {None, "unreadable", "no_table"}


SMALL = table(printed()[:5])
