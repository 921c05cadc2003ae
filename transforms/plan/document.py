"""The bytes of a .docx → its paragraphs and tables, with python-docx, after the guards that workbooks have too."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from transforms.intake.cells import Cell, Encrypted, Sheet, Unreadable
from transforms.intake.formats import limits, sniff
from transforms.intake.formats.guard import check_archive
from transforms.plan.numbering import Numbering, Place, read_numbering
from transforms.plan.text import Paragraph, PlanText

Element = Any  # elements of lxml, which has no types
PARAGRAPHS, TEXT, TABLES, COLUMNS, TABLE_TEXT = 20_000, 2_000_000, 500, 64, 5_000
_SKIPPED = {qn(name) for name in ("w:del", "w:moveFrom", "w:instrText", "w:delText", "w:pPr", "w:rPr", "w:txbxContent")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t", qn("w:noBreakHyphen"): "-"}
_P, _TBL, _T, _R, _BOX = qn("w:p"), qn("w:tbl"), qn("w:t"), qn("w:r"), qn("w:txbxContent")


@dataclass(frozen=True)
class _Style:
    outline: int | None
    place: Place | None
    contents: bool
    strong: bool


@dataclass
class _Reader:
    """What has been read so far of one document."""

    styles: dict[str, _Style]
    numbering: Numbering
    paragraphs: list[Paragraph] = field(default_factory=list)
    tables: list[tuple[int, list[list[str]], list[tuple[int, int, int, int]]]] = field(default_factory=list)
    count: int = 0
    length: int = 0

    def walk(self, parent: Element) -> None:
        """Take in everything below an element, in reading order."""
        for child in parent:
            if child.tag == _P:
                self._paragraph(child)
                for box in _boxes(child):
                    self.walk(box)
            elif child.tag == _TBL:
                self._table(child)
            elif child.tag not in _SKIPPED and child.tag != _FALLBACK:
                self.walk(child)

    def _paragraph(self, element: Element) -> None:
        text = "".join(_texts(element))
        properties = element.find(qn("w:pPr"))
        style = self.styles.get(_style_of(properties), _PLAIN)
        if not text.strip() or style.contents:
            return
        self.count += 1
        self.length += len(text)
        if self.count > PARAGRAPHS or self.length > TEXT:
            raise Unreadable(f"文档超过 {PARAGRAPHS} 段或 {TEXT} 字")
        place = _place_in_list(properties, style)
        label = self.numbering.next_label(place) if place else ""
        direct = _outline(properties)
        outline = style.outline if direct is None else direct
        strong = style.strong or _is_strong(element, properties)
        for line in text.split("\n"):
            if line.strip():
                self.paragraphs.append(Paragraph(f"第 {self.count} 段", line.strip(), label, outline, strong))
                label = ""

    def _table(self, element: Element) -> None:
        rows, merged = _grid(element)
        if len(self.tables) >= TABLES or sum(map(len, rows)) > limits.CELLS:
            raise Unreadable(f"文档超过 {TABLES} 个表格或表格过大")
        inner = list(element.iter(_TBL, _BOX))[1:]
        if len(rows) == 1 and len(rows[0]) == 1:  # a frame around text
            for cell in element.iter(qn("w:tc")):
                self.walk(cell)
                return
        if any(any(row) for row in rows):
            self.tables.append((len(self.paragraphs), rows, merged))
            said = " ".join(text for row in rows for text in row if text)[:TABLE_TEXT]
            self.paragraphs.append(Paragraph("表格", said, table=True))
        for one in inner:
            if _outer(one, element):
                if one.tag == _TBL:
                    self._table(one)
                else:
                    self.walk(one)


_PLAIN = _Style(None, None, contents=False, strong=False)


def read_document(content: bytes) -> PlanText:
    """Read a .docx.

    Raises:
        Encrypted: if it needs a password.
        Unreadable: whatever else is wrong with it, in Chinese.
    """
    if not content.strip(b"\0"):
        raise Unreadable("文件是空的")
    if content.startswith(sniff.OLE):
        if sniff.ole_has(content, "EncryptedPackage"):
            raise Encrypted("文件设有打开密码")
        raise Unreadable("不是 .docx 文档，而是旧格式的 Office 文件")
    if not content.startswith(sniff.ZIP):
        raise Unreadable("不是 .docx 文档")
    try:
        return _read(content)
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # python-docx, lxml and zipfile raise whatever comes, and it is the file's fault
        raise Unreadable(f"文件已损坏或格式不受支持（{type(error).__name__}）") from error


def _read(content: bytes) -> PlanText:
    if not check_archive(content).has("word/document.xml"):
        raise Unreadable("不是 Word 文档")
    document = Document(io.BytesIO(content))
    related = {one.reltype: one.target_part for one in document.part.rels.values() if not one.is_external}
    lists = related.get(RT.NUMBERING)
    numbering = read_numbering(parse_xml(lists.blob)) if lists else Numbering()
    styles = related.get(RT.STYLES)
    reader = _Reader(_styles(parse_xml(styles.blob), numbering) if styles else {}, numbering)
    reader.walk(document.element.body)
    notes = related.get(RT.FOOTNOTES)
    return PlanText(
        tuple(reader.paragraphs),
        tuple(_notes(parse_xml(notes.blob))) if notes else (),
        tuple(_sheets(reader.tables, reader.paragraphs)),
    )


def _texts(element: Element) -> Iterator[str]:
    """Texts of a paragraph in order: what is shown, without deletions, instructions and what boxes hold."""
    for child in element:
        if child.tag in _SKIPPED or child.tag == _FALLBACK:
            continue
        if child.tag == _T:
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield _BREAKS[child.tag]
        elif child.tag != _R or child.find(f"{qn('w:rPr')}/{qn('w:vanish')}") is None:
            yield from _texts(child)


def _boxes(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag == _BOX:
            yield child
        elif child.tag != _FALLBACK:
            yield from _boxes(child)


def _outer(element: Element, table: Element) -> bool:
    """Whether a table or box lies in the cells of this table, and in no other one in between."""
    for parent in element.iterancestors():
        if parent is table:
            return True
        if parent.tag in {_TBL, _BOX, _FALLBACK}:
            return False
    return False


def _styles(root: Element, numbering: Numbering) -> dict[str, _Style]:
    own = {one.get(qn("w:styleId")): one for one in root.findall(qn("w:style"))}
    return {style_id: _style(style_id, own, numbering) for style_id in own}


def _style(style_id: str, own: dict[str, Element], numbering: Numbering) -> _Style:
    """A style with what it takes over from those that it is based on."""
    chain: list[str] = []
    at: str | None = style_id
    while at in own and at not in chain:
        chain.append(at)
        based = own[at].find(qn("w:basedOn"))
        at = None if based is None else based.get(qn("w:val"))
    names = [(one.get(qn("w:val")) or "").casefold() for key in chain for one in own[key].findall(qn("w:name"))]
    properties = [one for key in chain for one in own[key].findall(qn("w:pPr"))]
    outlines = [level for one in properties if (level := _outline(one)) is not None]
    headings = [int(name[-1]) for name in names if name[:-1].strip() in {"heading", "标题"} and name[-1] in "123456789"]
    places = [place for one in properties if (place := _list_of(one))]
    listed = [numbering.of_style[key] for key in chain if key in numbering.of_style]
    runs = [one for key in chain for one in own[key].findall(f"{qn('w:rPr')}/{qn('w:b')}")]
    return _Style(
        next(iter((*outlines, *headings)), None),
        next(iter((*listed, *places)), None),
        contents=any(name.startswith(("toc", "目录", "table of figures")) for name in names),
        strong=bool(runs) and _is_on(runs[0]),
    )


def _style_of(properties: Element | None) -> str:
    found = None if properties is None else properties.find(qn("w:pStyle"))
    return "" if found is None else found.get(qn("w:val")) or ""


def _outline(properties: Element | None) -> int | None:
    found = None if properties is None else properties.find(qn("w:outlineLvl"))
    value = None if found is None else found.get(qn("w:val"))
    return int(value) + 1 if value in set("012345678") else None


def _list_of(properties: Element) -> Place | None:
    found = properties.find(qn("w:numPr"))
    if found is None:
        return None
    number, depth = found.find(qn("w:numId")), found.find(qn("w:ilvl"))
    values = [None if one is None else one.get(qn("w:val")) for one in (number, depth)]
    digits = [value if value and value.isascii() and value.isdecimal() and len(value) < 9 else None for value in values]
    return None if digits[0] is None else (int(digits[0]), int(digits[1] or 0))


def _place_in_list(properties: Element | None, style: _Style) -> Place | None:
    own = None if properties is None else _list_of(properties)
    return own or style.place


def _is_on(element: Element) -> bool:
    return element.get(qn("w:val")) not in {"0", "false", "off"}


def _is_strong(element: Element, properties: Element | None) -> bool:
    centred = None if properties is None else properties.find(qn("w:jc"))
    if centred is not None and centred.get(qn("w:val")) == "center":
        return True
    runs = [run for run in element.iter(_R) if "".join(_texts(run)).strip()]
    bold = [run.find(f"{qn('w:rPr')}/{qn('w:b')}") for run in runs]
    return bool(bold) and all(one is not None and _is_on(one) for one in bold)


def _grid(table: Element) -> tuple[list[list[str]], list[tuple[int, int, int, int]]]:
    """Texts of a table's cells by row and column, and merged ranges; what a cell spans is blank but for the first."""
    rows: list[list[str]] = []
    merged: list[tuple[int, int, int, int]] = []
    open_at: dict[int, tuple[int, int, int]] = {}  # by column: first row, width, last row
    for at, row in enumerate((one for one in table.iter(qn("w:tr")) if _of(one, table, qn("w:tr"))), 1):
        texts: list[str] = []
        for cell in (one for one in row.iter(qn("w:tc")) if _of(one, row, qn("w:tc"))):
            properties = cell.find(qn("w:tcPr"))
            span = None if properties is None else properties.find(qn("w:gridSpan"))
            width = min(_positive(span), COLUMNS)
            down = None if properties is None else properties.find(qn("w:vMerge"))
            column = len(texts) + 1
            if column > COLUMNS:
                raise Unreadable(f"表格超过 {COLUMNS} 列")
            goes_on = down is not None and down.get(qn("w:val")) != "restart"
            first = open_at.get(column)
            if goes_on and first and first[2] == at - 1:
                open_at[column] = (first[0], first[1], at)
            else:
                open_at[column] = (at, width, at)
            texts += ["" if goes_on else _cell_text(cell), *[""] * (width - 1)]
            merged = [one for one in merged if (one[0], one[1]) != (open_at[column][0], column)]
            if open_at[column][0] != at or width > 1:
                merged.append((open_at[column][0], column, at, column + open_at[column][1] - 1))
        rows.append(texts)
    return rows, merged


