"""Links in the review workbook: to rows inside it, and to the submissions in the package."""

from urllib.parse import unquote

import pytest
from openpyxl.cell.cell import Cell
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook

from tests.support.rendered_books import (
    NATION,
    book,
    cells,
)
from tests.support.review_sheets import (
    ALWAYS,
    EVERY_PROVINCE,
    SEVERAL_BOOKS,
    compared,
    file_of,
    lines,
    places,
    submitted,
)
from tests.support.sample_round import whole_round as sample_round
from transforms.reports.view import View

pytestmark = pytest.mark.thorough


def links(book: Workbook) -> list[Cell]:
    return [cell for cell in cells(book) if cell.hyperlink]


def split_location(location: str) -> tuple[str, str]:
    sheet, address = location.rsplit("!", 1)
    return sheet.removeprefix("'").removesuffix("'").replace("''", "'"), address


@SEVERAL_BOOKS
def test_links_inside_lead_to_a_row_with_something_in_it(province: str | None) -> None:
    shown = book(province)
    inside = [cell.hyperlink.location for cell in links(shown) if not cell.hyperlink.target]
    assert len(inside) >= len(ALWAYS) - 1
    for location in inside:
        sheet, address = split_location(location)
        assert sheet in shown.sheetnames
        assert any(cell.value is not None for cell in shown[sheet][coordinate_to_tuple(address)[0]])


@SEVERAL_BOOKS
def test_a_finding_leads_to_the_row_of_its_pilot_and_indicator(province: str | None) -> None:
    shown = book(province)
    located = [line for line in lines(shown["问题清单"], 1) if line["定位"].hyperlink]
    assert located
    for line in located:
        sheet, address = split_location(line["定位"].hyperlink.location)
        row = [cell.value for cell in shown[sheet][coordinate_to_tuple(address)[0]]]
        assert line["试点"].value in row
        assert sheet == "章节核对" or line["指标"].value in row


@pytest.mark.parametrize("province", EVERY_PROVINCE)
def test_links_outside_lead_to_a_file_of_the_package(province: str) -> None:
    package = set(View(sample_round(), province).copies)
    outside = [cell for cell in links(book(province)) if cell.hyperlink.target]
    assert {unquote(cell.hyperlink.target) for cell in outside} == package
    for cell in outside:
        source = unquote(cell.hyperlink.target)
        if cell.hyperlink.location and source in file_of().values():
            sheet, address = split_location(cell.hyperlink.location)
            assert address == "A1" or sheet in submitted(source).sheetnames


def test_the_origin_links_to_the_first_cell_that_it_names() -> None:
    for line in compared(book("河北省")):
        if line["出处"].hyperlink:
            location = split_location(line["出处"].hyperlink.location)
            assert location == places(line["出处"].value)[0]
            assert unquote(line["出处"].hyperlink.target) == file_of()[line["试点"].value]


def test_the_nation_has_no_copies_to_link_to() -> None:
    assert not [cell.coordinate for cell in links(book(NATION)) if cell.hyperlink.target]
