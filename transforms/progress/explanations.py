"""Explanations of missed targets: on the sheet 说明, in a column of causes, or in a remark that names a cause."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from contracts.indicators import Indicator, Table
from contracts.load import Contracts
from contracts.naming import name_key, plain
from contracts.progress import PROGRESS_NOTE_KINDS
from transforms.intake.cells import Sheet
from transforms.intake.values.reasons import is_origin, is_reason
from transforms.intake.values.words import ABSENT

_LEAST = 4  # characters of a reason in the same cell as the name
_WORD = re.compile("[\u4e00-\u9fff]{2}")
_LONGEST_HEADER = 12
_KIND = "情况"  # the column of 说明 with what a line is about
Line = tuple[list[str], list[str]]  # texts that name an indicator, and texts that may be a reason


def explanations(sheets: Sequence[Sheet], table: Table, contracts: Contracts, *, every: bool = False) -> dict[str, str]:
    """Return by code what a workbook gives as reason: the longest text of a line of 说明 that names the indicator.

    A source, a definition or a method is none.

    Args:
        sheets: of the workbook, the one with the table first.
        table: whose indicators are looked for.
        contracts: with the words that make a remark a cause.
        every: also of lines on 说明 about something other than a missed target, such as 其他.
    """
    causes = contracts.progress.causes
    noted = [line for one in sheets[1:] if "说明" in one.name for line in _notes(one, causes, every=every)]
    given = [line for one in sheets[:1] for line in _with_cause(one, contracts.progress.causes_column)]
    remarks = [(texts, texts) for one in sheets[:1] for texts in _texts(one)]
    found = {}
    for row in table.indicators:
        stated = (
            said
            for said in chain(_said(row, noted), _said(row, given))
            if is_reason(said) or not is_origin(said) or _has(said, causes)
        )
        remarked = (said for said in _said(row, remarks) if _has(said, causes))
        if said := next(chain(stated, remarked), None):
            found[row.code] = said
    return found


def _has(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


def _texts(sheet: Sheet) -> list[list[str]]:
    """Return the texts of each row."""
    return [[cell.text.strip() for cell in cells if cell.held == "text"] for cells in sheet.rows().values()]


def _notes(sheet: Sheet, causes: Sequence[str], *, every: bool) -> Iterator[Line]:
    """Yield the texts of each row without its kind; of a kind other than a cause, only those that name a cause."""
    column = None
    for cells in sheet.rows().values():
        texts = {cell.column: cell.text.strip() for cell in cells if cell.held == "text"}
        keys = {at: name_key(text) for at, text in texts.items()}
        if column is None and len(keys) > 2:
            column = next((at for at, key in keys.items() if key == _KIND), None)
        kinds = [at for at, key in keys.items() if at == column or key in PROGRESS_NOTE_KINDS]
        said = [text for at, text in texts.items() if at not in kinds]
        about = [texts[at] for at in kinds]
        if about and not every and not any(_has(kind, causes) for kind in about):
            yield said, [text for text in said if _has(text, causes)]
        else:
            yield said, said
        yield said, [texts[at] for at in kinds if keys[at] not in PROGRESS_NOTE_KINDS and _has(texts[at], causes)]


def _with_cause(sheet: Sheet, word: str) -> Iterator[Line]:
    """Yield the names of a row and what the row has in a column whose header contains a word."""
    headers: dict[int, int] = {}
    for (row, column), cell in sorted(sheet.cells.items()):
        if cell.held == "text" and word in cell.text and len(name_key(cell.text)) <= _LONGEST_HEADER:
            headers.setdefault(column, row)
    for at, cells in sheet.rows().items():
        texts = {cell.column: cell.text.strip() for cell in cells if cell.held == "text"}
        for column, top in headers.items():
            if at > top and column in texts:
                yield [text for other, text in texts.items() if other < column], [texts[column]]


def _said(row: Indicator, lines: Sequence[Line]) -> Iterator[str]:
    """Yield the texts of each line that names an indicator, the longest first: beside the name, then with the name."""
    names = {name_key(name) for name in (row.name, *row.aliases)}
    labels = names | {name_key(row.category), name_key(row.unit)}
    for named, texts in lines:
        if not any(name in name_key(text) for name in names for text in named):
            continue
        others = [text for text in sorted(texts, key=len, reverse=True) if name_key(text) not in labels]
        with_name = {text: [name for name in names if name in name_key(text)] for text in others}
        yield from (text for text in others if not with_name[text] and _WORD.search(text) and plain(text) not in ABSENT)
        yield from (
            text
            for text, within in with_name.items()
            if within and len(name_key(text)) - max(map(len, within)) >= _LEAST
        )
