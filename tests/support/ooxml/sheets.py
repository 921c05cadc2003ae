"""Faults of a sheet: order of parts, cells, merges, formats, validations, links, page, comments, tables."""

import re
from collections.abc import Collection, Iterator
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from openpyxl.utils.cell import get_column_letter, range_boundaries

from tests.support.ooxml.parts import (
    CELL,
    COLUMNS,
    MAIN,
    NAME,
    ORDER,
    REL,
    ROWS,
    Book,
    Sheet,
    in_grid,
    is_number,
    overlaps,
    utf16_length,
)


def shape_faults(sheet: Sheet) -> Iterator[str]:
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


def cell_faults(sheet: Sheet, *, formulas: bool) -> Iterator[str]:
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
    if kind == "n" and value is not None and not is_number(value):
        yield f"{value} is no number"
    if kind == "b" and value not in {"0", "1"}:
        yield f"{value} is neither true nor false"
    if kind == "e":
        yield f"error {value}"
    text = book.strings[int(value or 0)] if kind == "s" else "".join(cell.itertext())
    if utf16_length(text) > 32_767:
        yield f"a text of {utf16_length(text)} characters"


def merge_faults(sheet: Sheet) -> Iterator[str]:
    areas = [merge.attrib["ref"] for merge in sheet.all("mergeCell")]
    yield from (f"merge {area} is not legal" for area in areas if not in_grid(area) or ":" not in area)
    yield from overlaps("merges", areas)


def format_faults(sheet: Sheet) -> Iterator[str]:
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
        if not all(map(in_grid, formatting.attrib["sqref"].split())):
            yield f"format over {formatting.attrib['sqref']}"


def validation_faults(sheet: Sheet) -> Iterator[str]:
    areas = []
    for rule in sheet.all("dataValidation"):
        where = rule.attrib["sqref"]
        areas += where.split()
        if not areas or not all(map(in_grid, where.split())):
            yield f"validation over {where!r}"
        for name, most in {"promptTitle": 32, "errorTitle": 32, "prompt": 255, "error": 255}.items():
            if utf16_length(rule.get(name, "")) > most:
                yield f"validation of {where}: {name} is longer than {most}"
        first = rule.findtext(f"{MAIN}formula1") or ""
        if rule.get("type", "none") != "none" and not first:
            yield f"validation of {where} has no formula"
        if utf16_length(first) > (257 if first.startswith('"') else 255):
            yield f"validation of {where}: a list longer than 255"
        if "!" in first and not sheet.book.holds(first):
            yield f"validation of {where} is after {first}"
    yield from overlaps("validations", areas)


def link_faults(sheet: Sheet, outside: Collection[str] | None) -> Iterator[str]:
    if len(sheet.all("hyperlink")) > 65_530:
        yield "more than 65,530 links"
    relations = sheet.book.relations(sheet.part)
    for link in sheet.all("hyperlink"):
        place, location, id_ = link.attrib["ref"], link.get("location"), link.get(f"{REL}id")
        if not in_grid(place) or (location is None and id_ is None):
            yield f"link at {place} leads nowhere"
        if id_ is None and location and not sheet.book.holds(location):
            yield f"link at {place} leads to {location}"
        if utf16_length(link.get("tooltip", "")) > 255 or utf16_length(location or "") > 2083:
            yield f"link at {place} has too long a text"
        if id_ is not None:
            target = relations[id_][1]
            if not relations[id_][2] or not target or utf16_length(target) > 2083 or re.search(r"[\x00-\x20]", target):
                yield f"link at {place} to {target!r} is not legal"
            elif outside is not None and unquote(target) not in outside:
                yield f"link at {place} leads outside, to {target}"
    others = [target for kind, target, away in relations.values() if away and kind != "hyperlink"]
    yield from (f"something outside: {target}" for target in others)


def page_faults(sheet: Sheet) -> Iterator[str]:
    for part in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
        yield from (f"{part} is longer than 255" for item in sheet.all(part) if utf16_length(item.text or "") > 255)
    breaks = [int(item.attrib["id"]) for item in sheet.all("brk")]
    if len(breaks) > 1023 or len(set(breaks)) < len(breaks):
        yield f"page breaks {breaks[:9]}"
    for pane in sheet.all("pane"):
        if pane.get("state") == "frozen" and not in_grid(pane.get("topLeftCell", "")):
            yield "frozen panes without a cell"
    tabs = [view for view in sheet.all("sheetView") if view.get("tabSelected") in {"1", "true"}]
    first = next(iter(sheet.book.sheets))
    if tabs and sheet.title != first:
        yield "is selected together with another sheet"
    for area in sheet.all("autoFilter"):
        if not in_grid(area.attrib["ref"]):
            yield f"filter over {area.attrib['ref']}"


def comment_faults(sheet: Sheet) -> Iterator[str]:
    for part in sheet.related("comments"):
        root = sheet.book.xml[part]
        authors = [author.text or "" for author in root.iter(f"{MAIN}author")]
        places = [comment.attrib["ref"] for comment in root.iter(f"{MAIN}comment")]
        yield from (f"two comments at {place}" for place in set(places) if places.count(place) > 1)
        yield from (f"author {name[:20]} is too long" for name in authors if utf16_length(name) > 255)
        for comment in root.iter(f"{MAIN}comment"):
            place, text = comment.attrib["ref"], "".join(comment.itertext())
            if int(comment.attrib["authorId"]) >= len(authors):
                yield f"comment at {place} has no author"
            if not in_grid(place) or utf16_length(text) > 32_767:
                yield f"comment at {place} is not legal"
        if not sheet.all("legacyDrawing"):
            yield "comments without their drawing"


def table_faults(sheet: Sheet) -> Iterator[str]:
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
    yield from overlaps("tables and merges", areas)
