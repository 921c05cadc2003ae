"""Reads .ods: `content.xml` into sheets. Repeated cells are written out, empty ones never."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from transforms.intake.cells import Cell, Encrypted, Sheet, Unreadable
from transforms.intake.formats import limits, values
from transforms.intake.formats.guard import Archive
from transforms.intake.formats.ooxml import check_sheets
from transforms.intake.formats.xml import Attributes, walk

_OASIS = "urn:oasis:names:tc:opendocument:xmlns:"
TABLE, OFFICE, STYLE = f"{_OASIS}table:1.0 ", f"{_OASIS}office:1.0 ", f"{_OASIS}style:1.0 "
TEXT = f"{_OASIS}text:1.0 "
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
# Their tables, rows and paragraphs are not the sheet's.
_ASIDE = {"tracked-changes", "shapes", "annotation", "dde-links", "forms", "content-validations"}
_ERROR = re.compile(r"#(?:DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!)|(?:Err|错误)[:：]\d+")


@dataclass(slots=True)
class _Raw:
    """One cell while it is read."""

    attributes: Attributes
    depth: int
    lines: list[list[str]] = field(default_factory=list)


def is_document(archive: Archive) -> bool:
    """Whether an archive is an OpenDocument file.

    Raises:
        Unreadable: if it is one of another kind, a text for instance.
    """
    kind = archive.read("mimetype").decode("ascii", "replace").strip() if archive.has("mimetype") else ""
    if kind.startswith("application/vnd.oasis.opendocument.") and "spreadsheet" not in kind:
        raise Unreadable("不是工作簿，而是 OpenDocument 文档或演示文稿")
    return "spreadsheet" in kind or archive.has("content.xml")


def has_macros(archive: Archive) -> bool:
    """Whether the document carries a Basic library or a script."""
    return any(name.startswith(("basic/", "scripts/")) and not name.endswith("/") for name in archive.entries)


def read(archive: Archive) -> Iterator[Sheet]:
    """Read every sheet.

    Raises:
        Encrypted: if a password is set.
        Unreadable: if there is no sheet, or more in them than the limits allow.
    """
    if archive.has("META-INF/manifest.xml") and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise Encrypted("ODS 文件设有打开密码，请取消密码后重新报送")
    reader = _Reader()
    walk(archive.read("content.xml"), reader.start, reader.end, reader.text)
    check_sheets(len(reader.sheets))
    yield from reader.sheets


class _Reader:
    """Takes the callbacks of `content.xml`."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._invisible: set[str] = set()
        self._style = ""
        self._depth = 0
        self._aside = 0  # depth of the element that is left out
        self._room = limits.CELLS
        self._name: str | None = None
        self._hidden = False
        self._row = self._column = 0
        self._repeat_row = 1
        self._raw: _Raw | None = None
        self._cells: dict[tuple[int, int], Cell] = {}
        self._line: list[tuple[int, int, _Raw]] = []
        self._hidden_rows: set[int] = set()
        self._merged: list[tuple[int, int, int, int]] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._aside:
            return
        if tag in _ASIDE or (tag == "table" and self._name is not None):
            self._aside = self._depth
        elif tag == "style":
            self._style = attributes.get(f"{STYLE}name", "")
        elif tag == "table-properties" and attributes.get(f"{TABLE}display") == "false":
            self._invisible.add(self._style)
        elif tag == "table":
            self._start_table(attributes)
        elif tag == "table-row" and self._name is not None:
            self._start_row(attributes)
        elif tag in {"table-cell", "covered-table-cell"} and self._name is not None:
            self._raw = _Raw(attributes, self._depth)
        elif self._raw is not None:
            self._start_text(tag, attributes, self._raw)

    def text(self, data: str) -> None:
        raw = self._raw
        if raw is not None and raw.lines and not self._aside and self._depth > raw.depth:
            raw.lines[-1].append(data)

    def end(self, tag: str) -> None:
        depth, self._depth = self._depth, self._depth - 1
        if self._aside:
            self._aside = 0 if depth == self._aside else self._aside
        elif tag in {"table-cell", "covered-table-cell"} and self._raw is not None:
            self._end_cell(self._raw)
            self._raw = None
        elif tag == "table-row" and self._name is not None:
            self._end_row()
        elif tag == "table" and self._name is not None:
            merged, hidden = tuple(self._merged), frozenset(self._hidden_rows)
            self.sheets.append(Sheet(self._name, self._cells, self._hidden, hidden, merged))
            self._name = None

    def _start_table(self, attributes: Attributes) -> None:
        self._name = attributes.get(f"{TABLE}name", "")
        self._hidden = attributes.get(f"{TABLE}style-name") in self._invisible
        self._row = 0
        self._cells, self._hidden_rows, self._merged = {}, set(), []

    def _start_row(self, attributes: Attributes) -> None:
        self._row += 1
        self._column = 0
        self._line = []
        self._repeat_row = _count(attributes, "number-rows-repeated")
        if attributes.get(f"{TABLE}visibility", "visible") != "visible" and self._repeat_row <= limits.LONG:
            self._hidden_rows |= set(range(self._row, self._row + self._repeat_row))

    def _start_text(self, tag: str, attributes: Attributes, raw: _Raw) -> None:
        if tag in {"p", "h"} and self._depth == raw.depth + 1:
            raw.lines.append([])
        elif raw.lines and tag == "s":
            raw.lines[-1].append(" " * min(int(attributes.get(f"{TEXT}c", "1")), 1000))
        elif raw.lines and tag in {"tab", "line-break"}:
            raw.lines[-1].append("\t" if tag == "tab" else "\n")

    def _end_cell(self, raw: _Raw) -> None:
        repeated = _count(raw.attributes, "number-columns-repeated")
        if f"{OFFICE}value-type" in raw.attributes or raw.lines or f"{TABLE}formula" in raw.attributes:
            self._line.append((self._column + 1, repeated, raw))
        wide, long = _count(raw.attributes, "number-columns-spanned"), _count(raw.attributes, "number-rows-spanned")
        if wide * long > 1:
            self._merged.append((self._row, self._column + 1, self._row + long - 1, self._column + wide))
        self._column += repeated

    def _end_row(self) -> None:
        self._room -= sum(repeated for _, repeated, _ in self._line) * self._repeat_row
        if self._room < 0:
            raise Unreadable(f"有内容的单元格超过 {limits.CELLS} 个")
        for first, repeated, raw in self._line:
            for row in range(self._row, self._row + self._repeat_row):
                for column in range(first, first + repeated):
                    self._cells[row, column] = _cell((row, column), raw)
        self._row += self._repeat_row - 1


