"""Find which columns of a table have the values of which year, and in which role."""

from dataclasses import dataclass

from contracts.round import Round
from transforms.intake.cells import Cell
from transforms.intake.tables.found_table import Row
from transforms.intake.tables.header import Header, is_actual, is_estimate


@dataclass(frozen=True, slots=True)
class YearColumn:
    """The cell of a row in one column: its place, the address of the column's header, whether the year is named twice.

    `restated`: the target of a reported year; `estimate`: its header says that the values are expected.
    """

    year: int
    cell: Cell | None
    place: str | None
    header: str | None
    twice: bool = False
    restated: bool = False
    estimate: bool = False


def year_columns(header: Header, row: Row | None, round_: Round) -> list[YearColumn]:
    """Return the columns of a row: one for each year of the table and the round, one more for each restated target."""
    columns = []
    of_plan = is_plan_form(header, round_)
    for year in sorted({*header.years, *round_.required_years}):
        place, cell = header.years.get(year), row.values.get(year) if row else None
        at = row.places.get(year) if row else None
        target, second = header.targets.get(year), header.twice.get(year)
        if round_.kind == "progress" and target:
            if second in (place, target):
                second = None
            of_row = (row.targets.get(year), row.target_places.get(year)) if row else (None, None)
            columns.append(YearColumn(year, *of_row, target.address, restated=True))
            if place is target:  # no column has the actual value
                place = cell = at = None
                if year not in round_.required_years:
                    continue
        restated = year in round_.stated_years and round_.kind == "progress" and place is not None
        restated = restated and not is_actual(place)
        if of_plan and place and place is not target and year in round_.due:
            columns.append(YearColumn(year, cell, at, place.address, restated=True))
            place = cell = at = None
        top = second or place
        estimate = not restated and place is not None and is_estimate(place.text)
        estimate &= round_.role(year) == "actual"
        columns.append(YearColumn(year, cell, at, top.address if top else None, second is not None, restated, estimate))
    return columns


def is_plan_form(header: Header, round_: Round) -> bool:
    """Return whether a table of a progress round has the columns of the plan round: no year with an actual value.

    2025年 beside 2022年 and 2030年 is then the target, not what was achieved.
    """
    others = set(round_.reported_years) - set(round_.target_years)
    actual = any(map(is_actual, (place for year, place in header.years.items() if year != round_.base_year)))
    lasts = set(round_.stated_years) <= header.years.keys()
    return round_.kind == "progress" and bool(others) and lasts and not actual and not others & header.years.keys()


def value_years(header: Header, round_: Round) -> tuple[int, ...]:
    """Return the years with a column of values of the round: of a reported year, its target alone is none."""
    targets = {year for year in round_.reported_years if header.years.get(year) is header.targets.get(year)}
    planned = set(round_.due) if is_plan_form(header, round_) else set()
    return tuple(sorted(header.years.keys() - targets - planned))
