"""Rules against the earlier version of the same pilot: changed, weakened and dropped values."""

from dataclasses import replace

import polars as pl

from contracts.load import Contracts
from transforms.batch import BLANK, IN_GUIDE, Batch
from transforms.intake.sender.version import Order, is_later, order_of
from transforms.judging.findings import format_numbers

_KEYS = ["province", "pilot", "indicator", "year"]


def earlier_versions(batch: Batch) -> Batch:
    """Return a batch of the version before the one that counts, of each pilot that has one."""
    files = batch.files.filter(pl.col("standing") == "superseded")
    of_sender: dict[tuple[str, str], list[Order]] = {}
    for *sender, version, day in files.select("province", "pilot", "version", "filled_on").iter_rows():
        of_sender.setdefault(tuple(sender), []).append(order_of(version, day))
    # Rank: number of the pilot's other versions that are earlier.
    ranks = [
        sum(is_later(order_of(version, day), other) for other in of_sender[tuple(sender)])
        for *sender, version, day in files.select("province", "pilot", "version", "filled_on").iter_rows()
    ]
    latest = (
        files.with_columns(rank=pl.Series(ranks, dtype=pl.Int64))
        .filter(pl.col("instead").is_in(batch.counted["file"].to_list()))
        .sort("rank", "file", descending=True)
        .unique(["province", "pilot"], keep="first", maintain_order=True)
        .sort("file")
        .drop("rank")
        .with_columns(standing=pl.lit("counts"))
    )
    rows = batch.observations.join(latest, on="file", how="semi", maintain_order="left")
    return Batch(latest, rows)


def beside_earlier(batch: Batch, earlier: Batch, doubted: pl.DataFrame) -> Batch:
    """Add the values of the earlier version to the observations: `was, was_raw, was_unit`, null without one.

    Args:
        batch: what counts.
        earlier: from `earlier_versions`.
        doubted: findings about the earlier versions; `was_doubted` is true if one points to the value.
    """
    serious = doubted.filter((pl.col("severity") != "info") & (pl.col("status") == "failed"))
    cells = serious.filter(pl.col("year").is_not_null()).select("file", "indicator", "year")
    rows = serious.filter(pl.col("year").is_null() & pl.col("indicator").is_not_null()).select("file", "indicator")
    before = earlier.observations.filter(~pl.col("twice"))
    in_doubt = pl.concat(
        [
            before.join(cells, on=["file", "indicator", "year"], how="semi").select(*_KEYS),
            before.join(rows, on=["file", "indicator"], how="semi").select(*_KEYS),
        ]
    ).unique(maintain_order=True)
    was = before.select(*_KEYS, was="value", was_raw="raw_value", was_unit="unit").join(
        in_doubt.with_columns(was_doubted=pl.lit(value=True)),
        on=_KEYS,
        how="left",
        validate="m:1",
        maintain_order="left",
    )
    rows_now = batch.observations.join(was, on=_KEYS, how="left", validate="m:1", maintain_order="left")
    return replace(batch, observations=rows_now.with_columns(pl.col("was_doubted").fill_null(value=False)))


def version_changes(batch: Batch) -> pl.DataFrame:
    """Count the differences from the earlier version of each pilot that has one, by raw text.

    Returns:
        Columns `province, pilot, version, version_was`, and how many values were `changed`, `given` anew, `removed`.
    """
    earlier = earlier_versions(batch)
    now = batch.observations.join(batch.counted, on="file", how="semi", maintain_order="left")
    who = ["province", "pilot"]
    added = IN_GUIDE & ~pl.col("twice")
    before = earlier.observations.filter(added).select(*_KEYS, was="raw_value")
    both = now.filter(added).select(*_KEYS, "raw_value").join(before, on=_KEYS, how="inner", validate="1:1")
    counts = both.group_by(who).agg(
        changed=(pl.col("raw_value") != pl.col("was")).fill_null(value=False).sum(),
        given=(pl.col("raw_value").is_not_null() & pl.col("was").is_null()).sum(),
        removed=(pl.col("raw_value").is_null() & pl.col("was").is_not_null()).sum(),
    )
    return (
        batch.counted.select(*who, "version")
        .join(earlier.files.select(*who, version_was="version"), on=who, how="inner", validate="1:1")
        .join(counts, on=who, how="inner", validate="1:1")
        .sort(who)
    )


def version_base(batch: Batch, contracts: Contracts, *, share: float) -> pl.DataFrame:
    """A base value differs from the earlier version, whose value was not doubtful."""
    rows = _both(batch).filter(pl.col("year") == contracts.round.base_year)
    change = (pl.col("value") - pl.col("was")).abs() / pl.col("was").abs().clip(1e-12)
    return rows.filter(_counts() & (change > share)).with_columns(off=change)


def version_weaker(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A target is weaker than in the earlier version, whose value was not doubtful."""
    wanted = {row.code: row.wanted for row in contracts.indicators.values() if row.wanted != "any"}
    rows = _both(batch).filter(pl.col("year").is_in(contracts.round.stated_years))
    sign = pl.col("indicator").replace_strict(
        {code: -1 if way == "down" else 1 for code, way in wanted.items()}, default=None, return_dtype=pl.Int8
    )
    fall = (pl.col("was") - pl.col("value")) * sign
    return rows.filter(_counts() & (fall > pl.col("was").abs() * 1e-9)).with_columns(
        off=fall / pl.col("was").abs().clip(1e-12)
    )


def version_dropped(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """An indicator of the earlier version has no value now, and no reason is given."""
    rows = _both(batch).filter(pl.col("year").is_in(contracts.round.years))
    return (
        rows.filter(BLANK.all().over("file", "indicator") & ~_explained())
        .unique(["file", "indicator"], keep="first", maintain_order=True)
        .with_columns(value=None)
    )


def version_silenced(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A value with a finding was removed or put into words instead of corrected, and no reason is given."""
    rows = _both(batch).filter(pl.col("year").is_in(contracts.round.years))
    return rows.filter(pl.col("value").is_null() & pl.col("was_doubted") & ~_explained())


def _both(batch: Batch) -> pl.DataFrame:
    """Select observations with an earlier value; add the indicators that the submission explains."""
    explained = batch.counted.select("file", "explained")
    return (
        batch.observations.filter(pl.col("was").is_not_null() & ~pl.col("twice"))
        .join(explained, on="file", how="inner", validate="m:1", maintain_order="left")
        .with_columns(detail=pl.format("“{}”（{}{}）", "was_raw", format_numbers(pl.col("was")), "was_unit"))
    )


def _counts() -> pl.Expr:
    """Return whether the value has the unit of the earlier one, which was not doubtful."""
    return pl.col("value").is_not_null() & (pl.col("unit") == pl.col("was_unit")) & ~pl.col("was_doubted")


def _explained() -> pl.Expr:
    return pl.col("explained").list.contains(pl.col("indicator"))
