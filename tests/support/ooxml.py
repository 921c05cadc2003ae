"""What Excel demands of a workbook: where one of these is broken, it opens with a repair message or not at all.

Sources: Excel specifications and limits (Microsoft Support), ECMA-376 part 1, and what Excel was seen to refuse.
"""

import io
import math
import posixpath
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from openpyxl.utils.cell import get_column_letter, range_boundaries

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
AXES = {f"{CHART}{name}" for name in ("catAx", "valAx", "dateAx", "serAx")}
ROWS, COLUMNS = 1_048_576, 16_384
# ECMA-376 18.3.1.99: the parts of a sheet come in this order.
ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews",
    "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions",
    "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches",
    "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects",
    "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
NAME = re.compile(r"(_xlnm\.)?[A-Za-z_\\一-鿿][\w.\\?一-鿿]{0,254}")


def faults(content: bytes, *, outside: Collection[str] | None = (), formulas: bool = False) -> list[str]:
    """Everything that Excel would not take.

    Args:
        content: of an .xlsx.
        outside: files to which a link may lead, as the person's eye sees them; None allows any.
        formulas: whether there may be formulas.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        parts = {name: archive.read(name) for name in names}
    found = [f"the archive holds {name} twice" for name in parts if names.count(name) > 1]
    try:
        book = Book({name: _parsed(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}, parts)
    except ET.ParseError as error:
        return [*found, f"not XML: {error}"]
    checks = (_package(book), _workbook(book), _styles(book), _charts(book))
    found += [fault for check in checks for fault in check]
    for title, part in book.sheets.items():
        sheet = Sheet(title, part, book)
        checks = (
            _shape(sheet), _cells(sheet, formulas=formulas), _merges(sheet), _rules(sheet), _validations(sheet),
            _links(sheet, outside), _page(sheet), _comments(sheet), _tables(sheet),
        )  # fmt: skip
        found += [f"{title}: {fault}" for check in checks for fault in check]
    return found


@dataclass(frozen=True)
class Book:
    """The XML parts of a workbook, by their name in the archive."""

    xml: dict[str, ET.Element]
    parts: dict[str, bytes]

    @property
    def root(self) -> ET.Element:
        return self.xml["xl/workbook.xml"]

    def relations(self, part: str) -> dict[str, tuple[str, str, bool]]:
        """Kind, target (a part, or an address outside) and whether it is outside, by id."""
        folder, name = posixpath.split(part)
        rels = self.xml.get(f"{folder}/_rels/{name}.rels".lstrip("/"))
        found = {}
        for rel in rels if rels is not None else ():
            target, outside = rel.attrib["Target"], rel.get("TargetMode") == "External"
            if not outside:
                target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[rel.attrib["Id"]] = rel.attrib["Type"].rsplit("/", 1)[-1], target, outside
        return found

    @cached_property
    def sheets(self) -> dict[str, str]:
        """Part by title."""
        rels = self.relations("xl/workbook.xml")
        return {sheet.attrib["name"]: rels[sheet.attrib[f"{REL}id"]][1] for sheet in self.root.iter(f"{MAIN}sheet")}

    @cached_property
    def strings(self) -> list[str]:
        root = self.xml.get("xl/sharedStrings.xml")
        return ["".join(item.itertext()) for item in (root if root is not None else ())]

    def styles(self, group: str) -> list[ET.Element]:
        found = self.xml["xl/styles.xml"].find(MAIN + group)
        return [] if found is None else list(found)

    def holds(self, location: str) -> bool:
        """Whether a sheet and range like 'a b'!A1:B2 are in this book."""
        title, _, cells = location.rpartition("!")
        title = title[1:-1].replace("''", "'") if title.startswith("'") else title
        return title in self.sheets and _in_grid(cells)


@dataclass(frozen=True)
class Sheet:
    title: str
    part: str
    book: Book

    @property
    def root(self) -> ET.Element:
        return self.book.xml[self.part]

    def all(self, tag: str) -> list[ET.Element]:
        return list(self.root.iter(MAIN + tag))

    def text(self, place: str) -> str | None:
        """The text of a cell, whether it stands in the sheet or among the shared ones."""
        for cell in self.all("c"):
            if cell.attrib["r"] == place and cell.get("t") == "s":
                return self.book.strings[int(cell.findtext(f"{MAIN}v") or 0)]
            if cell.attrib["r"] == place and cell.get("t") == "inlineStr":
                return "".join(cell.itertext())
        return None

    def related(self, kind: str) -> list[str]:
        return [target for name, target, _ in self.book.relations(self.part).values() if name == kind]


def _parsed(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314 - of a workbook that we wrote


def _package(book: Book) -> Iterator[str]:
    lower = [name.lower() for name in book.parts]
    yield from (f"two parts named {name}" for name in set(lower) if lower.count(name) > 1)
    types = book.xml["[Content_Types].xml"]
    ends = {item.attrib["Extension"].lower() for item in types.iter(f"{TYPES}Default")}
    named = [item.attrib["PartName"].lstrip("/") for item in types.iter(f"{TYPES}Override")]
    yield from (f"no part for the content type of {name}" for name in named if name not in book.parts)
    yield from (f"{name} has two content types" for name in set(named) if named.count(name) > 1)
    for name in book.parts:
        if name != "[Content_Types].xml" and name not in named and name.rsplit(".", 1)[-1].lower() not in ends:
            yield f"{name} has no content type"
        if name not in named and name.startswith("xl/") and name.endswith(".xml"):
            yield f"{name} has the content type of any XML"
    for name in (part for part in book.xml if not part.endswith(".rels")):
        relations = book.relations(name)
        for id_, (_, target, outside) in relations.items():
            if not outside and target not in book.parts:
                yield f"{name}: {id_} leads to {target}, which is not there"
        for element in book.xml[name].iter():
            for key, id_ in element.attrib.items():
                if key.startswith(REL) and id_ not in relations:
                    yield f"{name}: relation {id_} is not there"


def _workbook(book: Book) -> Iterator[str]:
    titles = [sheet.attrib["name"] for sheet in book.root.iter(f"{MAIN}sheet")]
    for title in titles:
        if (
            not 0 < _utf16(title) <= 31
            or re.search(r"[\\/?*\[\]:\x00-\x1f]", title)
            or title[0] == "'"
            or title[-1] == "'"
        ):
            yield f"sheet name {title!r} is not legal"
        if title.lower() == "history" or [other.lower() for other in titles].count(title.lower()) > 1:
            yield f"sheet name {title!r} is taken"
    ids = [sheet.attrib["sheetId"] for sheet in book.root.iter(f"{MAIN}sheet")]
    if len(set(ids)) < len(ids):
        yield "two sheets with one id"
    shown = [sheet for sheet in book.root.iter(f"{MAIN}sheet") if sheet.get("state", "visible") == "visible"]
    if not shown:
        yield "no sheet is visible"
    for view in book.root.iter(f"{MAIN}workbookView"):
        active = list(book.root.iter(f"{MAIN}sheet"))[int(view.get("activeTab", 0)) :][:1]
        if not active or active[0] not in shown:
            yield "the active sheet is not visible"
    seen = set()
    for name in book.root.iter(f"{MAIN}definedName"):
        key = (name.attrib["name"].lower(), name.get("localSheetId"))
        if key in seen:
            yield f"name {key[0]} is defined twice"
        seen.add(key)
        if not NAME.fullmatch(key[0]) or CELL.fullmatch(key[0].upper()) or re.fullmatch(r"[rc]|r\d+c\d+", key[0]):
            yield f"defined name {key[0]!r} is not legal"
        if name.get("localSheetId") is not None and int(name.attrib["localSheetId"]) >= len(titles):
            yield f"name {key[0]} is of a sheet that is not there"
        if "#REF!" in (name.text or "") or not all(book.holds(part) for part in _areas(name.text or "")):
            yield f"name {key[0]} means {name.text}, which is not there"


def _styles(book: Book) -> Iterator[str]:
    for group, most in {
        "cellXfs": 64_000,
        "cellStyleXfs": 64_000,
        "fonts": 1024,
        "fills": 64_000,
        "numFmts": 200,
    }.items():
        if len(book.styles(group)) > most:
            yield f"{len(book.styles(group))} {group}, more than {most}"
    names = [style.attrib["name"] for style in book.styles("cellStyles")]
    yield from (f"two styles named {name}" for name in set(names) if names.count(name) > 1)
    yield from (f"style name {name[:20]} is too long" for name in names if len(name) > 255)
    codes = [item.attrib["formatCode"] for item in book.styles("numFmts")]
    yield from (f"number format {code[:30]!r} is too long" for code in codes if len(code) > 255)
    formats = [int(item.attrib["numFmtId"]) for item in book.styles("numFmts")]
    if len(set(formats)) < len(formats) or any(id_ < 164 for id_ in formats):
        yield "the ids of the number formats are not their own"
    for xf in [*book.styles("cellXfs"), *book.styles("cellStyleXfs")]:
        for key, group in {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}.items():
            if int(xf.get(key, 0)) >= len(book.styles(group)):
                yield f"a style wants {key} {xf.get(key)}"
        id_ = int(xf.get("numFmtId", 0))
        if id_ >= 164 and id_ not in formats:
            yield f"a style wants number format {id_}"


def _shape(sheet: Sheet) -> Iterator[str]:
    tags = [child.tag.removeprefix(MAIN) for child in sheet.root]
    places = [ORDER.index(tag) for tag in tags if tag in ORDER]
    if places != sorted(places) or len(places) < len(tags):
        yield f"its parts are not in order: {' '.join(tags)}"
    single = [tag for tag in set(tags) if tag != "conditionalFormatting" and tags.count(tag) > 1]
    yield from (f"{tag} is listed twice" for tag in single)
    before = 0
    for column in sheet.all("col"):
        first, last = int(column.attrib["min"]), int(column.attrib["max"])
        if not before < first <= last <= COLUMNS:
            yield f"columns {first} to {last} overlap or do not exist"
        before = last
        if not 0 <= float(column.get("width", 8)) <= 255:
            yield f"column {first} is {column.get('width')} wide"
        if int(column.get("outlineLevel", 0)) > 7:
            yield f"column {first} lies {column.get('outlineLevel')} levels deep"
    for row in sheet.all("row"):
        if not 0 <= float(row.get("ht", 15)) <= 409.5:
            yield f"row {row.get('r')} is {row.get('ht')} high"
        if int(row.get("outlineLevel", 0)) > 7:
            yield f"row {row.get('r')} lies {row.get('outlineLevel')} levels deep"


def _cells(sheet: Sheet, *, formulas: bool) -> Iterator[str]:
    last_row = 0
    for row in sheet.all("row"):
        number = int(row.attrib["r"])
        if not last_row < number <= ROWS:
            yield f"row {number} stands after row {last_row}"
        last_row, last_column = number, 0
        for cell in row:
            place = cell.attrib["r"]
            column, at, *_ = range_boundaries(place)
            if at != number or not last_column < column <= COLUMNS:
                yield f"{place} is out of place"
            last_column = column
            if int(cell.get("s", 0)) >= len(sheet.book.styles("cellXfs")):
                yield f"{place}: style {cell.get('s')} does not exist"
            yield from (f"{place}: {fault}" for fault in _content(cell, sheet.book, formulas=formulas))


def _content(cell: ET.Element, book: Book, *, formulas: bool) -> Iterator[str]:
    kind, value = cell.get("t", "n"), cell.findtext(f"{MAIN}v")
    formula = cell.findtext(f"{MAIN}f")
    if formula is not None and (not formulas or len(formula) > 8192):
        yield f"formula {formula[:40]}"
    if kind == "s" and int(value or 0) >= len(book.strings):
        yield f"text {value} does not exist"
        return
    if kind == "n" and value is not None and not _is_number(value):
        yield f"{value} is no number"
    if kind == "b" and value not in {"0", "1"}:
        yield f"{value} is neither true nor false"
    if kind == "e":
        yield f"error {value}"
    text = book.strings[int(value or 0)] if kind == "s" else "".join(cell.itertext())
    if _utf16(text) > 32_767:
        yield f"a text of {_utf16(text)} characters"


def _merges(sheet: Sheet) -> Iterator[str]:
    areas = [merge.attrib["ref"] for merge in sheet.all("mergeCell")]
    yield from (f"merge {area} is not legal" for area in areas if not _in_grid(area) or ":" not in area)
    yield from _overlaps("merges", areas)


def _rules(sheet: Sheet) -> Iterator[str]:
    priorities = [int(rule.attrib["priority"]) for rule in sheet.all("cfRule")]
    if any(priority < 1 for priority in priorities) or len(set(priorities)) < len(priorities):
        yield f"priorities of formats {priorities}"
    most = len(sheet.book.styles("dxfs"))
    yield from (
        f"format {rule.get('dxfId')} does not exist"
        for rule in sheet.all("cfRule")
        if int(rule.get("dxfId", -1)) >= most
    )
    for formatting in sheet.all("conditionalFormatting"):
        if not all(map(_in_grid, formatting.attrib["sqref"].split())):
            yield f"format over {formatting.attrib['sqref']}"


def _validations(sheet: Sheet) -> Iterator[str]:
    areas = []
    for rule in sheet.all("dataValidation"):
        where = rule.attrib["sqref"]
        areas += where.split()
        if not areas or not all(map(_in_grid, where.split())):
            yield f"validation over {where!r}"
        for name, most in {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}.items():
            if _utf16(rule.get(name, "")) > most:
                yield f"validation of {where}: {name} is longer than {most}"
        first = rule.findtext(f"{MAIN}formula1") or ""
        if rule.get("type", "none") != "none" and not first:
            yield f"validation of {where} has no formula"
        if _utf16(first) > (257 if first.startswith('"') else 255):
            yield f"validation of {where}: a list longer than 255"
        if "!" in first and not sheet.book.holds(first):
            yield f"validation of {where} is after {first}"
    yield from _overlaps("validations", areas)


def _links(sheet: Sheet, outside: Collection[str] | None) -> Iterator[str]:
    if len(sheet.all("hyperlink")) > 65_530:
        yield "more than 65,530 links"
    relations = sheet.book.relations(sheet.part)
    for link in sheet.all("hyperlink"):
        place, location, id_ = link.attrib["ref"], link.get("location"), link.get(f"{REL}id")
        if not _in_grid(place) or (location is None and id_ is None):
            yield f"link at {place} leads nowhere"
        if id_ is None and location and not sheet.book.holds(location):
            yield f"link at {place} leads to {location}"
        if _utf16(link.get("tooltip", "")) > 255 or _utf16(location or "") > 2083:
            yield f"link at {place} has too long a text"
        if id_ is not None:
            target = relations[id_][1]
            if not relations[id_][2] or not target or _utf16(target) > 2083 or re.search(r"[\x00-\x20]", target):
                yield f"link at {place} to {target!r} is not legal"
            elif outside is not None and unquote(target) not in outside:
                yield f"link at {place} leads outside, to {target}"
    others = [target for kind, target, away in relations.values() if away and kind != "hyperlink"]
    yield from (f"something outside: {target}" for target in others)


def _page(sheet: Sheet) -> Iterator[str]:
    for part in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        yield from (f"{part} is longer than 255" for item in sheet.all(part) if _utf16(item.text or "") > 255)
    breaks = [int(item.attrib["id"]) for item in sheet.all("brk")]
    if len(breaks) > 1023 or len(set(breaks)) < len(breaks):
        yield f"page breaks {breaks[:9]}"
    for pane in sheet.all("pane"):
        if pane.get("state") == "frozen" and not _in_grid(pane.get("topLeftCell", "")):
            yield "frozen panes without a cell"
    tabs = [view for view in sheet.all("sheetView") if view.get("tabSelected") in {"1", "true"}]
    first = next(iter(sheet.book.sheets))
    if tabs and sheet.title != first:
        yield "is selected together with another sheet"
    for area in sheet.all("autoFilter"):
        if not _in_grid(area.attrib["ref"]):
            yield f"filter over {area.attrib['ref']}"


def _comments(sheet: Sheet) -> Iterator[str]:
    for part in sheet.related("comments"):
        root = sheet.book.xml[part]
        authors = [author.text or "" for author in root.iter(f"{MAIN}author")]
        places = [comment.attrib["ref"] for comment in root.iter(f"{MAIN}comment")]
        yield from (f"two comments at {place}" for place in set(places) if places.count(place) > 1)
        yield from (f"author {name[:20]} is too long" for name in authors if _utf16(name) > 255)
        for comment in root.iter(f"{MAIN}comment"):
            place, text = comment.attrib["ref"], "".join(comment.itertext())
            if int(comment.attrib["authorId"]) >= len(authors):
                yield f"comment at {place} has no author"
            if not _in_grid(place) or _utf16(text) > 32_767:
                yield f"comment at {place} is not legal"
        if not sheet.all("legacyDrawing"):
            yield "comments without their drawing"


def _tables(sheet: Sheet) -> Iterator[str]:
    tables = {name: sheet.book.xml[name] for name in sheet.book.xml if re.fullmatch(r"xl/tables/[^/]+", name)}
    names = [table.attrib["displayName"].lower() for table in tables.values()]
    defined = [name.attrib["name"].lower() for name in sheet.book.root.iter(f"{MAIN}definedName")]
    areas = [merge.attrib["ref"] for merge in sheet.all("mergeCell")]
    for part in sheet.related("table"):
        table = tables[part]
        name, area = table.attrib["displayName"], table.attrib["ref"]
        if (names + defined).count(name.lower()) > 1 or not NAME.fullmatch(name) or CELL.fullmatch(name.upper()):
            yield f"table name {name!r} is taken or not legal"
        titles = [column.attrib["name"] for column in table.iter(f"{MAIN}tableColumn")]
        left, top, right, bottom = range_boundaries(area)
        if len({title.lower() for title in titles}) < len(titles) or len(titles) != right - left + 1 or bottom <= top:
            yield f"table {name} has the columns {titles} over {area}"
        for column, title in enumerate(titles, left):
            if sheet.text(f"{get_column_letter(column)}{top}") != title:
                yield f"table {name}: the header of column {title!r} says something else"
        areas.append(area)
    yield from _overlaps("tables and merges", areas)


def _charts(book: Book) -> Iterator[str]:
    for name, root in book.xml.items():
        if not re.fullmatch(r"xl/charts/chart\d+\.xml", name):
            continue
        for formula in root.iter(f"{CHART}f"):
            if not book.holds(formula.text or ""):
                yield f"{name} is drawn from {formula.text}"
        series = [item.attrib["val"] for one in root.iter(f"{CHART}ser") for item in one.findall(f"{CHART}idx")]
        if len(set(series)) < len(series) or len(series) > 255:
            yield f"{name}: its series are {series}"
        axes = {axis.find(f"{CHART}axId").attrib["val"]: axis for axis in root.iter() if axis.tag in AXES}
        plots = [plot for plot in root.iter() if plot.tag.endswith("Chart")]
        used = {item.attrib["val"] for plot in plots for item in plot.findall(f"{CHART}axId")}
        crossed = {axis.find(f"{CHART}crossAx").attrib["val"] for axis in axes.values()}
        if not used == crossed == set(axes):
            yield f"{name}: axes {sorted(axes)}, used {sorted(used)}, crossed {sorted(crossed)}"
        for axis in axes.values():
            if (hidden := axis.find(f"{CHART}delete")) is None or hidden.get("val", "1") != "0":
                yield f"{name}: an axis that new Excel does not show"


def _overlaps(what: str, areas: Iterable[str]) -> Iterator[str]:
    boxes = sorted((range_boundaries(area), area) for area in areas)
    for at, ((left, top, right, bottom), area) in enumerate(boxes):
        for (other_left, other_top, other_right, other_bottom), other in boxes[at + 1 :]:
            if other_left <= right and left <= other_right and other_top <= bottom and top <= other_bottom:
                yield f"{what} {area} and {other} overlap"


def _in_grid(cells: str) -> bool:
    """Whether a cell or range exists: A1, $A$1:$B$9, $1:$2, $A:$C."""
    first, _, last = cells.replace("$", "").partition(":")
    if (first.isdigit() and last.isdigit()) or (first.isalpha() and last.isalpha()):
        return True
    if not CELL.fullmatch(first) or (last and not CELL.fullmatch(last)):
        return False
    left, top, right, bottom = range_boundaries(f"{first}:{last or first}")
    return left <= right <= COLUMNS and top <= bottom <= ROWS


def _areas(formula: str) -> list[str]:
    """The parts of a reference like 'a,b'!$A$1:$B$2,c!$1:$1."""
    return re.findall(r"(?:'(?:[^']|'')*'|[^',]+)![^,]+", formula)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _utf16(text: str) -> int:
    """Excel counts in 16-bit units: a character beyond U+FFFF is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
