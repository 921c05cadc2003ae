"""The parsed content of a cell."""

from decimal import Decimal
from typing import NamedTuple


class CellValue(NamedTuple):
    """The parsed content of a cell.

    Attributes:
        qualifier: one of `contracts.schemas.published.QUALIFIERS`.
        value: in the unit as given; a percentage is 25.3 for 25.3 %.
        unit: the unit that the cell itself names; None where the column's holds.
        percent: what made the value a percentage: a `sign` or the number `format`; `unknown` where the reader gives no
            format, so that 0.253 may be either.
        base_year: of a relative target, the year that it is measured against.
        change: of a relative target, the change in percent of the base value, negative for a decrease.
        scaled: whether 万 or 亿 is already in the value.
        remarks: what is written beside the value: 快报数, 中心城区.
        marks: keys of its footnote marks, see `footnote_marks.mark_key`.
        bracket: `[]`, `()`, `【】` or `〔〕` if the figure itself is in brackets.
        problem: in Chinese, what an unreadable or missing text seems to be.
        is_dash: whether the cell has only a dash or slash.
    """

    qualifier: str
    value: Decimal | None = None
    unit: str | None = None
    percent: str | None = None
    base_year: int | None = None
    change: Decimal | None = None
    scaled: bool = False
    remarks: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    bracket: str | None = None
    problem: str | None = None
    is_dash: bool = False


MISSING = CellValue("missing")
DOES_NOT_APPLY = CellValue("not_applicable")
UNREADABLE = CellValue("unreadable")
