"""From the bytes of a workbook to observations: whatever the layout, and whoever sent it."""

import datetime as dt
import inspect
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.load import load_contracts
from tests.sample import Submission as Sample
from tests.sample import clean_submission, layouts
from transforms.intake.sender.identify import Identity
from transforms.intake.submission import Submission, read_submission
from transforms.self_check import check_workbook

CONTRACTS = load_contracts("first-batch")
YEARS = CONTRACTS.round.years
CITY = CONTRACTS.tables["city"]
PARK = CONTRACTS.tables["park"]
NOWHERE = "submissions/a.xlsx"

Line = Sequence[Any]


def is_layout(name: str, function: object) -> bool:
    return (
        inspect.isfunction(function)
        and function.__module__ == layouts.__name__
        and not name.startswith("_")
        and inspect.signature(function).return_annotation is bytes
    )


LAYOUTS = [function for name, function in vars(layouts).items() if is_layout(name, function)]
SENDERS = (("湖北省", "襄阳市"), ("安徽省", "合肥高新技术产业开发区"), ("陕西省", "西咸新区"))


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read(content: bytes, file: str = NOWHERE) -> Submission:
    return read_submission(content, file, CONTRACTS)


def by_place(submission: Submission) -> dict[tuple[str, int], dict[str, Any]]:
    return {(row["indicator"], row["year"]): row for row in submission.observations}


def found_by(content: bytes, name: str = "a.xlsx") -> list[tuple[str, str | None, int | None]]:
    """What is found in how the file is made and read; the figures here are made up, and how they move is no matter."""
    found = check_workbook(content, name, CONTRACTS)
    return [(row["rule"], row["indicator"], row["year"]) for row in found if _about_reading(row["rule"])]


def _about_reading(rule: str) -> bool:
    return CONTRACTS.rules[rule].family in {"file", "table", "complete", "value", "unit", "submission"}


# ---- layouts ---------------------------------------------------------------------------------------------------------


@cache
def laid_out(layout: Callable, province: str, pilot: str) -> bytes:
    return layout(clean_submission(province, pilot))


def rounding(sample: Sample, code: str, layout: Callable) -> float:
    """How far a value may be off because the layout writes it in a larger unit with few decimals."""
    if layout is not layouts.other_units or sample.row(code).unit not in layouts.OTHER_UNITS:
        return 0
    _, factor, digits = layouts.OTHER_UNITS[sample.row(code).unit]
    return 0.5001 * 10**-digits / factor


def test_every_layout_is_found() -> None:
    assert len(LAYOUTS) >= 6
    assert layouts.official in LAYOUTS


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize(("province", "pilot"), SENDERS)
def test_a_layout_changes_no_value(layout: Callable, province: str, pilot: str) -> None:
    sample = clean_submission(province, pilot)
    submission = read(laid_out(layout, province, pilot))
    rows = by_place(submission)
    expected = {(row.code, year): value for row in sample.rows for year, value in zip(YEARS, row.values, strict=True)}
    units = {row.code: row.unit for row in sample.rows}
    assert submission.fault is None
    assert rows.keys() == expected.keys()
    for place, value in expected.items():
        assert abs(rows[place]["value"] - value) <= rounding(sample, place[0], layout), place
        assert rows[place]["unit"] == units[place[0]]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_a_value_stands_where_the_observation_says(layout: Callable) -> None:
    content = laid_out(layout, "湖北省", "襄阳市")
    book = openpyxl.load_workbook(io.BytesIO(content))
    rows = read(content).observations
    assert len(rows) == len(CITY.indicators) * len(YEARS)
    for row in rows:
        cell = book[row["sheet"]][row["cell"]]
        text = f"{cell.value:.15g}" if isinstance(cell.value, int | float) else cell.value
        assert row["raw_value"] == text
        assert row["number_format"] == (cell.number_format if isinstance(cell.value, int | float) else None)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize(("province", "pilot"), SENDERS)
def test_a_layout_tells_who_sent_it(layout: Callable, province: str, pilot: str) -> None:
    who = read(laid_out(layout, province, pilot)).identity
    assert (who.province, who.pilot, who.listed, who.contradiction) == (province, pilot, True, None)


# ---- who -------------------------------------------------------------------------------------------------------------


