"""The reader of .xlsx: every kind of cell and string, unusual but legal XML, and parts that are broken."""

import io
from functools import cache

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.support.containers import packed, parts
from tests.support.paths import FILES
from transforms.intake.cells import Cell, Sheet, UnreadableFileError
from transforms.intake.formats import limits, read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FILE = FILES / "dalian.xlsx"

HEAD = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="{MAIN}" xmlns:x="y">'
COLUMNS = '<cols><col min="2" max="3" width="9" hidden="1"/><col min="9" max="16384" width="9"/></cols>'
ROWS = (
    '<row r="1" spans="1:7" ht="20" customHeight="1"><c r="A1" s="3" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
    '<c r="C1" s="1"/><c r="D1" t="s"><v>2</v></c><c r="E1" t="s"><v>7</v></c></row>'
    '<row r="2" spans="1:7"><c r="A2" t="inlineStr"><is><t>&#24180; &lt;&#x5ea6;&gt;</t></is></c>'
    '<c r="B2" s="1"><v>0.253</v></c><c r="C2" s="2"><v>44926</v></c><c r="D2"><v>1.10000000000000001</v></c></row>'
    '<row r="3" hidden="1"><c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><v>#DIV/0!</v></c><c r="C3" t="d"><v>2022-12-31'
    '</v></c><c r="D3" s="1"><f>SUM(B2,&quot;1&quot;)</f><v>0.5</v></c><c r="E3"><f>A1</f></c></row>'
    '<row r="4" hidden="true"><c r="A4" t="str"><f>""</f><v></v></c><c r="B4" t="str"><f>A1</f><v/></c>'
    '<c r="C4"><f aca="false">A1</f><v/></c><c r="D4" t="str"><v>_x4E00_&amp;</v></c><c r="E4"><v>十</v></c></row>'
    '<row r="5" x:y="1"><c r="A5" t="inlineStr"><is><t xml:space="preserve"> 乙\n</t></is></c></row><row r="6" ht="3"/>'
    '<row r="7" hidden="false"><c r="AA7"><v>-3E-2</v></c></row><row r="8" hidden="false"></row>'
)
TAIL = '</sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells><pageMargins left="0.7"/></worksheet>'
SHEET = f"{HEAD}{COLUMNS}<sheetData>{ROWS}{TAIL}"
STRINGS = f"<sst xmlns='{MAIN}'><si><t>甲</t></si><si><t>乙 &amp; 丙</t></si><si><t>_x4E00_</t></si></sst>"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellStyleXfs>'
    '<xf numFmtId="9"/></cellStyleXfs><cellXfs><xf/><xf numFmtId="10"/><xf numFmtId="164"/><xf numFmtId="49"/>'
    '</cellXfs><dxfs><dxf><numFmt numFmtId="164" formatCode="0.0"/></dxf></dxfs></styleSheet>'
)
CELLS = [
    Cell(1, 1, "text", "甲", None, "@"),
    Cell(1, 2, "text", "乙 & 丙"),
    Cell(1, 4, "text", "一"),
    Cell(2, 1, "text", "年 <度>"),
    Cell(2, 2, "number", "0.253", 0.253, "0.00%"),
    Cell(2, 3, "date", "2022-12-31", None, "yyyy-mm-dd"),
    Cell(2, 4, "number", "1.1", 1.1),
    Cell(3, 1, "boolean", "TRUE"),
    Cell(3, 2, "error", "#DIV/0!"),
    Cell(3, 3, "date", "2022-12-31"),
    Cell(3, 4, "number", "0.5", 0.5, "0.00%"),
    Cell(3, 5, "formula", "=A1"),
    Cell(4, 1, "blank", ""),
    Cell(4, 2, "blank", ""),
    Cell(4, 3, "formula", "=A1"),
    Cell(4, 4, "text", "一&"),
    Cell(4, 5, "text", "十"),
    Cell(5, 1, "text", " 乙\n"),
    Cell(7, 27, "number", "-0.03", -0.03),
]


@cache
def package() -> dict[str, bytes]:
    return parts(FILE.read_bytes()) | {"xl/styles.xml": STYLES.encode(), "xl/sharedStrings.xml": STRINGS.encode()}


def read(part: str | bytes, strings: str = STRINGS) -> Sheet:
    data = part.encode() if isinstance(part, str) else part
    more = {"xl/worksheets/sheet1.xml": data, "xl/sharedStrings.xml": strings.encode()}
    return read_workbook(packed(package() | more)).sheets[0]


