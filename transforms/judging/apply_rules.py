"""Judges a batch: every rule in its turn, what may still be used after each, and the findings told once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial

import polars as pl

from contracts.load import Contracts
from contracts.schemas.submitted import submitted_tables
from contracts.schemas.validation import split
from transforms.batch import Batch
from transforms.failures import Failure, attempt, failure_of
from transforms.judging import expected_values as values
from transforms.judging.deduplicate import add_consequences, deduplicate
from transforms.judging.findings import CONTEXT, as_context, build_findings
from transforms.judging.usable import blocked_files, mark_usable
from transforms.rules import earlier_version as versions
from transforms.rules import quota
from transforms.rules.registry import (
    CONSEQUENCES,
    DOUBT_RULES,
    FILE_RULES,
    PEER_RULES,
    PLAN_RULES,
    ROUND_RULES,
    VALUE_RULES,
    VERSION_RULES,
    RuleFunction,
)

_AT_ONCE = 1_000  # submissions: no slower than all at once


@dataclass(frozen=True)
class JudgedBatch:
    """What a batch is worth.

    Attributes:
        batch: with `usable` set in its observations.
        findings: columns of `contracts.schemas.published.Findings`.
        blocked_files: files that a blocker keeps out of every aggregate.
        failed_rules: one line for each rule that raised an error; the run is then incomplete.
        tracebacks: of these errors.
    """

    batch: Batch
    findings: pl.DataFrame
    blocked_files: frozenset[str]
    failed_rules: tuple[str, ...] = ()
    tracebacks: tuple[str, ...] = ()


@dataclass
class _Docket:
    """What was found so far, and what could not be looked at."""

    contracts: Contracts
    found: list[pl.DataFrame] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)

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
            failure = failure_of(name, error)
            self.traces.append(failure.trace)
            return self.crash(name, failure.reason)

    def crash(self, rule: str, reason: str) -> pl.DataFrame:
        """Note that a rule could not run."""
        self.crashed.append(f"{rule}: {reason}")
        return as_context(pl.DataFrame({"rule": [rule], "status": ["not_evaluated"], "detail": [reason]}))

    def take_over(self, crashed: Iterable[str], traces: Iterable[str]) -> None:
        """Note what could not run where the same rules looked at something else."""
        self.crashed += crashed
        self.traces += traces

    def build_findings(self) -> pl.DataFrame:
        """Everything found, in words; a rule whose rows cannot be described could not run."""
        rows = deduplicate(self.all, self.contracts)
        try:
            return build_findings(rows, self.contracts)
        except Exception:
            failures: list[Failure] = []
            for rule in rows["rule"].unique(maintain_order=True):
                attempt(rule, failures, partial(build_findings, rows.filter(pl.col("rule") == rule), self.contracts))
            if not failures:
                raise
            failed = [failure.what for failure in failures]
            self.traces += [failure.trace for failure in failures]
            silent = [self.crash(failure.what, failure.reason) for failure in failures]
            return build_findings(pl.concat([rows.filter(~pl.col("rule").is_in(failed)), *silent]), self.contracts)

    @property
    def all(self) -> pl.DataFrame:
        """Everything found so far."""
        return pl.concat(self.found)


def apply_rules(
    batch: Batch, contracts: Contracts, *, alone: bool = False, file_rules: Iterable[RuleFunction] = FILE_RULES
) -> JudgedBatch:
    """Apply every rule to the whole batch at once.

    Args:
        batch: everything received.
        contracts: the round's.
        alone: leave out what compares with others or speaks of the round: for one workbook or plan by itself.
        file_rules: applied first.
    """
    docket = _Docket(contracts)
    failed = _failed(batch, contracts)
    stopped = failed.filter(pl.col("file").is_null())["rule"].to_list()
    docket.found.append(values.expect(failed.filter(pl.col("file").is_not_null()), contracts))
    docket.found += [docket.crash(rule, "检查本身出错") for rule in stopped]
    docket.run(file_rules, batch)
    usable = mark_usable(batch, docket.all, contracts)
    for rule in DOUBT_RULES:
        docket.run([rule], usable)
        usable = mark_usable(batch, docket.all, contracts)
    docket.run(VALUE_RULES, usable)
    found = add_consequences(docket.all, _what_follows(usable, docket), contracts)
    docket.found = [found]
    blocked = blocked_files(found, contracts)
    if not alone:
        docket.run(PEER_RULES, usable)
        docket.run(VERSION_RULES, _beside_earlier(usable, docket))
    if not alone or batch.plans.files.height or batch.plans.projects.height:
        docket.run(PLAN_RULES, usable)
    if not alone:
        docket.run(ROUND_RULES, quota.accepted_only(usable, blocked))
    findings = docket.build_findings()
    return JudgedBatch(usable, findings, blocked, tuple(dict.fromkeys(docket.crashed)), tuple(docket.traces))


def _failed(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """What does not hold of single rows. In parts, because to check a row takes many times its room."""
    schema = submitted_tables(contracts)
    files = batch.observations["file"].unique(maintain_order=True)
    parts = [
        split(_judged(Batch(batch.files, batch.observations.filter(pl.col("file").is_in(some.implode())))), schema)[1]
        for some in (files[at : at + _AT_ONCE] for at in range(0, max(len(files), 1), _AT_ONCE))
    ]
    # A check that could not run could not run in any part.
    return pl.concat(parts).unique(maintain_order=True) if len(parts) > 1 else parts[0]


def _judged(batch: Batch) -> pl.DataFrame:
    """Observations of the files that count, if they fill in the right table."""
    right = batch.counted.filter(pl.col("kind") == pl.col("table_kind")).select("file")
    return batch.observations.join(right, on="file", how="semi", maintain_order="left")


def _what_follows(usable: Batch, docket: _Docket) -> pl.DataFrame:
    """What the relations would find if doubtful numbers were taken as they stand, and do not find without them."""
    contracts, apart = docket.contracts, _Docket(docket.contracts)
    number = pl.col("value").is_not_null() & pl.col("unit").is_not_null() & ~pl.col("twice")
    number &= pl.col("year").is_in(contracts.round.years)
    narrow = usable.observations.select("file", "value", "unit", "twice", "year", "usable")
    doubtful = narrow.filter(number & ~pl.col("usable")).select("file").unique()
    rows = usable.observations.join(doubtful, on="file", how="semi", maintain_order="left")
    rows = _judged(Batch(usable.files, rows)).filter(pl.col("year").is_in(contracts.round.years))
    as_given = rows.with_columns(usable=number)
    follows = apart.run(CONSEQUENCES, Batch(usable.files, as_given))
    docket.take_over(apart.crashed, apart.traces)
    return follows.filter(pl.col("status").is_null())


def _beside_earlier(usable: Batch, docket: _Docket) -> Batch:
    contracts, earlier = docket.contracts, versions.earlier_versions(usable)
    doubted = build_findings(pl.DataFrame(schema=CONTEXT), contracts)
    if earlier.files.height:
        judged = apply_rules(earlier, contracts, alone=True)
        docket.take_over(judged.failed_rules, judged.tracebacks)
        doubted = judged.findings
    return versions.beside_earlier(usable, earlier, doubted)