def _count(attributes: Attributes, name: str) -> int:
    return max(1, min(int(attributes.get(f"{TABLE}{name}", "1")), limits.ROWS))


def _cell(place: values.Place, raw: _Raw) -> Cell:  # noqa: PLR0911 - one return for each type of value
    given = raw.attributes
    kind = given.get(f"{OFFICE}value-type")
    shown = "\n".join("".join(line) for line in raw.lines)
    formula = given.get(f"{TABLE}formula")
    if given.get(f"{CALC}value-type") == "error" or (formula and _ERROR.fullmatch(shown)):
        return Cell(*place, "error", shown)
    if formula and kind is None and not raw.lines:
        return Cell(*place, "formula", formula.removeprefix("of:"))
    if kind in {"float", "percentage", "currency"}:
        form = "0.00%" if kind == "percentage" else "General"
        return values.stored_number(place, given.get(f"{OFFICE}value", ""), form, since_1904=False)
    if kind == "date":
        return Cell(*place, "date", given.get(f"{OFFICE}date-value", shown).removesuffix("T00:00:00"))
    if kind == "time":
        return Cell(*place, "date", given.get(f"{OFFICE}time-value", shown))
    if kind == "boolean":
        return values.boolean(place, given.get(f"{OFFICE}boolean-value") == "true")
    return values.text(place, given.get(f"{OFFICE}string-value", shown))
