"""Which rules there are and in which order they are applied: one function each, named after its id in the catalogue."""

from collections.abc import Callable

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.rules import completeness, files, peers, plans, projects, quota, tables, trajectory
from transforms.rules import copied_figures as copies
from transforms.rules import cross_indicator as relations
from transforms.rules import earlier_version as versions  # fmt: skip
from transforms.rules import misplaced_values as mixups
from transforms.rules import national_targets as national
from transforms.rules import unit_errors as slips

RuleFunction = Callable[[Batch, Contracts], pl.DataFrame]

FILE_RULES: tuple[RuleFunction, ...] = (
    files.file_unreadable,
    files.file_encrypted,
    files.file_macro,
    files.file_odd,
    files.file_text,
    files.file_ignored,
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
# These look at the plans beside the workbooks, and at the key projects of both.
PLAN_RULES: tuple[RuleFunction, ...] = (
    plans.plan_unreadable,
    plans.plan_format,
    plans.plan_other,
    plans.plan_unidentified,
    plans.plan_rivals,
    plans.plan_missing,
    plans.plan_chapter_absent,
    plans.plan_part_absent,
    plans.plan_part_copied,
    plans.plan_part_thin,
    plans.plan_part_elsewhere,
    plans.plan_table_differs,
    plans.plan_target_contradicts,
    plans.plan_target_differs,
    plans.plan_target_twice,
    projects.project_incomplete,
    projects.project_columns,
    projects.project_period,
    projects.project_behind,
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
CONSEQUENCES: tuple[RuleFunction, ...] = (
    relations.relation_carbon,
    relations.relation_industry,
    relations.relation_trend,
    relations.relation_part,
)
