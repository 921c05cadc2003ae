"""Read the bytes of one file into a `Submission` with all its observations."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from openpyxl.utils import get_column_letter

from contracts.load import Contracts
from contracts.naming import GUIDE_SHEET, META_SHEET, name_key
from contracts.progress import PROGRESS_NOTE_KINDS
from transforms.intake.cells import Sheet, UnreadableFileError, keep_some
from transforms.intake.formats import Workbook, read_workbook
from transforms.intake.observations import IndicatorRow, match_rows, observe
from transforms.intake.sender.identify import Identity, identify
from transforms.intake.tables.choose_table import choose_table
from transforms.intake.tables.find_tables import BESIDE, find_tables
from transforms.intake.tables.found_table import FoundTable
from transforms.intake.tables.indicator_names import find_label
from transforms.intake.tables.project_lists import Project, find_projects, without_lists
from transforms.intake.values.footnote_marks import lift_marks
from transforms.intake.values.reasons import is_reason, is_reason_on_notes
from transforms.intake.year_columns import value_years
from transforms.safe_text import REPLACEMENT

_TITLE_ROWS = 6
# A row of the table in one cell: its length, its figures, and so many such cells.
_ROW, _FIGURES, _ROWS = 200, 2, 3
_FIGURE, _BETWEEN = re.compile(r"\d+(?:\.\d+)?%?"), re.compile(r"[\s|,，、]+")
_MOST_DAMAGED = 200


@dataclass(frozen=True, slots=True)
class Submission:
    """One file received.

    Attributes:
        file: its path relative to the round's raw folder, with `/`.
        sha256: of its bytes.
        identity: the sender.
        fault: `unreadable`, `encrypted`, `no_table`, or None; `detail` says more, in Chinese.
        has_macros: whether it carries macros.
        oddities: what is odd about its build, in Chinese.
        kind: of the sender, by roster or cover, else by the table.
        table_kind: of the table that was read.
        sheet: of that table.
        years: of the columns of the table.
        rivals: other tables of the same kind with other values (see `TableChoice`).
        unread: further filled tables (see `TableChoice`).
        hidden: what of the table is hidden, in Chinese; `undated`: columns of numbers whose header names no year.
        damaged: cells like 表1!F12 with characters that were lost, at most `_MOST_DAMAGED`.
        explained: codes of indicators for which a reason is given where they are missing.
        observations: rows for the observations frame, by column name; every indicator and year of the table has one.
        projects: key projects and tasks on any sheet.
        shown: the sheet of the table, then those with projects and 说明, each limited by `keep_some`.
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
    undated: str | None = None
    damaged: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()
    observations: Sequence[dict[str, Any]] = ()
    projects: tuple[Project, ...] = ()
    shown: Sequence[Sheet] = ()


def read_submission(content: bytes, file: str, contracts: Contracts, passwords: Sequence[str] = ()) -> Submission:
    """Read one workbook; `file` is its path relative to the round's raw folder, with `/`."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        workbook = read_workbook(content, passwords)
    except UnreadableFileError as reason:
        return unreadable_submission(file, digest, str(reason), contracts, fault=reason.fault)
    return read_sheets(workbook, file, digest, contracts)


def read_sheets(workbook: Workbook, file: str, digest: str, contracts: Contracts) -> Submission:
    """Read a submission from the sheets of a workbook; `digest` is the SHA-256 of its bytes."""
    sheets, about = _submitted_sheets(workbook.sheets), (workbook.has_macros, "；".join(workbook.notes) or None)
    lifted = [lift_marks(sheet) for sheet in sheets]
    found_tables = find_tables(lifted, contracts.tables)
    who = identify(file, sheets, _titles(sheets, found_tables), contracts)
    projects = find_projects(lifted)
    choice = choose_table(found_tables, who, contracts) if found_tables else _why_none(lifted, contracts)
    if isinstance(choice, str):
        damaged = _damaged(sheets)
        return Submission(
            file, digest, who, "no_table", choice, *about, kind=who.kind, damaged=damaged, projects=projects
        )
    found = choice.found
    rows = match_rows(found, contracts.tables[choice.kind])
    submission = Submission(
        file,
        digest,
        who,
        None,
        None,
        *about,
        kind=who.kind or choice.kind,
        table_kind=choice.kind,
        sheet=found.sheet,
        years=value_years(found.header, contracts.round),
        rivals=choice.rivals,
        unread=choice.unread,
        hidden=_hidden(found),
        undated="；".join(found.undated) or None,
        damaged=_damaged(sheets),
        explained=_explained(sheets, found, rows),
        projects=projects,
        shown=_shown(sheets, found, {project.sheet for project in projects}),
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
    observations = (one for known in rows for one in observe(known, found, contracts.round, about_file))
    return replace(submission, observations=tuple(observations))


def unreadable_submission(
    file: str, sha256: str, reason: str, contracts: Contracts, *, fault: str = "unreadable"
) -> Submission:
    """Make the submission of a file that could not be read, identified by its path."""
    who = identify(file, (), (), contracts)
    return Submission(file, sha256, who, fault, reason, kind=who.kind)


def _why_none(sheets: Sequence[Sheet], contracts: Contracts) -> str:
    """Return in Chinese why there is no table: no name of the guide, or names without years beside them."""
    names = [
        (sheet.name, label.indicator.name)
        for sheet in map(without_lists, sheets)
        if sheet.name not in BESIDE
        for cell in sheet.cells.values()
        if cell.held == "text"
        for table in contracts.tables.values()
        if (label := find_label(cell.text, table))
    ]
    if not names:
        return _unsplit(sheets, contracts) or "各工作表中都没有指南所列的指标"
    listed = list(dict.fromkeys(name for _, name in names))
    more = f"等{len(listed)}项指标" if len(listed) > 3 else ""
    return (
        f"工作表“{names[0][0]}”中有指南所列的“{'”“'.join(listed[:3])}”{more}，"
        "但没有找到填有数值的年份列（如“2022年”“2025年”“2030年”）"
    )


def _unsplit(sheets: Sequence[Sheet], contracts: Contracts) -> str | None:
    """Return in Chinese that rows of the table are in one cell each, a name of the guide and figures; None if not."""
    names = {name_key(row.name) for table in contracts.tables.values() for row in table.indicators}
    found = []
    for sheet in map(without_lists, sheets):
        for cell in sheet.cells.values():
            parts = _BETWEEN.split(cell.text) if cell.held == "text" and len(cell.text) <= _ROW else []
            if sum(bool(_FIGURE.fullmatch(part)) for part in parts) >= _FIGURES:
                key = name_key(cell.text)
                found += [cell.address] if any(name in key for name in names) else []
    if len(found) < _ROWS:
        return None
    return f"有{len(found)}行的指标名称和数值写在同一个单元格内（如{found[0]}），没有分列"


def _submitted_sheets(sheets: tuple[Sheet, ...]) -> tuple[Sheet, ...]:
    """Drop the template's own sheets: its instructions name every indicator and explain none."""
    template = {META_SHEET, GUIDE_SHEET} if any(sheet.name == META_SHEET for sheet in sheets) else set()
    return tuple(sheet for sheet in sheets if sheet.name not in template)