def _of(element: Element, owner: Element, tag: str) -> bool:
    """Whether a row or cell is this table's or row's, and not that of a table inside."""
    for parent in element.iterancestors():
        if parent is owner:
            return True
        if parent.tag in {tag, _TBL, _BOX}:
            return False
    return False


def _positive(element: Element | None) -> int:
    value = None if element is None else element.get(qn("w:val"))
    return int(value) if value and value.isascii() and value.isdecimal() and 0 < len(value) < 6 else 1


def _cell_text(cell: Element) -> str:
    return "\n".join("".join(_texts(one)) for one in cell.findall(_P)).strip()


def _notes(root: Element) -> Iterator[Paragraph]:
    number = 0
    for note in root.findall(qn("w:footnote")):
        text = "".join("".join(_texts(one)) for one in note.iter(_P)).strip()
        if text and note.get(qn("w:type")) in {None, "normal"}:
            number += 1
            yield Paragraph(f"脚注 {number}", text)


def _sheets(
    tables: list[tuple[int, list[list[str]], list[tuple[int, int, int, int]]]], paragraphs: list[Paragraph]
) -> Iterator[Sheet]:
    """Tables as sheets; one that goes on where another ended, with as many columns, is the same table."""
    joined: list[tuple[list[list[str]], list[tuple[int, int, int, int]], int]] = []
    for after, rows, merged in tables:
        if joined:
            before, ranges, end = joined[-1]
            between = [paragraph.text for paragraph in paragraphs[end + 1 : after]]
            goes_on = all(text.startswith(("续表", "（续", "(续")) for text in between)
            if goes_on and _width(rows) == _width(before):
                down = len(before)
                ranges += [(top + down, left, bottom + down, right) for top, left, bottom, right in merged]
                # A header that is repeated stays as a blank row, so that every cell keeps its row.
                before += [[] if row == before[0] and at < 2 else row for at, row in enumerate(rows)]
                joined[-1] = (before, ranges, after)
                continue
        joined.append((list(rows), list(merged), after))
    for number, (rows, merged, _) in enumerate(joined, 1):
        cells = {
            (at, column): Cell(at, column, "text", text)
            for at, row in enumerate(rows, 1)
            for column, text in enumerate(row, 1)
            if text
        }
        yield Sheet(f"方案表{number}", cells, merged=tuple(merged))


def _width(rows: list[list[str]]) -> int:
    return max(map(len, rows), default=0)
