"""Pairs of indicators that belong together, and their usable values side by side."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.findings import format_numbers

# Carbon dioxide per unit of value added, and the energy per unit of value added that it comes from.
CARBON = {"C02": "C01", "P03": "P02"}
# CO2 per unit of industry's value added, and per unit of all value added.
INDUSTRY = {"C03": "C02"}
# A part, and the whole that it cannot exceed.
PART = {"P05": "P04"}
# The share of non-fossil energy by the indicator of CO2 that falls with it.
NON_FOSSIL = {"C02": "C07", "P03": "P04"}
# The stock of new-energy vehicles, and their share of the vehicles sold.
FLEET = {"C17": "C16"}


def or_absent(found: pl.DataFrame, batch: Batch, contracts: Contracts, pairs: dict[str, str]) -> pl.DataFrame:
    """Add one row with status `not_evaluated` for each pilot without a number for one of the pair.

    None if the number is present but doubtful, because that has a finding of its own.
    """
    names = {row.code: row.name for row in contracts.indicators.values()}
    absent = (
        batch.observations.filter(
            pl.col("indicator").is_in([*pairs, *pairs.values()])
            & pl.col("year").is_in(contracts.round.years)
            & pl.col("value").is_null()
        )
        .join(batch.of_own_kind, on="file", how="semi", maintain_order="left")
        .group_by("file", "province", "pilot", "kind", "file_sha256", "version", "indicator", maintain_order=True)
        .agg(years=pl.col("year").unique().sort().cast(pl.String).str.join("、"))
        .with_columns(lacks=pl.format("“{}”{}年", pl.col("indicator").replace_strict(names), "years"))
        .group_by("file", "province", "pilot", "kind", "file_sha256", "version", maintain_order=True)
        .agg(detail=pl.lit("缺") + pl.col("lacks").str.join("、") + "数值")
        .with_columns(status=pl.lit("not_evaluated"))
    )
    return pl.concat([found, absent], how="diagonal")


def with_shares(rows: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """Add the usable share of non-fossil energy of the same year to CO2 rows, or null."""
    clean = pl.col("usable") & pl.col("indicator").is_in(list(NON_FOSSIL.values()))
    shares = batch.observations.filter(clean).select("file", "year", clean="indicator", share="value")
    return rows.with_columns(clean=pl.col("indicator").replace_strict(NON_FOSSIL, return_dtype=pl.String)).join(
        shares, on=["file", "year", "clean"], how="left", validate="1:1", maintain_order="left"
    )


def of_other() -> pl.Expr:
    """Describe the other indicator of the pair: name and value with unit, in Chinese."""
    return pl.format("“{}”（{}{}）", "other_name", format_numbers(pl.col("other")), "other_unit")


def ratios(batch: Batch, contracts: Contracts, pairs: dict[str, str]) -> pl.DataFrame:
    """Add the `ratio` of the values of each pair, where both are positive: a 0 is a fault of its own cell, if any."""
    rows = beside(batch, contracts, pairs).filter((pl.col("value") > 0) & (pl.col("other") > 0))
    return rows.with_columns(ratio=pl.col("value") / pl.col("other"))


def beside(batch: Batch, contracts: Contracts, pairs: dict[str, str]) -> pl.DataFrame:
    """Join the usable values of each pair: the second as `other`, `other_name`, `other_unit`."""
    names = {row.code: row.name for row in contracts.indicators.values()}
    concerned = pl.col("indicator").is_in([*pairs, *pairs.values()])
    usable = batch.observations.filter(pl.col("usable") & concerned)
    others = usable.select("file", "year", partner="indicator", other="value", other_unit="unit")
    return (
        usable.filter(pl.col("indicator").is_in(list(pairs)))
        .with_columns(partner=pl.col("indicator").replace_strict(pairs, default=None, return_dtype=pl.String))
        .join(others, on=["file", "year", "partner"], how="inner", validate="1:1", maintain_order="left")
        .with_columns(other_name=pl.col("partner").replace_strict(names, return_dtype=pl.String))
        .sort("file", "indicator", "year", maintain_order=True)
    )
