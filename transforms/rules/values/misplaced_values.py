"""Rules about misplaced values: exchanged year columns, a shifted column, a value filled down, exchanged rows.

They use every number of a table, also doubtful ones, because a shifted column breaks many other rules.
"""

from collections.abc import Callable, Iterable
from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import IN_GUIDE, Batch, once_per_batch
from transforms.judging.time_series import (
    NEEDED,
    at_cells,
    build_paths,
    deviation,
    misfit,
    on_scale,
    value,
    with_peers,
    with_plans,
)

_ALL = pl.col("value").is_not_null() & pl.col("unit").is_not_null() & ~pl.col("twice")


def column_swapped(batch: Batch, contracts: Contracts, *, rows: float, was: float, would: float) -> pl.DataFrame:
    """Two year columns are exchanged: most rows change in the wrong direction, and in the right one after swapping."""
    years = contracts.round.required_years
    paths = _paths(batch, contracts).filter(pl.col("wanted") != "any")
    found = []
    for first, second in [*pairwise(range(len(years))), (0, len(years) - 1)]:
        order = list(range(len(years)))
        order[first], order[second] = second, first
        found.append(
            paths.with_columns(was=_goes_as_wanted(range(len(years))), would=_goes_as_wanted(order))
            .group_by("file", maintain_order=True)
            .agg(rows=pl.col("was").count(), was=pl.col("was").mean(), would=pl.col("would").mean())
            .with_columns(year=pl.lit(years[second], pl.Int64), other=pl.lit(years[first], pl.Int64))
        )
    best = (
        pl.concat(found)
        .filter((pl.col("rows") >= rows) & (pl.col("was") <= was) & (pl.col("would") >= would))
        .sort("would", descending=True, maintain_order=True)
        .unique("file", keep="first", maintain_order=True)
    )
    both = pl.concat([best, best.with_columns(year="other", other="year")]).select("file", "year", "other")
    cells = batch.observations.join(both, on=["file", "year"], how="inner", validate="m:1", maintain_order="left")
    return cells.filter(IN_GUIDE).with_columns(
        detail=pl.col("other").cast(pl.String), silent=pl.col("year") < pl.col("other")
    )


def column_shifted(
    batch: Batch, contracts: Contracts, *, gain: float, left: float, rows: float, share: float
) -> pl.DataFrame:
    """In one year's column the values of several rows are one row too low or too high."""
    paths = _with_bad_rows(_paths(batch, contracts), contracts, gain, rows)
    if paths.is_empty():
        return paths
    tried = pl.concat(
        paths.with_columns(
            value(place).shift(step).over("file"), year=pl.lit(year, pl.Int64), detail=pl.lit(direction), step=step
        ).with_columns(moved=value(place).is_not_null())
        for place, year in enumerate(contracts.round.required_years)
        for step, direction in ((-1, "上"), (1, "下"))
    )
    column = ["file", "year", "detail"]
    lines = tried.with_columns(fits=misfit(contracts) <= left)
    lines = lines.with_columns(run=(pl.col("fits") & pl.col("moved")).rle_id().over(column))
    bad, run = pl.col("bad"), [*column, "run"]
    # From the first clearly wrong row to the last, and the next one, which holds its value.
    inside = bad.cum_max().over(run) & bad.cum_max(reverse=True).over(run)
    bads = bad.sum().over(run)
    enough = (bads >= rows) & (bads >= inside.sum().over(run) * share)
    lines = lines.with_columns(taken=pl.col("fits") & inside & enough, bads=bads)
    taken = pl.col("taken")
    after = pl.when(pl.col("step") < 0).then(taken.shift(1).over(column)).otherwise(taken.shift(-1).over(column))
    return _report_runs(_in_runs(lines, taken | after), batch)


def value_dragged(batch: Batch, contracts: Contracts, *, gain: float, rows: float, bad: float) -> pl.DataFrame:
    """One value was filled down over several rows: the same text in each, implausible in some."""
    paths = _with_bad_rows(_paths(batch, contracts), contracts, gain, bad)
    if paths.is_empty():
        return paths
    found = []
    for place, year in enumerate(contracts.round.required_years):
        raw = pl.col(f"raw{place}")
        # The value belongs to the first row; the rows after it repeat it.
        same = (raw == raw.shift().over("file")).fill_null(value=False)
        lines = paths.with_columns(same=same, run=same.rle_id().over("file"))
        bads, length = pl.col("bad").sum().over("file", "run"), pl.len().over("file", "run")
        taken = pl.col("same") & (length >= rows) & (bads >= bad)
        lines = lines.with_columns(bads=bads, year=pl.lit(year, pl.Int64), detail=pl.lit(""))
        found.append(_in_runs(lines, taken))
    return _report_runs(pl.concat(found), batch)


