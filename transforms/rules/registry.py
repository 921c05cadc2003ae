"""List of all rules in the order in which they are applied, and the check that they match `rules.yaml`.

A rule is a function named after its id (`unit_size` is `UNIT-SIZE`) with the arguments `(batch, contracts)` and one
keyword-only argument for each of its thresholds in `rules.yaml`. It returns one row for each fault, with the columns of
`transforms.judging.findings.CONTEXT` that it knows. Rules about single rows are in `contracts.schemas.submitted`.
"""

from collections.abc import Callable, Sequence
from inspect import Parameter, signature

import polars as pl

from contracts.load import ContractError, Contracts, load_contracts
from contracts.rules import Rule
from contracts.schemas.submitted import ROW_RULES
from contracts.yaml_source import Definition
from transforms.rules import progress
from transforms.rules.relations import basic_data, carbon_ratio, cross_indicator
from transforms.rules.submissions import completeness, earlier_version, files, plans, projects, quota, tables
from transforms.rules.values import copied_figures, misplaced_values, peers, trajectory, unit_errors

RuleFunction = Callable[..., pl.DataFrame]

FILE_RULES: tuple[RuleFunction, ...] = (
    files.file_unreadable,
    files.file_encrypted,
    files.file_macro,
    files.file_odd,
    files.file_text,
    files.file_format,
    files.file_ignored,
    files.file_no_table,
    files.file_unidentified,
    files.file_identity,
    files.file_identical,
    files.submission_conflict,
    files.submission_date,
    files.submission_shared,
    files.submission_decided,
    files.submission_superseded,
    quota.roster_unknown,
    quota.quota_province,
    tables.table_kind,
    tables.table_rivals,
    tables.table_unread,
    tables.table_hidden,
    tables.table_year_missing,
    tables.table_row_twice,
    completeness.complete_base,
    completeness.complete_no_data,
    completeness.complete_target,
    completeness.complete_left_out,
    completeness.scope_unstated,
)
# Find values that may have another meaning. Applied one after the other, each to the values still usable.
DOUBT_RULES: tuple[RuleFunction, ...] = (
    misplaced_values.column_swapped,
    misplaced_values.column_shifted,
    misplaced_values.value_dragged,
    misplaced_values.row_swapped,
    unit_errors.unit_size,
    unit_errors.value_extreme,
    carbon_ratio.relation_carbon,
)
# Applied only to values without another finding.
VALUE_RULES: tuple[RuleFunction, ...] = (
    unit_errors.value_implausible,
    trajectory.direction_increment,
    trajectory.direction_base,
    trajectory.direction_later,
    trajectory.target_flat,
    trajectory.pace_fast,
    trajectory.progress_jump,
    trajectory.pace_slow,
    carbon_ratio.relation_carbon_high,
    cross_indicator.relation_industry,
    cross_indicator.relation_pace,
    cross_indicator.relation_trend,
    cross_indicator.relation_part,
    cross_indicator.relation_fleet,
    basic_data.relation_basis,
    cross_indicator.relation_peak,
    copied_figures.copy_years,
    copied_figures.copy_round,
    copied_figures.copy_formula,
)
# Compare with the other submissions. Skipped in the self-check of one file.
PEER_RULES: tuple[RuleFunction, ...] = (
    peers.peer_level,
    copied_figures.copy_pilot,
)
# Compare each value with that of the pilot's earlier version.
VERSION_RULES: tuple[RuleFunction, ...] = (
    earlier_version.version_base,
    earlier_version.version_weaker,
    earlier_version.version_dropped,
    earlier_version.version_silenced,
)
# Check the plans, and the key projects of plans and workbooks.
PLAN_RULES: tuple[RuleFunction, ...] = (
    plans.plan_unreadable,
    plans.plan_format,
    plans.plan_other,
    plans.plan_unidentified,
    plans.plan_rivals,
    plans.plan_chapter_absent,
    plans.plan_part_absent,
    plans.plan_part_copied,
    plans.plan_part_thin,
    plans.plan_part_elsewhere,
    plans.plan_left_blank,
    plans.plan_table_differs,
    plans.plan_target_contradicts,
    plans.plan_target_differs,
    plans.plan_target_twice,
    plans.plan_peak_unstated,
    projects.project_incomplete,
    projects.project_columns,
    projects.project_period,
    projects.project_behind,
)
# Compare actual values with the accepted plans, in progress rounds.
PROGRESS_RULES: tuple[RuleFunction, ...] = (
    progress.progress_columns,
    progress.progress_absent,
    progress.progress_pending,
    progress.progress_value,
    progress.progress_estimate,
    progress.progress_future,
    progress.progress_base,
    progress.progress_target,
    progress.progress_beyond,
    progress.progress_none,
    progress.progress_missed,
    progress.progress_equal,
    progress.progress_project,
)
# Check the round as a whole; need to know which files are accepted.
ROUND_RULES: tuple[RuleFunction, ...] = (
    files.submission_obsolete,
    plans.plan_missing,
    quota.quota_under,
    quota.quota_over,
)
RULES: tuple[RuleFunction, ...] = (
    *FILE_RULES, *DOUBT_RULES, *VALUE_RULES, *PEER_RULES, *VERSION_RULES, *PLAN_RULES, *PROGRESS_RULES, *ROUND_RULES,
)  # fmt: skip


def rule_id(rule: RuleFunction) -> str:
    """Return the id of a rule in the catalogue."""
    return rule.__name__.replace("_", "-").upper()


def load_checked(round_name: str, load: Callable[[str], Contracts] = load_contracts) -> Contracts:
    """Load the contracts of a round; check that every rule of the catalogue has one function with its thresholds.

    Args:
        round_name: the stem of a file in `rounds/`.
        load: loads them; tests load other files.

    Raises:
        contracts.load.ContractError: with file, line and id of every fault and mismatch.
    """
    try:
        contracts = load(round_name)
    except ContractError as error:
        raise ContractError([*error.faults, *_mismatches(error.rules, error.catalogue)]) from None
    if mismatches := _mismatches(contracts.all_rules, contracts.catalogue):
        raise ContractError(mismatches)
    return contracts


def _mismatches(rules: Sequence[Rule], definition: Definition) -> list[str]:
    """Return what differs between the rules of a catalogue and their functions, one line each."""
    declared = {rule_id(rule): _thresholds(rule) for rule in RULES}
    declared |= {rule: frozenset() for rule in ROW_RULES}
    if not rules or declared == {rule.id: rule.thresholds.keys() for rule in rules}:
        return []
    faults = []
    for at, rule in enumerate(rules):
        if rule.id not in declared:
            faults.append(definition.fault([at, "id"], f"there is no function for {rule.id}"))
            continue
        missing = declared[rule.id] - rule.thresholds.keys()
        faults += [definition.fault([at, "thresholds"], f"{name} is missing") for name in sorted(missing)]
        unknown = rule.thresholds.keys() - declared[rule.id]
        faults += [
            definition.fault([at, "thresholds", name], "the rule has no such threshold") for name in sorted(unknown)
        ]
    missing_rules = sorted(declared.keys() - {rule.id for rule in rules})
    return faults + [definition.fault([], f"the rule {name} is missing") for name in missing_rules]


def _thresholds(rule: RuleFunction) -> frozenset[str]:
    return frozenset(one.name for one in signature(rule).parameters.values() if one.kind is Parameter.KEYWORD_ONLY)
