"""The rules, one function each, named after its id; what Tables 1 and 2 demand of a cell: see `contracts.submitted`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import polars as pl

from contracts.load import Contracts
from contracts.models import COUNTABLE
from contracts.submitted import submitted_tables
from contracts.validate import split
from transforms.batch import Batch
from transforms.findings import as_context, describe
from transforms.judge import completeness, direction, files, quota, relations, tables, values

RuleFunction = Callable[[Batch, Contracts], pl.DataFrame]

FILE_RULES: tuple[RuleFunction, ...] = (
    files.file_unreadable,
    files.file_encrypted,
    files.file_macro,
    files.file_odd,
    files.file_no_table,
    files.file_unidentified,
    files.file_identity,
    files.file_identical,
    files.submission_conflict,
    files.submission_shared,
    files.submission_decided,
    files.submission_superseded,
    tables.table_kind,
    tables.table_rivals,
    tables.table_unread,
    tables.table_hidden,
    tables.table_year_missing,
    tables.table_row_twice,
    completeness.complete_base,
    completeness.complete_target,
    completeness.complete_left_out,
)
# These look only at values that nothing else is wrong with.
VALUE_RULES: tuple[RuleFunction, ...] = (
    direction.direction_base,
    direction.direction_later,
    relations.relation_carbon,
    relations.relation_part,
)
# These speak of the round as a whole, and need to know who is kept out.
ROUND_RULES: tuple[RuleFunction, ...] = (
    files.submission_obsolete,
    quota.roster_unknown,
    quota.roster_missing,
    quota.quota_province,
    quota.quota_under,
    quota.quota_over,
)


@dataclass(frozen=True)
class Judged:
    """What a batch is worth.

    Attributes:
        batch: with `usable` set in its observations.
        findings: columns of `contracts.models.Findings`.
        blocked: files that a blocker keeps out of every aggregate.
        crashed: a line for every rule that could not run: the run is not complete.
    """

    batch: Batch
    findings: pl.DataFrame
    blocked: frozenset[str]
    crashed: tuple[str, ...] = ()


def judge(
    batch: Batch,
    contracts: Contracts,
    *,
    file_rules: Iterable[RuleFunction] = FILE_RULES,
    value_rules: Iterable[RuleFunction] = VALUE_RULES,
    round_rules: Iterable[RuleFunction] | None = ROUND_RULES,
) -> Judged:
    """Apply every rule to the whole batch at once.

    Args:
        batch: everything received.
        contracts: the round's.
        file_rules: applied first.
        value_rules: applied to what is left.
        round_rules: applied last; None for a single workbook, which says nothing about the round.
    """
    crashed: list[str] = []
    readable = _judged(batch)
    _, failed = split(readable, submitted_tables(contracts))
    stopped = failed.filter(pl.col("file").is_null())["rule"].to_list()
    rows = [values.expect(failed.filter(pl.col("file").is_not_null()), contracts)]
    rows += [_crash(rule, "检查本身出错", crashed) for rule in stopped]
    rows += [_run(rule, batch, contracts, crashed) for rule in file_rules]
    found = pl.concat(rows)
    blocked = _blocked(found, contracts)
    usable = replace(batch, observations=_mark_usable(batch, found, blocked, contracts))
    rows = [_run(rule, usable, contracts, crashed) for rule in value_rules]
    if round_rules is not None:
        rows += [_run(rule, quota.accepted_only(usable, blocked), contracts, crashed) for rule in round_rules]
    findings = describe(pl.concat([found, *rows]), contracts)
    return Judged(usable, findings, frozenset(blocked), tuple(crashed))


def _judged(batch: Batch) -> pl.DataFrame:
    """Observations of the files that count, if they fill in the right table."""
    right = batch.counted.filter(pl.col("kind") == pl.col("table_kind")).select("file")
    return batch.observations.join(right, on="file", how="semi", maintain_order="left")


def _run(rule: RuleFunction, batch: Batch, contracts: Contracts, crashed: list[str]) -> pl.DataFrame:
    name = rule.__name__.replace("_", "-").upper()
    try:
        return as_context(rule(batch, contracts), name)
    except Exception as error:
        return _crash(name, f"{type(error).__name__}: {error}", crashed)


def _crash(rule: str, reason: str, crashed: list[str]) -> pl.DataFrame:
    crashed.append(f"{rule}: {reason}")
    return as_context(pl.DataFrame({"rule": [rule], "status": ["not_evaluated"], "detail": [reason]}))


def _blocked(found: pl.DataFrame, contracts: Contracts) -> set[str]:
    blockers = [rule.id for rule in contracts.rules.values() if rule.severity == "blocker"]
    return set(found.filter(pl.col("rule").is_in(blockers) & pl.col("file").is_not_null())["file"])


def _mark_usable(batch: Batch, found: pl.DataFrame, blocked: set[str], contracts: Contracts) -> pl.DataFrame:
    """Set `usable`: a number that counts, in this round, that no finding of an excluding rule points to."""
    by_cell = [rule.id for rule in contracts.rules.values() if rule.excludes and rule.at == "value"]
    by_row = [rule.id for rule in contracts.rules.values() if rule.excludes and rule.at in {"label", "unit"}]
    by_year = [rule.id for rule in contracts.rules.values() if rule.excludes and rule.at == "year"]
    place = ["file", "indicator", "year"]
    rows = batch.observations.with_row_index("position")
    cells = rows.join(found.filter(pl.col("rule").is_in(by_cell)), on=place, how="semi")
    column = rows.join(found.filter(pl.col("rule").is_in(by_year)), on=["file", "year"], how="semi")
    whole = rows.join(found.filter(pl.col("rule").is_in(by_row)), on=place[:2], how="semi")
    counted = batch.counted.filter(~pl.col("file").is_in(blocked))
    usable = (
        pl.col("value").is_finite()
        & pl.col("unit").is_not_null()
        & pl.col("qualifier").is_in(COUNTABLE)
        & pl.col("year").is_in(contracts.round.years)
        & ~pl.col("indicator").str.starts_with("X-")
        & pl.col("file").is_in(counted["file"].to_list())
        & ~pl.col("position").is_in(pl.concat([cells["position"], whole["position"], column["position"]]).to_list())
    )
    return rows.with_columns(usable=usable.fill_null(value=False)).drop("position")
