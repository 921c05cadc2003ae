"""Which of a pilot's files counts, and who is meant by a name: never decided where it cannot be known."""

from dataclasses import replace
from itertools import pairwise

import pytest

from contracts.load import load_contracts
from transforms.aggregation.latest_version import select_versions
from transforms.batch import build_batch
from transforms.intake.sender.identify import Identity
from transforms.intake.sender.roster import find_pilots, find_province, match_name
from transforms.intake.sender.version import Version, parse_day, parse_version
from transforms.intake.submission import Submission
from transforms.rules.submissions.earlier_version import earlier_versions

CONTRACTS = load_contracts("first-batch")
CITY = Identity(province="辽宁省", pilot="大连市", named="大连市", kind="city", listed=True)


def file(
    name: str, version: str | None = None, date: str | None = None, who: Identity = CITY, **more: str
) -> Submission:
    fields = {"sha256": name, "kind": "city", "table_kind": "city"} | more
    return Submission(file=name, identity=replace(who, version=version, filled_on=date), **fields)


def standings(*files: Submission) -> dict[str, str]:
    return {name: standing for name, (standing, _) in select_versions(files, CONTRACTS).items()}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("1", None), ("2", None), ("superseded", "counts")),
        (("V2", None), ("第一版", None), ("counts", "superseded")),
        (("第十二版", None), ("第二版", None), ("counts", "superseded")),
        ((None, "2024-03-15"), (None, "2024年3月16日"), ("superseded", "counts")),
        ((None, "20240315"), (None, "20240316"), ("superseded", "counts")),
        (("1", "2024-03-15"), ("1", "2024-03-16"), ("superseded", "counts")),
        (("1", "2024-03-15"), ("2", "2024-03-15"), ("superseded", "counts")),
        (("1", "2024-03-20"), ("2", "2024-03-15"), ("conflict", "conflict")),
        (("2", None), (None, "2024-03-20"), ("conflict", "conflict")),
        (("2024-03-15版", None), ("2", None), ("conflict", "conflict")),
        ((None, None), (None, None), ("conflict", "conflict")),
        (("1", None), ("1", None), ("conflict", "conflict")),
    ],
)
def test_the_later_version_or_date_counts(
    first: tuple[str | None, str | None], second: tuple[str | None, str | None], expected: tuple[str, str]
) -> None:
    assert standings(file("a", *first), file("b", *second)) == dict(zip("ab", expected, strict=True))


def test_an_old_version_beside_two_that_conflict_is_superseded() -> None:
    found = standings(file("a", "1"), file("b", "2"), file("c", "2"))
    assert found == {"a": "superseded", "b": "conflict", "c": "conflict"}


def test_a_later_file_with_the_wrong_table_does_not_replace_a_good_one() -> None:
    assert standings(file("a", "1"), file("b", "9", table_kind="park")) == {"a": "counts", "b": "superseded"}


def test_a_file_that_cannot_be_read_does_not_replace_a_good_one() -> None:
    assert standings(file("a", "1"), file("b", "9", fault="unreadable")) == {"a": "counts", "b": "faulty"}


def test_the_same_bytes_twice_are_one_submission() -> None:
    assert standings(file("a", sha256="x"), file("b", sha256="x")) == {"a": "counts", "b": "identical"}


def test_the_same_bytes_for_two_pilots_belong_to_neither() -> None:
    other = replace(CITY, pilot="沈阳市", named="沈阳市")
    assert standings(file("a", sha256="x"), file("b", who=other, sha256="x")) == {"a": "shared", "b": "shared"}


def test_two_broken_files_of_the_same_bytes_are_each_told() -> None:
    other = replace(CITY, pilot="沈阳市", named="沈阳市")
    broken = {"sha256": "x", "fault": "unreadable"}
    assert standings(file("a", **broken), file("b", who=other, **broken)) == {"a": "faulty", "b": "faulty"}


def test_two_parks_of_one_seat_are_not_versions_of_each_other() -> None:
    park = Identity("内蒙古自治区", "赤峰市的园区", "赤峰高新技术产业开发区", "park", listed=True)
    other = replace(park, named="赤峰经济开发区")
    kinds = {"kind": "park", "table_kind": "park"}
    assert standings(file("a", "1", who=park, **kinds), file("b", "2", who=other, **kinds)) == {
        "a": "conflict",
        "b": "conflict",
    }
    assert standings(file("a", "1", who=park, **kinds), file("b", "2", who=park, **kinds))["b"] == "counts"


def test_one_name_in_two_provinces_is_two_pilots() -> None:
    one = Identity("江苏省", "经济技术开发区", "经济技术开发区", "park")
    found = standings(file("a", "1", who=one), file("b", "2", who=replace(one, province="山东省")))
    assert found == {"a": "counts", "b": "counts"}


RISING = (
    "初稿",
    "V1.0.1",
    "V1.1",
    "v1.2",
    "V1.10",
    "Ｖ２",
    "V2-1",
    "2.2",
    "三稿",
    "第3.1版",
    "第十二版",
    "第二十版",
)


DRAFTS = ("初稿", "征求意见稿", "送审稿", "报批稿", "终稿")


@pytest.mark.parametrize(
    ("earlier", "later"), [*pairwise(RISING), *pairwise(DRAFTS), ("修订版1", "修订版2"), ("终稿1", "终稿第2版")]
)
def test_versions_rise(earlier: str, later: str) -> None:
    assert standings(file("a", earlier), file("b", later)) == {"a": "superseded", "b": "counts"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("V2", (2,)),
        ("2.0", (2,)),
        ("V 2", (2,)),
        ("版本：2.1", (2, 1)),
        ("第二版", (2,)),
        ("第2次报送", (2,)),
        ("二稿", (2,)),
        ("V1.2 (1)", (1, 2)),
        ("V1.2（2024年3月）", (1, 2)),
        ("2024年3月15日V2", (2,)),
        ("V2_20240315", (2,)),
        ("2024年3月第2版", (2,)),
        ("第二版（修订）", (2,)),
    ],
)
def test_version_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert parse_version(text) == Version("", numbers)


