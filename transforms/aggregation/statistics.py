"""Statistics by indicator, of a province or of the nation; only additive quantities are summed."""

import polars as pl

from contracts.load import Contracts
from contracts.schemas.published import Observations, columns_of
from transforms.batch import BLANK, IN_GUIDE
from transforms.judging.apply_rules import JudgedBatch
from transforms.judging.time_series import ENOUGH_PEERS


def select_observations(judged: JudgedBatch) -> pl.DataFrame:
    """Select the columns of `contracts.schemas.published.Observations`, in file order."""
    batch, columns = judged.batch, list(columns_of(Observations))
    both = [batch.observations.select(columns), batch.restated.select(columns)]
    return pl.concat(both).sort("file", maintain_order=True)


def summarise_indicators(judged: JudgedBatch, by: list[str]) -> pl.DataFrame:
    """Aggregate usable values.

    Args:
        judged: the judged batch.
        by: columns to group by besides kind, indicator, year and unit: `["province"]`, or none for the nation.

    Returns:
        Columns `*by, kind, indicator, year, unit, n, minimum, median, maximum, total`, in the canonical unit. Apply
        `keep_sums` to remove the totals of quantities that are not additive.
    """
    keys = [*by, "kind", "indicator", "year", "unit"]
    return (
        judged.batch.observations.select(*keys, "value", "usable")
        .filter("usable")
        .group_by(keys)
        .agg(
            n=pl.len().cast(pl.Int64),
            minimum=pl.col("value").min(),
            median=pl.col("value").median(),
            maximum=pl.col("value").max(),
            # Sorted, because a sum of floats depends on the order in which they come.
            total=pl.col("value").sort().sum(),
        )
        .sort(keys)
    )


def keep_sums(statistics: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Set `total` to null for quantities that are not additive: shares, rates and intensities."""
    return statistics.with_columns(total=pl.when(is_additive(contracts)).then(pl.col("total")))


def is_additive(contracts: Contracts) -> pl.Expr:
    """Return whether values of the indicator in this unit may be summed."""
    additive = [
        f"{row.code} {unit}"
        for row in contracts.indicators.values()
        for unit, scale in row.scales.items()
        if scale.additive
    ]
    return pl.concat_str("indicator", "unit", separator=" ").is_in(additive)


def peer_medians(judged: JudgedBatch) -> pl.DataFrame:
    """Return national median and n of the pilots of one kind; the median is null below `ENOUGH_PEERS`."""
    return summarise_indicators(judged, []).select(
        "kind",
        "indicator",
        "year",
        "unit",
        "n",
        median=pl.when(pl.col("n") >= ENOUGH_PEERS).then(pl.col("median")),
    )


def unused_reason() -> pl.Expr:
    """Return in Chinese why an observation may not be used."""
    return (
        pl.when(BLANK)
        .then(pl.lit("未填报"))
        .when(pl.col("change").is_not_null())
        .then(pl.lit("以变化幅度表述"))
        .when(pl.col("qualifier").is_in(["qualitative", "relative"]) & pl.col("value").is_null())
        .then(pl.lit("以文字表述"))
        .when(pl.col("qualifier") == "range")
        .then(pl.lit("区间值"))
        .when(pl.col("value").is_null())
        .then(pl.lit("无法识别"))
        .otherwise(pl.lit("数值存疑"))
    )


def left_out(judged: JudgedBatch, by: list[str], contracts: Contracts) -> pl.DataFrame:
    """Return pilots left out of a statistic, with the reason in Chinese: `*by, kind, indicator, year, left_out`."""
    keys = [*by, "kind", "indicator", "year"]
    doubtful = (
        judged.batch.observations.filter(~pl.col("usable") & IN_GUIDE)
        .join(judged.accepted, on="file", how="semi", maintain_order="left")
        .select("province", "pilot", "kind", "indicator", "year", reason=unused_reason())
    )
    return (
        pl.concat([_blocked_pilots(judged, contracts), doubtful])
        .unique(["province", "pilot", "kind", "indicator", "year"], maintain_order=True)
        .with_columns(who=pl.format("{}（{}）", "pilot", "reason"))
        .group_by(keys, maintain_order=True)
        .agg(left_out=pl.col("who").str.join("、"))
    )


def _blocked_pilots(judged: JudgedBatch, contracts: Contracts) -> pl.DataFrame:
    """Return pilots without an accepted file, one row per indicator and year of their table."""
    pilots = (
        judged.batch.files.filter(pl.col("pilot").is_not_null() & pl.col("kind").is_not_null())
        .join(judged.accepted, on=["province", "pilot"], how="anti", maintain_order="left")
        .unique(["province", "pilot"], maintain_order=True)
    )
    cells = pl.DataFrame(
        [
            (kind, row.code, year)
            for kind, table in contracts.tables.items()
            for row in table.indicators
            for year in contracts.round.years
        ],
        schema={"kind": pl.String, "indicator": pl.String, "year": pl.Int64},
        orient="row",
    )
    return pilots.join(cells, on="kind", how="inner", validate="m:m", maintain_order="left").select(
        "province",
        "pilot",
        "kind",
        "indicator",
        "year",
        reason=pl.when("off_roster").then(pl.lit("名单外")).otherwise(pl.lit("被阻断")),
    )
