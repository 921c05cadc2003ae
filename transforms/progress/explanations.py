"""Explanations of missed targets: on the sheet 说明, in a column of causes, or in a remark that names a cause."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from contracts.indicators import Indicator, Table
from contracts.load import Contracts
from contracts.naming import name_key
from transforms.intake.cells import Sheet
from transforms.intake.values.reasons import is_origin, is_reason

_LEAST = 4  # characters of a reason beside the name
_LONGEST_HEADER = 12


def explanations(sheets: Sequence[Sheet], table: Table, contracts: Contracts) -> dict[str, str]:
    """Return by code what a workbook gives as reason: the longest text of a line of 说明 that names the indicator.

    A source, a definition or a method is none.

    Args:
        sheets: of the workbook, the one with the table first.
        table: whose indicators are looked for.
        contracts: with the words that make a remark a cause.
    """
    lines = _lines(sheet for sheet in sheets[1:] if "说明" in sheet.name)
    causes, remarks = contracts.progress.causes, _lines(sheets[:1])
    given = [line for sheet in sheets[:1] for line in _with_cause(sheet, contracts.progress.causes_column)]
    found = {}
    for row in table.indicators:
        noted = (
            said
            for said in chain(_said(row, lines), _said(row, given))
            if is_reason(said) or not is_origin(said) or any(word in said for word in causes)
        )
        remarked = (said for said in _said(row, remarks) if any(word in said for word in causes))
        if said := next(chain(noted, remarked), None):
            found[row.code] = said
    return found


def _lines(sheets: Iterable[Sheet]) -> list[list[str]]:
    """Return the texts of each row."""
    rows = (cells for sheet in sheets for cells in sheet.rows().values())
    return [[cell.text.strip() for cell in cells if cell.held == "text"] for cells in rows]


def _with_cause(sheet: Sheet, word: str) -> Iterator[list[str]]:
    """Yield the names of a row and what the row has in a column whose header contains a word."""
    headers: dict[int, int] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        if cell.held == "text" and word in cell.text and len(name_key(cell.text)) <= _LONGEST_HEADER:
            headers.setdefault(column, row)
    for at, cells in sheet.rows().items():
        texts = {cell.column: cell.text.strip() for cell in cells if cell.held == "text"}
        for column, top in headers.items():
            if at > top and column in texts:
                yield [*(text for other, text in texts.items() if other < column), texts[column]]


def _said(row: Indicator, lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the longest text of each line that names an indicator: beside the name, else the text with the name."""
    names = {name_key(name) for name in (row.name, *row.aliases)}
    for texts in lines:
        keys = [name_key(text) for text in texts]
        if not any(name in key for name in names for key in keys):
            continue
        others = [text for text, key in zip(texts, keys, strict=True) if key not in names]
        beside = [text for text in others if not any(name in name_key(text) for name in names)]
        for choice in (beside, others):
            longest = max(choice, key=len, default="")
            if len(name_key(longest)) >= _LEAST and longest not in {row.category, row.unit}:
                yield longest
                break
