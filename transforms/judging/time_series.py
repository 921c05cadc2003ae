"""Time series ("paths"): one row per file and indicator with a column per year, and measures of plausibility.

Changes are measured on a scale: logarithms of quantities, log-odds of shares.
"""

import math
from collections.abc import Callable, Sequence

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch, once_per_batch

# Shares are clipped to this range before they are compared: from 92 to 100 % pace and peers say nothing.
_ENDS = (0.1, 92.0)
# Plausible steps: within this many robust deviations from the peers' median; minimum deviation as part of the range.
_STEP, _LEAST_STEP = 5.0, 0.1
# Minimum robust deviation of a level on the scale (a factor of 1.35).
_LEAST_LEVEL = 0.3
ENOUGH_PEERS = 8  # pilots of a kind, for a median that is used or published
# Columns that paths are built from.
NEEDED = ("file", "kind", "indicator", "unit", "year", "value", "raw_value")


def value(place: int) -> pl.Expr:
    """Return the column of the value in the n-th year of the round."""
    return pl.col(f"value{place}")


def build_paths(observations: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Pivot observations to one row per file and indicator.

    Args:
        observations: at most one row per file, indicator and year.
        contracts: of the round.

    Returns:
        Columns `file, kind, indicator, unit, line` (position in the table), `value0…`, `raw0…` by year, `measure,
        wanted, natural`, plausible bounds `low, high` in the unit, `above`
        (what a higher value may be, in Chinese), and plausible steps per year `slow, fast` on the
        scale. In the order of the tables.
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


@once_per_batch
def usable_paths(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Lay out the usable observations, as `build_paths` does."""
    return build_paths(with_plans(batch.observations.filter("usable"), batch, contracts), contracts)


@once_per_batch
def usable_paths_with_peers(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Lay out the usable observations with statistics of the peers, as `with_peers` adds them."""
    return with_peers(usable_paths(batch, contracts), batch, contracts)


def with_plans(rows: pl.DataFrame, batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Select the columns `NEEDED`; in a progress round add the accepted targets of years without an actual value."""
    rows = rows.select(NEEDED)
    stated = batch.accepted_plans.filter(pl.col("usable") & pl.col("year").is_in(contracts.round.stated_years))
    if stated.is_empty():
        return rows
    files = rows.select("file").unique(maintain_order=True)
    files = batch.counted.join(files, on="file", how="semi").select("file", "province", "pilot")
    added = files.join(stated, on=["province", "pilot"], how="inner", validate="1:m", maintain_order="left")
    return pl.concat([rows, added.select(NEEDED)])


def with_peers(paths: pl.DataFrame, batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Add statistics of the peers on the scale; null below `ENOUGH_PEERS`. Peers are the pilots on the roster.

    Adds `peers{i}` (count), `middle{i}`, `spread{i}` (median and robust deviation of the level), `step{i}`, `swing{i}`
    (median and robust deviation of the change to the next year).
    """
    places = range(len(contracts.round.years))
    scaled = paths.with_columns(on_scale(value(i)).alias(f"_g{i}") for i in places)
    scaled = scaled.with_columns((pl.col(f"_g{i + 1}") - pl.col(f"_g{i}")).alias(f"_d{i}") for i in places[:-1])
    groups = (
        scaled.filter(~pl.col("file").is_in(batch.off_roster))
        .group_by("kind", "indicator", "unit")
        .agg(
            *(pl.col(f"_g{i}").count().cast(pl.Int64).alias(f"peers{i}") for i in places),
            *(_middle(f"_g{i}").alias(f"middle{i}") for i in places),
            *(_spread(f"_g{i}").clip(_LEAST_LEVEL).alias(f"spread{i}") for i in places),
            *(_middle(f"_d{i}").alias(f"step{i}") for i in places[:-1]),
            *(_spread(f"_d{i}").alias(f"swing{i}") for i in places[:-1]),
        )
    )
    return paths.join(groups, on=["kind", "indicator", "unit"], how="left", validate="m:1", maintain_order="left")


def between_years(rows: pl.DataFrame, earlier: int, later: int, *columns: str) -> pl.DataFrame:
    """Select the rows of a year, with columns of an earlier one as `…_was`, of the files and indicators with both."""
    keys = ["file", "indicator"]
    before = rows.filter(pl.col("year") == earlier).select(*keys, **{f"{name}_was": name for name in columns})
    now = rows.filter(pl.col("year") == later)
    return now.join(before, on=keys, how="inner", validate="1:1", maintain_order="left")


def at_cells(found: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """Look up the observations of found cells.

    Args:
        found: unique `file, indicator, year`, and further columns of `CONTEXT`.
        batch: with the observations.
    """
    keys = ["file", "indicator", "year"]
    rows = batch.observations.drop([name for name in found.columns if name not in keys], strict=False)
    few = rows.join(found, on=keys, how="semi", maintain_order="left").filter(~pl.col("twice"))
    return few.join(found, on=keys, how="inner", validate="1:1", maintain_order="left")


def on_scale(number: pl.Expr) -> pl.Expr:
    """Transform a value to the scale of its measure; null for growth rates and values of zero or less."""
    share = number.clip(*_ENDS)
    return (
        pl.when((number <= 0) | (pl.col("measure") == "growth"))
        .then(None)
        .when(pl.col("measure").is_in(["share", "rate"]))
        .then((share / (100 - share)).log())
        .otherwise(number.log())
    )


def off_scale(number: pl.Expr) -> pl.Expr:
    """Transform a value on the scale of its measure back, the inverse of `on_scale`."""
    odds = number.exp()
    return pl.when(pl.col("measure").is_in(["share", "rate"])).then(100 * odds / (1 + odds)).otherwise(odds)


def misfit(contracts: Contracts, values: Callable[[int], pl.Expr] = value) -> pl.Expr:
    """Return the distance of a path from the plausible on the scale: 0 is plausible, 2.3 a power of ten.

    The sum of the distances of values from the plausible range and of steps from the plausible pace; with enough peers
    also from the usual steps of the peers.

    Args:
        contracts: of the round.
        values: the value of the n-th year; other values than the path's own to test a hypothesis.
    """
    places = range(len(contracts.round.years))
    scaled = [on_scale(values(i)) for i in places]
    low, high = on_scale(pl.col("low")), on_scale(pl.col("high"))
    outside = [pl.max_horizontal(low - one, one - high, 0).fill_null(0) for one in scaled]
    # Clipping makes all high shares equal; more than 100 % is never plausible.
    outside += [
        ((pl.col("high") <= 100) & (pl.col("unit") == "%") & (values(i) > 100)).cast(pl.Float64) * 9 for i in places
    ]
    steps = [
        pl.max_horizontal(least - step, step - most, 0).fill_null(0)
        for step, least, most in _steps(scaled, contracts.round.years)
    ]
    return pl.sum_horizontal(*outside, *steps)


def strain(contracts: Contracts, values: Callable[[int], pl.Expr] = value) -> pl.Expr:
    """Return the distance of a path from the middle of the plausible, to choose between plausible hypotheses."""
    places = range(len(contracts.round.years))
    scaled = [on_scale(values(i)) for i in places]
    steps = [
        (step - (least + most) / 2).abs().fill_null(0) for step, least, most in _steps(scaled, contracts.round.years)
    ]
    centre = (on_scale(pl.col("low")) + on_scale(pl.col("high"))) / 2
    levels = [(scaled[i] - pl.col(f"middle{i}").fill_null(centre)).abs().fill_null(0) / 4 for i in places]
    return pl.sum_horizontal(*steps, *levels)


def deviation(place: int, number: pl.Expr | None = None) -> pl.Expr:
    """Return the robust deviations of a level from the peers' median; null with too few peers."""
    level = on_scale(value(place) if number is None else number)
    return (level - pl.col(f"middle{place}")) / pl.col(f"spread{place}")


def _steps(scaled: list[pl.Expr], years: Sequence[int]) -> Sequence[tuple[pl.Expr, pl.Expr, pl.Expr]]:
    """Return each step to the next present value, with its plausible minimum and maximum."""
    found = []
    for later in range(1, len(years)):
        for earlier in range(later):
            gap = years[later] - years[earlier]
            least, most = pl.col("slow") * gap, pl.col("fast") * gap
            if later - earlier == 1:
                reach = _STEP * pl.max_horizontal(pl.col(f"swing{earlier}"), (most - least) * _LEAST_STEP)
                usual = pl.col(f"step{earlier}")
                least, most = pl.max_horizontal(least, usual - reach), pl.min_horizontal(most, usual + reach)
            # A value between two years means that they are not consecutive.
            apart = pl.any_horizontal(
                pl.lit(value=False), *(scaled[i].is_not_null() for i in range(earlier + 1, later))
            )
            found.append((pl.when(~apart).then(scaled[later] - scaled[earlier]), least, most))
    return found


def _middle(column: str) -> pl.Expr:
    return pl.when(pl.col(column).count() >= ENOUGH_PEERS).then(pl.col(column).median())


def _spread(column: str) -> pl.Expr:
    """Return the median absolute deviation scaled to a standard deviation."""
    return pl.when(pl.col(column).count() >= ENOUGH_PEERS).then(
        (pl.col(column) - pl.col(column).median()).abs().median() * 1.4826
    )


def _plausible(contracts: Contracts) -> pl.DataFrame:
    rows = [
        (
            row.code, unit, scale.measure, row.wanted, row.natural, *map(float, scale.plausible),
            *((math.log1p(edge / 100) for edge in scale.pace) if scale.pace else (None, None)),
            f"，{scale.above}" if scale.above else "",
        )
        for row in contracts.indicators.values()
        for unit, scale in row.scales.items()
    ]  # fmt: skip
    text, number = pl.String(), pl.Float64()
    schema = {
        "indicator": text, "unit": text, "measure": text, "wanted": text, "natural": pl.Boolean(),
        "low": number, "high": number, "slow": number, "fast": number, "above": text,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