def row_swapped(batch: Batch, contracts: Contracts, *, each: float, gain: float, left: float) -> pl.DataFrame:
    """Two neighbouring rows are exchanged: both are far from their peers, and close after swapping."""
    paths = _paths(batch, contracts)
    following = (pl.col("file").shift(-1) == pl.col("file")) & on_scale(value(0)).is_not_null()
    odd = (pl.col("was") >= each).sum().over("file")
    paths = paths.with_columns(was=_oddness(contracts)).filter(odd > 1)
    if paths.is_empty():
        return paths
    rows = paths.with_columns(
        with_below=_oddness(contracts, lambda i: value(i).shift(-1)),
        with_above=_oddness(contracts, lambda i: value(i).shift(1)),
    ).with_columns(
        before=pl.col("was") + pl.col("was").shift(-1), after=pl.col("with_below") + pl.col("with_above").shift(-1)
    )
    found = (
        rows.with_columns(partner=pl.col("indicator").shift(-1))
        .filter(
            following
            & (pl.min_horizontal("was", pl.col("was").shift(-1)) >= each)
            & (pl.col("before") - pl.col("after") >= gain)
            & (pl.col("after") <= left)
        )
        .sort(pl.col("after") - pl.col("before"), maintain_order=True)
        .select("file", "indicator", "partner")
    )
    names = {row.code: row.name for row in contracts.indicators.values()}
    first = found.select("file", "indicator", detail=pl.col("partner").replace_strict(names, default=None))
    second = found.select("file", indicator="partner", detail=pl.lit(None, pl.String))
    both = pl.concat([first, second]).unique(["file", "indicator"], keep="first", maintain_order=True)
    years = pl.DataFrame({"year": list(contracts.round.years)}, schema={"year": pl.Int64})
    cells = at_cells(both.join(years, how="cross"), batch).filter(_ALL)
    return cells.with_columns(
        silent=pl.col("detail").is_null() | (pl.col("year") > pl.col("year").min().over("file", "indicator"))
    )


@once_per_batch
def _paths(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    in_round = pl.col("year").is_in(contracts.round.years)
    rows = batch.observations.select(*NEEDED, "twice").filter(_ALL & in_round)
    rows = with_plans(rows.join(batch.of_own_kind, on="file", how="semi", maintain_order="left"), batch, contracts)
    return with_peers(build_paths(rows, contracts), batch, contracts).sort("file", "line", maintain_order=True)


def _with_bad_rows(paths: pl.DataFrame, contracts: Contracts, gain: float, least: float) -> pl.DataFrame:
    """Add `bad`, whether a path is implausible by `gain` or more, and select the files with at least so many."""
    return paths.with_columns(bad=misfit(contracts) >= gain).filter(pl.col("bad").sum().over("file") >= least)


def _goes_as_wanted(places: Iterable[int]) -> pl.Expr:
    """Return whether the path changes only in its wanted direction in this order of years; null if constant."""
    sign = pl.when(pl.col("wanted") == "down").then(-1).otherwise(1)
    steps = [(value(later) - value(earlier)) * sign for earlier, later in pairwise(places)]
    flat = pl.all_horizontal(*(step == 0 for step in steps))
    return pl.when(~flat).then(pl.all_horizontal(*(step >= 0 for step in steps)))


def _in_runs(rows: pl.DataFrame, taken: pl.Expr) -> pl.DataFrame:
    """Select the taken rows of each file, `year` and `detail`, and number the runs of them."""
    return (
        rows.with_columns(taken=taken.fill_null(value=False))
        .with_columns(run=pl.col("taken").rle_id().over("file", "year", "detail"))
        .filter("taken")
        .select("file", "indicator", "line", "run", "bads", "year", "detail")
    )


def _report_runs(found: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """Report each run at its first cell; of overlapping runs the one with more wrong rows."""
    run = ["file", "year", "run", "detail"]
    chosen = (
        found.with_columns(pl.col("bads").max().over(run))
        .sort("bads", descending=True, maintain_order=True)
        .unique(["file", "indicator", "year"], keep="first", maintain_order=True)
        .sort("file", "line", maintain_order=True)
        .with_columns(
            expected=pl.len().over(run).cast(pl.String), silent=pl.col("line") > pl.col("line").min().over(run)
        )
    )
    return at_cells(chosen.select("file", "indicator", "year", "detail", "silent", "expected"), batch)


def _oddness(contracts: Contracts, values: Callable[[int], pl.Expr] = value) -> pl.Expr:
    """Score how implausible a row's values are: mean squared deviation from the peers, and misfit."""
    squares = [deviation(i, values(i)).clip(-6, 6) ** 2 / 2 for i in range(len(contracts.round.years))]
    return pl.mean_horizontal(*squares).fill_null(0) * 1.5 + 3 * misfit(contracts, values)
