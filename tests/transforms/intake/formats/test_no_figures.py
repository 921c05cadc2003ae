"""Pictures in cells and web pages under the name of a workbook are named as what they are."""

import pytest

from tests.support.plain_tables import HEAD, book, city_rows, read
from transforms.intake.cells import UnreadableFileError
from transforms.intake.formats import read_workbook

PICTURE = '=DISPIMG("ID_0123456789ABCDEF",1)'


@pytest.mark.parametrize("formula", [PICTURE, '=_xlfn.DISPIMG("ID_0",1)', '=_xlfn.IMAGE("https://example.org/a.png")'])
def test_a_picture_in_a_value_cell_is_named(formula: str) -> None:
    rows = [list(row) for row in city_rows()]
    rows[17][5] = formula
    observations = read(book(表1=[HEAD, *rows])).observations
    cell = next(row for row in observations if (row["indicator"], row["year"]) == ("C18", 2025))
    assert (cell["held"], cell["qualifier"], cell["raw_value"]) == ("picture", "unreadable", "（图片）")
    assert "图片" in cell["detail"]


def test_a_picture_in_the_remarks_is_no_remark() -> None:
    rows = [[*row, PICTURE if row[0] == 18 else None] for row in city_rows()]
    submission = read(book(表1=[(*HEAD, "备注"), *rows]))
    assert {row["remark"] for row in submission.observations} == {None}
    assert submission.explained == ()


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n<html></html>', "网页存档"),
        (b"From: <Saved by Blink>\r\nSubject: a\r\nMIME-Version: 1.0\r\n\r\n", "网页存档"),
        (b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr><td>1</td></tr></table></html>', "网页"),
    ],
)
def test_a_web_page_named_xls_is_named(content: bytes, named: str) -> None:
    with pytest.raises(UnreadableFileError, match=f"{named}.*另存为 .xlsx"):
        read_workbook(content)
