"""Rules about missing values: single cells of a row, and rows without any value."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import BLANK, IN_GUIDE, Batch


def complete_base(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The row has targets but no base value: its cell is empty, or still has the words of the template."""
    return _base_gaps(batch, contracts).filter(pl.col("raw_value").is_null() | pl.col("detail").is_not_null())


def complete_no_data(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The base value is marked as not available: “—”, “/”, 暂无数据."""
    return _base_gaps(batch, contracts).filter(pl.col("raw_value").is_not_null() & pl.col("detail").is_null())


def complete_target(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The row has other values but lacks a target."""
    return _gaps(batch).filter(pl.col("year").is_in(contracts.round.stated_years))


def complete_left_out(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The indicator has no value and no reason is given; the guide allows omissions with a reason."""
    reasons = batch.counted.select("file", "explained")
    return (
        _rows(batch)
        .filter(BLANK.all().over("file", "indicator"))
        .join(reasons, on="file", how="left", validate="m:1", maintain_order="left")
        .filter(~pl.col("explained").list.contains(pl.col("indicator")))
        .join(left_out_before(batch), on=["province", "pilot", "indicator"], how="anti", maintain_order="left")
        .with_columns(value=None)
        .unique(["file", "indicator"], maintain_order=True)
    )


def left_out_before(batch: Batch) -> pl.DataFrame:
    """Return the indicators that the accepted plans of a progress round lack, too."""
    who = ["province", "pilot", "indicator"]
    return batch.accepted_plans.group_by(who).agg(lacks=BLANK.all()).filter("lacks")


def scope_unstated(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Indicators whose scope differs between places have no remark: one row per file."""
    names = {row.code: row.name for row in contracts.indicators.values() if row.declare}
    declare = {row.code: row.declare for row in contracts.indicators.values() if row.declare}
    silent = (
        batch.observations.filter(pl.col("indicator").is_in(list(names)) & ~BLANK & ~pl.col("twice"))
        .filter(pl.col("remark").is_null().all().over("file", "indicator"))
        .unique(["file", "indicator"], maintain_order=True)
        .group_by("file", maintain_order=True)
        .agg(
            detail="“" + pl.col("indicator").replace_strict(names, default=None).str.join("”“") + "”",
            label=pl.col("indicator").replace_strict(declare, default=None).str.join("；"),
        )
    )
    return batch.of_own_kind.drop("detail").join(silent, on="file", how="inner", validate="1:1", maintain_order="left")


def _base_gaps(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    return _gaps(batch).filter(pl.col("year") == contracts.round.base_year)


def _gaps(batch: Batch) -> pl.DataFrame:
    return _rows(batch).filter(BLANK & ~BLANK.all().over("file", "indicator"))


def _rows(batch: Batch) -> pl.DataFrame:
    """Select cells of the guide's indicators in the year columns that the table has, of rows with a blank."""
    files = batch.of_own_kind.select("file", "years")
    return (
        batch.observations.filter(IN_GUIDE & ~pl.col("twice"))
        .filter(BLANK.any().over("file", "indicator"))
        .join(files, on="file", how="inner", validate="m:1", maintain_order="left")
        .filter(pl.col("years").list.contains(pl.col("year")))
    )
