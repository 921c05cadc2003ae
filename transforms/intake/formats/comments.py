"""Read the comments on cells of a review workbook, which say something only in it."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import xlrd
from openpyxl.utils import get_column_letter

from transforms.intake.cells import UnreadableFileError
from transforms.intake.formats import package, sniff
from transforms.intake.formats.guard import Archive, check_archive
from transforms.intake.formats.xml_parts import attribute, elements, local_name, rich_text, unescape


@dataclass(frozen=True, slots=True)
class CellComment:
    """A comment: sheet, address, author (may be blank) and text."""

    sheet: str
    cell: str
    author: str
    text: str


def read_comments(content: bytes) -> tuple[CellComment, ...] | None:
    """Return the comments of an .xlsx or .xls that can be read; None of another format or an encrypted file.

    Raises:
        UnreadableFileError: if they are damaged.
    """
    try:
        if content.startswith(sniff.ZIP):
            archive = check_archive(content)
            part = package.workbook_part(archive)
            return tuple(_in_package(archive, part)) if part and not part.endswith(".bin") else None
        if content.startswith(sniff.OLE) and not sniff.ole_has(content, "EncryptedPackage"):
            return tuple(_in_xls(content))
    except (UnreadableFileError, MemoryError):
        raise
    except Exception as error:  # no two parsers raise the same things, and any of them is the file's fault
        raise UnreadableFileError("批注已损坏") from error
    return None


def _in_package(archive: Archive, part: str) -> Iterator[CellComment]:
    linked = package.relations(archive, part)
    for sheet in list(elements(archive.read(part), "sheet")):
        relation = linked.get(attribute(sheet, "id"))
        beside = package.relations(archive, relation.target).values() if relation else ()
        for target in [one.target for one in beside if one.kind == "comments" and archive.has(one.target)]:
            yield from _in_part(archive.read(target), unescape(sheet.get("name", "")))


def _in_part(data: bytes, sheet: str) -> Iterator[CellComment]:
    authors: list[str] = []
    for element in elements(data, "author", "comment"):
        if local_name(element) == "author":
            authors.append(unescape(element.text or ""))
            continue
        body = next(element.iterchildren("{*}text"), None)
        found = rich_text(body) if body is not None else None
        number = element.get("authorId", "")
        author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
        text = found.text if found else ""
        if author.startswith("tc="):  # a thread: notes on the program go before its text
            author, text = "", text.split("\n\n", 2)[-1]
        yield CellComment(sheet, element.get("ref", ""), author.strip(), text.strip())


def _in_xls(content: bytes) -> Iterator[CellComment]:
    book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), formatting_info=True, ragged_rows=True)
    for sheet in book.sheets():
        for (row, column), note in sorted(sheet.cell_note_map.items()):
            address = f"{get_column_letter(column + 1)}{row + 1}"
            yield CellComment(sheet.name, address, (note.author or "").strip(), (note.text or "").strip())