def sent(file: str = NOWHERE, *, cover: dict[str, Any] | None = None, title: str = "", park: bool = False) -> Identity:
    """Who sent a workbook with this cover, this title and this path."""
    table = PARK if park else CITY
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    if cover:
        for line in cover.items():
            sheet.append(line)
        sheet = book.create_sheet("指标表")
    sheet.append([title])
    sheet.append(["具体指标", "单位", *(f"{year}年" for year in YEARS)])
    for indicator in table.indicators[:4]:
        sheet.append([indicator.name, indicator.unit, 1, 1, 1])
    return read(saved(book), file).identity


def test_the_cover_comes_first() -> None:
    who = sent("submissions/河北省/张家口市.xlsx", cover={"试点名称": "唐山市"}, title="承德市碳达峰试点建设指标")
    assert (who.province, who.pilot, who.kind) == ("河北省", "唐山市", "city")
    assert who.contradiction == "表题为“承德市”，文件名为“张家口市”"


def test_the_title_comes_before_the_file_name() -> None:
    who = sent("submissions/河北省/张家口市.xlsx", title="承德市碳达峰试点建设指标")
    assert (who.pilot, who.contradiction) == ("承德市", "文件名为“张家口市”")


def test_the_file_name_comes_before_the_folder() -> None:
    who = sent("submissions/河北省/唐山市/张家口市.xlsx")
    assert (who.pilot, who.contradiction) == ("张家口市", "文件夹为“唐山市”")


def test_the_folder_is_better_than_nothing() -> None:
    who = sent("submissions/河北省/唐山市/指标表.xlsx")
    assert (who.province, who.pilot, who.contradiction) == ("河北省", "唐山市", None)


def test_nobody_is_nobody() -> None:
    assert sent() == Identity(kind=None)


def test_sources_that_agree_are_no_contradiction() -> None:
    cover = {"省份": "河北", "试点名称": "唐山市", "试点类型": "城市"}
    who = sent("submissions/河北省/唐山市/唐山-指标表.xlsx", cover=cover, title="唐山市建设指标")
    assert (who.province, who.pilot, who.contradiction) == ("河北省", "唐山市", None)


@pytest.mark.parametrize(
    ("written", "pilot"),
    [
        ("赤峰高新技术产业开发区", "赤峰市的园区"),
        ("哈尔滨经济技术开发区", "哈尔滨市的园区"),
        ("库车经开区", "库车市的园区"),
        ("江宁开发区", "南京江宁经济技术开发区"),
        ("合肥高新区", "合肥高新技术产业开发区"),
        ("苏州工业园", "苏州工业园区"),
        ("陕西省西咸新区", "西咸新区"),
    ],
)
@pytest.mark.parametrize("where", ["cover", "title", "name", "folder"])
def test_a_park_is_known_by_alias_or_seat(written: str, pilot: str, where: str) -> None:
    who = {
        "cover": lambda: sent(cover={"试点名称": written, "试点类型": "园区"}, park=True),
        "title": lambda: sent(title=f"{written}碳达峰试点建设指标", park=True),
        "name": lambda: sent(f"submissions/{written}-表2.xlsx", park=True),
        "folder": lambda: sent(f"submissions/{written}/表2.xlsx", park=True),
    }[where]()
    assert (who.pilot, who.kind, who.listed, who.contradiction) == (pilot, "park", True, None)
    assert who.named == (written if where == "cover" else pilot)


@pytest.mark.parametrize("park", ["沈阳经济技术开发区", "沈阳市高新区", "大连保税区", "青岛西海岸新区"])
def test_a_park_is_not_its_city(park: str) -> None:
    identities = [
        sent(cover={"试点名称": park, "试点类型": "园区"}, park=True),
        sent(cover={"试点名称": park}, park=True),
        sent(title=f"{park}碳达峰试点建设指标", park=True),
        sent(f"submissions/{park}.xlsx", park=True),
        sent(f"submissions/{park}/表2.xlsx", park=True),
    ]
    assert {who.pilot for who in identities} <= {park, None}
    assert not any(who.listed for who in identities)


@pytest.mark.parametrize("county", ["承德县", "长沙县", "湘潭县", "新乡县", "杭州市余杭区"])
def test_a_county_is_not_the_city_that_it_is_named_after(county: str) -> None:
    """DESIGN: never guess in silence. A county of a roster city is another place, listed nowhere."""
    who = sent(cover={"试点名称": county, "试点类型": "城市"})
    assert who.contradiction or (who.pilot, who.listed) == (county, False)


def test_two_pilots_in_one_name_are_none() -> None:
    who = sent("submissions/河北省/唐山市和承德市.xlsx")
    assert who.pilot is None or who.contradiction


