"""Rules about copied or invented figures. They are hints; pilots of other provinces are not named."""

from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.findings import decimals, format_numbers
from transforms.judging.time_series import usable_paths, value

# A row shared by more pilots than this is a common answer, not a copy.
_COMMON = 12


def copy_pilot(batch: Batch, contracts: Contracts, *, rows: float, digits: float) -> pl.DataFrame:
    """Several rows equal those of another pilot of the kind in all years."""
    pairs = copied_pairs(batch, contracts, rows=rows, digits=digits).unique("file", keep="first", maintain_order=True)
    same = pl.when(pl.col("province") == pl.col("other_province")).then(pl.format("同省的“{}”", "other_pilot"))
    return (
        _counted_files(batch)
        .join(pairs, on="file", how="inner", validate="1:1", maintain_order="left")
        .with_columns(
            detail=pl.format(
                "{}项指标（序号{}）各年的数值与{}", "rows", "numbers", same.otherwise(pl.lit("外省某试点"))
            ),
            off=pl.col("rows") / 10,
        )
    )


def copied_pairs(batch: Batch, contracts: Contracts, *, rows: float, digits: float) -> pl.DataFrame:
    """Return pairs of pilots with equal figures: `file, other, other_province, other_pilot, rows, numbers`.

    Ordered by number of rows. Only for the national summary: a province must not see other provinces' pilots.
    """
    paths = _whole(batch, contracts)
    places = range(len(contracts.round.years))
    values = [f"value{i}" for i in places]
    telling = pl.sum_horizontal(_digits(value(i)) for i in places) >= digits
    whole = paths.filter(telling & (value(0) != value(places[-1])))
    key = ["kind", "indicator", "unit", *values]
    shared = whole.with_columns(n=pl.len().over(key)).filter(pl.col("n").is_between(2, _COMMON)).select("file", *key)
    numbers = {row.code: row.number for row in contracts.indicators.values()}
    who = batch.counted.select(other="file", other_province="province", other_pilot="pilot")
    return (
        shared.join(shared.rename({"file": "other"}), on=key, how="inner", validate="m:m", maintain_order="left")
        .filter(pl.col("file") != pl.col("other"))
        .with_columns(number=pl.col("indicator").replace_strict(numbers, return_dtype=pl.Int64))
        .sort("number", maintain_order=True)
        .group_by("file", "other", maintain_order=True)
        .agg(rows=pl.len().cast(pl.Int64), numbers=pl.col("number").cast(pl.String).str.join("、"))
        .filter(pl.col("rows") >= rows)
        .join(who, on="other", how="inner", validate="m:1", maintain_order="left")
        .sort("rows", "file", "other", descending=[True, False, False])
    )


def copy_years(batch: Batch, contracts: Contracts, *, rows: float, share: float) -> pl.DataFrame:
    """Most rows of a year's column equal the previous year."""
    paths = _whole(batch, contracts).filter(pl.col("wanted") != "any")
    years = contracts.round.required_years
    found = [
        paths.group_by("file", maintain_order=True)
        .agg(rows=pl.len(), same=(value(i) == value(j)).sum())
        .filter((pl.col("same") >= rows) & (pl.col("same") >= pl.col("rows") * share))
        .with_columns(
            detail=pl.format("{}年与{}年有{}/{}项指标", pl.lit(years[j]), pl.lit(years[i]), "same", "rows"),
            year=pl.lit(years[j], pl.Int64),
        )
        for i, j in pairwise(range(len(years)))
    ]
    columns = batch.observations.select("file", "year", "year_cell")
    columns = columns.unique(["file", "year"], keep="first", maintain_order=True)
    return (
        _counted_files(batch)
        .join(pl.concat(found), on="file", how="inner", validate="1:m", maintain_order="left")
        .join(columns, on=["file", "year"], how="left", validate="1:1", maintain_order="left")
    )


