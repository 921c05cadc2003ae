"""Find the parts of an office package, and detect what kind of package it is."""

from posixpath import dirname, join, normpath
from typing import NamedTuple

from transforms.intake.cells import UnreadableFileError
from transforms.intake.formats import limits
from transforms.intake.formats.guard import Archive
from transforms.intake.formats.xml_parts import elements

_MAIN = "xl/workbook.xml"


class Relation(NamedTuple):
    """A part that another part refers to: the last word of the relation's type, and the part's name."""

    kind: str
    target: str


def workbook_part(archive: Archive) -> str | None:
    """Return the name of the workbook part; None if the archive is no OOXML package."""
    if archive.has("_rels/.rels"):
        for relation in relations(archive, "").values():
            if relation.kind == "officeDocument" and archive.has(relation.target):
                return relation.target
    return _MAIN if archive.has(_MAIN) else None


def relations(archive: Archive, part: str) -> dict[str, Relation]:
    """Return the relations of a part by their ids; those of the package for an empty name."""
    folder = dirname(part)
    name = join(folder, "_rels", f"{part[len(folder) :].strip('/')}.rels")
    if not archive.has(name):
        return {}
    return {
        element.get("Id", ""): Relation(
            element.get("Type", "").rpartition("/")[2],
            normpath(join("/", folder, element.get("Target", "").replace("\\", "/"))).lstrip("/"),
        )
        for element in elements(archive.read(name), "Relationship")
        if element.get("TargetMode") != "External"
    }


def is_open_document(archive: Archive) -> bool:
    """Return whether an archive is an OpenDocument spreadsheet.

    Raises:
        UnreadableFileError: if it is an OpenDocument file of another kind, for instance a text.
    """
    kind = archive.read("mimetype").decode("ascii", "replace").strip() if archive.has("mimetype") else ""
    if kind.startswith("application/vnd.oasis.opendocument.") and "spreadsheet" not in kind:
        raise UnreadableFileError("不是工作簿，而是 OpenDocument 文档或演示文稿")
    return "spreadsheet" in kind or archive.has("content.xml")


def has_macros(archive: Archive) -> bool:
    """Return whether an archive carries VBA, Excel 4 macro sheets, or Basic and scripts (OpenDocument)."""
    return any(
        name.endswith("vbaproject.bin")
        or "/macrosheets/" in name
        or (name.startswith(("basic/", "scripts/")) and not name.endswith("/"))
        for name in archive.entries
    )


def check_sheets(count: int) -> None:
    """Refuse a workbook without sheets, or with more than a person could have made."""
    if not count:
        raise UnreadableFileError("文件中没有工作表")
    if count > limits.SHEETS:
        raise UnreadableFileError(f"工作表超过{limits.SHEETS}个")