def _shown(sheets: tuple[Sheet, ...], found: FoundTable, listing: set[str]) -> tuple[Sheet, ...]:
    start = 1 if found.header.transposed else found.top - _TITLE_ROWS
    table = next(sheet for sheet in sheets if sheet.name == found.sheet)
    beside = [sheet for sheet in sheets if sheet.name in {*BESIDE, *listing} and sheet is not table]
    return tuple(keep_some(sheet, start if sheet is table else 1) for sheet in (table, *beside))


def _titles(sheets: tuple[Sheet, ...], found_tables: list[FoundTable]) -> list[str]:
    """Return the texts just above the tables."""
    by_name = {sheet.name: sheet for sheet in sheets}
    return [
        cell.text
        for found in found_tables
        for cell in by_name[found.sheet].cells.values()
        if found.top - _TITLE_ROWS <= cell.row < found.top and cell.held == "text" and len(cell.text) <= 80
    ]


def _damaged(sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    found = (
        f"{sheet.name}!{cell.address}" for sheet in sheets for cell in sheet.cells.values() if REPLACEMENT in cell.text
    )
    return tuple(islice(found, _MOST_DAMAGED))


def _hidden(found: FoundTable) -> str | None:
    if found.hidden:
        return f"工作表“{found.sheet}”是隐藏的"
    along, across = ("列", "行") if found.header.transposed else ("行", "列")
    rows, columns = sum(row.hidden for row in found.rows), found.hidden_columns
    names = [f"第{column}行" if found.header.transposed else f"{get_column_letter(column)}列" for column in columns]
    hidden = [f"{rows}{along}"] if rows else []
    hidden += [f"{len(columns)}{across}（{'、'.join(names)}）"] if columns else []
    return f"工作表“{found.sheet}”的指标表有{'、'.join(hidden)}是隐藏的" if hidden else None


def _explained(sheets: tuple[Sheet, ...], found: FoundTable, rows: list[IndicatorRow]) -> tuple[str, ...]:
    """Return indicators named in a row of a sheet 说明 with a reason beside the name, or with one in their own row."""
    reasons = [
        "，".join(key for cell in cells if (key := name_key(cell.text)) not in PROGRESS_NOTE_KINDS)
        for sheet in sheets
        if "说明" in sheet.name and sheet.name != found.sheet
        for cells in sheet.rows().values()
    ]
    codes = set()
    for known in rows:
        if known.indicator is None:
            continue
        names = [name_key(name) for name in (known.indicator.name, *known.indicator.aliases)] if reasons else []
        named = any(
            name in reason and is_reason_on_notes(reason.replace(name, "").strip("，"))
            for name in names
            for reason in reasons
        )
        if named or (known.row and is_reason(known.row.remark_text)):
            codes.add(known.code)
    return tuple(sorted(codes))
