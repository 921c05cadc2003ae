"""What the accepted submissions of a plan round state, for the progress rounds that assess it."""

import polars as pl

from contracts.schemas.submitted import ACCEPTED_PLANS
from transforms.judging.apply_rules import JudgedBatch


def accepted_plans(judged: JudgedBatch) -> pl.DataFrame:
    """Select the observations of the guide's indicators in the accepted files of a round, columns `ACCEPTED_PLANS`."""
    return (
        judged.batch.observations.join(judged.accepted.select("file"), on="file", how="semi", maintain_order="left")
        .filter(~pl.col("indicator").str.starts_with("X-") & ~pl.col("twice"))
        .select(list(ACCEPTED_PLANS))
    )
