"""Does it peak? Rules about the CO2 emissions that the targets of a pilot imply, and the peak that its plan states."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.emission_path import emission_changes, in_percent
from transforms.judging.findings import format_numbers


def relation_peak(batch: Batch, contracts: Contracts, *, rise: float) -> pl.DataFrame:
    """Emissions still rise in a period after the peak year; for a city, whose growth is assumed, for information."""
    stated = batch.plans.peaks.select("province", "pilot", peak="year", stated=pl.col("year").is_not_null())
    rows = emission_changes(batch, contracts).join(
        stated, on=["province", "pilot"], how="left", validate="m:1", maintain_order="left"
    )
    peak = pl.col("peak").fill_null(pl.lit(contracts.round.peak_year, pl.Int64))
    late = rows.filter((pl.col("since") >= peak) & (pl.col("change") > rise))
    source = pl.when("stated").then(pl.lit("方案提出的")).otherwise(pl.lit("要求的"))
    return late.unique(["file"], keep="first", maintain_order=True).with_columns(
        severity=pl.when(pl.col("kind") == "city").then(pl.lit("info")),
        expected=pl.format("{}年后不再上升", peak),
        detail=pl.format(
            "{}—{}年强度年均{}，年均增长{}%（{}），隐含碳排放年均{}，晚于{}达峰年份（{}年）",
            "since", "year", in_percent(pl.col("pace")), format_numbers(pl.col("growth").round(1)), "basis",
            in_percent(pl.col("change")), source.fill_null("要求的"), peak,
        ),
        off=pl.col("change") * 10,
    )  # fmt: skip


def plan_peak_unstated(batch: Batch, _: Contracts) -> pl.DataFrame:
    """Chapter 二 of the plan states no peak year for the whole pilot (指南二)."""
    return batch.plans.peaks.filter(pl.col("year").is_null()).with_columns(label_key=pl.lit("二"))
