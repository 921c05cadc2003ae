"""Rules against the peers (pilots of one kind): median and median absolute deviation; not evaluated below eight."""

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.findings import format_numbers, not_evaluated
from transforms.judging.time_series import ENOUGH_PEERS, at_cells, deviation, usable_paths, with_peers

_KINDS = {"city": "城市", "park": "园区"}


def peer_level(batch: Batch, contracts: Contracts, *, deviations: float, every: float) -> pl.DataFrame:
    """A row is far from the peers in each of its years: reported in the year with the largest deviation."""
    paths = with_peers(usable_paths(batch, contracts).filter(~pl.col("natural")), batch, contracts)
    years = contracts.round.years
    least = pl.min_horizontal(deviation(i).abs() for i in range(len(years)))
    cells = pl.concat(
        paths.filter(least >= every).select(
            "file", "indicator", year=pl.lit(year, pl.Int64), off=deviation(i).abs() / deviations, peers=f"peers{i}"
        )
        for i, year in enumerate(contracts.round.required_years)
    )
    far = cells.filter(pl.col("off") >= 1).sort("off", descending=True, maintain_order=True)
    keys = ["kind", "indicator", "unit", "year"]
    usable = batch.observations.select(*keys, "value", "usable").filter("usable")
    medians = usable.group_by(keys).agg(median=pl.col("value").median())
    rows = at_cells(far.unique(["file", "indicator"], keep="first", maintain_order=True), batch).join(
        medians, on=keys, how="left", validate="m:1", maintain_order="left"
    )
    rows = rows.with_columns(
        expected=pl.format("中位数{}{}", format_numbers(pl.col("median")), "unit"), detail=pl.format("n={}", "peers")
    )
    return pl.concat([rows, _too_few(paths)], how="diagonal")


def _too_few(paths: pl.DataFrame) -> pl.DataFrame:
    """Return one row with status `not_evaluated` that names the kinds with too few peers, if any."""
    few = paths.group_by("kind").agg(n=pl.col("file").n_unique()).filter(pl.col("n") < ENOUGH_PEERS).sort("kind")
    said = [f"{_KINDS[kind]}试点只有{n}个，少于{ENOUGH_PEERS}个" for kind, n in few.select("kind", "n").iter_rows()]
    return not_evaluated(["；".join(said)] if said else [])
