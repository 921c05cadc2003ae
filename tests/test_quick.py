"""What is read in the quick way is what the careful reader reads: cell by cell, observation by observation.

`make corpus` tries 2,000 generated submissions, 20,000 damaged parts and the corpus; without it, some of the first two.
"""

import io
import os
import random
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from contracts.naming import name_key
from tests.bench.inputs import as_workbook
from tests.containers import packed, parts
from tests.hostile import HOSTILE, Hostile
from tests.judgement.places import places_of, with_roster
from tests.judgement.population import clean_submission
from tests.layouts_odd import LAYOUTS
from tests.sample import CONTRACTS
from tests.test_corpus import CORPUS, files
from tests.test_layouts import SENDERS, workbook
from transforms.intake.cells import Cell, Sheet, Unreadable
from transforms.intake.formats import read_workbook
from transforms.intake.formats.quick import Odd, cut_cells, cut_strings
from transforms.intake.formats.worksheet import Book, read_sheet
from transforms.intake.labels import find_label
from transforms.intake.submission import read_submission

LONG = "PEAK_REVIEW_CORPUS" in os.environ
SAMPLE = sorted((Path(__file__).parent.parent / "data" / "raw").rglob("*.xlsx"))
GENERATED = with_roster(1_400, 600, 31)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOOK = Book(["甲", "乙 & 丙", "_x4E00_"], ("General", "0.0%", "yyyy-mm-dd", "@"), since_1904=False)

HEAD = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<worksheet xmlns="{MAIN}" xmlns:x="y"><sheetData>'
ROWS = (
    '<row r="1" spans="1:7" ht="20" customHeight="1"><c r="A1" s="3" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>'
    '<c r="C1" s="1"/><c r="D1" t="s"><v>2</v></c><c r="E1" t="s"><v>7</v></c></row>'
    '<row r="2" spans="1:7" ht="20" customHeight="1">'
    '<c r="A2" t="inlineStr"><is><t>&#24180; &lt;&#x5ea6;&gt;</t></is></c>'
    '<c r="B2" s="1"><v>0.253</v></c><c r="C2" s="2"><v>44926</v></c><c r="D2"><v>1.10000000000000001</v></c></row>'
    '<row r="3" hidden="1"><c r="A3" t="b"><v>1</v></c><c r="B3" t="e"><v>#DIV/0!</v></c><c r="C3" t="d"><v>2022-12-31'
    '</v></c><c r="D3" s="1"><f>SUM(B2,&quot;1&quot;)</f><v>0.5</v></c><c r="E3"><f>A1</f></c></row>'
    '<row r="4" hidden="1"><c r="A4" t="str"><f>""</f><v></v></c><c r="B4" t="str"><f>A1</f><v/></c>'
    '<c r="C4"><f aca="false">A1</f><v/></c><c r="D4" t="str"><v>_x4E00_&amp;</v></c><c r="E4"><v>十</v></c></row>'
    '<row r="5" x:y="1"><c r="A5" t="inlineStr"><is><t xml:space="preserve"> 乙\n</t></is></c></row><row r="6" ht="3"/>'
    '<row r="7" hidden="false"><c r="AA7"><v>-3E-2</v></c></row><row r="8" hidden="false"></row>'
)
TAIL = '</sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells><pageMargins left="0.7"/></worksheet>'
USUAL = (HEAD + ROWS + TAIL).encode()
STRINGS = (
    f'<sst xmlns="{MAIN}" count="5"><si><t>甲</t></si><si><t>乙&#20057;</t><phoneticPr fontId="1" type="noConversion"/>'
    "</si><si><r><rPr><b/></rPr><t>丙</t></r><r><t>丁</t></r></si><si><t/></si><si><t>注<rPh><t>zhu</t></rPh></t></si>"
    "<si><t>甲</t><rPh><t>jia</t></rPh></si></sst>"
).encode()


def read(part: bytes, *, careful: bool, room: int = 100) -> Sheet | tuple[str, str]:
    """A sheet as text, for 1 is not 1.0; or what is wrong with it."""
    try:
        return read_sheet(part, "表", BOOK, room, hidden=False, careful=careful)
    except Exception as error:
        return type(error).__name__, str(error)


def cells(content: bytes, *, careful: bool) -> str:
    """A workbook as text, or why it cannot be read."""
    try:
        return repr(read_workbook(content, careful=careful))
    except Unreadable as reason:
        return repr(reason)


def both(content: bytes) -> tuple[str, str]:
    """A workbook and its observations read in the quick and in the careful way."""

    def way(careful: bool) -> str:
        submission = read_submission(content, "submissions/辽宁省/大连市.xlsx", CONTRACTS, careful=careful)
        return cells(content, careful=careful) + repr(submission)

    return way(careful=False), way(careful=True)


