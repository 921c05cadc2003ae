"""Rules about quota and roster; they need the column `accepted` in the files of the batch."""

from dataclasses import replace

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.failures import FAILED


def accepted_only(batch: Batch, blocked: frozenset[str]) -> Batch:
    """Add `accepted` to the files: they count, have no blocker, and their pilot is not off the roster."""
    accepted = (pl.col("standing") == "counts") & ~pl.col("file").is_in(sorted(blocked)) & ~pl.col("off_roster")
    return replace(batch, files=batch.files.with_columns(accepted=accepted))


def quota_frame(contracts: Contracts) -> pl.DataFrame:
    """Return the quotas of the round, columns `province, quota`."""
    return pl.DataFrame(
        list(contracts.round.quotas.items()), schema={"province": pl.String, "quota": pl.Int64}, orient="row"
    )


def roster_unknown(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """The province has a quota, but the pilot is not on its roster (名单)."""
    return batch.counted.filter(pl.col("off_roster") & pl.col("province").is_in(list(contracts.round.quotas)))


def quota_province(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A province without a quota sent a submission (附件1)."""
    return (
        batch.counted.filter(~pl.col("province").is_in(list(contracts.round.quotas)) & bool(contracts.round.quotas))
        .group_by("province", maintain_order=True)
        .agg(detail="“" + pl.col("named").str.join("”“") + "”")
    )


def quota_under(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Fewer accepted pilots than places (附件1); names the missing, the unread and the blocked pilots."""
    who = ["province", "pilot"]
    without = _missing(batch, contracts)
    missing = _names(without.join(batch.ignored, on=who, how="anti", maintain_order="left"), "missing")
    kept_out = batch.files.filter(~pl.col("off_roster") & ~pl.col("accepted").any().over(who))
    failed = (pl.col("fault") == FAILED).any().over(who)
    unread = without.join(batch.ignored, on=who, how="semi", maintain_order="left").select(who)
    unread = _names(pl.concat([unread, kept_out.filter(failed).select(who)]).unique(maintain_order=True), "unread")
    out = _names(kept_out.filter(~failed).unique(who, maintain_order=True), "out")
    return (
        _counts(batch, contracts)
        .filter(pl.col("accepted") < pl.col("quota"))
        .join(missing, on="province", how="left", validate="1:1", maintain_order="left")
        .join(unread, on="province", how="left", validate="1:1", maintain_order="left")
        .join(out, on="province", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            detail=pl.concat_str(
                pl.format("{}个", "accepted"),
                pl.format("；未报送：{}", "missing"),
                pl.format("；报送的文件未能读取：{}", "unread"),
                pl.format("；被阻断：{}", "out"),
                ignore_nulls=True,
            )
        )
    )


def quota_over(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """More accepted pilots than places (附件1); names those that are not on the roster."""
    unknown = _names(batch.files.filter(pl.col("accepted") & ~pl.col("listed")), "unknown")
    return (
        _counts(batch, contracts)
        .filter(pl.col("accepted") > pl.col("quota"))
        .join(unknown, on="province", how="left", validate="1:1", maintain_order="left")
        .with_columns(
            detail=pl.concat_str(
                pl.format("{}个", "accepted"), pl.format("；不在名单中：{}", "unknown"), ignore_nulls=True
            )
        )
    )


def _counts(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Count accepted pilots of each province with a quota."""
    accepted = batch.files.filter(pl.col("accepted")).group_by("province").agg(accepted=pl.len().cast(pl.Int64))
    return (
        quota_frame(contracts)
        .join(accepted, on="province", how="left", validate="1:1", maintain_order="left")
        .with_columns(pl.col("accepted").fill_null(0), expected=pl.col("quota").cast(pl.String))
    )


def _missing(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Return the pilots of the roster without a workbook."""
    roster = pl.DataFrame(
        [(province, pilot.name, pilot.kind) for province, pilot in contracts.round.roster],
        schema={"province": pl.String, "pilot": pl.String, "kind": pl.String},
        orient="row",
    )
    return roster.join(batch.files, on=["province", "pilot"], how="anti", maintain_order="left")


def _names(pilots: pl.DataFrame, column: str) -> pl.DataFrame:
    return pilots.group_by("province", maintain_order=True).agg(pl.col("pilot").str.join("、").alias(column))
