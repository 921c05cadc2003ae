"""Links from a workbook to the submission that a value comes from."""

import re
from urllib.parse import quote

from transforms.reports.sheet_parts.tables import Link, Row
from transforms.reports.view import View

# Chinese characters are not escaped: Excel and WPS look for the name as it is written.
_UNSAFE = re.compile(r"[\x00-\x20%#?\x7f\ud800-\udfff\ufffe\uffff]")


def submitted_path(file: str) -> str:
    """Return the path of a submission to show, without the folder of all submissions."""
    return file.removeprefix("submissions/")


def submission_link(view: View, file: str, text: str, sheet: str | None = None, cell: str | None = None) -> Link | str:
    """Return a link to the cell in the copied submission; plain text without a copy, as in the national summary."""
    if view.province is None or file not in view.copies:
        return text
    target = _UNSAFE.sub(lambda match: quote(match[0], errors="replace"), file)
    return Link(text, target=target, sheet=sheet, cell=cell or "A1")


def source_cell_link(view: View, row: Row) -> Link | str:
    """Return a link to the cell that an observation comes from."""
    return submission_link(view, row["file"], f"{row['sheet']}!{row['cell']}", row["sheet"], row["cell"])