def usual(content: bytes) -> list[bool]:
    """Whether the quick way takes them, for all of a workbook's parts with cells or strings in them."""
    entries = parts(content) if zipfile.is_zipfile(io.BytesIO(content)) else {}
    return [
        takes(cut_strings if "sharedStrings" in name else lambda part: cut_cells(part, lambda *_: None), data)
        for name, data in entries.items()
        if "/worksheets/sheet" in name or "sharedStrings" in name
    ]


def takes(cut: Callable[[bytes], object], part: bytes) -> bool:
    try:
        cut(part)
    except Odd:
        return False
    return True


@cache
def generated() -> list[bytes]:
    places = places_of(GENERATED)
    chosen = places if LONG else random.Random(7).sample(places, 12)
    return [as_workbook(clean_submission(place, random.Random(place.pilot))) for place in chosen]


def test_the_sample_round_is_read_in_the_quick_way_and_reads_the_same() -> None:
    assert len(SAMPLE) > 30
    for path in SAMPLE:
        quick, careful = both(path.read_bytes())
        assert quick == careful, path
        assert all(usual(path.read_bytes())), path
    assert sum(len(usual(path.read_bytes())) for path in SAMPLE) > 100


@pytest.mark.parametrize("kind", SENDERS)
def test_all_layouts_read_the_same(kind: str) -> None:
    for layout in LAYOUTS:
        quick, careful = both(workbook(layout, kind))
        assert quick == careful, layout
        assert all(usual(workbook(layout, kind))), layout


def test_generated_submissions_read_the_same() -> None:
    for content in generated():
        quick, careful = both(content)
        assert quick == careful
        assert all(usual(content))


def test_what_libreoffice_saves_is_usual() -> None:
    content = (Path(__file__).parent / "files" / "dalian.xlsx").read_bytes()
    assert len(usual(content)) > 3
    assert all(usual(content))
    quick, careful = both(content)
    assert quick == careful


@pytest.mark.parametrize("hostile", HOSTILE, ids=[hostile.name for hostile in HOSTILE])
def test_hostile_files_are_answered_the_same(hostile: Hostile) -> None:
    content = hostile.make()
    assert cells(content, careful=False) == cells(content, careful=True)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus lies beside the repository, in ../shared/corpus")
def test_the_corpus_reads_the_same() -> None:
    zipped = [path for path in files() if path.read_bytes().startswith(b"PK")]
    assert len(zipped) > 150
    for path in zipped:
        quick, careful = both(path.read_bytes())
        assert quick == careful, path


def test_every_kind_of_usual_cell() -> None:
    assert takes(lambda part: cut_cells(part, lambda *_: None), USUAL)
    sheet = read(USUAL, careful=False)
    assert isinstance(sheet, Sheet)
    assert repr(sheet) == repr(read(USUAL, careful=True))
    assert sheet.hidden_rows == {3, 4}
    assert sheet.merged == ((1, 1, 2, 2),)
    assert sheet.cells[2, 1] == Cell(2, 1, "text", "年 <度>")
    assert sheet.cells[2, 3] == Cell(2, 3, "date", "2022-12-31", None, "yyyy-mm-dd")
    assert sheet.cells[7, 27] == Cell(7, 27, "number", "-0.03", -0.03)
    assert {cell.held for cell in sheet.cells.values()} == {
        *("text", "number", "date", "boolean", "error", "formula", "blank")
    }


