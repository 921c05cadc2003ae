"""Rules about single rows of Tables 1 and 2, as one pandera schema; a failed check is a fault of the submission.

Each check is named after its rule. A row is one indicator and year of one file, with the columns of `Observations` and
`READING`. A check passes where it cannot be evaluated (no value, unknown unit), because another rule reports that.
"""

import math
from collections.abc import Callable

import pandera.polars as pa
import polars as pl

from contracts.indicators import Scale
from contracts.load import Contracts
from contracts.naming import name_key
from contracts.schemas.published import COUNTABLE, Observations, columns_of

# Where the parts of a row were found and how they were interpreted. Not published.
READING: dict[str, pl.DataType] = {
    "name": pl.String(),  # the indicator's printed name, or the label of an added one
    "label_key": pl.String(),
    "label_cell": pl.String(),
    "unit_cell": pl.String(),
    "year_cell": pl.String(),
    "held": pl.String(),  # blank, number, text, date, boolean, error, picture, merged, or formula (without its result)
    "unit_from": pl.String(),  # cell, column, assumed, deduced, ambiguous, unknown, cell_unknown
    "change": pl.Float64(),  # in percent, of a target stated as a change without a value: 比2020年下降16.5% is -16.5
    "change_since": pl.Int64(),  # the year that it is measured against
    "percent": pl.String(),  # sign, format, unknown (format not read), or null for a plain number under %
    "remark": pl.String(),
    "detail": pl.String(),  # the cell that a value is merged with, what an added indicator may be meant for, or `doubt`
    "cell_remark": pl.String(),  # remarks in the cell, and the notes of its footnote marks
    "doubt": pl.String(),  # why a remark or note puts the value in doubt
    "twice": pl.Boolean(),  # the indicator has several rows with values
    "year_twice": pl.Boolean(),  # two columns claim the year
    "estimate": pl.Boolean(),  # an actual value that is expected, by its header or its own words
    "restated": pl.Boolean(),  # the target of a reported year, from a column of its own
}
SUBMITTED: dict[str, pl.DataType] = columns_of(Observations) | READING
# What the accepted plans of the round `of` state: the base of a progress round.
ACCEPTED_PLANS: dict[str, pl.DataType] = {
    name: SUBMITTED[name]
    for name in (
        *("province", "pilot", "kind", "indicator", "year", "role", "raw_value", "value", "unit", "qualifier"),
        *("usable", "change", "change_since", "remark", "label", "name", "raw_unit", "unit_from", "number_format"),
        "held",
    )
}

# The rules that are checks of single rows.
ROW_RULES = frozenset({
    "TABLE-YEAR-EXTRA", "TABLE-YEAR-TWICE", "TABLE-LABEL", "COMPLETE-ADDED", "VALUE-ERROR-CELL", "VALUE-NO-CACHE",
    "VALUE-MERGED", "VALUE-NOT-NUMBER", "VALUE-IN-WORDS", "VALUE-CHANGE", "VALUE-RANGE", "VALUE-REMARK",
    "VALUE-BOUNDS", "VALUE-WHOLE", "VALUE-FRACTION", "UNIT-CELL", "UNIT-UNKNOWN", "UNIT-AMBIGUOUS", "UNIT-ASSUMED",
})  # fmt: skip
# Values of one row that differ by less than this factor are consistent.
BESIDE = 4
_ADDED = pl.col("indicator").str.starts_with("X-")
# A unit is checked only for rows with a number.
_COUNTED = pl.col("qualifier").is_in(COUNTABLE).any().over("file", "indicator")


