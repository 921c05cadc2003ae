"""Scores that experts entered: read from the sheet 评分表 of each review workbook, and merged cell by cell."""

from collections.abc import Iterable, Sequence

from contracts.review_form import SCORE_KEY, SCORE_SHEET, SCORE_TITLES
from transforms.decisions.ledger import Remark, ReviewFile, Scores
from transforms.decisions.lineage import Lineage, follows
from transforms.decisions.sheet_grid import Grid


def read_scores(grids: dict[str, Grid]) -> tuple[tuple[tuple[str, str], str], ...]:
    """Return the text of every cell to score in, empty ones too, by the row's key and the criterion."""
    grid = grids.get(SCORE_SHEET, {})
    header = next((row for (row, _), text in sorted(grid.items()) if text == SCORE_KEY), None)
    if header is None:
        return ()
    titles = {column: text for (row, column), text in grid.items() if row == header}
    key_column = next(column for column, text in titles.items() if text == SCORE_KEY)
    criteria = {column: text for column, text in titles.items() if text not in SCORE_TITLES}
    keys = {row: text for (row, column), text in grid.items() if column == key_column and row > header}
    return tuple(
        ((key, criterion), grid.get((row, column), ""))
        for row, key in sorted(keys.items())
        for column, criterion in sorted(criteria.items())
    )


def merge_scores(copies: Sequence[ReviewFile], lineage: Lineage) -> tuple[dict[str, Scores], tuple[Remark, ...]]:
    """Merge the scores of all workbooks by province; a workbook wrote what differs from those merged before it.

    Where workbooks that do not follow each other wrote different scores, the cell stays empty and each is a remark.
    """
    found: dict[str, Scores] = {}
    remarks: list[Remark] = []
    for province in dict.fromkeys(copy.province for copy in copies if copy.province and copy.scores):
        own = [copy for copy in copies if copy.province == province and copy.scores]
        own.sort(key=lambda copy: (len(lineage.get(copy.sha256, ())), copy.sha256))
        edits: dict[str, Scores] = {}
        for copy in own:
            before = [one for one in own if one.sha256 in edits and follows(copy.sha256, one.sha256, lineage)]
            base, _ = _merged(before, edits, lineage)
            edits[copy.sha256] = {cell: text for cell, text in copy.scores if text != base.get(cell, "")}
        merged, disputed = _merged(own, edits, lineage)
        found[province] = {cell: text for cell, text in merged.items() if text}
        remarks += [
            Remark(province, copy.file, f"{SCORE_SHEET}“{cell[1]}”", f"评分不一致，未采用：{text or '（清空）'}")
            for cell, writers in disputed.items()
            for copy, text in writers
        ]
    return found, tuple(remarks)


def _merged(
    copies: Iterable[ReviewFile], edits: dict[str, Scores], lineage: Lineage
) -> tuple[Scores, dict[tuple[str, str], list[tuple[ReviewFile, str]]]]:
    """Return the scores that stand, and those of cells where different ones do."""
    writers: dict[tuple[str, str], list[ReviewFile]] = {}
    for copy in copies:
        for cell in edits[copy.sha256]:
            writers.setdefault(cell, []).append(copy)
    merged: Scores = {}
    disputed = {}
    for cell, wrote in writers.items():
        last = [one for one in wrote if not any(follows(other.sha256, one.sha256, lineage) for other in wrote)]
        said = [(one, edits[one.sha256][cell]) for one in last]
        texts = {text for _, text in said}
        if len(texts) == 1:
            merged[cell] = texts.pop()
        else:
            disputed[cell] = said
    return merged, disputed
