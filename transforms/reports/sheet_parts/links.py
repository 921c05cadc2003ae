"""Links from a workbook to the submission that a figure came from."""

import re
from urllib.parse import quote

from transforms.reports.sheet_parts.table import Link, Row
from transforms.reports.view import View

# Chinese characters stay: Excel and WPS find a file by its name, not by the escapes of its name.
_UNSAFE = re.compile(r"[\x00-\x20%#?\x7f\ud800-\udfff\ufffe\uffff]")


def submission_link(view: View, file: str, text: str, sheet: str | None = None, cell: str | None = None) -> Link | str:
    """A link to the copy in the package, at the cell; plain text where there is none, as in the national summary."""
    if view.province is None or file not in view.copies:
        return text
    target = _UNSAFE.sub(lambda match: quote(match[0], errors="replace"), file)
    return Link(text, target=target, sheet=sheet, cell=cell or "A1")


def origin(view: View, row: Row) -> Link | str:
    """The cell that an observation comes from, with the way to it."""
    return submission_link(view, row["file"], f"{row['sheet']}!{row['cell']}", row["sheet"], row["cell"])
