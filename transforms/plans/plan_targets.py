"""Build the frame `plan_targets`: each quantified target in the prose of the plans, and its comparison."""

import polars as pl

from contracts.schemas.published import PlanTargets, columns_of
from transforms.plans.compare import COMPARED


def plan_targets(claims: pl.DataFrame, round_id: str) -> pl.DataFrame:
    """Return claims with the columns of `PlanTargets`, in the order of files and sentences."""
    outcome = (
        pl.when(pl.col("verdict") == "contradicts")
        .then(pl.lit("contradicts"))
        .when(pl.col("verdict").is_in(COMPARED))
        .then(pl.lit("agrees"))  # 95%以上 and 99.6 can both be true
        .otherwise(pl.format("not_compared: {}", "reason"))
    )
    return claims.select(
        "province",
        "pilot",
        "file",
        pl.col("place").alias("paragraph"),
        "sentence",
        "indicator",
        pl.col("subject").alias("label"),
        "year",
        "qualifier",
        pl.col("stated").alias("value"),
        pl.col("stated_unit").alias("unit"),
        "form",
        "base_year",
        "scope",
        round=pl.lit(round_id),
        comparison=outcome,
    ).select(list(columns_of(PlanTargets)))
