"""What faults are made of: cells of a submission, read and replaced, and the record of what was changed."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from contracts.round import Kind
from tests.judgement.style import tidy
from tests.sample import YEARS, Row, Submission, Value, change

# Indicator and year; None is a finding about the whole row, the whole column or the whole table.
Spot = tuple[str | None, int | None]
TABLE: Spot = (None, None)


@dataclass(frozen=True)
class Injection:
    """One fault in one pilot's submission.

    Attributes:
        before: the pilot's files without the fault; `after`: with it. The last one counts.
        changed: the cells that differ between the last files.
        spots: where a finding is at the right place; any one of them will do.
    """

    before: tuple[Submission, ...]
    after: tuple[Submission, ...]
    changed: frozenset[Spot]
    spots: frozenset[Spot]


# The clean submission, chance, and another pilot's clean submission of the same kind → the fault, or None where the
# submission has no place for it.
Inject = Callable[[Submission, random.Random, Submission], Injection | None]


@dataclass(frozen=True)
class Fault:
    """A class of faults.

    Attributes:
        name: short, for the table; `title` says it in a sentence; `family` as in the list of rules.
        kinds: of pilots that it can happen to.
        visible: whether a careful person could see it in the workbook and beside its peers; if not, `why`.
        slip: how many times too large or too small, for slips.
        rewrites: whether what it starts from is not the clean submission itself: another unit, a second version.
    """

    name: str
    family: str
    title: str
    inject: Inject
    kinds: tuple[Kind, ...] = ("city", "park")
    why: str = ""
    slip: float | None = None
    rewrites: bool = False

    @property
    def visible(self) -> bool:
        """Whether a careful person could see it."""
        return not self.why


def injection(
    clean: Submission, faulty: Submission, also: Iterable[Spot] = (), changed: Iterable[Spot] | None = None
) -> Injection | None:
    """Record a fault; None where nothing differs. `also`: further places at which a finding is right."""
    cells = frozenset(differences(clean, faulty) if changed is None else changed)
    return Injection((clean,), (faulty,), cells, cells | frozenset(also)) if cells else None


def differences(one: Submission, other: Submission) -> set[Spot]:
    """Cells that do not say the same; a row that only one of them has differs in every year."""
    mine, theirs = ({row.code: row for row in each.rows} for each in (one, other))
    found: set[Spot] = set()
    for code in mine.keys() | theirs.keys():
        if code not in mine or code not in theirs or mine[code].unit != theirs[code].unit:
            found |= {(code, year) for year in YEARS}
            continue
        pairs = zip(YEARS, mine[code].values, theirs[code].values, strict=True)
        found |= {(code, year) for year, left, right in pairs if left != right}
    return found


def whole_row(code: str) -> set[Spot]:
    """Every cell of a row, and the row itself."""
    return {(code, None), *((code, year) for year in YEARS)}


def numeric_rows(submission: Submission, codes: Iterable[str] | None = None) -> list[Row]:
    """Rows with three numbers above zero, of these codes or of all."""
    wanted = None if codes is None else set(codes)
    return [
        row
        for row in submission.rows
        if (wanted is None or row.code in wanted) and all(isinstance(v, int | float) and v > 0 for v in row.values)
    ]


def numbers(row: Row) -> tuple[float, float, float]:
    """The three values of a numeric row."""
    first, second, third = (float(value or 0) for value in row.values)
    return first, second, third


def shifted(value: Value, factor: float) -> Value:
    """Multiply exactly by a power of ten; nine digits at most otherwise. Text stays as it is."""
    if not isinstance(value, int | float):
        return value
    product = Decimal(str(value)) * Decimal(str(factor))
    return tidy(float(f"{float(product):.9g}"))


def scaled(submission: Submission, code: str, factor: float) -> Submission:
    """Multiply a whole row."""
    row = submission.row(code)
    return change(submission, code, values=tuple(shifted(value, factor) for value in row.values))


def with_values(submission: Submission, code: str, values: Iterable[Value]) -> Submission:
    """Replace a row's values."""
    return change(submission, code, values=tuple(values))


def like(value: float, row: Row) -> float | int:
    """Round to as many decimals as the finest value of the row has; to one where all are whole but small."""
    held = [Decimal(str(one)) for one in row.values if isinstance(one, int | float)]
    digits = max((-int(one.as_tuple().exponent) for one in held), default=0)
    return tidy(round(value, max(digits, 0 if abs(value) >= 20 else 1)))


def later(submission: Submission) -> Submission:
    """The same as version 2, a month later."""
    return replace(submission, version="2", date=submission.date.replace("-03-", "-04-"))
