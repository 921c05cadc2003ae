"""What Excel demands of a workbook: where one of these is broken, it opens with a repair message or not at all.

Sources: Excel specifications and limits (Microsoft Support), ECMA-376 part 1, and what Excel was seen to refuse.
"""

import io
import zipfile
from collections.abc import Collection
from xml.etree import ElementTree as ET

from tests.support.ooxml.package import chart_faults, package_faults, style_faults, workbook_faults
from tests.support.ooxml.parts import Book, Sheet, parsed
from tests.support.ooxml.sheets import (
    cell_faults,
    comment_faults,
    format_faults,
    link_faults,
    merge_faults,
    page_faults,
    shape_faults,
    table_faults,
    validation_faults,
)


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
        book = Book({name: parsed(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}, parts)
    except ET.ParseError as error:
        return [*found, f"not XML: {error}"]
    checks = (package_faults(book), workbook_faults(book), style_faults(book), chart_faults(book))
    found += [fault for check in checks for fault in check]
    for title, part in book.sheets.items():
        sheet = Sheet(title, part, book)
        checks = (
            shape_faults(sheet),
            cell_faults(sheet, formulas=formulas),
            merge_faults(sheet),
            format_faults(sheet),
            validation_faults(sheet),
            link_faults(sheet, outside),
            page_faults(sheet),
            comment_faults(sheet),
            table_faults(sheet),
        )
        found += [f"{title}: {fault}" for check in checks for fault in check]
    return found
