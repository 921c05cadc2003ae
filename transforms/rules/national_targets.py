"""Rules against national targets: targets that are weaker or slower. For information only.

The wanted direction of the indicator defines which side is weaker. Targets `at_least` and `at_most` are compared by
their number.
"""

from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.findings import format_numbers


def national_target(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A target is weaker than the national one of the same year: one row per indicator with all such years."""
    wanted = _signs(contracts)
    rows = [
        (one.indicator, one.year, one.value, f"{one.value:g}", one.where, wanted[one.indicator])
        for one in contracts.benchmarks
        if one.value is not None and one.indicator in wanted
    ]
    schema = {
        "indicator": pl.String, "year": pl.Int64, "national": pl.Float64, "text": pl.String, "where": pl.String,
        "sign": pl.Int8,
    }  # fmt: skip
    targets = pl.DataFrame(rows, schema=schema, orient="row")
    lack = (pl.col("national") - pl.col("value")) * pl.col("sign")
    weaker = (
        batch.observations.filter(pl.col("usable"))
        .join(targets, on=["indicator", "year"], how="inner", validate="m:1", maintain_order="left")
        .filter(lack > 0)
    )
    one = pl.format("{}年{}，全国目标{}{}（{}）", "year", format_numbers(pl.col("value")), "text", "unit", "where")
    return _once(weaker.with_columns(said=one, off=lack / pl.col("national").abs().clip(1e-12)))


def national_pace(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A value changes more slowly per year than the national target."""
    wanted = _signs(contracts)
    limited = [one.indicator for one in contracts.benchmarks if one.yearly is not None]
    rows = batch.observations.filter(pl.col("usable") & pl.col("indicator").is_in(limited))
    found = []
    for earlier, later in pairwise(contracts.round.years):
        paces = [
            (one.indicator, one.yearly, one.where, wanted[one.indicator])
            for one in contracts.benchmarks
            if one.yearly is not None and one.year == later and one.indicator in wanted
        ]
        schema = {"indicator": pl.String, "pace": pl.Float64, "where": pl.String, "sign": pl.Int8}
        before = rows.filter(pl.col("year") == earlier).select("file", "indicator", "unit", was="value")
        yearly = (pl.col("value") / pl.col("was")) ** (1 / (later - earlier)) - 1
        found.append(
            rows.filter(pl.col("year") == later)
            .join(pl.DataFrame(paces, schema=schema, orient="row"), on="indicator", how="inner", validate="m:1")
            .join(before, on=["file", "indicator", "unit"], how="inner", validate="1:1", maintain_order="left")
            .filter((pl.col("was") > 0) & (pl.col("value") > 0))
            .with_columns(yearly=yearly)
            .with_columns(lack=(pl.col("pace") - pl.col("yearly")) * pl.col("sign"))
            .filter(pl.col("lack") > 0)
            .with_columns(
                said=pl.format(
                    "{}—{}年年均{}，全国目标折合年均{}（{}）",
                    pl.lit(earlier), "year", _move(pl.col("yearly")), _move(pl.col("pace")), "where",
                ),
                off=pl.col("lack") * 10,
            )
        )  # fmt: skip
    return _once(pl.concat(found))


def _signs(contracts: Contracts) -> dict[str, int]:
    """Return 1 for indicators that should rise and -1 for those that should fall; others are left out."""
    return {row.code: 1 if row.wanted == "up" else -1 for row in contracts.indicators.values() if row.wanted != "any"}


def _move(yearly: pl.Expr) -> pl.Expr:
    percent = format_numbers((yearly.abs() * 100).round(1))
    return pl.format("{}{}%", pl.when(yearly < 0).then(pl.lit("下降")).otherwise(pl.lit("上升")), percent)


def _once(below: pl.DataFrame) -> pl.DataFrame:
    """Keep the first year of each file and indicator, with the texts of all years."""
    return (
        below.sort("file", "indicator", "year", maintain_order=True)
        .with_columns(detail=pl.col("said").str.join("；").over("file", "indicator"))
        .unique(["file", "indicator"], keep="first", maintain_order=True)
    )
