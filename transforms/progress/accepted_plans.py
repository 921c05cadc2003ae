"""What the accepted submissions of a plan round state, for the progress rounds that assess it."""

import polars as pl

from contracts.load import Contracts
from contracts.schemas.published import COUNTABLE
from contracts.schemas.submitted import ACCEPTED_PLANS
from transforms.batch import IN_GUIDE, Batch, one_of_repeated
from transforms.intake.tables.project_lists import PROJECTS
from transforms.judging.apply_rules import JudgedBatch


def accepted_plans(judged: JudgedBatch) -> pl.DataFrame:
    """Select the observations of the guide's indicators in the accepted files of a round, columns `ACCEPTED_PLANS`."""
    rows = judged.batch.observations.join(judged.accepted.select("file"), on="file", how="semi", maintain_order="left")
    return one_of_repeated(rows.filter(IN_GUIDE)).select(list(ACCEPTED_PLANS))


def repeated_plan(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Select base values and targets that progress tables repeat, columns `ACCEPTED_PLANS`."""
    base = batch.observations.filter(pl.col("year") == contracts.round.base_year)
    rows = pl.concat([base, batch.restated]).filter(IN_GUIDE & ~pl.col("twice"))
    countable = pl.col("value").is_not_null() & pl.col("unit").is_not_null() & pl.col("qualifier").is_in(COUNTABLE)
    return rows.with_columns(usable=countable).select(list(ACCEPTED_PLANS))


def plan_of(judged: JudgedBatch, province: str, pilot: str) -> tuple[pl.DataFrame, list[str]]:
    """Select what is accepted of one pilot, columns `ACCEPTED_PLANS`, and the names of its projects."""
    who = (pl.col("province") == province) & (pl.col("pilot") == pilot)
    projects = judged.batch.plans.projects.filter(who & (pl.col("listed") == PROJECTS))
    return accepted_plans(judged).filter(who), projects["name"].to_list()