@pytest.mark.parametrize(
    "text",
    ["", "2024年3月", "2024-03", "2024.3", "202403", "20240315", "2024-03-15", "2024-03-15版", "2024版", "2024",
     "3月15日", "(1)", "二〇二四年三月十五日", "二〇二四版", "A版"],
)  # fmt: skip
def test_a_date_is_no_version(text: str) -> None:
    assert parse_version(text) is None


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("V1.1", None), ("V1.2", None), ("superseded", "counts")),
        (("2024年3月", "2024-03-15"), ("第一版", "2024-03-16"), ("superseded", "counts")),
        (("终稿", "2024-03-15"), ("第三版", "2024-03-10"), ("counts", "superseded")),
        (("终稿", None), ("第三版", None), ("conflict", "conflict")),
        (("修订版", "2024-03-15"), ("修订版", "2024-03-16"), ("superseded", "counts")),
        (("修订版", None), ("修订版", None), ("conflict", "conflict")),
        (("20240315", None), ("20240316", None), ("superseded", "counts")),
        ((None, "二〇二四年三月十五日"), (None, "2024-03-16"), ("superseded", "counts")),
        (("V1.0", None), ("V1", None), ("conflict", "conflict")),
    ],
)
def test_what_cannot_be_compared_falls_back_to_the_day(
    first: tuple[str | None, str | None], second: tuple[str | None, str | None], expected: tuple[str, str]
) -> None:
    assert standings(file("a", *first), file("b", *second)) == dict(zip("ab", expected, strict=True))


@pytest.mark.parametrize(
    ("name", "version", "day"),
    [
        ("大连市实施方案V1.2(1)", Version("", (1, 2)), None),
        ("大连市实施方案2024年3月V2", Version("", (2,)), None),
        ("大连市实施方案20240315第二稿", Version("", (2,)), "2024-03-15"),
        ("大连市实施方案（终稿）", Version("终稿", ()), None),
        ("大连市实施方案 2", None, None),
        ("大连市实施方案(2)", None, None),
        ("大连PV2光伏方案", None, None),
    ],
)
def test_the_version_in_the_name_of_a_plan(name: str, version: Version | None, day: str | None) -> None:
    assert parse_version(name, alone=False) == version
    assert parse_day(name) == parse_day(day or "")


def test_the_version_before_is_told_by_day_where_versions_are_of_two_series() -> None:
    files = [file("a", "V2", "2024-03-01"), file("b", "终稿1", "2024-03-10"), file("c", "终稿2", "2024-03-20")]
    assert earlier_versions(build_batch(files, CONTRACTS)).files["file"].to_list() == ["b"]


@pytest.mark.parametrize(
    "text",
    ["2024-03-15", "2024年3月15日", "2024.3.15", "20240315", "２０２４-０３-１５", "2024/3/15", "2024-03-15 00:00:00",
     "二〇二四年三月十五日", "2024 年 3 月 15 日"],
)  # fmt: skip
def test_days(text: str) -> None:
    assert parse_day(text) == parse_day("2024-03-15") is not None


@pytest.mark.parametrize("text", ["", "3月", "2024-13-40", "明天", "2024年3月V2", "2024年3月第2版", "120240315"])
def test_no_days(text: str) -> None:
    assert parse_day(text) is None


@pytest.mark.parametrize(
    ("text", "pilot"),
    [
        ("大连市", "大连市"),
        ("大连", "大连市"),
        ("辽宁省大连市人民政府", "大连市"),
        ("大连市发展和改革委员会", "大连市"),
        ("苏州工业园区", "苏州工业园区"),
        ("合肥高新区", "合肥高新技术产业开发区"),
        ("赤峰高新技术产业开发区", "赤峰市的园区"),
        ("新乡县", None),
        ("杭州市西湖区", None),
        ("沈阳经济技术开发区", None),
        ("青岛西海岸新区", None),
        ("鞍山市", None),
    ],
)
def test_a_cover_names_a_pilot_as_a_whole(text: str, pilot: str | None) -> None:
    match = match_name(text, None, CONTRACTS)
    assert (match.pilot.name if match else None) == pilot


@pytest.mark.parametrize(
    ("text", "pilots"),
    [
        ("附件2：大连市碳达峰试点指标表（报送稿）", ["大连市"]),
        ("大连碳达峰指标", ["大连市"]),
        ("沈阳市和大连市", ["大连市", "沈阳市"]),
        ("杭州市西湖区指标表", []),
        ("合肥市地区生产总值", []),
        ("南京江宁经开区", ["南京江宁经济技术开发区"]),
        ("大连市地区指标", ["大连市"]),
        ("沈阳经济技术开发区", []),
    ],
)
def test_pilots_are_found_in_a_text(text: str, pilots: list[str]) -> None:
    assert sorted(match.pilot.name for match in find_pilots(text, CONTRACTS)) == pilots


@pytest.mark.parametrize(
    ("text", "province"),
    [("辽宁省", "辽宁省"), ("辽宁", "辽宁省"), ("河北与河南", None), ("内蒙古", "内蒙古自治区"), ("某地", None)],
)
def test_provinces(text: str, province: str | None) -> None:
    assert find_province(text, CONTRACTS) == province