def test_an_unlisted_pilot_is_taken_from_the_cover() -> None:
    who = sent(cover={"省份": "浙江省", "试点名称": "温州市", "试点类型": "城市"})
    assert (who.province, who.pilot, who.named, who.kind, who.listed) == ("浙江省", "温州市", "温州市", "city", False)


def test_a_listed_pilot_belongs_to_the_province_of_the_roster() -> None:
    who = sent(cover={"省份": "河北省", "试点名称": "长治高新区", "试点类型": "园区"}, park=True)
    assert (who.province, who.pilot) == ("山西省", "长治高新技术产业开发区")
    assert who.contradiction == "封面为“河北省”"


def test_a_wrong_kind_on_the_cover_is_told() -> None:
    who = sent(cover={"试点名称": "沈阳市", "试点类型": "园区"})
    assert (who.pilot, who.kind, who.contradiction) == ("沈阳市", "city", "封面为“园区”")


def test_the_cover_may_stand_anywhere_and_has_more_to_say() -> None:
    book = openpyxl.load_workbook(io.BytesIO(layouts.reordered(clean_submission("江苏省", "盐城市"))))
    cover = book["封面"]
    assert cover["B4"].value == "省份"  # this layout has it in column B
    book.move_sheet("封面", offset=1)
    who = read(saved(book)).identity
    assert (who.pilot, who.version, who.filled_on) == ("盐城市", "1", "2024-03-15")
    assert who.contacts == ("模拟联系人　000-00000000",)


# ---- where -----------------------------------------------------------------------------------------------------------


def table(
    lines: Sequence[Line],
    *,
    top: int = 1,
    left: int = 1,
    above: Sequence[str] = ("唐山市碳达峰试点建设指标",),
    header: Sequence[Line] = (("序号", "类别", "具体指标", "单位", *(f"{year}年" for year in YEARS), "备注"),),
) -> bytes:
    """A workbook with one table: `above` and `header` from row `top`, then `lines`."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row, line in enumerate([*([text] for text in above), *header, *lines], top):
        for column, value in enumerate(line, left):
            sheet.cell(row, column, value)
    return saved(book)


def printed(*changes: Line) -> list[list[Any]]:
    """All rows of Table 1 with plausible values; `changes` are rows of other words, by serial number."""
    rows = [[row.number, row.category, row.name, row.unit, *usual(row.code), None] for row in CITY.indicators]
    for change in changes:
        rows[change[0] - 1] = list(change)
    return rows


def usual(code: str) -> tuple[float, float, float]:
    """Values that no rule has anything to say about."""
    indicator = CITY.by_code[code]
    low, high = indicator.scales[indicator.unit].plausible
    lower, upper = (low * 3 + high) / 4, (low + high * 3) / 4
    rising = (round(lower, 3), round((low + high) / 2, 3), round(upper, 3))
    return rising[::-1] if indicator.wanted == "down" else rising


def expect_all_values(content: bytes) -> None:
    values = {place: row["value"] for place, row in by_place(read(content)).items()}
    codes = [row.code for row in CITY.indicators]
    assert values == {(code, year): value for code in codes for year, value in zip(YEARS, usual(code), strict=True)}
    assert found_by(content) == []


@pytest.mark.parametrize(("top", "left"), [(1, 1), (2, 1), (5, 3), (40, 1), (1, 12), (57, 28)])
def test_the_table_may_begin_anywhere(top: int, left: int) -> None:
    expect_all_values(table(printed(), top=top, left=left))


@pytest.mark.parametrize(
    "above",
    [("唐山市",), ("附件1", "唐山市碳达峰试点城市建设参考指标（2022—2030年）", "单位：见表"), ("唐山市", "", "")],
)
def test_titles_may_stand_above(above: Sequence[str]) -> None:
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


def test_a_missing_row_is_told_and_moves_nothing() -> None:
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


def test_an_indicator_that_stands_twice_is_read_twice() -> None:
    row = CITY.by_code["C24"]
    content = table([*printed(), [27, row.category, row.name, "%", 10, 11, 12]])
    values = [row["value"] for row in read(content).observations if (row["indicator"], row["year"]) == ("C24", 2022)]
    assert values == [usual("C24")[0], 10]
    assert found_by(content) == [("TABLE-ROW-TWICE", "C24", None)]


# ---- cells -----------------------------------------------------------------------------------------------------------


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


def test_an_error_cell_is_told_as_such() -> None:
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


# ---- files -----------------------------------------------------------------------------------------------------------


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