def submitted_tables(contracts: Contracts) -> pa.DataFrameSchema:
    """Return the checks of Tables 1 and 2 for one round, as a schema without columns.

    Source: 碳达峰试点实施方案编制指南, 二、建设目标, 表1 and 表2.
    """
    in_round = pl.col("year").is_in(contracts.round.years)
    listed = in_round & ~_ADDED & ~pl.col("twice")
    stated = listed & (pl.col("role") != "actual")  # of actual values: PROGRESS-VALUE
    hard_low = _of_scale(contracts, lambda scale: -math.inf if scale.hard[0] is None else scale.hard[0])
    hard_high = _of_scale(contracts, lambda scale: math.inf if scale.hard[1] is None else scale.hard[1])
    plausible_low = _of_scale(contracts, lambda scale: scale.plausible[0])
    plausible_high = _of_scale(contracts, lambda scale: scale.plausible[1])
    value = pl.col("value").abs()
    per_mille = (pl.col("raw_unit") == "‰").fill_null(value=False)
    small = (pl.col("unit") == "%") & pl.col("percent").is_null() & ~per_mille & (value > 0) & (value < 1)
    # Beside larger values of its row a fraction must be consistent with them as a percentage only.
    beside = value.filter(value >= 1).min().over("file", "indicator")
    goes_with = (value * BESIDE**2 < beside) & (value * 100).is_between(beside / BESIDE, beside * BESIDE)
    # A growth rate may be small, in every year or in one: 0.1 beside 3.6. As a fraction it has more decimals: 0.036.
    growth = pl.col("indicator").is_in(_growth_rates(contracts))
    goes_with &= ~growth | ((value * 10 - (value * 10).round()).abs() > 1e-9)
    alone = beside.is_null() & ~growth
    fraction = small & (value * 100).is_between(plausible_low, plausible_high) & (alone | goes_with)
    # A whole 1 beside fractions in its row is 100 %.
    whole = (
        (pl.col("value") == 1)
        & (pl.col("unit") == "%")
        & pl.col("percent").is_null()
        & fraction.any().over("file", "indicator")
    )
    # Where the number format was not read, 0.253 may be shown as 25.3 %.
    unknown = (pl.col("unit") == "%") & (pl.col("percent") == "unknown") & (value > 0) & (value <= 1)
    rules = {
        "TABLE-YEAR-EXTRA": in_round,
        "TABLE-YEAR-TWICE": ~pl.col("year_twice"),
        "TABLE-LABEL": _ADDED | pl.col("label_cell").is_null() | _known_label(contracts),
        "COMPLETE-ADDED": ~_ADDED,
        "VALUE-ERROR-CELL": ~in_round | (pl.col("held") != "error"),
        "VALUE-NO-CACHE": ~in_round | (pl.col("held") != "formula"),
        "VALUE-MERGED": ~in_round | (pl.col("held") != "merged"),
        "VALUE-NOT-NUMBER": ~in_round
        | (pl.col("qualifier") != "unreadable")
        | pl.col("held").is_in(["error", "formula", "merged"]),
        "VALUE-IN-WORDS": ~stated
        | ~pl.col("qualifier").is_in(["qualitative", "relative"])
        | pl.col("value").is_not_null()
        | pl.col("change").is_not_null(),
        "VALUE-CHANGE": ~stated | pl.col("change").is_null() | pl.col("value").is_not_null(),
        "VALUE-RANGE": ~stated | (pl.col("qualifier") != "range"),
        "VALUE-REMARK": ~listed | pl.col("doubt").is_null(),
        "VALUE-BOUNDS": ~listed | pl.col("doubt").is_not_null() | pl.col("value").is_between(hard_low, hard_high),
        "VALUE-WHOLE": ~listed
        | ~_of_scale(contracts, lambda scale: scale.whole)
        | ((value - value.round()).abs() < 1e-6),
        "VALUE-FRACTION": ~listed | ~(fraction | whole | unknown),
        "UNIT-CELL": ~listed | (pl.col("unit_from") != "cell_unknown"),
        "UNIT-UNKNOWN": ~listed | ~_COUNTED | (pl.col("unit_from") != "unknown"),
        "UNIT-AMBIGUOUS": ~listed | ~_COUNTED | (pl.col("unit_from") != "ambiguous"),
        "UNIT-ASSUMED": ~listed | ~_COUNTED | (pl.col("unit_from") != "assumed"),
    }
    return pa.DataFrameSchema(
        checks=[pa.Check(_holds(passes), error=rule) for rule, passes in rules.items() if rule in contracts.rules],
        name="表1、表2",
    )


def _holds(passes: pl.Expr) -> Callable[[pa.PolarsData], pl.LazyFrame]:
    return lambda data: data.lazyframe.select(passes.fill_null(value=True).alias("holds"))


def _known_label(contracts: Contracts) -> pl.Expr:
    """Return whether the label is the printed name or an alias of its indicator."""
    legal = [
        f"{row.code} {name_key(label)}" for row in contracts.indicators.values() for label in (row.name, *row.aliases)
    ]
    return pl.concat_str("indicator", pl.col("label_key").fill_null(""), separator=" ").is_in(legal)


def _growth_rates(contracts: Contracts) -> list[str]:
    return [
        row.code for row in contracts.indicators.values() for scale in row.scales.values() if scale.measure == "growth"
    ]


def _of_scale(contracts: Contracts, pick: Callable[[Scale], float]) -> pl.Expr:
    """Return a figure of the scale of each row's indicator and unit; null where there is no scale."""
    figures = {
        f"{row.code} {unit}": pick(scale) for row in contracts.indicators.values() for unit, scale in row.scales.items()
    }
    return pl.concat_str("indicator", "unit", separator=" ").replace_strict(figures, default=None)
