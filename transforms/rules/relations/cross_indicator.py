"""Rules between two indicators of one pilot, from physics and definitions."""

from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.emission_path import emission_changes, in_percent
from transforms.judging.findings import decimals, format_numbers
from transforms.judging.time_series import between_years
from transforms.rules.relations.pairs import (
    CARBON,
    FLEET,
    INDUSTRY,
    NON_FOSSIL,
    PART,
    beside,
    of_other,
    or_absent,
    ratios,
    with_shares,
)


def relation_industry(batch: Batch, contracts: Contracts, *, low: float, high: float) -> pl.DataFrame:
    """Industry emits far less, or far more, per yuan than the whole economy. One finding a pilot."""
    found = (
        ratios(batch, contracts, INDUSTRY)
        .filter(~pl.col("ratio").is_between(low, high))
        .with_columns(
            expected=pl.lit(f"{low:g}～{high:g}倍"),
            detail=pl.format("{}，为其{}倍", of_other(), format_numbers(pl.col("ratio").round(2))),
            off=pl.max_horizontal(pl.col("ratio") / high, low / pl.col("ratio")).log10(),
        )
        .unique(["file", "indicator"], keep="first", maintain_order=True)
    )
    return or_absent(found, batch, contracts, INDUSTRY)


def relation_pace(batch: Batch, contracts: Contracts, *, points: float) -> pl.DataFrame:
    """From base to last target CO2 per value added falls more slowly in industry than in the whole economy."""
    rows = ratios(batch, contracts, INDUSTRY)
    first, last = contracts.round.base_year, contracts.round.required_years[-1]
    pace, other = ((pl.col(name) / pl.col(f"{name}_was")) ** (1 / (last - first)) - 1 for name in ("value", "other"))
    slower = between_years(rows, first, last, "value", "other").filter(pace > other + points)
    said = "{}—{}年年均{}，同期“{}”年均{}"
    detail = pl.format(said, pl.lit(first), pl.lit(last), in_percent(pace), "other_name", in_percent(other))
    return slower.with_columns(detail=detail, off=pace - other)


def relation_trend(batch: Batch, contracts: Contracts, *, rise: float, points: float) -> pl.DataFrame:
    """CO2 per tonne of coal equivalent rises from base to last target although the share of non-fossil energy rises."""
    rows = with_shares(ratios(batch, contracts, CARBON), batch).with_columns(blur=_blur("value") + _blur("other"))
    # If energy or CO2 rises, that has a finding of its own.
    falls = (pl.col("value").diff() <= 0) & (pl.col("other").diff() <= 0)
    rows = rows.filter(falls.fill_null(value=True).all().over("file", "indicator"))
    first, last = contracts.round.base_year, contracts.round.required_years[-1]
    found = (
        between_years(rows, first, last, "ratio", "share", "blur")
        .filter(
            (pl.col("ratio") > pl.col("ratio_was") * (1 + rise + pl.col("blur") + pl.col("blur_was")))
            & (pl.col("share") >= pl.col("share_was") + points)
        )
        .with_columns(
            detail=pl.format(
                "从{}年到{}年，非化石能源占比由{}%升至{}%，每吨标准煤的二氧化碳却由{}吨升至{}吨",
                pl.lit(first), pl.lit(last), format_numbers(pl.col("share_was")), format_numbers(pl.col("share")),
                format_numbers(pl.col("ratio_was").round(2)), format_numbers(pl.col("ratio").round(2)),
            ),
            off=pl.col("ratio") / pl.col("ratio_was") - 1,
        )
    )  # fmt: skip
    return or_absent(found, batch, contracts, NON_FOSSIL)


def relation_part(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Renewable energy is part of non-fossil energy, so its share cannot be larger."""
    rows = beside(batch, contracts, PART)
    found = rows.filter(pl.col("value") > pl.col("other")).with_columns(
        detail=of_other(), off=(pl.col("value") / pl.col("other")).log10()
    )
    return or_absent(found, batch, contracts, PART)


def relation_fleet(batch: Batch, contracts: Contracts, *, share: float, growth: float) -> pl.DataFrame:
    """The stock of new-energy vehicles falls, or hardly grows, while their share of the market is large."""
    rows = beside(batch, contracts, FLEET)
    found = []
    for earlier, later in pairwise(contracts.round.years):
        yearly = (pl.col("value") / pl.col("value_was")) ** (1 / (later - earlier)) - 1
        found.append(
            between_years(rows, earlier, later, "value", "other")
            .filter(
                (pl.min_horizontal("other", "other_was") >= share)
                & (pl.col("value_was") > 0)
                & (yearly < growth)
                & (pl.col("value") >= pl.col("value_was"))
            )
            .with_columns(
                detail=pl.format(
                    "{}年{}辆，{}年{}辆，而市场渗透率由{}%变为{}%",
                    pl.lit(earlier), format_numbers(pl.col("value_was")), pl.lit(later),
                    format_numbers(pl.col("value")), format_numbers(pl.col("other_was")),
                    format_numbers(pl.col("other")),
                )
            )
        )  # fmt: skip
    first = pl.concat(found).unique(["file", "indicator"], keep="first", maintain_order=True)
    return or_absent(first, batch, contracts, FLEET)


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


def _blur(column: str) -> pl.Expr:
    """Return the relative error of a value from rounding; 0.3 beside 0.279 in its row has three decimals too."""
    digits = decimals(pl.col(column)).max().over("file", "indicator")
    return 0.5 * 10.0**-digits / pl.col(column)
