"""The same workbook in every format gives the same cells and the same observations; what is none says what it is.

`files/dalian.*` are one workbook, saved by LibreOffice in each of its formats: a clean submission with a percentage,
and a sheet 其他 with one cell of every kind.
"""

import io
from typing import Any

import openpyxl
import polars as pl
import pytest
import python_calamine

from contracts.load import load_contracts
from tests.support.containers import changed, encrypted, packed, parts, strict, with_macro
from tests.support.paths import FILES
from tests.support.xlsb import write_xlsb
from transforms.intake.cells import EncryptedFileError, UnreadableFileError
from transforms.intake.formats import Workbook, read_workbook
from transforms.intake.submission import read_submission
from transforms.pipeline import Provenance, review_round

CONTRACTS = load_contracts("first-batch")
XLSX = (FILES / "dalian.xlsx").read_bytes()
BASE = read_workbook(XLSX)
NAME = "submissions/辽宁省/大连市.xlsx"
# Cells that a format cannot hold, and what it holds instead.
KNOWN = {
    "ods": {("其他", "A2"): ("number", "1")},  # LibreOffice writes TRUE as the formula TRUE() with the result 1
    "xlsb": {("其他", "A1"): ("text", "2022-12-31"), ("其他", "A15"): ("text", "2022-06-01T08:30:00")},  # our writer
}
# Read with calamine, which gives values only: no number formats, error values, empty texts, merges, hidden rows.
VALUES_ONLY = {"ods", "xlsb"}
DROPPED = {("其他", "A3"), ("其他", "A4"), ("其他", "A13")}


def as_text(sheet: str, encoding: str, delimiter: str = ",") -> bytes:
    """A sheet as Excel saves it for text: what is shown, and nothing of the other sheets."""
    (found,) = [one for one in BASE.sheets if one.name == sheet]
    lines = []
    for row in range(1, max(found.rows()) + 1):
        cells = [found.cells.get((row, column)) for column in range(1, 10)]
        texts = [
            f"{cell.number:.1%}" if cell and "%" in cell.number_format else cell.text if cell else "" for cell in cells
        ]
        lines.append(delimiter.join('"' + text.replace('"', '""') + '"' for text in texts))
    return "\r\n".join(lines).encode(encoding)


WORKBOOKS = {
    "xlsx": XLSX,
    "strict": strict(XLSX),
    "xlsm": with_macro(XLSX),
    "xls": (FILES / "dalian.xls").read_bytes(),
    "ods": (FILES / "dalian.ods").read_bytes(),
    "xlsb": write_xlsb(BASE.sheets),
}
TEXTS = {
    "utf-8": as_text("表1", "utf-8"),
    "utf-8 with a mark": as_text("表1", "utf-8-sig"),
    "gb18030": as_text("表1", "gb18030"),
    "utf-16": as_text("表1", "utf-16", "\t"),
    "semicolons": as_text("表1", "utf-8", ";"),
}


def cells(book: Workbook) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (sheet.name, cell.address): (cell.held, cell.text) for sheet in book.sheets for cell in sheet.cells.values()
    }


def values(content: bytes) -> dict[tuple[str, int], tuple[Any, ...]]:
    submission = read_submission(content, NAME, CONTRACTS)
    assert submission.fault is None, submission.detail
    assert submission.identity.pilot == "大连市"
    names = ("cell", "value", "unit", "qualifier", "usable")
    return {(row["indicator"], row["year"]): tuple(row[name] for name in names) for row in submission.observations}


@pytest.mark.parametrize("form", WORKBOOKS)
def test_the_same_workbook_has_the_same_cells(form: str) -> None:
    book = read_workbook(WORKBOOKS[form])
    found, expected = cells(book), cells(BASE) | KNOWN.get(form, {})
    dropped = DROPPED if form in VALUES_ONLY else set()
    assert found == {place: value for place, value in expected.items() if place not in dropped}
    for sheet, other in zip(book.sheets, BASE.sheets, strict=True):
        assert (sheet.name, sheet.hidden) == (other.name, other.hidden)
        if form not in VALUES_ONLY:
            assert sheet.hidden_rows == other.hidden_rows
            assert sorted(sheet.merged) == sorted(other.merged)


@pytest.mark.parametrize("form", [*WORKBOOKS, *TEXTS])
def test_the_same_submission_has_the_same_observations(form: str) -> None:
    base, place = values(XLSX), ("C07", 2022)
    assert base[place][1:4] == (19.6, "%", "exact")  # kept as 0.196, shown as 19.6%
    doubt = {place: (*base[place][:1], 0.196, *base[place][2:])} if form in VALUES_ONLY else {}
    assert values((WORKBOOKS | TEXTS)[form]) == base | doubt


