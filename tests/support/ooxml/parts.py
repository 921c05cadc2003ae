"""A workbook taken apart, and what its checks have in common."""

import math
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from xml.etree import ElementTree as ET

from openpyxl.utils.cell import range_boundaries

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
        return title in self.sheets and in_grid(cells)


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
        """Return the text of a cell, inline or from the shared strings."""
        for cell in self.all("c"):
            if cell.attrib["r"] == place and cell.get("t") == "s":
                return self.book.strings[int(cell.findtext(f"{MAIN}v") or 0)]
            if cell.attrib["r"] == place and cell.get("t") == "inlineStr":
                return "".join(cell.itertext())
        return None

    def related(self, kind: str) -> list[str]:
        return [target for name, target, _ in self.book.relations(self.part).values() if name == kind]


def parsed(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314 - of a workbook that we wrote


def overlaps(what: str, areas: Iterable[str]) -> Iterator[str]:
    boxes = sorted((range_boundaries(area), area) for area in areas)
    for at, ((left, top, right, bottom), area) in enumerate(boxes):
        for (other_left, other_top, other_right, other_bottom), other in boxes[at + 1 :]:
            if other_left <= right and left <= other_right and other_top <= bottom and top <= other_bottom:
                yield f"{what} {area} and {other} overlap"


def in_grid(cells: str) -> bool:
    """Whether a cell or range exists: A1, $A$1:$B$9, $1:$2, $A:$C."""
    first, _, last = cells.replace("$", "").partition(":")
    if (first.isdigit() and last.isdigit()) or (first.isalpha() and last.isalpha()):
        return True
    if not CELL.fullmatch(first) or (last and not CELL.fullmatch(last)):
        return False
    left, top, right, bottom = range_boundaries(f"{first}:{last or first}")
    return left <= right <= COLUMNS and top <= bottom <= ROWS


def areas_of(formula: str) -> list[str]:
    """The parts of a reference like 'a,b'!$A$1:$B$2,c!$1:$1."""
    return re.findall(r"(?:'(?:[^']|'')*'|[^',]+)![^,]+", formula)


def is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def utf16_length(text: str) -> int:
    """Excel counts in 16-bit units: a character beyond U+FFFF is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
