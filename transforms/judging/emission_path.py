"""What the targets of a pilot imply for its CO2 emissions: yearly change, from intensity and growth."""

from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.findings import format_numbers
from transforms.judging.time_series import between_years

# CO2 per unit of value added, by kind; a park states the growth of its industrial value added itself.
INTENSITY = {"city": "C02", "park": "P03"}
_GROWTH = "P01"


def emission_changes(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Compute (1 + growth) × (1 + yearly change of the intensity) − 1 for each period of the round.

    Returns:
        One row for each pilot and period with usable values: the columns of the observation of the intensity in
        `year`, the last year of the period, and `since`, `change` (fraction a year), `growth` (percent a year),
        `pace` (fraction a year), `basis` (in Chinese, where the growth is from).
    """
    usable = batch.observations.filter("usable")
    rows = usable.filter(pl.col("indicator") == pl.col("kind").replace_strict(INTENSITY, default=None))
    own = usable.filter(pl.col("indicator") == _GROWTH).select("file", "year", own="value")
    found = []
    for earlier, later in pairwise(contracts.round.years):
        assumed = contracts.round.growth_between(earlier, later)
        is_park = pl.col("kind") == "park"
        found.append(
            between_years(rows.filter(pl.col("value") > 0), earlier, later, "value")
            .join(own, on=["file", "year"], how="left", validate="1:1", maintain_order="left")
            .with_columns(
                since=pl.lit(earlier, pl.Int64),
                pace=(pl.col("value") / pl.col("value_was")) ** (1 / (later - earlier)) - 1,
                growth=pl.when(is_park).then("own").otherwise(pl.lit(assumed.percent if assumed else None, pl.Float64)),
                basis=pl.when(is_park)
                .then(pl.lit("填报的工业增加值平均增长率"))
                .otherwise(pl.lit(assumed.source if assumed else None)),
            )
        )
    return (
        pl.concat(found)
        .filter(pl.col("growth").is_not_null())
        .with_columns(change=(1 + pl.col("growth") / 100) * (1 + pl.col("pace")) - 1)
        .drop("own")
    )


def in_percent(change: pl.Expr) -> pl.Expr:
    """Describe a yearly change in Chinese: 上升1.2%, 下降0.8%."""
    way = pl.when(change < 0).then(pl.lit("下降")).otherwise(pl.lit("上升"))
    return pl.format("{}{}%", way, format_numbers((change.abs() * 100).round(1)))
