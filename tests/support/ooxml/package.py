"""Faults of the package: its parts, the workbook, styles and charts."""

import re
from collections.abc import Iterator

from tests.support.ooxml.parts import AXES, CELL, CHART, MAIN, NAME, REL, TYPES, Book, areas_of, utf16_length


def package_faults(book: Book) -> Iterator[str]:
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


def workbook_faults(book: Book) -> Iterator[str]:
    titles = [sheet.attrib["name"] for sheet in book.root.iter(f"{MAIN}sheet")]
    for title in titles:
        if (
            not 0 < utf16_length(title) <= 31
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
        if "#REF!" in (name.text or "") or not all(book.holds(part) for part in areas_of(name.text or "")):
            yield f"name {key[0]} means {name.text}, which is not there"


def style_faults(book: Book) -> Iterator[str]:
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


def chart_faults(book: Book) -> Iterator[str]:
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