def cells(sheet: Sheet) -> list[Cell]:
    return [sheet.cells[place] for place in sorted(sheet.cells)]


def row(content: str) -> Sheet:
    return read(f'<worksheet xmlns="{MAIN}"><sheetData>{content}</sheetData></worksheet>')


def replaced(*pieces: tuple[str, str]) -> str:
    part = SHEET
    for old, new in pieces:
        assert old in part
        part = part.replace(old, new, 1)
    return part


def test_every_kind_of_cell() -> None:
    sheet = read(SHEET)
    assert cells(sheet) == CELLS
    assert sheet.hidden_rows == {3, 4}
    assert sheet.merged == ((1, 1, 2, 2),)
    assert {cell.held for cell in CELLS} == {*("text", "number", "date", "boolean", "error", "formula", "blank")}


# Unusual ways to write the same cells.
SAME = {
    "CDATA": [("<v>0.253</v>", "<v><![CDATA[0.253]]></v>")],
    "a comment in a value": [("<v>0.253</v>", "<v>0.<!-- no -->253</v>")],
    "a comment with a cell": [("</row>", "<!-- <c r='Z9'><v>1</v></c> --></row>")],
    "an instruction": [("</row>", "<?go on?></row>")],
    "a prefix": [('<c r="B2" s="1"><v>0.253</v></c>', f'<n:c xmlns:n="{MAIN}" r="B2" s="1"><n:v>0.253</n:v></n:c>')],
    "no namespace": [(f'xmlns="{MAIN}" ', "")],
    "the strict namespace": [(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")],
    "no address": [('<c r="B2"', "<c")],
    "rows without numbers": [('<row r="1" ', "<row "), ('<row r="2" ', "<row "), ('r="A2" ', "")],
    "a small letter": [('r="B2"', 'r="b2"')],
    "an absolute address": [('r="B2"', 'r="$B2"')],
    "single quotes in another order": [('r="B2" s="1"', "s='1' r='B2'")],
    "a further attribute": [('r="B2"', 'cm="1" r="B2"')],
    "white space between": [("</row><row", "</row>\n<row"), ("<c r", "\n <c r")],
    "a carriage return": [("乙\n", "乙\r\n")],
    "several runs": [("<is><t>&#24180; ", "<is><r><t>&#24180;</t></r><r><rPr><b/></rPr><t> </t></r><t>")],
    "a phonetic guide": [("&gt;</t></is>", '&gt;</t><rPh sb="0" eb="1"><t>nian</t></rPh><phoneticPr/></is>')],
    "cells of an extension": [("</worksheet>", f'<extLst xmlns="{MAIN}"><ext/></extLst></worksheet>')],
    "all of it in a comment": [("<sheetData>", "<!--<row><c><v>1</v></c></row>--><sheetData>")],
}


@pytest.mark.parametrize("name", SAME)
def test_unusual_ways_to_write_the_same_cells(name: str) -> None:
    assert cells(read(replaced(*SAME[name]))) == CELLS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings(encoding: str) -> None:
    part = SHEET.replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    assert cells(read(part)) == CELLS


BROKEN = {
    "an entity that XML does not know": ("&lt;", "&le;"),
    "a character that XML cannot hold": ("&#24180;", "&#11;"),
    "half a character": ("&#24180;", "&#xD800;"),
    "a control character": ("乙\n", "乙\x0b"),
    "an attribute twice": ('r="B2"', 'r="B2" r="B3"'),
    "a row that is not closed": ("</row>", ""),
    "a row that is closed twice": ("</row>", "</row></row>"),
    "another encoding": ("UTF-8", "GB18030"),
    "text after the end": ("</worksheet>", "</worksheet>x"),
    "nothing after the cells": (TAIL, "</sheetData>"),
    "an attribute that goes on": ('ht="3"/>', 'ht="3>'),
    "a string that is no number": ('t="s"><v>0</v></c>', 't="s"><v>x</v></c>'),
    "a cell off the sheet": ('r="AA7"', 'r="XFE7"'),
    "a row off the sheet": ('r="AA7"', 'r="AA1048577"'),
    "a cell in row 0": ('r="AA7"', 'r="AA0"'),
    "a document type": ("<worksheet", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_parts_are_refused(name: str) -> None:
    with pytest.raises(UnreadableFileError):
        read(replaced(BROKEN[name]))


def test_an_entity_in_a_part_of_any_name_is_refused() -> None:
    def renamed(data: bytes) -> bytes:
        return data.replace(b"worksheets/sheet1.xml", b"worksheets/sheet1.dat")

    entries = {name: renamed(data) for name, data in package().items() if name != "xl/worksheets/sheet1.xml"}
    entity = f'<!DOCTYPE a [<!ENTITY b "c">]>{HEAD.partition("?>")[2]}<sheetData/></worksheet>'
    assert read_workbook(packed(entries | {"xl/worksheets/sheet1.dat": SHEET.encode()}))
    with pytest.raises(UnreadableFileError, match="DTD"):
        read_workbook(packed(entries | {"xl/worksheets/sheet1.dat": entity.strip().encode()}))


def test_a_large_part_reads_like_a_small_one() -> None:
    def rows(count: int) -> str:
        lines = (
            f'<row r="{n}" hidden="1"><c r="A{n}" t="inlineStr"><is><t>第{n}行</t></is></c></row>'
            for n in range(9, count)
        )
        return replaced((TAIL, "".join(lines) + TAIL))

    small, large = rows(20), rows(20_000)
    assert len(small) < limits.TREE < len(large)
    one, other = read(small), read(large)
    assert len(other.cells) == len(CELLS) + 20_000 - 9
    assert [other.cells[place] for place in sorted(one.cells)] == cells(one)
    assert other.merged == one.merged
    assert other.hidden_rows == {3, 4, *range(9, 20_000)}


def test_shared_formulas_without_results_follow_their_cells() -> None:
    sheet = row(
        '<row r="1"><c r="A1"><f t="shared" ref="A1:A3" si="0">B1+$C$1</f></c></row><row r="2"><c r="A2">'
        '<f t="shared" si="0"/></c></row><row r="3"><c r="A3"><f t="shared" si="0"/><v>5</v></c></row>'
    )
    assert [cell.text for cell in cells(sheet)] == ["=B1+$C$1", "=B2+$C$1", "5"]


def test_a_string_that_is_not_there_is_no_cell() -> None:
    strings = "".join(f'<c t="s"><v>{index}</v></c>' for index in (0, 9, -1))
    assert cells(row(f"<row>{strings}</row>")) == [Cell(1, 1, "text", "甲")]


# ---- superscripts ----------------------------------------------------------------------------------------------------


def run(text: str, alignment: str = "") -> str:
    about = f'<rPr><sz val="9"/><vertAlign val="{alignment}"/></rPr>' if alignment else "<rPr><b/></rPr>"
    return f'<r>{about}<t xml:space="preserve">{text}</t></r>'


def test_superscript_runs_are_kept() -> None:
    items = run("25.3") + run("1", "superscript") + run("吨CO") + run("2", "subscript") + run("/m", "baseline")
    text, spans = "25.31吨CO2/m", ((4, 5),)
    inline = row(f'<row><c t="inlineStr"><is>{items}</is></c></row>').cells[1, 1]
    shared = read(SHEET, f'<sst xmlns="{MAIN}"><si>{items}</si></sst>').cells[1, 1]
    for cell in (inline, shared):
        assert (cell.text, cell.superscripts) == (text, spans)


def test_positions_count_characters_as_they_are_read() -> None:
    items = run("_xD83D__xDE00_") + run("_x000D_1", "superscript") + run("", "superscript") + run("_xD800_")
    cell = row(f'<row><c t="inlineStr"><is>{items}</is></c></row>').cells[1, 1]
    assert cell.text == "😀\r1�"
    assert cell.superscripts == ((1, 3),)


def test_what_another_program_writes_as_superscript_is_read() -> None:
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = CellRichText("12.5", TextBlock(InlineFont(vertAlign="superscript"), "注1"))
    buffer = io.BytesIO()
    book.save(buffer)
    assert read_workbook(buffer.getvalue()).sheets[0].cells[1, 1] == Cell(
        1, 1, "text", "12.5注1", superscripts=((4, 6),)
    )


def test_hidden_columns_are_those_of_the_part_and_those_without_a_width() -> None:
    columns = '<col min="2" max="3" hidden="1"/><col min="5" max="5" width="9"/><col min="7" max="16384" width="0"/>'
    cells_ = "".join(f'<c r="{letter}1"><v>1</v></c>' for letter in "ABCDEFGH")
    sheet = read(
        f'<worksheet xmlns="{MAIN}"><cols>{columns}</cols><sheetData><row r="1">{cells_}</row></sheetData></worksheet>'
    )
    assert sheet.hidden_columns == {2, 3, 7, 8}
