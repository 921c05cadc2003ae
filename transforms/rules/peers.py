"""Rules against the peers (pilots of one kind): median and median absolute deviation; not evaluated below eight."""

from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.findings import format_numbers, not_evaluated
from transforms.judging.time_series import ENOUGH_PEERS, at_cells, deviation, on_scale, usable_paths, value, with_peers

_KINDS = {"city": "城市", "park": "园区"}


def peer_level(batch: Batch, contracts: Contracts, *, deviations: float, every: float) -> pl.DataFrame:
    """A row is far from the peers in each of its years: reported in the year with the largest deviation."""
    paths = _paths(batch, contracts)
    places = range(len(contracts.round.years))
    least = pl.min_horizontal(deviation(i).abs() for i in places)
    cells = pl.concat(
        paths.filter(least >= every).select(
            "file", "indicator", year=pl.lit(year, pl.Int64), off=deviation(i).abs(), peers=f"peers{i}"
        )
        for i, year in enumerate(contracts.round.years)
    )
    far = _worst(cells.filter(pl.col("off") >= deviations))
    rows = at_cells(far, batch).join(
        _medians(batch), on=["kind", "indicator", "unit", "year"], how="left", validate="m:1", maintain_order="left"
    )
    rows = rows.with_columns(
        expected=pl.format("中位数{}{}", format_numbers(pl.col("median")), "unit"),
        detail=pl.format("n={}", "peers"),
        off=pl.col("off") / deviations,
    )
    return pl.concat([rows, _too_few(paths)], how="diagonal")


def peer_change(batch: Batch, contracts: Contracts, *, least: float, deviations: float) -> pl.DataFrame:
    """The change between two years is much larger or smaller than that of the peers."""
    years = contracts.round.years
    paths = _paths(batch, contracts)
    found = []
    for (i, earlier), (j, later) in pairwise(enumerate(years)):
        step = on_scale(value(j)) - on_scale(value(i))
        usual = ((pl.col("fast") - pl.col("slow")) * (later - earlier) * least).fill_null(0.2)
        off = (step - pl.col(f"step{i}")).abs() / pl.max_horizontal(f"swing{i}", usual)
        found.append(
            paths.select(
                "file",
                "indicator",
                year=pl.lit(later, pl.Int64),
                off=off,
                detail=pl.format("{}年的{}{}", pl.lit(earlier), format_numbers(value(i)), "unit"),
                peers=f"peers{i}",
            ).filter(pl.col("off") >= deviations)
        )
    far = _worst(pl.concat(found)).with_columns(expected=pl.format("n={}", "peers"), off=pl.col("off") / deviations)
    rows = at_cells(far, batch)
    return pl.concat([rows, _too_few(paths)], how="diagonal")


def _paths(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    return with_peers(usable_paths(batch, contracts).filter(~pl.col("natural")), batch, contracts)


def _worst(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.sort("off", descending=True, maintain_order=True).unique(
        ["file", "indicator"], keep="first", maintain_order=True
    )


def _medians(batch: Batch) -> pl.DataFrame:
    keys = ["kind", "indicator", "unit", "year"]
    usable = batch.observations.select(*keys, "value", "usable").filter("usable")
    return usable.group_by(keys).agg(median=pl.col("value").median())


def _too_few(paths: pl.DataFrame) -> pl.DataFrame:
    """Return one row with status `not_evaluated` that names the kinds with too few peers, if any."""
    few = paths.group_by("kind").agg(n=pl.col("file").n_unique()).filter(pl.col("n") < ENOUGH_PEERS).sort("kind")
    said = [f"{_KINDS[kind]}试点只有{n}个，少于{ENOUGH_PEERS}个" for kind, n in few.select("kind", "n").iter_rows()]
    return not_evaluated(["；".join(said)] if said else [])
