"""Read a filled-in review workbook, as untrusted as any file; its rows are found by key and never by position."""

import hashlib
from collections.abc import Sequence

from contracts.load import Contracts
from contracts.review_form import METADATA, NOTHING_TO_DO, OPEN
from transforms.decisions.compare_workbook import compare_workbook
from transforms.decisions.form_rows import all_rows
from transforms.decisions.ledger import Remark, ReviewFile
from transforms.decisions.metadata import MetadataError, from_rows, is_header
from transforms.decisions.sheet_grid import Grid, grid_of
from transforms.failures import FAILED
from transforms.intake.cells import UnreadableFileError
from transforms.intake.formats import read_workbook
from transforms.intake.formats.comments import read_comments


def read_review(content: bytes, file: str, contracts: Contracts, passwords: Sequence[str] = ()) -> ReviewFile:
    """Read one review workbook, in any format that intake reads; faults are part of the result."""
    sha256 = hashlib.sha256(content).hexdigest()
    province = named_province(file, contracts)
    try:
        sheets = read_workbook(content, passwords).sheets
    except UnreadableFileError as error:
        return unread_review(file, sha256, str(error), contracts)
    grids = {sheet.name: grid_of(sheet) for sheet in sheets}
    hidden = grids.pop(_metadata_sheet(grids), None)
    if hidden is None:
        return _refused(file, sha256, province, f"不是评审工作簿（没有“{METADATA}”工作表）", grids)
    try:
        published = from_rows(_lines(hidden))
    except MetadataError:
        fault = f"“{METADATA}”工作表被改动或不完整，无法确认哪些内容是评审人员所写"
        return _refused(file, sha256, province, fault, grids)
    if published.round != contracts.round.round:
        return _refused(file, sha256, province, f"属于另一批次（{published.round}）", grids)
    try:
        comments = read_comments(content)
    except UnreadableFileError:
        comments = None
    return compare_workbook(file, sha256, published, grids, comments)


def unread_review(
    file: str, sha256: str, reason: str, contracts: Contracts, *, fault: str = "unreadable"
) -> ReviewFile:
    """Build the result of a review file that could not be read; `fault` FAILED is an error of the code."""
    province = named_province(file, contracts)
    remark = Remark(province, file, "", f"文件未能读取：{reason}。原件已存档，其中的意见未采用。")
    return ReviewFile(file, sha256, province, remarks=(remark,), fault=reason, code_failed=fault == FAILED)


def named_province(file: str, contracts: Contracts) -> str | None:
    """Return the province named in a path, if exactly one is."""
    found = {region.name for region in contracts.regions if region.name in file}
    return found.pop() if len(found) == 1 else None


def _metadata_sheet(grids: dict[str, Grid]) -> str:
    """Return the name of the sheet with the metadata, which may have been renamed."""
    return next((name for name, grid in grids.items() if is_header(_lines(grid)[:1])), METADATA)


def _refused(file: str, sha256: str, province: str | None, fault: str, grids: dict[str, Grid]) -> ReviewFile:
    """Build the result of a file whose decisions cannot be used; each becomes a remark."""
    remarks = [Remark(province, file, "", f"{fault}。原件已存档，其中的意见未采用，逐条列在下面。")]
    remarks += [
        Remark(province, file, f"{row.sheet}!{row.at(row.form.key)}", f"未采用：{row.in_words()}")
        for row in all_rows(grids)
        if any(text and text not in {OPEN.title, NOTHING_TO_DO} for text in row.texts.values())
    ]
    return ReviewFile(file, sha256, province, remarks=tuple(remarks), fault=fault)


def _lines(grid: Grid) -> list[list[str]]:
    rows: dict[int, dict[int, str]] = {}
    for (row, column), text in grid.items():
        rows.setdefault(row, {})[column] = text
    return [[rows[row].get(column, "") for column in range(1, max(rows[row]) + 1)] for row in sorted(rows)]
