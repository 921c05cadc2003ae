"""The rules, one function each, named after its id; what Tables 1 and 2 demand of a cell: see `contracts.submitted`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import polars as pl

from contracts.load import Contracts
from contracts.submitted import submitted_tables
from contracts.validate import split
from transforms.batch import Batch
from transforms.findings import CONTEXT, as_context, describe
from transforms.judge import (
    completeness,
    copies,
    files,
    mixups,
    national,
    peers,
    quota,
    relations,
    slips,
    tables,
    trajectory,
    values,
    versions,
)  # fmt: skip
from transforms.judge.stories import name_consequences, tell_once
from transforms.judge.usable import blocked_files, mark_usable

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
# These find values that could mean something else. One after the other: each sees what those before it left.
DOUBT_RULES: tuple[RuleFunction, ...] = (
    mixups.column_swapped,
    mixups.column_shifted,
    mixups.value_dragged,
    mixups.row_swapped,
    slips.unit_size,
    relations.relation_carbon,
)
# These look only at values that nothing else is wrong with.
VALUE_RULES: tuple[RuleFunction, ...] = (
    slips.value_implausible,
    trajectory.direction_increment,
    trajectory.direction_base,
    trajectory.direction_later,
    trajectory.target_flat,
    trajectory.pace_fast,
    trajectory.pace_slow,
    relations.relation_industry,
    relations.relation_trend,
    relations.relation_part,
    relations.relation_fleet,
    copies.copy_years,
    copies.copy_round,
    copies.copy_formula,
)
# These compare with the other submissions of the round and with the nation. They are for the reviewer: a submitter who
# checks a workbook should not be led to aim at them.
PEER_RULES: tuple[RuleFunction, ...] = (
    peers.peer_level,
    peers.peer_change,
    copies.copy_pilot,
    national.national_target,
    national.national_pace,
)
# These see the earlier version beside each value.
VERSION_RULES: tuple[RuleFunction, ...] = (
    versions.version_base,
    versions.version_weaker,
    versions.version_dropped,
    versions.version_silenced,
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
# What a doubtful value would break besides: named in its finding.
_CONSEQUENCES: tuple[RuleFunction, ...] = (
    relations.relation_carbon,
    relations.relation_industry,
    relations.relation_trend,
    relations.relation_part,
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


@dataclass
class _Docket:
    """What was found so far, and what could not be looked at."""

    contracts: Contracts
    found: list[pl.DataFrame] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)

    def run(self, rules: Iterable[RuleFunction], batch: Batch) -> pl.DataFrame:
        """Apply rules to one and the same batch, keep their rows and return them."""
        rows = pl.concat([pl.DataFrame(schema=CONTEXT), *(self._run(rule, batch) for rule in rules)])
        self.found.append(rows)
        return rows

    def _run(self, rule: RuleFunction, batch: Batch) -> pl.DataFrame:
        name = rule.__name__.replace("_", "-").upper()
        try:
            return as_context(rule(batch, self.contracts), name)
        except Exception as error:
            return self.crash(name, f"{type(error).__name__}: {error}")

    def crash(self, rule: str, reason: str) -> pl.DataFrame:
        """Note that a rule could not run."""
        self.crashed.append(f"{rule}: {reason}")
        return as_context(pl.DataFrame({"rule": [rule], "status": ["not_evaluated"], "detail": [reason]}))

    @property
    def all(self) -> pl.DataFrame:
        """Everything found so far."""
        return pl.concat(self.found)


def judge(
    batch: Batch, contracts: Contracts, *, alone: bool = False, file_rules: Iterable[RuleFunction] = FILE_RULES
) -> Judged:
    """Apply every rule to the whole batch at once.

    Args:
        batch: everything received.
        contracts: the round's.
        alone: leave out what compares with others or speaks of the round: for one workbook by itself.
        file_rules: applied first.
    """
    docket = _Docket(contracts)
    _, failed = split(_judged(batch), submitted_tables(contracts))
    stopped = failed.filter(pl.col("file").is_null())["rule"].to_list()
    docket.found.append(values.expect(failed.filter(pl.col("file").is_not_null()), contracts))
    docket.found += [docket.crash(rule, "检查本身出错") for rule in stopped]
    docket.run(file_rules, batch)
    usable = mark_usable(batch, docket.all, contracts)
    for rule in DOUBT_RULES:
        docket.run([rule], usable)
        usable = mark_usable(batch, docket.all, contracts)
    docket.run(VALUE_RULES, usable)
    found = name_consequences(docket.all, _what_follows(usable, contracts), contracts)
    docket.found = [found]
    blocked = blocked_files(found, contracts)
    if not alone:
        docket.run(PEER_RULES, usable)
        docket.run(VERSION_RULES, _beside_earlier(usable, contracts))
        docket.run(ROUND_RULES, quota.accepted_only(usable, blocked))
    findings = describe(tell_once(docket.all, contracts), contracts)
    return Judged(usable, findings, blocked, tuple(docket.crashed))


def _judged(batch: Batch) -> pl.DataFrame:
    """Observations of the files that count, if they fill in the right table."""
    right = batch.counted.filter(pl.col("kind") == pl.col("table_kind")).select("file")
    return batch.observations.join(right, on="file", how="semi", maintain_order="left")


def _what_follows(usable: Batch, contracts: Contracts) -> pl.DataFrame:
    """What the relations would find if doubtful numbers were taken as they stand, and do not find without them."""
    number = pl.col("value").is_not_null() & pl.col("unit").is_not_null() & ~pl.col("twice")
    rows = _judged(usable).filter(pl.col("year").is_in(contracts.round.years))
    doubtful = rows.filter(number & ~pl.col("usable")).select("file").unique()
    as_given = rows.with_columns(usable=number).join(doubtful, on="file", how="semi", maintain_order="left")
    follows = _Docket(contracts).run(_CONSEQUENCES, Batch(usable.files, as_given))
    return follows.filter(pl.col("status").is_null())


def _beside_earlier(usable: Batch, contracts: Contracts) -> Batch:
    earlier = versions.earlier_versions(usable)
    nothing = describe(pl.DataFrame(schema=CONTEXT), contracts)
    doubted = judge(earlier, contracts, alone=True).findings if earlier.files.height else nothing
    return versions.beside_earlier(usable, earlier, doubted)
