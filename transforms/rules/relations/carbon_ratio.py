"""Rules about CO2 per unit of energy, from physics."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.findings import format_numbers
from transforms.judging.time_series import at_cells, deviation, usable_paths_with_peers
from transforms.rules.relations.pairs import CARBON, INDUSTRY, or_absent, ratios, with_shares

# Where C03 is so many times C02, the two confirm each other; only to choose which of C01 and C02 is wrong.
_USUAL_INDUSTRY = (0.8, 8.0)


def relation_carbon(batch: Batch, contracts: Contracts, *, low: float, fossil: float, high: float) -> pl.DataFrame:
    """Tonnes of CO2 per tonne of coal equivalent, beyond any fuel. One finding a pilot, at the likelier of the two.

    Non-fossil energy lowers the factor of all energy, but not that of the fossil part; `low` holds where its share is
    unknown.
    """
    least = (fossil * (1 - pl.col("share") / 100)).fill_null(low)
    rows = with_shares(ratios(batch, contracts, CARBON), batch)
    wrong = rows.filter(~pl.col("ratio").is_between(least, high))
    off = pl.max_horizontal(pl.col("ratio") / high, least / pl.col("ratio")).log10()
    return or_absent(_at_the_likelier(wrong, least, high, off, batch, contracts), batch, contracts, CARBON)


def relation_carbon_high(batch: Batch, contracts: Contracts, *, high: float) -> pl.DataFrame:
    """More CO2 per tonne of coal equivalent than coal gives off: process emissions, power sent out, or a slip."""
    wrong = ratios(batch, contracts, CARBON).filter(pl.col("ratio") > high)
    return _at_the_likelier(wrong, pl.lit(0.0), high, (pl.col("ratio") / high).log10(), batch, contracts)


def _at_the_likelier(
    wrong: pl.DataFrame, least: pl.Expr, high: float, off: pl.Expr, batch: Batch, contracts: Contracts
) -> pl.DataFrame:
    """Report each pair of values at the indicator that is more likely wrong, silently after the first year."""
    culprits = _likelier(wrong, batch, contracts)
    located = wrong.join(culprits, on=["file", "indicator"], how="left", validate="m:1", maintain_order="left").select(
        "file",
        "year",
        indicator=pl.when("is_other").then("partner").otherwise("indicator"),
        expected=pl.format("{}～{}吨二氧化碳/吨标准煤", format_numbers(least.round(2)), pl.lit(f"{high:g}")),
        detail=pl.format(
            "“{}”{}年{}{}，“{}”{}{}，每吨标准煤排放{}吨二氧化碳",
            "name", "year", format_numbers(pl.col("value")), "unit", "other_name",
            format_numbers(pl.col("other")), "other_unit",
            format_numbers(pl.col("ratio").round(2)),
        ),
        off=off,
    )  # fmt: skip
    return at_cells(located, batch).with_columns(silent=pl.col("year") > pl.col("year").min().over("file", "indicator"))


def _likelier(wrong: pl.DataFrame, batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Choose the indicator of the pair that is more likely wrong: `file, indicator, is_other`.

    It is the one farther from its peers; for a city it is energy if CO2 per GDP is consistent with that of industry.
    """
    peers = usable_paths_with_peers(batch, contracts)
    far = peers.select(
        "file",
        "indicator",
        far=pl.max_horizontal(deviation(i).abs() for i in range(len(contracts.round.years))).fill_null(0),
    )
    industry = ratios(batch, contracts, INDUSTRY)
    fits = industry.group_by("file").agg(fits=pl.col("ratio").is_between(*_USUAL_INDUSTRY).all())
    return (
        wrong.select("file", "indicator", "partner")
        .unique(maintain_order=True)
        .join(far, on=["file", "indicator"], how="left", validate="1:1")
        .join(
            far.rename({"indicator": "partner", "far": "far_other"}), on=["file", "partner"], how="left", validate="1:1"
        )
        .join(fits, on="file", how="left", validate="m:1")
        .select("file", "indicator", is_other=pl.coalesce("fits", pl.col("far_other") > pl.col("far")))
    )
