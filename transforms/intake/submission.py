"""Puts the steps of intake together: the bytes of one file → one `Submission` with every observation in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from contracts.load import Contracts
from contracts.naming import GUIDE_SHEET, META_SHEET, name_key
from transforms.intake.cells import Sheet, Unreadable, keep_some
from transforms.intake.choose_table import choose
from transforms.intake.find_table import Block, find_blocks
from transforms.intake.formats import Workbook, read_workbook
from transforms.intake.identify import Identity, identify
from transforms.intake.observations import Known, identify_rows, observe
from transforms.reports.office_text import LOST

BESIDE = ("重点工程", "说明")
_TITLE_ROWS = 6
_MOST_DAMAGED = 200
_REASON = 4  # characters beside an indicator's name that make a reason


@dataclass(frozen=True, slots=True)
class Submission:
    """One file received.

    Attributes:
        file: its path relative to the round's raw folder, with `/`.
        sha256: of its bytes.
        identity: who sent it.
        fault: `unreadable`, `encrypted`, `no_table`, or None; `detail` says more, in Chinese.
        has_macros: whether it carries macros; `oddities`: what is odd about its build, in Chinese.
        kind: what the sender is, by roster or cover, else by the table it filled in.
        table_kind: which table was read.
        sheet: where it stands.
        years: the years that the table has columns for.
        rivals: other tables of the same kind with other values; `unread`: further filled tables (see `Choice`).
        hidden: what of the table is hidden, in Chinese.
        damaged: cells like 表1!F12 with characters that were lost, at most `_MOST_DAMAGED`.
        explained: codes of indicators for which a reason is given where they are missing.
        observations: rows for the observations frame, by column name; every indicator and year of the table has one.
        shown: what can be shown again: the sheet of the table, then 重点工程 and 说明, each cut to what may be held.
    """

    file: str
    sha256: str
    identity: Identity
    fault: str | None = None
    detail: str | None = None
    has_macros: bool = False
    oddities: str | None = None
    kind: str | None = None
    table_kind: str | None = None
    sheet: str | None = None
    years: tuple[int, ...] = ()
    rivals: str | None = None
    unread: str | None = None
    hidden: str | None = None
    damaged: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    observations: Sequence[dict[str, Any]] = ()
    shown: Sequence[Sheet] = ()


def read_submission(content: bytes, file: str, contracts: Contracts, passwords: Sequence[str] = ()) -> Submission:
    """Read one file.

    Args:
        content: its bytes.
        file: its path relative to the round's raw folder, with `/`.
        contracts: the round's.
        passwords: to try where it is encrypted.
    """
    digest = hashlib.sha256(content).hexdigest()
    try:
        workbook = read_workbook(content, passwords)
    except Unreadable as reason:
        return unread(file, digest, str(reason), contracts, fault=reason.fault)
    return read_sheets(workbook, file, digest, contracts)


def read_sheets(workbook: Workbook, file: str, digest: str, contracts: Contracts) -> Submission:
    """The same of a workbook whose cells are known, with the hash of its bytes."""
    sheets, about = _of_the_submitter(workbook.sheets), (workbook.has_macros, "；".join(workbook.notes) or None)
    blocks = find_blocks(sheets, contracts.tables)
    who = identify(file, sheets, _titles(sheets, blocks), contracts)
    choice = choose(blocks, who, contracts)
    if isinstance(choice, str):
        return Submission(file, digest, who, "no_table", choice, *about, kind=who.kind, damaged=_damaged(sheets))
    block = choice.block
    rows = identify_rows(block, contracts.tables[choice.kind])
    submission = Submission(
        file,
        digest,
        who,
        None,
        None,
        *about,
        kind=who.kind or choice.kind,
        table_kind=choice.kind,
        sheet=block.sheet,
        years=tuple(sorted(block.header.years)),
        rivals=choice.rivals,
        unread=choice.unread,
        hidden=_hidden(block),
        damaged=_damaged(sheets),
        explained=_explained(sheets, block, rows),
        shown=_shown(sheets, block),
    )
    about_file = {
        "round": contracts.round.round,
        "province": who.province,
        "pilot": who.pilot,
        "kind": submission.kind,
        "file": file,
        "file_sha256": digest,
        "version": who.version,
    }
    observations = (one for known in rows for one in observe(known, block, contracts.round, about_file))
    return replace(submission, observations=tuple(observations))


def unread(file: str, sha256: str, reason: str, contracts: Contracts, *, fault: str = "unreadable") -> Submission:
    """A file of which only the path can tell the sender."""
    who = identify(file, (), (), contracts)
    return Submission(file, sha256, who, fault, reason, kind=who.kind)


def _of_the_submitter(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """Without what the template itself says: its instructions name every indicator and explain none."""
    ours = {META_SHEET, GUIDE_SHEET} if any(sheet.name == META_SHEET for sheet in sheets) else set()
    return tuple(sheet for sheet in sheets if sheet.name not in ours)


def _shown(sheets: tuple[Sheet, ...], block: Block) -> tuple[Sheet, ...]:
    start = 1 if block.header.turned else block.top - _TITLE_ROWS
    table = next(sheet for sheet in sheets if sheet.name == block.sheet)
    beside = [sheet for sheet in sheets if sheet.name in BESIDE and sheet is not table]
    return tuple(keep_some(sheet, start if sheet is table else 1) for sheet in (table, *beside))


def _titles(sheets: tuple[Sheet, ...], blocks: list[Block]) -> list[str]:
    """Texts just above the tables."""
    by_name = {sheet.name: sheet for sheet in sheets}
    return [
        cell.text
        for block in blocks
        for cell in by_name[block.sheet].cells.values()
        if block.top - _TITLE_ROWS <= cell.row < block.top and cell.held == "text" and len(cell.text) <= 80
    ]


def _damaged(sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    found = (f"{sheet.name}!{cell.address}" for sheet in sheets for cell in sheet.cells.values() if LOST in cell.text)
    return tuple(islice(found, _MOST_DAMAGED))


def _hidden(block: Block) -> str | None:
    if block.hidden:
        return f"工作表“{block.sheet}”是隐藏的"
    rows = sum(row.hidden for row in block.rows)
    return f"工作表“{block.sheet}”的指标表有 {rows} 行是隐藏的" if rows else None


def _explained(sheets: tuple[Sheet, ...], block: Block, rows: list[Known]) -> tuple[str, ...]:
    """Indicators named on a sheet 说明 in a row that says more than the name, or with a remark in their own row."""
    reasons = [
        "".join(name_key(cell.text) for cell in cells)
        for sheet in sheets
        if "说明" in sheet.name and sheet.name != block.sheet
        for cells in sheet.rows().values()
    ]
    found = set()
    for known in rows:
        if known.indicator is None:
            continue
        names = [name_key(name) for name in (known.indicator.name, *known.indicator.aliases)] if reasons else []
        remark = known.row.remark.text.strip() if known.row and known.row.remark else ""
        named = any(name in reason and len(reason) >= len(name) + _REASON for name in names for reason in reasons)
        if named or len(remark) >= _REASON:
            found.add(known.code)
    return tuple(sorted(found))
