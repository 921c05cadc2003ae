"""Reads back what a rendered review workbook lists as findings: what people will see, not what we meant to write."""

import io

from openpyxl import load_workbook

from contracts.review_form import FINDINGS


def listed_findings(content: bytes) -> tuple[str, ...] | int:
    """The finding keys that 问题清单 lists, or where it has none (the national summary) its number of rows."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    rows = iter(book[FINDINGS.sheet].iter_rows(values_only=True))
    titles = list(next(rows))
    # A list without findings has one line that says so, and no number.
    lines = [row for row in rows if isinstance(row[0], int)]
    if FINDINGS.key not in titles:
        return len(lines)
    column = titles.index(FINDINGS.key)
    return tuple(str(row[column]) for row in lines)
