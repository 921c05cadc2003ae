"""Apply all rules to a batch: mark usable values, collect findings, leave out duplicates.

A rule that raises an error becomes a finding with status `not_evaluated`; all other rules are still applied.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial

import polars as pl

from contracts.load import Contracts
from contracts.schemas.published import Findings, columns_of
from contracts.schemas.submitted import submitted_tables
from contracts.schemas.validation import split
from transforms.batch import Batch
from transforms.failures import Failure, attempt, failure_of
from transforms.judging import expected_values
from transforms.judging.deduplicate import deduplicate
from transforms.judging.findings import CONTEXT, as_context, build_findings
from transforms.judging.usable import blocked_files, mark_usable, withhold_doubtful
from transforms.rules.registry import (
    DOUBT_RULES,
    FILE_RULES,
    PEER_RULES,
    PLAN_RULES,
    PROGRESS_RULES,
    ROUND_RULES,
    VALUE_RULES,
    VERSION_RULES,
    RuleFunction,
    rule_id,
)
from transforms.rules.submissions import earlier_version, quota

_FINDINGS = columns_of(Findings)


@dataclass(frozen=True)
class JudgedBatch:
    """A batch to which all rules were applied.

    Attributes:
        batch: with `usable` set in its observations.
        findings: columns of `contracts.schemas.published.Findings`.
        blocked_files: files that a blocker keeps out of every aggregate.
        failed_rules: one line for each rule that raised an error; the run is then incomplete.
        tracebacks: of these errors.
        earlier_findings: about the version before the one that counts, of each pilot that has one, by the rules that
            compare with nothing else; the same columns.
    """

    batch: Batch
    findings: pl.DataFrame
    blocked_files: frozenset[str]
    failed_rules: tuple[str, ...] = ()
    tracebacks: tuple[str, ...] = ()
    earlier_findings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_FINDINGS))

    @property
    def accepted(self) -> pl.DataFrame:
        """Return the files that quota and aggregates count: those that count, are on the roster and have no blocker."""
        return quota.accepted_only(self.batch, self.blocked_files).files.filter("accepted")


@dataclass
class _Results:
    """Rows (columns `CONTEXT`) of the rules applied so far, and the rules that raised an error."""

    contracts: Contracts
    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=CONTEXT))
    failed_rules: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)
    earlier_findings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_FINDINGS))

    def add(self, *rows: pl.DataFrame) -> None:
        self.rows = pl.concat([self.rows, *rows])

    def apply(self, rules: Iterable[RuleFunction], batch: Batch) -> None:
        """Apply rules to the same batch and keep their rows."""
        self.add(*[self._apply(rule, batch) for rule in rules if rule_id(rule) in self.contracts.rules])

    def _apply(self, rule: RuleFunction, batch: Batch) -> pl.DataFrame:
        name = rule_id(rule)
        try:
            return as_context(rule(batch, self.contracts, **self.contracts.rules[name].thresholds), name)
        except Exception as error:
            failure = failure_of(name, error)
            self.tracebacks.append(failure.trace)
            return self.not_evaluated(name, failure.reason)

    def not_evaluated(self, rule: str, reason: str) -> pl.DataFrame:
        """Record a rule that raised an error; return its row with status `not_evaluated`."""
        self.failed_rules.append(f"{rule}: {reason}")
        return as_context(pl.DataFrame({"rule": [rule], "status": ["not_evaluated"], "detail": [reason]}))

    def findings(self) -> pl.DataFrame:
        """Build the findings; a rule whose rows cannot be formatted counts as failed."""
        rows = deduplicate(self.rows, self.contracts)
        try:
            return build_findings(rows, self.contracts)
        except Exception:
            failures: list[Failure] = []
            for rule in rows["rule"].unique(maintain_order=True):
                attempt(rule, failures, partial(build_findings, rows.filter(pl.col("rule") == rule), self.contracts))
            if not failures:
                raise
            failed = [failure.what for failure in failures]
            self.tracebacks += [failure.trace for failure in failures]
            replaced = [self.not_evaluated(failure.what, failure.reason) for failure in failures]
            return build_findings(pl.concat([rows.filter(~pl.col("rule").is_in(failed)), *replaced]), self.contracts)


def apply_rules(batch: Batch, contracts: Contracts, *, alone: bool = False) -> JudgedBatch:
    """Apply every rule to the whole batch.

    Args:
        batch: everything received.
        contracts: of the round.
        alone: skip the rules that compare with other submissions or the round: for the self-check of one file.
    """
    results = _Results(contracts)
    _check_rows(batch, results)
    results.apply(FILE_RULES, batch)
    usable = mark_usable(batch, results.rows, contracts)
    for rule in DOUBT_RULES:
        before = results.rows.height
        results.apply([rule], usable)
        if results.rows.height > before:
            usable = mark_usable(batch, results.rows, contracts)
    results.apply(VALUE_RULES, usable)
    blocked = blocked_files(results.rows, contracts)
    if not alone:
        results.apply(PEER_RULES, _on_roster(usable))
        results.apply(VERSION_RULES, _with_earlier_version(usable, results))
    if not alone or batch.plans.files.height or batch.plans.projects.height:
        usable = withhold_doubtful(usable, blocked, contracts)
        results.apply(PLAN_RULES, usable)
    results.apply(PROGRESS_RULES, usable)
    if not alone:
        results.apply(ROUND_RULES, quota.accepted_only(usable, blocked))
        usable = _on_roster(usable)
    findings = results.findings()
    failed_rules = tuple(dict.fromkeys(results.failed_rules))
    return JudgedBatch(usable, findings, blocked, failed_rules, tuple(results.tracebacks), results.earlier_findings)


def _on_roster(batch: Batch) -> Batch:
    """Mark the values of pilots off the roster as not usable: they enter no aggregate and no comparison with peers."""
    listed = pl.col("usable") & ~pl.col("file").is_in(batch.off_roster)
    return replace(batch, observations=batch.observations.with_columns(usable=listed))


def _check_rows(batch: Batch, results: _Results) -> None:
    """Apply the rules about single rows, which are the checks of `contracts.schemas.submitted`."""
    rows = batch.observations.join(batch.of_own_kind, on="file", how="semi", maintain_order="left")
    failed = split(rows, submitted_tables(results.contracts))[1]
    not_run = failed.filter(pl.col("file").is_null())["rule"].to_list()
    if results.contracts.round.kind == "progress":  # one doubt about the row, which has many years
        last = pl.col("year").max().over("file", "indicator", "rule")
        failed = failed.with_columns(silent=(pl.col("rule") == "VALUE-FRACTION") & (pl.col("year") < last))
    results.add(expected_values.expect(failed.filter(pl.col("file").is_not_null()), results.contracts))
    results.add(*[results.not_evaluated(rule, "检查本身出错") for rule in not_run])


def _with_earlier_version(usable: Batch, results: _Results) -> Batch:
    """Add the values of each pilot's earlier version, to which the rules are applied separately."""
    contracts, earlier = results.contracts, earlier_version.earlier_versions(usable)
    if earlier.files.height:
        judged = apply_rules(earlier, contracts, alone=True)
        results.failed_rules += judged.failed_rules
        results.tracebacks += judged.tracebacks
        results.earlier_findings = judged.findings
    return earlier_version.beside_earlier(usable, earlier, results.earlier_findings)
