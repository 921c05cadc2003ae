"""Every workbook of the sample round holds what Excel demands; and every demand is one that can be broken."""

import io
import zipfile
from collections.abc import Callable
from functools import cache

import openpyxl
import pytest
from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table

from tests.sample import CONTRACTS
from tests.support.ooxml import faults
from tests.support.rendered_books import NATION, hostile_round, rendered, without_henan
from tests.support.review_sheets import EVERY_PROVINCE
from tests.support.sample_round import whole_round as sample_round
from transforms.reports.files.office_files import workbook_bytes
from transforms.reports.sheet_parts.cells import put
from transforms.reports.template.workbook import render_template
from transforms.reports.view import View
from transforms.reports.workbook.review_workbook import render_review_workbook

SHEET, BOOK, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"
CHART, TABLE, TYPES = "xl/charts/chart1.xml", "xl/tables/table1.xml", "[Content_Types].xml"
LONG = "x" * 256


@cache
def sound() -> bytes:
    """A small workbook with one of everything."""
    book = openpyxl.Workbook()
    sheet, other = book.active, book.create_sheet("b c")
    for row in (["h", "i"], [1, 2], [3, 4]):
        sheet.append(row)
    sheet["D1"], sheet["D2"], sheet["A9"] = "x", 0.5, "text"
    sheet["D2"].number_format = '0.0"t"'
    sheet.merge_cells("F1:G2")
    sheet.merge_cells("F4:G5")
    sheet.add_table(Table(displayName="figures", ref="A1:B3"))
    sheet.conditional_formatting.add("A2:A3", CellIsRule("greaterThan", ["2"], fill=PatternFill("solid", "FF0000")))
    for cells in ("J1:J9", "K1:K9"):
        rule = DataValidation("list", formula1='"yes,no"', promptTitle="choose")
        rule.add(cells)
        sheet.add_data_validation(rule)
    sheet["A9"].comment = Comment("why", "who")
    sheet["D1"].hyperlink = Hyperlink(ref="D1", location="'b c'!A1")
    sheet["D2"].hyperlink = Hyperlink(ref="D2", target="a.xlsx")
    sheet.oddFooter.center.text = "foot"
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["A"].width, sheet.row_dimensions[2].height = 12, 30
    book.defined_names["area"] = DefinedName("area", attr_text="'b c'!$A$1:$B$2")
    chart = ScatterChart()
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.series.append(
        Series(Reference(sheet, range_string="Sheet!$B$2:$B$3"), Reference(sheet, range_string="Sheet!$A$2:$A$3"))
    )
    other.add_chart(chart)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def broken(part: str, old: str, new: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sound())) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == part:
                assert old in content, content
                content = content.replace(old, new, 1)
            target.writestr(name, content)
    return buffer.getvalue()


