"""Rules about the way a target goes. They look only at usable values, so that a unit slip is not told a second time."""

from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.findings import number_text

_DOWN, _UP = "随时间下降", "随时间上升"


def direction_base(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A target is worse than the base value. Where both targets are, the first one stands for both."""
    rows = _against(batch, contracts, contracts.round.base_year)
    return rows.filter(pl.col("worse")).unique(["file", "indicator"], keep="first", maintain_order=True)


def direction_later(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A later target is weaker than an earlier one, though not worse than the base value."""
    known = direction_base(batch, contracts).select("file", "indicator")
    rows = [
        _against(batch, contracts, earlier).filter(pl.col("year") == later)
        for earlier, later in pairwise(contracts.round.target_years)
    ]
    return (
        pl.concat(rows).filter(pl.col("worse")).join(known, on=["file", "indicator"], how="anti", maintain_order="left")
    )


def _against(batch: Batch, contracts: Contracts, year: int) -> pl.DataFrame:
    """Usable values after a year beside the value of that year, with `worse`."""
    wanted = {
        row.code: row.wanted for table in contracts.tables.values() for row in table.indicators if row.wanted != "any"
    }
    rows = batch.observations.filter(pl.col("usable") & pl.col("indicator").is_in(list(wanted)))
    before = rows.filter(pl.col("year") == year).select("file", "indicator", "unit", earlier="value")
    down = pl.col("indicator").replace_strict(wanted, default=None) == "down"
    rise = pl.col("value") - pl.col("earlier")
    tolerance = pl.col("earlier").abs() * 1e-9
    return (
        rows.filter(pl.col("year") > year)
        .join(before, on=["file", "indicator", "unit"], how="inner", validate="m:1", maintain_order="left")
        .sort("file", "indicator", "year", maintain_order=True)
        .with_columns(
            worse=pl.when(down).then(rise > tolerance).otherwise(rise < -tolerance),
            expected=pl.when(down).then(pl.lit(_DOWN)).otherwise(pl.lit(_UP)),
            detail=pl.format(
                " {} 年的 {} {}",
                pl.lit(year),
                pl.col("earlier").map_elements(number_text, return_dtype=pl.String),
                "unit",
            ),
        )
    )
