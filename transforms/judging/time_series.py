"""Paths: one row a file and indicator with the years side by side, and how far a path is from what is plausible.

Steps are compared on a scale on which they mean the same everywhere: logarithms of quantities, log-odds of shares.
"""

import math
from collections.abc import Callable, Sequence

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch

# Nobody's share is judged closer to its ends than this: from 92 to 100 % is no longer a matter of pace or of peers.
_ENDS = (0.1, 92.0)
# Beyond this many robust deviations from its peers' median a step is odd; a deviation is at least a tenth of the range.
_STEP, _LEAST_STEP = 5.0, 0.1
# Levels spread widely: a deviation on the scale is taken to be at least this (a factor of 1.35).
_LEAST_LEVEL = 0.3
ENOUGH_PEERS = 8
# What paths are built from; a copy of everything that is known of an observation takes ten times the room.
NEEDED = ("file", "kind", "indicator", "unit", "year", "value", "raw_value")


def value(place: int) -> pl.Expr:
    """The value in the year at this place of the round's years."""
    return pl.col(f"value{place}")


def build_paths(observations: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Lay the years of each indicator side by side.

    Args:
        observations: rows that may be compared, at most one for each file, indicator and year.
        contracts: the round's.

    Returns:
        Columns `file, kind, indicator, unit, line` (its place in the table), `value0…`, `raw0…` by year, and what is
        plausible: `measure, wanted, additive, low, high` in the unit, `slow, fast` a year on the scale. In the order of
        the tables.
    """
    years = contracts.round.years
    rows = observations.with_row_index("line")
    keys = ["file", "kind", "indicator", "unit"]
    paths = rows.group_by(keys, maintain_order=True).agg(
        pl.col("line").min(),
        *(pl.col("value").filter(pl.col("year") == year).first().alias(f"value{i}") for i, year in enumerate(years)),
        *(pl.col("raw_value").filter(pl.col("year") == year).first().alias(f"raw{i}") for i, year in enumerate(years)),
    )
    return paths.join(
        _plausible(contracts), on=["indicator", "unit"], how="inner", validate="m:1", maintain_order="left"
    )


def usable_paths(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Lay out the usable observations, as `build_paths` does."""
    return build_paths(batch.observations.select(*NEEDED, "usable").filter("usable"), contracts)


def with_peers(paths: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Add what the peers have: `peers{i}` how many, `middle{i}` and `spread{i}` of the level, `step{i}`, `swing{i}` of
    the step to the next year, all on the scale; null where there are fewer than `ENOUGH_PEERS`.
    """
    places = range(len(contracts.round.years))
    scaled = paths.with_columns(on_scale(value(i)).alias(f"_g{i}") for i in places)
    scaled = scaled.with_columns((pl.col(f"_g{i + 1}") - pl.col(f"_g{i}")).alias(f"_d{i}") for i in places[:-1])
    groups = scaled.group_by("kind", "indicator", "unit").agg(
        *(pl.col(f"_g{i}").count().cast(pl.Int64).alias(f"peers{i}") for i in places),
        *(_middle(f"_g{i}").alias(f"middle{i}") for i in places),
        *(_spread(f"_g{i}").clip(_LEAST_LEVEL).alias(f"spread{i}") for i in places),
        *(_middle(f"_d{i}").alias(f"step{i}") for i in places[:-1]),
        *(_spread(f"_d{i}").alias(f"swing{i}") for i in places[:-1]),
    )
    return paths.join(groups, on=["kind", "indicator", "unit"], how="left", validate="m:1", maintain_order="left")


def at_cells(found: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """The observations that findings point to.

    Args:
        found: `file, indicator, year`, at most one row each, and what the rule has to say.
        batch: whose observations are looked up.
    """
    keys = ["file", "indicator", "year"]
    rows = batch.observations.drop([name for name in found.columns if name not in keys], strict=False)
    # Few rows are found, and all others need not be copied.
    few = rows.join(found, on=keys, how="semi", maintain_order="left").filter(~pl.col("twice"))
    return few.join(found, on=keys, how="inner", validate="1:1", maintain_order="left")


def on_scale(number: pl.Expr) -> pl.Expr:
    """A value on the scale of its measure; null where it has none (growth rates, zero or less)."""
    share = number.clip(*_ENDS)
    return (
        pl.when(pl.col("measure").is_in(["share", "rate"]))
        .then((share / (100 - share)).log())
        .when((pl.col("measure") != "growth") & (number > 0))
        .then(number.log())
    )


def misfit(contracts: Contracts, values: Callable[[int], pl.Expr] = value) -> pl.Expr:
    """How far a path is from anything plausible, on the scale: 0 fits, 2.3 is a power of ten.

    The sum of how far its values are outside the plausible range, and its steps outside the plausible pace; where there
    are enough peers, steps are held against theirs as well.

    Args:
        contracts: the round's.
        values: the path's values by place; others than its own to try out a hypothesis.
    """
    places = range(len(contracts.round.years))
    scaled = [on_scale(values(i)) for i in places]
    low, high = on_scale(pl.col("low")), on_scale(pl.col("high"))
    outside = [pl.max_horizontal(low - one, one - high, 0).fill_null(0) for one in scaled]
    # On the scale all shares above their end are one; beyond 100 % there is no reading at all.
    outside += [
        ((pl.col("high") <= 100) & (pl.col("unit") == "%") & (values(i) > 100)).cast(pl.Float64) * 9 for i in places
    ]
    steps = [
        pl.max_horizontal(least - step, step - most, 0).fill_null(0)
        for step, least, most in _steps(scaled, contracts.round.years)
    ]
    return pl.sum_horizontal(*outside, *steps)


def strain(contracts: Contracts, values: Callable[[int], pl.Expr] = value) -> pl.Expr:
    """How far a path that fits is from the middle of what is plausible: to choose between hypotheses that all fit."""
    places = range(len(contracts.round.years))
    scaled = [on_scale(values(i)) for i in places]
    steps = [
        (step - (least + most) / 2).abs().fill_null(0) for step, least, most in _steps(scaled, contracts.round.years)
    ]
    centre = (on_scale(pl.col("low")) + on_scale(pl.col("high"))) / 2
    levels = [(scaled[i] - pl.col(f"middle{i}").fill_null(centre)).abs().fill_null(0) / 4 for i in places]
    return pl.sum_horizontal(*steps, *levels)


def deviation(place: int, number: pl.Expr | None = None) -> pl.Expr:
    """Robust deviations of a level from the peers' median; null where there are too few peers."""
    level = on_scale(value(place) if number is None else number)
    return (level - pl.col(f"middle{place}")) / pl.col(f"spread{place}")


def _steps(scaled: list[pl.Expr], years: Sequence[int]) -> Sequence[tuple[pl.Expr, pl.Expr, pl.Expr]]:
    """Each step from a value to the next one that is there, with the least and the most that is plausible for it."""
    found = []
    for later in range(1, len(years)):
        for earlier in range(later):
            gap = years[later] - years[earlier]
            least, most = pl.col("slow") * gap, pl.col("fast") * gap
            if later - earlier == 1:
                reach = _STEP * pl.max_horizontal(pl.col(f"swing{earlier}"), (most - least) * _LEAST_STEP)
                usual = pl.col(f"step{earlier}")
                least, most = pl.max_horizontal(least, usual - reach), pl.min_horizontal(most, usual + reach)
            # With a value between them two years are no neighbours.
            apart = pl.any_horizontal(
                pl.lit(value=False), *(scaled[i].is_not_null() for i in range(earlier + 1, later))
            )
            found.append((pl.when(~apart).then(scaled[later] - scaled[earlier]), least, most))
    return found


def _middle(column: str) -> pl.Expr:
    return pl.when(pl.col(column).count() >= ENOUGH_PEERS).then(pl.col(column).median())


def _spread(column: str) -> pl.Expr:
    """The median absolute deviation, as a standard deviation."""
    return pl.when(pl.col(column).count() >= ENOUGH_PEERS).then(
        (pl.col(column) - pl.col(column).median()).abs().median() * 1.4826
    )


def _plausible(contracts: Contracts) -> pl.DataFrame:
    rows = [
        (
            row.code, unit, scale.measure, row.wanted, scale.additive, *map(float, scale.plausible),
            *((math.log1p(edge / 100) for edge in scale.pace) if scale.pace else (None, None)),
        )
        for row in contracts.indicators.values()
        for unit, scale in row.scales.items()
    ]  # fmt: skip
    text, number = pl.String(), pl.Float64()
    schema = {
        "indicator": text, "unit": text, "measure": text, "wanted": text, "additive": pl.Boolean(),
        "low": number, "high": number, "slow": number, "fast": number,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
