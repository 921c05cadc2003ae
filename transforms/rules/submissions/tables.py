"""Rules about the table: kind, other tables, missing years, duplicate rows."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch


def table_kind(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A city fills in Table 1, a park Table 2 (指南二、建设目标)."""
    titles = {kind: f"{table.sheet}（{table.title}）" for kind, table in contracts.tables.items()}
    return batch.counted.filter(pl.col("kind") != pl.col("table_kind")).with_columns(
        expected=pl.col("kind").replace_strict(titles, return_dtype=pl.String),
        detail=pl.col("table_kind").replace_strict(titles, return_dtype=pl.String),
    )


def table_rivals(batch: Batch, _: Contracts) -> pl.DataFrame:
    """Two tables of one kind have different values."""
    return batch.counted.filter(pl.col("rivals").is_not_null()).with_columns(detail=pl.col("rivals"))


def table_unread(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The workbook has another filled table, of the other kind or on a hidden sheet, that was not read."""
    return batch.counted.filter(pl.col("unread").is_not_null()).with_columns(detail=pl.col("unread"))


def table_hidden(batch: Batch, _: Contracts) -> pl.DataFrame:
    """The sheet or rows of the table are hidden; they were read."""
    return batch.counted.filter(pl.col("hidden").is_not_null()).with_columns(detail=pl.col("hidden"))


def table_year_missing(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The table has no column for a year of the round; `progress_columns` reports those with actual values."""
    years = [year for year in contracts.round.required_years if year not in contracts.round.reported_years]
    wanted = pl.DataFrame({"year": years}, schema={"year": pl.Int64})
    missing = batch.counted.join(wanted, how="cross").filter(~pl.col("years").list.contains(pl.col("year")))
    return missing.with_columns(detail=pl.format("（{}）", "undated").fill_null(""))


def table_row_twice(batch: Batch, _: Contracts) -> pl.DataFrame:
    """An indicator has more than one row; none of them is usable."""
    return (
        batch.observations.filter(pl.col("twice"))
        .join(batch.counted, on="file", how="semi", maintain_order="left")
        .unique(["file", "indicator", "label_cell"], maintain_order=True)
        .with_columns(detail=pl.col("label_cell").str.join("、").over("file", "indicator"))
        .unique(["file", "indicator"], keep="last", maintain_order=True)
    )