def test_a_sound_workbook_has_no_fault() -> None:
    assert faults(sound(), outside=["a.xlsx"]) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "says"),
    [
        (BOOK, 'name="b c"', 'name="b:c"', "not legal"),
        (BOOK, 'name="Sheet"', f'name="{"长" * 32}"', "not legal"),
        (BOOK, 'name="b c"', 'name="SHEET"', "is taken"),
        (BOOK, 'sheetId="2"', 'sheetId="1"', "two sheets with one id"),
        (BOOK, 'name="area"', 'name="a b"', "'a b' is not legal"),
        (BOOK, 'name="area"', 'name="AB12"', "'ab12' is not legal"),
        (BOOK, "'b c'!$A$1", "'gone'!$A$1", "which is not there"),
        (BOOK, "</definedNames>", '<definedName name="AREA">Sheet!$A$1</definedName></definedNames>', "defined twice"),
        (BOOK, 'activeTab="0"', 'activeTab="7"', "active sheet"),
        (STYLES, 'formatCode="', f'formatCode="{LONG}', "too long"),
        (STYLES, 'numFmtId="164" formatCode', 'numFmtId="165" formatCode', "wants number format 164"),
        (STYLES, 'fontId="0"', 'fontId="99"', "wants fontId 99"),
        (TYPES, "/xl/worksheets/sheet2.xml", "/xl/worksheets/sheet3.xml", "sheet3"),
        ("xl/_rels/workbook.xml.rels", "styles.xml", "style.xml", "not there"),
        (SHEET, "text", "x" * 32_768, "32768 characters"),
        (SHEET, "text", "\x01", "not XML"),
        (SHEET, 'width="12"', 'width="256"', "256 wide"),
        (SHEET, 'ht="30"', 'ht="410"', "410 high"),
        (SHEET, "<v>0.5</v>", "<v>nan</v>", "nan is no number"),
        (SHEET, "<v>0.5</v>", "<f>1+1</f><v>2</v>", "formula 1+1"),
        (SHEET, 'r="D2"', 'r="A2"', "out of place"),
        (SHEET, 'r="D2"', 'r="D3"', "out of place"),
        (SHEET, '<c r="D2" s="1" t="n"><v>0.5</v>', '<c r="D2" t="s"><v>99</v>', "text 99 does not exist"),
        (SHEET, 'ref="F4:G5"', 'ref="G2:H5"', "merges F1:G2 and G2:H5 overlap"),
        (SHEET, 'ref="F4:G5"', 'ref="A3:A5"', "tables and merges A1:B3 and A3:A5 overlap"),
        (SHEET, 'ref="F4:G5"', 'ref="F4"', "merge F4 is not legal"),
        (SHEET, 'sqref="A2:A3"', 'sqref="A0:A3"', "format over A0:A3"),
        (SHEET, 'dxfId="0"', 'dxfId="1"', "format 1 does not exist"),
        (SHEET, 'priority="1"', 'priority="0"', "priorities"),
        (SHEET, "yes,no", LONG, "a list longer than 255"),
        (SHEET, 'sqref="K1:K9"', 'sqref="J9:K9"', "validations J1:J9 and J9:K9 overlap"),
        (SHEET, 'promptTitle="choose"', f'promptTitle="{LONG}"', "promptTitle is longer than 32"),
        (SHEET, "'b c'!A1", "'c b'!A1", "link at D1 leads to 'c b'!A1"),
        (SHEET, "'b c'!A1", "'b c'!A1048577", "link at D1 leads to"),
        ("xl/worksheets/_rels/sheet1.xml.rels", "a.xlsx", "http://x.example", "leads outside"),
        ("xl/worksheets/_rels/sheet1.xml.rels", "a.xlsx", "a b.xlsx", "is not legal"),
        (SHEET, "Cfoot", LONG, "oddFooter is longer"),
        (SHEET, "<pageMargins", '<autoFilter ref="A1:B2"/><pageMargins', "not in order"),
        ("xl/worksheets/sheet2.xml", "<sheetView ", '<sheetView tabSelected="1" ', "together"),
        ("xl/comments/comment1.xml", 'authorId="0"', 'authorId="1"', "no author"),
        ("xl/comments/comment1.xml", "why", "x" * 32_768, "comment at A9 is not legal"),
        (TABLE, 'displayName="figures"', 'displayName="area"', "table name 'area' is taken"),
        (TABLE, 'name="i"', 'name="j"', "says something else"),
        (TABLE, 'name="i"', 'name="H"', "has the columns"),
        (CHART, "'Sheet'!$B$2:$B$3", "'Gone'!$B$2:$B$3", "is drawn from 'Gone'"),
        (CHART, '<crossAx val="10"', '<crossAx val="11"', "crossed"),
        (CHART, '<delete val="0"', '<delete val="1"', "does not show"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_each_demand_is_checked(part: str, old: str, new: str, says: str) -> None:
    found = faults(broken(part, old, new), outside=["a.xlsx"])
    assert any(says in fault for fault in found), found


@pytest.mark.thorough
@pytest.mark.parametrize("province", [NATION, *EVERY_PROVINCE], ids=lambda province: province or "全国")
def test_every_workbook_of_the_sample_round_is_sound(province: str | None) -> None:
    package = set(View(sample_round(), province).copies) if province else ()
    assert faults(rendered(province), outside=package) == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("review", "province"),
    [
        pytest.param(hostile_round, NATION, id="hostile-全国"),
        pytest.param(hostile_round, "河北省", id="hostile-河北省"),
        pytest.param(without_henan, NATION, id="empty-全国", marks=pytest.mark.slow),
        pytest.param(without_henan, "河南省", id="empty-河南省"),
    ],
)
def test_odd_rounds_give_sound_workbooks(review: Callable[[], object], province: str | None) -> None:
    assert faults(render_review_workbook(View(review(), province)), outside=None) == []


def test_a_text_is_cut_where_excel_would_refuse_it() -> None:
    book = openpyxl.Workbook()
    for row, text in enumerate(("𠮷" * 40_000, "x𠮷" * 40_000), 1):
        put(book.active, row, 1, text)
        assert text.startswith(book.active.cell(row, 1).value)
    assert faults(workbook_bytes(book)) == []


@pytest.mark.parametrize("kind", ["city", "park"])
def test_the_template_is_sound(kind: str) -> None:
    book = render_template(CONTRACTS.tables[kind], CONTRACTS.round, pilot="大连市", province="辽宁省")
    assert faults(workbook_bytes(book)) == []
