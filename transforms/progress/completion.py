"""Completion by indicator: how many pilots met their target, of how many judged, and sums over the same pilots."""

from dataclasses import dataclass

import polars as pl

from contracts.load import Contracts
from transforms.aggregation.statistics import is_additive

_COUNTS = {
    **{name: (pl.col("state") == name).sum().cast(pl.Int64) for name in ("met", "missed", "unjudged")},
    "explained": ((pl.col("state") == "missed") & pl.col("explanation").is_not_null()).sum().cast(pl.Int64),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many due targets are in each state, and how many of the missed ones are explained."""

    met: int = 0
    missed: int = 0
    unjudged: int = 0
    explained: int = 0

    @property
    def judged(self) -> int:
        """Targets that could be judged."""
        return self.met + self.missed

    @property
    def total(self) -> int:
        """All due targets."""
        return self.judged + self.unjudged


def tallies(achieved: pl.DataFrame, *by: str) -> dict[tuple[str, ...], Tally]:
    """Count the states of all targets by columns, of every indicator and due year; () is the key without columns."""
    counted = achieved.group_by(pl.lit(0), *by).agg(**_COUNTS)
    return {row[1 : 1 + len(by)]: Tally(*row[1 + len(by) :]) for row in counted.iter_rows()}


def completion(achieved: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Count the states of each indicator and due year.

    Args:
        achieved: columns `ACHIEVEMENT`, of a province or of the nation.
        contracts: of the round.

    Returns:
        `kind, indicator, year, unit, judged, met, missed, unjudged, explained, rate` (median), and for additive
        quantities `n, base, target, actual`: sums over the pilots that have all three. In the order of the tables.
    """
    order = {row.code: at for at, row in enumerate(contracts.indicators.values())}
    whole = pl.all_horizontal(pl.col(name).is_not_null() for name in ("base", "target", "actual"))
    summed = whole & is_additive(contracts)
    return (
        achieved.with_columns(summed=summed.fill_null(value=False))
        .group_by("kind", "indicator", "year", "unit", maintain_order=True)
        .agg(
            **_COUNTS,
            rate=pl.col("rate").median(),
            n=pl.col("summed").sum().cast(pl.Int64),
            **{name: pl.col(name).filter("summed").sort().sum() for name in ("base", "target", "actual")},
        )
        .with_columns(judged=pl.col("met") + pl.col("missed"))
        .with_columns(pl.when(pl.col("n") > 0).then(pl.col(name)).alias(name) for name in ("base", "target", "actual"))
        .sort("kind", pl.col("indicator").replace_strict(order, return_dtype=pl.Int64), "year", "unit")
    )
