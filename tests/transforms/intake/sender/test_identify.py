"""The sender of a workbook: cover, title, file name, folder."""

import io
from typing import Any

import openpyxl
import pytest

from tests.sample import clean_submission, layouts
from tests.support.table_books import CITY, NOWHERE, PARK, YEARS, read, saved
from transforms.intake.sender.identify import Identity


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


def test_without_a_name_there_is_no_sender() -> None:
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


def test_a_wrong_kind_on_the_cover_is_reported() -> None:
    who = sent(cover={"试点名称": "沈阳市", "试点类型": "园区"})
    assert (who.pilot, who.kind, who.contradiction) == ("沈阳市", "city", "封面为“园区”")


def test_the_cover_is_read_anywhere_with_all_its_entries() -> None:
    book = openpyxl.load_workbook(io.BytesIO(layouts.reordered(clean_submission("江苏省", "盐城市"))))
    cover = book["封面"]
    assert cover["B4"].value == "省份"  # this layout has it in column B
    book.move_sheet("封面", offset=1)
    who = read(saved(book)).identity
    assert (who.pilot, who.version, who.filled_on) == ("盐城市", "1", "2024-03-15")
    assert who.contacts == ("模拟联系人　000-00000000",)


def test_a_person_and_a_telephone_in_two_rows_are_both_kept() -> None:
    who = sent(cover={"试点名称": "唐山市", "联系人": "张三", "联系电话": "0315-1234567"})
    assert who.contacts == ("张三", "0315-1234567")
