"""Against national targets: where a pilot aims lower, or moves slower, than the nation. Information and no verdict."""

from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.findings import spelled


def national_target(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A target is below the national one of the same year. Told once a row, with every year in which it is."""
    rows = [
        (one.indicator, one.year, one.value, f"{one.value:g}", one.where)
        for one in contracts.benchmarks
        if one.value is not None
    ]
    schema = {"indicator": pl.String, "year": pl.Int64, "national": pl.Float64, "text": pl.String, "where": pl.String}
    targets = pl.DataFrame(rows, schema=schema, orient="row")
    below = (
        batch.observations.filter(pl.col("usable"))
        .join(targets, on=["indicator", "year"], how="inner", validate="m:1", maintain_order="left")
        .filter(pl.col("value") < pl.col("national"))
    )
    one = pl.format("{} 年 {}，全国目标 {} {}（{}）", "year", spelled(pl.col("value")), "text", "unit", "where")
    return _once(below.with_columns(said=one, off=(pl.col("national") - pl.col("value")) / pl.col("national")))


def national_pace(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """An intensity falls more slowly, per year, than the nation has set itself to."""
    limited = [one.indicator for one in contracts.benchmarks if one.yearly is not None]
    rows = batch.observations.filter(pl.col("usable") & pl.col("indicator").is_in(limited))
    found = []
    for earlier, later in pairwise(contracts.round.years):
        paces = [
            (one.indicator, one.yearly, f"{-one.yearly * 100:.1f}", one.where)
            for one in contracts.benchmarks
            if one.yearly is not None and one.year == later
        ]
        schema = {"indicator": pl.String, "pace": pl.Float64, "text": pl.String, "where": pl.String}
        before = rows.filter(pl.col("year") == earlier).select("file", "indicator", "unit", was="value")
        yearly = (pl.col("value") / pl.col("was")) ** (1 / (later - earlier)) - 1
        found.append(
            rows.filter(pl.col("year") == later)
            .join(pl.DataFrame(paces, schema=schema, orient="row"), on="indicator", how="inner", validate="m:1")
            .join(before, on=["file", "indicator", "unit"], how="inner", validate="1:1", maintain_order="left")
            .filter((pl.col("was") > 0) & (pl.col("value") > 0))
            .with_columns(yearly=yearly)
            .filter(pl.col("yearly") > pl.col("pace"))
            .with_columns(
                said=pl.format(
                    "{}—{} 年年均下降 {}%，全国目标折合年均 {}%（{}）",
                    pl.lit(earlier), "year", spelled((pl.col("yearly") * -100).round(1)), "text", "where",
                ),
                off=(pl.col("yearly") - pl.col("pace")) * 10,
            )
        )  # fmt: skip
    return _once(pl.concat(found))


def _once(below: pl.DataFrame) -> pl.DataFrame:
    """One row a file and indicator, at the first year, with what is said of all of them."""
    return (
        below.sort("file", "indicator", "year", maintain_order=True)
        .with_columns(detail=pl.col("said").str.join("；").over("file", "indicator"))
        .unique(["file", "indicator"], keep="first", maintain_order=True)
    )
