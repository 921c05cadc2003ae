"""Find what reviewers wrote where it is not read: texts outside a form's table, and comments on cells."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from openpyxl.utils import get_column_letter

from contracts.review_form import COMMENT_AUTHOR, FORMER_TITLES, NO_ROWS
from transforms.decisions.form_rows import FormRow
from transforms.decisions.sheet_grid import Grid, mark
from transforms.intake.formats.comments import CellComment

_SHORT, _MOST = 200, 100
_NOT_USED = "未采用；意见请写在原有的栏内。"
Entry = tuple[str, str]  # where, and the remark in Chinese


def entries_outside(grids: dict[str, Grid], rows: Sequence[FormRow]) -> Iterator[Entry]:
    """Yield texts on the sheets of the forms that are above the header, in no titled column, or in a row without a key.

    Args:
        grids: all sheets.
        rows: the rows of all forms. One with words in its fields is listed as a whole elsewhere.
    """
    for sheet in dict.fromkeys(row.sheet for row in rows):
        own = [row for row in rows if row.sheet == sheet]
        first = min(row.number for row in own)
        titles = {(column, title) for row in own for title, column in row.columns.items()}
        columns = {column for column, _ in titles}
        lone = {row.number for row in own if row.form.key in row.columns and not row.key and not row.in_words()}
        found = [
            (f"{sheet}!{get_column_letter(column)}{row}", f"表格之外的文字“{text[:_SHORT]}”，{_NOT_USED}")
            for (row, column), text in sorted(grids[sheet].items())
            if (row < first or column not in columns or row in lone)
            and not (row < first and (column, FORMER_TITLES.get(text, text)) in titles)
            and text != NO_ROWS
        ]
        yield from found[:_MOST]
        if len(found) > _MOST:
            yield sheet, f"表格之外另有{len(found) - _MOST}处文字，{_NOT_USED}"


def entries_in_comments(comments: Iterable[CellComment] | None, published: Collection[str]) -> Iterator[Entry]:
    """Yield the comments that are not published ones, known by author or, as programs drop it, the hashes of texts."""
    if comments is None:
        yield "", "该格式的批注不能读取，意见请写在原有的栏内。"
    for one in comments or ():
        if one.text and one.author != COMMENT_AUTHOR and mark(one.text) not in published:
            by = f"（{one.author}）" if one.author else ""
            yield f"{one.sheet}!{one.cell}", f"批注{by}“{one.text[:_SHORT]}”，{_NOT_USED}"