# What to put in place of a usual piece, once, so that the part is one for the careful reader.
UNUSUAL = {
    "an entity that XML does not know": ("&lt;", "&le;"),
    "a character that XML cannot hold": ("&#24180;", "&#11;"),
    "half a character": ("&#24180;", "&#xD800;"),
    "a control character": ("年", "\x0b") if "年" in ROWS else ("乙\n", "乙\x0b"),
    "no character": ("乙\n", "乙\uffff"),
    "the end of CDATA": ("乙\n", "乙]]>"),
    "a carriage return": ("乙\n", "乙\r\n"),
    "CDATA": ("<v>0.253</v>", "<v><![CDATA[0.253]]></v>"),
    "a comment": ("</row>", "<!-- <c r='Z9'><v>1</v></c> --></row>"),
    "an instruction": ("</row>", "<?go on?></row>"),
    "all of it in a comment": (f"<sheetData>{ROWS}</sheetData>", f"<!--<sheetData>{ROWS}</sheetData>-->"),
    "all of it in CDATA": (f"<sheetData>{ROWS}</sheetData>", f"<![CDATA[<sheetData>{ROWS}</sheetData>]]>"),
    "all of it in an instruction": (f"<sheetData>{ROWS}</sheetData>", f"<?a <sheetData>{ROWS}</sheetData>?>"),
    "a prefix": ('<c r="B2" s="1"><v>0.253</v></c>', '<n:c xmlns:n="n" r="B2" s="1"><n:v>0.253</n:v></n:c>'),
    "no address": ('<c r="B2"', "<c"),
    "a row without its number": ('<row r="2" ', "<row "),
    "a small letter": ('r="B2"', 'r="b2"'),
    "another order": ('r="B2" s="1"', 's="1" r="B2"'),
    "single quotes": ('r="B2"', "r='B2'"),
    "an attribute twice": ('r="B2"', 'r="B2" r="B3"'),
    "a further attribute": ('r="B2"', 'cm="1" r="B2"'),
    "a shared formula": ("<f>A1</f>", '<f t="shared" ref="E3:E4" si="0">A1</f>'),
    "several runs": ("<is><t>&#24180; &lt;&#x5ea6;&gt;</t></is>", "<is><r><t>&#24180;</t></r><r><t>1</t></r></is>"),
    "a reading aid": ("&gt;</t></is>", "&gt;</t><rPh><t>a</t></rPh></is>"),
    "white space between": ("</row><row", "</row>\n<row"),
    "a row in a row": ('<row r="6" ht="3"/>', '<row r="6"><row r="7"></row></row>'),
    "a cell in a cell": ("<v>0.253</v>", '<c r="B9"><v>1</v></c>'),
    "a row that is not closed": ("</row>", ""),
    "a last row that is not closed": ("</row></sheetData>", "</sheetData>"),
    "a row that is closed twice": ("</row>", "</row></row>"),
    "a cell after the rows": ("</mergeCells>", '</mergeCells><c r="Z9"><v>1</v></c>'),
    "more rows after the rows": ("</mergeCells>", "</mergeCells><sheetData><row><c><v>1</v></c></row></sheetData>"),
    "a cell off the sheet": ('r="AA7"', 'r="XFE7"'),
    "another encoding": ("UTF-8", "GB18030"),
    "XML 1.1": ('version="1.0"', 'version="1.1"'),
    "a text that no other may follow": ("</worksheet>", "</worksheet>x"),
    "nothing after the cells": (TAIL, "</sheetData>"),
    "a prefix that nobody declared": ('x:y="1"', 'z:y="1"'),
    "an attribute that goes on": ('ht="3"/>', 'ht="3>'),
    "a string that is not there": ("<v>1</v></c>", "<v>x</v></c>"),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_a_part_that_is_not_as_usual_is_for_the_careful_reader(name: str) -> None:
    old, new = UNUSUAL[name]
    part = USUAL.decode().replace(old, new, 1).encode()
    assert part != USUAL
    assert read_quickly(part) is None
    assert repr(read(part, careful=False)) == repr(read(part, careful=True))


def read_quickly(part: bytes) -> object:
    from transforms.intake.formats.worksheet import _read_quickly  # noqa: PLC0415

    return _read_quickly(part, BOOK, 100)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_other_encodings_read_the_same(encoding: str) -> None:
    part = USUAL.decode().replace("UTF-8", encoding.removesuffix("-sig")).encode(encoding)
    assert repr(read(part, careful=False)) == repr(read(part, careful=True))


def test_there_is_no_more_room_either_way() -> None:
    assert read(USUAL, careful=False, room=3) == read(USUAL, careful=True, room=3)
    assert read(USUAL, careful=False, room=3)[0] == "Unreadable"


PIECES = (
    *("<", ">", "/", '"', "'", "&", ";", "\r", "\x00", "\x0b", "\ufffe", "]]>", "<!--", "-->", "<![CDATA[", "<?a?>"),
    *("</row>", '<row r="9">', '<row r="9"/>', "<row>", "</c>", '<c r="B1"/>', '<c r="B1"><v>1</v></c>', "<v>", "</v>"),
    *("<is>", "<t>", "</t>", "<t/>", "<rPh>", "</rPh>", '<f t="shared" si="0">', "<f>", "</f>", "</sheetData>", " "),
    *(
        "<si>",
        "</si>",
        "<si/>",
        "<si><t>x</t></si>",
        "<r>",
        "</r>",
        "<x:si/>",
        "</sst>",
        "&#10;",
        "&#1;",
        "&amp;",
        "年",
    ),
    *(' hidden="1"', ' hidden="false"', ' t="s"', ' r="C3"', "<sheetData>", '<mergeCell ref="B1:C1"/>', "<!DOCTYPE a>"),
)


def damaged(text: str, count: int) -> Iterator[bytes]:
    """A part with pieces doubled or left out, or others put in: most are no XML, some are and say odd things."""
    rng = random.Random(text)
    cuts = sorted({0, len(text), *(at for at, character in enumerate(text) if character in '<>" =&;')})
    for _ in range(count):
        part = text
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            start, end = sorted(rng.sample(cuts, 2)) if rng.random() < 0.3 else [rng.choice(cuts)] * 2
            end = min(end, start + 60)
            piece = rng.choice((rng.choice(PIECES), rng.choice(PIECES), part[start:end] * 2, ""))
            part = part[:start] + piece + part[end:]
        yield part.encode()


def test_damaged_sheets_read_the_same() -> None:
    outcomes = set()
    for part in damaged(USUAL.decode(), 20_000 if LONG else 500):
        quick, careful = read(part, careful=False), read(part, careful=True)
        assert repr(quick) == repr(careful), part
        outcomes.add((isinstance(careful, Sheet), read_quickly(part) is not None))
    assert outcomes == {(True, True), (True, False), (False, False)}


@cache
def around() -> tuple[dict[str, bytes], str]:
    """A workbook whose sheets have cells for a few strings, and the name of the part in which these stand."""
    base = parts((Path(__file__).parent / "files" / "dalian.xlsx").read_bytes())
    (strings,) = [name for name in base if "sharedStrings" in name]
    cells = "".join(f'<c r="A{row}" t="s"><v>{row - 1}</v></c>' for row in range(1, 12))
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row r="1">{cells}</row></sheetData></worksheet>'.encode()
    sheets = [name for name in base if "/worksheets/sheet" in name]
    return base | dict.fromkeys(sheets, sheet), strings


def with_strings(part: bytes) -> bytes:
    rest, name = around()
    return packed(rest | {name: part})


def test_every_kind_of_usual_string() -> None:
    assert takes(cut_strings, STRINGS)
    content = with_strings(STRINGS)
    found = read_workbook(content).sheets[0].cells
    assert [found[row, 1].text for row in range(1, 7)] == ["甲", "乙乙", "丙丁", "", "注", "甲"]
    assert cells(content, careful=False) == cells(content, careful=True)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("<!--<sst>", "</sst>-->"),
        ("<![CDATA[<sst>", "</sst>]]>"),
        ("<?a <sst>", "</sst>?>"),
        ("<rPh><sst>", "</sst></rPh>"),
        ("<si><sst>", "</sst></si>"),
        ("<si><t><sst>", "</sst></t></si>"),
    ],
)
def test_strings_in_something_else_read_the_same(start: str, end: str) -> None:
    items = STRINGS.decode().partition(">")[2].removesuffix("</sst>")
    content = with_strings(f'<x:sst xmlns:x="{MAIN}">{start}{items}{end}</x:sst>'.encode())
    assert cells(content, careful=False) == cells(content, careful=True)


