"""Rules between two indicators of one pilot and year: what physics and definitions say of them together."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.findings import number_text

# Carbon dioxide per unit of value added, and the energy per unit of value added that it comes from.
_CARBON = {"C02": "C01", "P03": "P02"}
# A part, and the whole that it cannot exceed.
_PART = {"P05": "P04"}


def relation_carbon(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Tonnes of CO2 per tonne of coal equivalent, beyond any fuel. One finding a pilot, at its first year."""
    limits = contracts.rules["RELATION-CARBON"].thresholds
    rows = _beside(batch, contracts, _CARBON).with_columns(ratio=pl.col("value") / pl.col("other"))
    wrong = rows.filter((pl.col("other") > 0) & ~pl.col("ratio").is_between(limits["low"], limits["high"]))
    return wrong.with_columns(
        expected=pl.lit(f"{limits['low']:g}～{limits['high']:g} 吨二氧化碳/吨标准煤"),
        detail=pl.format(
            "“{}”（{} {}）之比为 {}",
            "other_name",
            pl.col("other").map_elements(number_text, return_dtype=pl.String),
            "other_unit",
            pl.col("ratio").round(2),
        ),
    ).unique(["file", "indicator"], keep="first", maintain_order=True)


def relation_part(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Renewable energy is part of non-fossil energy, so its share cannot be larger."""
    rows = _beside(batch, contracts, _PART)
    return rows.filter(pl.col("value") > pl.col("other")).with_columns(
        detail=pl.format(
            "“{}”（{} {}）",
            "other_name",
            pl.col("other").map_elements(number_text, return_dtype=pl.String),
            "other_unit",
        )
    )


def _beside(batch: Batch, contracts: Contracts, pairs: dict[str, str]) -> pl.DataFrame:
    """Usable values of the first indicator of each pair, with the second's as `other`, `other_name`, `other_unit`."""
    names = {row.code: row.name for table in contracts.tables.values() for row in table.indicators}
    usable = batch.observations.filter(pl.col("usable"))
    others = usable.select("file", "year", partner="indicator", other="value", other_unit="unit")
    return (
        usable.filter(pl.col("indicator").is_in(list(pairs)))
        .with_columns(partner=pl.col("indicator").replace_strict(pairs, default=None, return_dtype=pl.String))
        .join(others, on=["file", "year", "partner"], how="inner", validate="1:1", maintain_order="left")
        .with_columns(other_name=pl.col("partner").replace_strict(names, return_dtype=pl.String))
        .sort("file", "indicator", "year", maintain_order=True)
    )
