"""Counts by province against the quota: the frame `provinces`."""

import polars as pl

from contracts.load import Contracts
from contracts.schemas.published import Provinces, columns_of
from transforms.judging.apply_rules import JudgedBatch
from transforms.rules.submissions.quota import quota_frame


def summarise_provinces(judged: JudgedBatch, contracts: Contracts) -> pl.DataFrame:
    """Return one row per province, columns of `Provinces`; those without a quota come last."""
    files = judged.batch.files
    accepted = judged.accepted
    sent = (
        files.filter(pl.col("province").is_not_null())
        .group_by("province", maintain_order=True)
        .agg(submitted=pl.coalesce("pilot", "file").n_unique().cast(pl.Int64))
    )
    counts = accepted.group_by("province").agg(
        accepted=pl.len().cast(pl.Int64),
        cities=(pl.col("kind") == "city").sum().cast(pl.Int64),
        parks=(pl.col("kind") == "park").sum().cast(pl.Int64),
    )
    found = judged.findings.group_by("province").agg(
        (pl.col("severity") == severity).sum().cast(pl.Int64).alias(f"{severity}s")
        for severity in ("blocker", "error", "warning")
    )
    quotas = quota_frame(contracts)
    others = sent.join(quotas, on="province", how="anti", maintain_order="left").sort("province")
    both = pl.concat([quotas, others.select("province", quota=pl.lit(None, pl.Int64))])
    for part in (sent, counts, found):
        both = both.join(part, on="province", how="left", validate="1:1", maintain_order="left")
    nothing = pl.col("submitted") == 0
    tally = [pl.when(~nothing).then(pl.col(name).fill_null(0)).alias(name) for name in ("accepted", "cities", "parks")]
    return (
        both.with_columns(pl.col("submitted", "blockers", "errors", "warnings").fill_null(0))
        .with_columns(tally)
        .with_columns(round=pl.lit(contracts.round.round), quota_status=_quota_status())
        .select(list(columns_of(Provinces)))
    )


def _quota_status() -> pl.Expr:
    accepted = pl.col("accepted").fill_null(0)
    return (
        pl.when(pl.col("quota").is_null())
        .then(pl.lit("not_listed"))
        .when(accepted < pl.col("quota"))
        .then(pl.lit("under"))
        .when(accepted > pl.col("quota"))
        .then(pl.lit("over"))
        .otherwise(pl.lit("met"))
    )