def test_damaged_strings_read_the_same() -> None:
    for part in damaged(STRINGS.decode(), 5_000 if LONG else 200):
        content = with_strings(part)
        assert cells(content, careful=False) == cells(content, careful=True), part


def test_what_is_remembered_of_a_text_says_nothing_of_a_table() -> None:
    city, park = CONTRACTS.tables["city"], CONTRACTS.tables["park"]
    only = next(row for row in city.indicators if name_key(row.name) not in park.by_name)
    text = f"3. {only.name}（{next(iter(only.scales))}）"
    for _ in range(2):
        found = find_label(text, city)
        assert found is not None
        assert found.indicator is only
        assert find_label(text, park) is None


def test_styles_are_remembered_by_all_of_their_bytes() -> None:
    base = parts((Path(__file__).parent / "files" / "dalian.xlsx").read_bytes())
    other = base | {"xl/styles.xml": base["xl/styles.xml"].replace(b"0.0%", b"0.00")}
    formats = [
        {cell.number_format for sheet in read_workbook(packed(entries)).sheets for cell in sheet.cells.values()}
        for entries in (base, other, base)
    ]
    assert ["0.0%" in found for found in formats] == [True, False, True]


def test_a_roster_that_changes_is_looked_for_anew() -> None:
    lengths = CONTRACTS.round.spelling_lengths
    assert lengths == tuple(sorted({len(name) for name in CONTRACTS.round.spellings}))
    longer = GENERATED.round.spelling_lengths
    assert longer == tuple(sorted({len(name) for name in GENERATED.round.spellings})) != lengths
