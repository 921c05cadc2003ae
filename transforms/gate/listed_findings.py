"""Read back the findings listed in a rendered review workbook."""

import io

from openpyxl import load_workbook

from contracts.review_form import FINDINGS


def listed_findings(content: bytes) -> tuple[str, ...] | int:
    """Return the finding keys in 问题清单, or the number of rows without a key column (national summary)."""
    book = load_workbook(io.BytesIO(content), read_only=True)
    rows = iter(book[FINDINGS.sheet].iter_rows(values_only=True))
    titles = list(next(rows))
    # Only rows with a number are findings: an empty list has one line of text.
    lines = [row for row in rows if isinstance(row[0], int)]
    if FINDINGS.key not in titles:
        return len(lines)
    column = titles.index(FINDINGS.key)
    return tuple(str(row[column]) for row in lines)
