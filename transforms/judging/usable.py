"""Mark the values that may enter an aggregate: countable numbers of the round without an excluding finding."""

from dataclasses import replace

import polars as pl

from contracts.load import Contracts
from contracts.rules import At
from contracts.schemas.published import COUNTABLE
from transforms.batch import IN_GUIDE, Batch
from transforms.plans.compare import COMPARED, VERDICTS, WORKBOOK

# Columns that identify the values that a finding covers, by `at` of its rule.
COVERED: dict[At, list[str]] = {
    "value": ["file", "indicator", "year"],
    "label": ["file", "indicator"],
    "unit": ["file", "indicator"],
    "year": ["file", "year"],
    "file": ["file"],
}
_VALUE = ["province", "pilot", "indicator"]


def mark_usable(batch: Batch, found: pl.DataFrame, contracts: Contracts) -> Batch:
    """Set `usable` according to the rows found so far.

    Args:
        batch: everything received.
        found: columns of `transforms.judging.findings.CONTEXT`.
        contracts: of the round; `excludes` and `severity` of the rules are used.
    """
    rows = batch.observations.with_row_index("position")
    doubtful = [
        rows.select("position", *keys).join(_excluding(found, contracts, at), on=keys, how="semi")["position"]
        for at, keys in COVERED.items()
    ]
    counted = batch.counted.filter(~pl.col("file").is_in(sorted(blocked_files(found, contracts))))
    usable = (
        pl.col("value").is_finite()
        & pl.col("unit").is_not_null()
        & pl.col("qualifier").is_in(COUNTABLE)
        & pl.col("year").is_in(contracts.round.required_years)
        & IN_GUIDE
        & pl.col("file").is_in(counted["file"].to_list())
        & ~pl.col("position").is_in(pl.concat(doubtful).to_list())
    )
    return replace(batch, observations=rows.with_columns(usable=usable.fill_null(value=False)).drop("position"))


def withhold_doubtful(batch: Batch, blocked: frozenset[str], contracts: Contracts) -> Batch:
    """Withdraw each comparison of a plan's prose with a value of the workbook that is in doubt, as target or as base.

    Args:
        batch: with `usable` set by all rules about values.
        blocked: files with a blocker, whose values may be right.
        contracts: of the round.
    """
    number = pl.col("value").is_not_null() & pl.col("unit").is_not_null() & IN_GUIDE
    number &= pl.col("year").is_in(contracts.round.years)
    counted = batch.counted.filter(~pl.col("file").is_in(sorted(blocked)))["file"].to_list()
    doubtful = batch.observations.filter(number & ~pl.col("usable") & pl.col("file").is_in(counted))
    claims = batch.plans.claims.with_row_index("position")
    compared = claims.filter(pl.col("verdict").is_in(COMPARED) & (pl.col("origin") == WORKBOOK))
    at = [
        compared.join(doubtful, left_on=[*_VALUE, year], right_on=[*_VALUE, "year"], how="semi")["position"]
        for year in ("year", "base_year")
    ]
    withheld = pl.col("position").is_in(pl.concat(at).to_list())
    claims = claims.with_columns(
        verdict=pl.when(withheld).then(pl.lit("doubtful")).otherwise("verdict"),
        reason=pl.when(withheld).then(pl.lit(VERDICTS["doubtful"])).otherwise("reason"),
    )
    return replace(batch, plans=replace(batch.plans, claims=claims.drop("position")))


def blocked_files(found: pl.DataFrame, contracts: Contracts) -> frozenset[str]:
    """Return the files with a blocker."""
    blockers = [rule.id for rule in contracts.rules.values() if rule.severity == "blocker"]
    return frozenset(found.filter(pl.col("rule").is_in(blockers) & pl.col("file").is_not_null())["file"])


def _excluding(found: pl.DataFrame, contracts: Contracts, at: At) -> pl.DataFrame:
    rules = [rule.id for rule in contracts.rules.values() if rule.excludes and rule.at == at]
    return found.filter(pl.col("rule").is_in(rules) & (pl.col("status").fill_null("failed") == "failed"))
