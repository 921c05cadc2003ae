"""Rules about key projects (重点工程), and tasks listed like them, in the plan and in the workbook."""

import polars as pl

from contracts.load import Contracts
from contracts.naming import name_key
from transforms.batch import Batch
from transforms.intake.tables.project_lists import PROJECTS
from transforms.judging.time_series import on_scale, usable_paths, value


def project_incomplete(batch: Batch, _: Contracts) -> pl.DataFrame:
    """A project lacks content, period, effect or supported indicators, required by the guide (指南五)."""
    rows = batch.plans.projects.filter(pl.col("lacks").list.len() > 0)
    return rows.with_columns(label="listed", detail=pl.col("lacks").list.join("、"), raw_value=pl.lit(None, pl.String))


def project_columns(batch: Batch, _: Contracts) -> pl.DataFrame:
    """A list of projects lacks a column required by the guide: one row per list (指南五)."""
    lists = batch.plans.projects.filter(pl.col("without").list.len() > 0).with_columns(
        detail=pl.format("“{}”", pl.col("without").list.join("”“"))
    )
    # Lists of one file that lack the same columns become one row.
    return (
        lists.with_columns(
            name=pl.col("sheet").unique(maintain_order=True).implode().over("file", "detail").list.join("、"),
            expected=pl.len().over("file", "detail").cast(pl.String),
            label_key=pl.col("detail"),
        )
        .unique(["file", "detail"], keep="first", maintain_order=True)
        .drop("cell")
    )


def project_period(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The period of a project or task is outside the years of the pilot, or that of a project unreadable (指南五)."""
    first, last = contracts.round.base_year + 1, contracts.round.target_years[-1]
    outside = (pl.col("first") < first) | (pl.col("last") > last)
    rows = batch.plans.projects.filter(
        (pl.col("period").str.strip_chars() != "") & ~pl.col("lacks").list.contains("建设期限")
    )
    unreadable = pl.col("first").is_null() & (pl.col("listed") == PROJECTS)  # a task may be for ever
    return rows.filter(unreadable | outside).with_columns(
        label="listed", raw_value="period", expected=pl.lit(f"{first}—{last}年")
    )


def project_behind(batch: Batch, contracts: Contracts, *, part: float) -> pl.DataFrame:
    """Steep targets are not supported by any project: one row per pilot with a plan."""
    years = contracts.round.years
    gap, last = years[-1] - years[0], len(years) - 1
    step = on_scale(value(last)) - on_scale(value(0))
    limit = pl.when(step > 0).then(pl.col("fast")).otherwise(pl.col("slow")) * gap * part
    counted = batch.counted.select("file", "province", "pilot")
    known = (
        batch.plans.projects.filter(pl.col("supports") != "")
        .group_by("province", "pilot")
        .agg(said=pl.col("supports").map_elements(name_key, return_dtype=pl.String).str.join("、"))
    )
    names = {row.code: [name_key(name) for name in (row.name, *row.aliases)] for row in contracts.indicators.values()}
    steep = (
        usable_paths(batch, contracts)
        .filter((step.abs() > limit.abs()) & (pl.col("wanted") != "any") & ~pl.col("natural"))
        .join(counted, on="file", how="inner", validate="m:1", maintain_order="left")
        .join(known, on=["province", "pilot"], how="inner", validate="m:1", maintain_order="left")
    )
    alone = [not any(name in row["said"] for name in names[row["indicator"]]) for row in steep.iter_rows(named=True)]
    title = pl.col("indicator").replace_strict(
        {row.code: row.name for row in contracts.indicators.values()}, return_dtype=pl.String
    )
    unsupported = (
        steep.filter(pl.Series(alone, dtype=pl.Boolean))
        .group_by("province", "pilot", maintain_order=True)
        .agg(detail="“" + title.str.join("”“") + "”")
    )
    return batch.plans.counted.drop("detail").join(
        unsupported, on=["province", "pilot"], how="inner", validate="m:1", maintain_order="left"
    )
