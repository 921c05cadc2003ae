"""Read the XML of one OOXML worksheet into a sheet."""

from collections.abc import Iterator
from dataclasses import dataclass

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from transforms.intake.cells import Cell, Sheet, UnreadableFileError
from transforms.intake.formats import limits, values
from transforms.intake.formats.values import Place, RichText
from transforms.intake.formats.xml_parts import Element, elements, is_true, local_name, rich_text, unescape

_SPANS = 1000  # of hidden columns
Formulas = dict[str, Translator]  # shared formulas by their index


@dataclass(frozen=True, slots=True)
class Shared:
    """What all sheets of a workbook share: strings by index, number formats by style, and the epoch of dates."""

    strings: list[RichText]
    formats: dict[str, str]
    since_1904: bool


def read_worksheet(data: bytes, name: str, shared: Shared, room: int, *, hidden: bool) -> Sheet:
    """Read the XML of a worksheet part, which may have `room` cells.

    Raises:
        UnreadableFileError: if there are more cells, or one beyond the edges of a sheet.
    """
    cells: dict[tuple[int, int], Cell] = {}
    hidden_rows: set[int] = set()
    merged: list[tuple[int, int, int, int]] = []
    formulas: Formulas = {}
    row = 0
    hidden_spans: list[range] = []
    for element in elements(data, "row", "mergeCell", "col"):
        kind = local_name(element)
        if kind == "row":
            row = int(element.get("r", row + 1))
            if is_true(element.get("hidden")):
                hidden_rows.add(row)
            cells.update(_cells(element, row, shared, formulas))
            if len(cells) > room:
                raise UnreadableFileError(f"有内容的单元格超过{limits.CELLS}个")
        elif kind == "mergeCell":
            merged.append(_range(element.get("ref", "")))
        elif len(hidden_spans) < _SPANS and (is_true(element.get("hidden")) or float(element.get("width", "1")) == 0):
            hidden_spans.append(range(int(element.get("min", 1)), int(element.get("max", 1)) + 1))
    if len(merged) > limits.CELLS:
        raise UnreadableFileError(f"合并区域超过{limits.CELLS}个")
    columns = {column for _, column in cells}
    hidden_columns = frozenset(column for column in columns if any(column in span for span in hidden_spans))
    return Sheet(name, cells, hidden, frozenset(hidden_rows), tuple(merged), hidden_columns=hidden_columns)


def _range(reference: str) -> tuple[int, int, int, int]:
    """Return the first and last row and column of a range; an open side extends to the edge of the sheet."""
    left, top, right, bottom = range_boundaries(reference)
    return top or 1, left or 1, bottom or limits.ROWS, right or limits.COLUMNS


def _cells(line: Element, row: int, shared: Shared, formulas: Formulas) -> Iterator[tuple[Place, Cell]]:
    """Read the cells of one row element; one without an address follows the cell before it."""
    column = 0
    for element in line.iterchildren("{*}c"):
        if address := element.get("r"):
            letters = address.rstrip("0123456789")
            column = column_index_from_string(letters.replace("$", ""))
            place = int(address[len(letters) :]), column
        else:
            column += 1
            place = row, column
        if cell := _cell(element, place, shared, formulas):
            if not (1 <= place[0] <= limits.ROWS and 1 <= column <= limits.COLUMNS):
                raise UnreadableFileError("单元格地址超出工作表的范围")
            yield place, cell


def _cell(element: Element, place: Place, shared: Shared, formulas: Formulas) -> Cell | None:
    """Read one `c` element; None if nothing is in it."""
    value = formula = inline = None
    for child in element:
        kind = local_name(child)
        if kind == "v":
            value = child.text or ""
        elif kind == "f":
            formula = _formula(child, place, formulas)
        elif kind == "is":
            inline = rich_text(child)
    if value is None and formula is None and inline is None:
        return None
    form = shared.formats.get(element.get("s", "0"), values.GENERAL)
    if formula is not None and values.is_picture(formula):
        return Cell(*place, "picture", formula, None, form)
    kind = element.get("t", "n")
    if kind == "inlineStr" and inline:
        return values.rich(place, inline, form)
    if value:
        return _typed(kind, value, place, shared, form)
    if kind == "str" and value is not None:
        return values.text(place, "", form)  # a formula whose result is an empty text
    return None if formula is None else Cell(*place, "formula", formula, None, form)


def _typed(kind: str, value: str, place: Place, shared: Shared, form: str) -> Cell | None:
    """Make a cell of a stored value by the type of the cell (ECMA-376, 18.18.11)."""
    if kind == "s":
        index = int(value)
        return values.rich(place, shared.strings[index], form) if 0 <= index < len(shared.strings) else None
    if kind in {"str", "inlineStr"}:
        return values.text(place, unescape(value), form)
    if kind == "b":
        return values.boolean(place, is_true(value.strip()), form)
    if kind == "e":
        return Cell(*place, "error", value, None, form)
    if kind == "d":
        return Cell(*place, "date", value.removesuffix("T00:00:00"), None, form)
    return values.stored_number(place, value, form, since_1904=shared.since_1904)


def _formula(element: Element, place: Place, formulas: Formulas) -> str:
    """Return a formula's text; a shared formula is written once and moved to each cell that refers to it."""
    text, key = element.text or "", element.get("si", "")
    if element.get("t") != "shared":
        return f"={text}"
    address = f"{get_column_letter(place[1])}{place[0]}"
    if text:
        formulas[key] = Translator(f"={text}", address)
        return f"={text}"
    return formulas[key].translate_formula(address) if key in formulas else "="