@pytest.mark.parametrize("form", sorted(VALUES_ONLY))
def test_a_fraction_whose_format_was_not_read_is_a_doubt(form: str) -> None:
    def findings(content: bytes) -> set[tuple[str, str | None, int | None, str | None]]:
        review = review_round([read_submission(content, NAME, CONTRACTS)], CONTRACTS, Provenance("0", "0"))
        rows = review.findings.filter(
            pl.col("rule").is_in(["VALUE-FRACTION", "FILE-ODD"]) & pl.col("file").is_not_null()
        )
        assert review.observations.filter(indicator="C07", year=2022)["usable"].to_list() == [content is XLSX]
        return set(rows.select("rule", "indicator", "year", "cell").rows())

    assert findings(XLSX) == set()
    assert findings(WORKBOOKS[form]) == {("VALUE-FRACTION", "C07", 2022, "E9"), ("FILE-ODD", None, None, None)}
    (note,) = read_workbook(WORKBOOKS[form]).notes
    assert note.startswith(f"是 .{form}格式，读不出单元格的数字格式（显示为25%的与0.25无法区分）")
    assert note.endswith("请另存为 .xlsx 后报送")


def test_one_of_each_kind_of_cell() -> None:
    (other,) = [sheet for sheet in BASE.sheets if sheet.name == "其他"]
    kinds = {cell.held for cell in other.cells.values()}
    assert kinds == {"number", "text", "date", "boolean", "error", "blank"}
    assert (other.merged, other.hidden_rows) == (((1, 3, 2, 4),), {5})
    assert [sheet.hidden for sheet in BASE.sheets][-1]


def test_what_we_write_as_xlsb_another_reader_reads() -> None:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(WORKBOOKS["xlsb"]))
    rows = book.get_sheet_by_name("表1").to_python(skip_empty_area=False)
    assert rows[8][2] == "非化石能源消费占比"
    assert rows[8][4] == 0.196


@pytest.mark.parametrize("form", WORKBOOKS)
def test_the_format_is_detected_by_content_and_macros_are_reported(form: str) -> None:
    book = read_workbook(WORKBOOKS[form])
    assert book.format == {"strict": "xlsx", "xlsm": "xlsx"}.get(form, form)
    assert book.has_macros == (form == "xlsm")


def test_a_formula_without_a_saved_result_differs_from_one_with_an_empty_result() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "=1+1"
    buffer = io.BytesIO()
    book.save(buffer)
    assert cells(read_workbook(buffer.getvalue())) == {("Sheet", "A1"): ("formula", "=1+1")}
    assert cells(BASE)["其他", "A13"] == ("blank", "")  # =""


def test_dates_in_the_formats_that_chinese_excel_does_not_spell_out() -> None:
    def restyle(name: str, data: bytes) -> bytes:
        return data.replace(b'numFmtId="14"', b'numFmtId="31"') if name == "xl/styles.xml" else data

    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = 44926
    book.worksheets[0]["A1"].number_format = "mm-dd-yy"
    buffer = io.BytesIO()
    book.save(buffer)
    assert cells(read_workbook(changed(buffer.getvalue(), restyle))) == {("Sheet", "A1"): ("date", "2022-12-31")}


# ---- encrypted -------------------------------------------------------------------------------------------------------


def test_an_encrypted_workbook_opens_with_its_password_only() -> None:
    content = encrypted(XLSX, "密码 1")
    assert cells(read_workbook(content, ["wrong", "密码 1"])) == cells(BASE)
    for passwords, said in (([], "设有打开密码"), (["wrong"], "均不正确")):
        with pytest.raises(EncryptedFileError, match=said) as caught:
            read_workbook(content, passwords)
        assert "wrong" not in str(caught.value)


def test_a_workbook_that_excel_opens_without_asking_opens_here_too() -> None:
    assert cells(read_workbook(encrypted(XLSX, "VelvetSweatshop"))) == cells(BASE)


def test_a_damaged_encryption_is_one_finding() -> None:
    content = encrypted(XLSX, "1")
    at = content.index(b"<keyData")
    with pytest.raises(UnreadableFileError, match="加密"):
        read_workbook(content[:at] + b"<" * 40 + content[at + 40 :], ["1"])


# ---- what is no workbook ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "空的"),
        (b"\0" * 4096, "空的"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "XML 表格2003"),
        ("说明文字，没有表格".encode(), "没有分列"),
        (b"a,b\n\x00\x01\x02", "不是工作簿"),
        (b"\xff\xfd\x81", "编码"),
        (packed({"word/document.xml": b"<w/>"}), "Word"),
        (packed({"a/大连市.xlsx": XLSX, "a/沈阳市.xlsx": XLSX}), "解压后逐个报送"),
        (packed({name: data for name, data in parts(XLSX).items() if "sheet" not in name}), "缺少"),
        (XLSX[: len(XLSX) // 2], "不完整|损坏"),
        (WORKBOOKS["xls"][:3000], "损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument\0".encode("utf-16-le"), "Word|损坏"),
    ],
)
def test_what_is_no_workbook_says_what_it_is(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFileError, match=said):
        read_workbook(content)