def copy_round(batch: Batch, contracts: Contracts, *, rows: float, share: float) -> pl.DataFrame:
    """Nearly all values are round numbers, also those of the base year, which should be measured."""
    values = (
        batch.observations.select("file", "indicator", "year", "value", "usable")
        .filter("usable")
        .join(
            _whole(batch, contracts).filter(pl.col("measure") != "count").select("file", "indicator"),
            on=["file", "indicator"],
            how="semi",
            maintain_order="left",
        )
    )
    base = pl.col("year") == contracts.round.base_year
    found = (
        values.with_columns(round=_is_round(pl.col("value")))
        .group_by("file", maintain_order=True)
        .agg(
            rows=pl.len(),
            bases=base.sum(),
            part=pl.col("round").mean(),
            base=pl.col("round").filter(base).mean(),
        )
        .filter((pl.col("bases") >= rows) & (pl.col("part") >= share) & (pl.col("base") >= share))
        .select("file", detail=pl.format("{}%", format_numbers((pl.col("base") * 100).round(0))))
    )
    return _counted_files(batch).join(found, on="file", how="inner", validate="1:1", maintain_order="left")


def copy_formula(batch: Batch, contracts: Contracts, *, rows: float, share: float) -> pl.DataFrame:
    """The targets of most rows are the base values times one factor, or plus one number."""
    paths = _whole(batch, contracts).filter((pl.col("wanted") != "any") & (value(0) > 0) & (value(0) != value(1)))
    # Error of the change from rounding to the printed digits.
    blur = pl.max_horizontal(0.004, 0.6 * 10.0 ** -decimals(value(1)) / value(0)).clip(0, 0.01)
    change = (value(1) / value(0) - 1).abs()
    step = (value(1) - value(0)).abs()
    changes = paths.with_columns(change=change, blur=blur, step=pl.when(pl.col("unit") == "%").then(step))
    middle = changes.with_columns(
        usual=pl.col("change").median().over("file"), usual_step=pl.col("step").median().over("file")
    )
    found = (
        middle.group_by("file", maintain_order=True)
        .agg(
            rows=pl.len(),
            factor=((pl.col("change") - pl.col("usual")).abs() <= pl.col("blur")).sum(),
            addition=((pl.col("step") - pl.col("usual_step")).abs() < 0.051).sum(),
            shares=pl.col("step").count(),
            usual=pl.col("usual").first(),
            usual_step=pl.col("usual_step").first(),
        )
        .with_columns(
            by_factor=(pl.col("factor") >= rows) & (pl.col("factor") >= pl.col("rows") * share),
            by_addition=(pl.col("addition") >= rows) & (pl.col("addition") >= pl.col("shares") * share),
        )
        .filter(pl.col("by_factor") | pl.col("by_addition"))
        .select(
            "file",
            detail=pl.when("by_factor")
            .then(pl.format("{}项指标均比基期变化约{}%", "factor", format_numbers((pl.col("usual") * 100).round(1))))
            .otherwise(
                pl.format("{}项指标均比基期变化约{}个百分点", "addition", format_numbers(pl.col("usual_step").round(1)))
            ),
        )
    )
    return _counted_files(batch).join(found, on="file", how="inner", validate="1:1", maintain_order="left")


def _counted_files(batch: Batch) -> pl.DataFrame:
    """Return the files that count without `detail`, which is about unreadable files."""
    return batch.counted.drop("detail")


def _whole(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Return paths with a usable value in every year."""
    paths = usable_paths(batch, contracts)
    return paths.filter(pl.all_horizontal(value(i).is_not_null() for i in range(len(contracts.round.years))))


def _digits(number: pl.Expr) -> pl.Expr:
    """Count the significant digits of the formatted numbers."""
    return format_numbers(number).str.replace_all(r"[.,-]", "").str.strip_chars("0").str.len_chars()


def _is_round(number: pl.Expr) -> pl.Expr:
    """Return whether a number is a multiple of five or has one significant digit."""
    return (number % 5 == 0) | (_digits(number) <= 1)
