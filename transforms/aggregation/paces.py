"""Yearly changes of the key indicators and of implied emissions, of each pilot, of its peers and of the nation."""

from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.judging.apply_rules import JudgedBatch
from transforms.judging.emission_path import emission_changes
from transforms.judging.time_series import ENOUGH_PEERS, between_years
from transforms.progress.assess import yearly_change

EMISSIONS = "EMISSIONS"  # in place of an indicator: CO2 that growth and intensity imply
POINTS = frozenset({"share", "rate", "growth"})  # measures that change by percentage points
PACES: dict[str, pl.DataType] = {
    "province": pl.String(),
    "pilot": pl.String(),
    "kind": pl.String(),
    "indicator": pl.String(),
    "since": pl.Int64(),
    "year": pl.Int64(),
    "before": pl.Float64(),
    "after": pl.Float64(),
    "pace": pl.Float64(),
}
_SPAN = ["kind", "indicator", "since", "year"]


def compute_paces(judged: JudgedBatch, contracts: Contracts) -> pl.DataFrame:
    """Compute the change per year between two neighbouring years of the round, of each accepted pilot.

    Returns:
        One row for each pilot, key indicator or `EMISSIONS`, and period with two usable values, columns `PACES`. `pace`
        is in percentage points a year for a share, rate or growth, in percent a year compounded for all else.
    """
    keys = {row.code: row for row in contracts.indicators.values() if row.key}
    points = [code for code, row in keys.items() if next(iter(row.scales.values())).measure in POINTS]
    rows = judged.batch.observations.filter(pl.col("usable") & pl.col("indicator").is_in(list(keys)) & ~pl.col("twice"))
    rows = rows.join(judged.accepted.select("file"), on="file", how="semi", maintain_order="left")
    found = [pl.DataFrame(schema=PACES)]
    for earlier, later in pairwise(contracts.round.years):
        both = between_years(rows, earlier, later, "value").rename({"value_was": "before"})
        span = later - earlier
        by_points = pl.col("indicator").is_in(points)
        positive = (pl.col("value") > 0) & (pl.col("before") > 0)
        compounded = pl.when(positive).then(((pl.col("value") / pl.col("before")) ** (1 / span) - 1) * 100)
        pace = pl.when(by_points).then((pl.col("value") - pl.col("before")) / span).otherwise(compounded)
        found.append(both.with_columns(since=pl.lit(earlier, pl.Int64), after="value", pace=pace).select(list(PACES)))
    emissions = emission_changes(judged.batch, contracts).join(
        judged.accepted.select("file"), on="file", how="semi", maintain_order="left"
    )
    nothing = pl.lit(None, pl.Float64)
    found.append(
        emissions.with_columns(
            indicator=pl.lit(EMISSIONS), before=nothing, after=nothing, pace=pl.col("change") * 100
        ).select(list(PACES))
    )
    return pl.concat(found).filter(pl.col("pace").is_not_null())


def peer_paces(paces: pl.DataFrame) -> pl.DataFrame:
    """Return the median and n of the paces of one kind; the median is null below `ENOUGH_PEERS`."""
    return (
        paces.group_by(_SPAN)
        .agg(n=pl.len().cast(pl.Int64), median=pl.col("pace").median())
        .with_columns(median=pl.when(pl.col("n") >= ENOUGH_PEERS).then(pl.col("median")))
        .sort(_SPAN)
    )


def national_pace(contracts: Contracts, indicator: str, since: int, year: int) -> float | None:
    """Return the national change per year: of a target that is a change, or between two targets that are levels."""
    for one in contracts.benchmarks_of(indicator, year):
        if one.yearly is not None:
            return one.yearly * 100
    before, after = (contracts.yardsticks.get((indicator, when)) for when in (since, year))
    if before is None or after is None or before.value is None or after.value is None:
        return None
    scale = next(iter(contracts.indicators[indicator].scales.values()))
    return yearly_change(before.value, after.value, year - since, points=scale.measure in POINTS)
