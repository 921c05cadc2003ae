"""Lay out submissions as two long frames: one row per file, and one row per file, indicator and year."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Concatenate, ParamSpec
from weakref import WeakKeyDictionary

import polars as pl

from contracts.load import Contracts
from contracts.schemas.submitted import ACCEPTED_PLANS, SUBMITTED
from transforms.aggregation.latest_version import select_versions
from transforms.intake.cells import Sheet
from transforms.intake.sender.identify import Identity, identify
from transforms.intake.submission import Submission
from transforms.plans.frames import Plans, lay_out
from transforms.plans.read_plan import Plan

P = ParamSpec("P")
# Of observations: of an indicator in the guide, and none that the pilot added; without a value.
IN_GUIDE = ~pl.col("indicator").str.starts_with("X-")
BLANK = pl.col("qualifier").is_in(["missing", "not_applicable"])
# Every column with its type and its value; `standing` and `instead` come from `select_versions`.
_OF_FILE: dict[str, tuple[pl.DataType, Callable[[Submission], object]]] = {
    "file": (pl.String(), lambda one: one.file),
    "file_sha256": (pl.String(), lambda one: one.sha256 or None),
    "fault": (pl.String(), lambda one: one.fault),
    "detail": (pl.String(), lambda one: one.detail),
    "has_macros": (pl.Boolean(), lambda one: one.has_macros),
    "oddities": (pl.String(), lambda one: one.oddities),
    "province": (pl.String(), lambda one: one.identity.province),
    "pilot": (pl.String(), lambda one: one.identity.pilot),
    "named": (pl.String(), lambda one: one.identity.named),
    "listed": (pl.Boolean(), lambda one: one.identity.listed),
    "kind": (pl.String(), lambda one: one.kind),
    "table_kind": (pl.String(), lambda one: one.table_kind),
    "sheet": (pl.String(), lambda one: one.sheet),
    "years": (pl.List(pl.Int64()), lambda one: list(one.years)),
    "rivals": (pl.String(), lambda one: one.rivals),
    "unread": (pl.String(), lambda one: one.unread),
    "hidden": (pl.String(), lambda one: one.hidden),
    "undated": (pl.String(), lambda one: one.undated),
    "damaged": (pl.List(pl.String()), lambda one: list(one.damaged)),
    "explained": (pl.List(pl.String()), lambda one: list(one.explained)),
    "contradiction": (pl.String(), lambda one: one.identity.contradiction),
    "version": (pl.String(), lambda one: one.identity.version),
    "filled_on": (pl.String(), lambda one: one.identity.filled_on),
    "contacts": (pl.List(pl.String()), lambda one: list(one.identity.contacts)),
    "office": (pl.String(), lambda one: one.identity.office),
}
FILES: dict[str, pl.DataType] = {
    **{name: dtype for name, (dtype, _) in _OF_FILE.items()},
    "standing": pl.String(),
    "instead": pl.String(),
    "off_roster": pl.Boolean(),
}
IGNORED: dict[str, pl.DataType] = {
    **{name: FILES[name] for name in ("file", "province", "pilot", "kind", "detail")},
    "quiet": pl.Boolean(),
}


@dataclass(frozen=True, eq=False)
class Batch:
    """Everything received in a round.

    Attributes:
        files: one row per file, columns `FILES`, ordered by path. `standing` is one of
            `transforms.aggregation.latest_version.FILE_STATUSES`; `instead` is the file that counts instead,
            or the others that claim the same version. `off_roster`: the pilot is not on its province's roster.
        observations: columns `SUBMITTED`, of every file that could be read; one row per file, indicator and year.
        restated: in a progress round, the targets of reported years that the tables repeat; columns `SUBMITTED`.
        accepted_plans: in a progress round, what the plans state; columns `ACCEPTED_PLANS`.
        sheets: the sheets of each file that can be shown, by file; the one with the table first.
        plans: frames of the plans.
        ignored: files that were not read, columns `IGNORED`. `quiet`: usual beside a workbook, so that it is reported
            only where the pilot has none.
    """

    files: pl.DataFrame
    observations: pl.DataFrame
    sheets: Mapping[str, Sequence[Sheet]] = field(default_factory=dict)
    plans: Plans = field(default_factory=Plans)
    ignored: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=IGNORED))
    restated: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SUBMITTED))
    accepted_plans: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ACCEPTED_PLANS))

    @property
    def counted(self) -> pl.DataFrame:
        """Return the files that count: at most one per pilot."""
        return self.files.filter(pl.col("standing") == "counts")

    @property
    def of_own_kind(self) -> pl.DataFrame:
        """Return the files that count and contain the table of their pilot's kind."""
        return self.counted.filter(pl.col("kind") == pl.col("table_kind"))

    @property
    def off_roster(self) -> list[str]:
        """Return the files of pilots that are not on the roster: they enter no aggregate and no comparison."""
        return self.files.filter("off_roster")["file"].to_list()


def build_batch(
    submissions: Iterable[Submission],
    contracts: Contracts,
    plans: Sequence[Plan] = (),
    ignored: Iterable[tuple[str, str, bool]] = (),
) -> Batch:
    """Lay out all submissions and plans as frames, whatever their order.

    `ignored`: path of every other file, the reason in Chinese why it was not read, and whether it is usual beside a
    workbook. A document that is no plan but has an indicator table is one of them, too.
    """
    ordered = sorted(submissions, key=lambda submission: submission.file)
    standings = select_versions(ordered, contracts)
    files = [_file_row(one, standings[one.file], contracts) for one in ordered]
    rows = pl.DataFrame([row for one in ordered for row in one.observations], schema=SUBMITTED, orient="row")
    return Batch(
        pl.DataFrame(files, schema=FILES, orient="row"),
        rows.filter(~pl.col("restated")),
        {submission.file: submission.shown for submission in ordered if submission.shown},
        lay_out(plans, ordered, [file for file, (standing, _) in standings.items() if standing == "counts"], contracts),
        pl.DataFrame([*_ignored(ignored, contracts), *_tables_alone(plans, contracts)], schema=IGNORED, orient="row"),
        rows.filter("restated"),
    )


def _file_row(one: Submission, standing: tuple[str, str | None], contracts: Contracts) -> dict[str, object]:
    who = one.identity
    off_roster = who.pilot is not None and not who.listed and contracts.round.names_pilots(who.province)
    row = {name: value(one) for name, (_, value) in _OF_FILE.items()}
    return row | {"standing": standing[0], "instead": standing[1], "off_roster": off_roster}


def _ignored(files: Iterable[tuple[str, str, bool]], contracts: Contracts) -> Iterator[dict[str, object]]:
    for file, reason, quiet in sorted(files):
        yield _ignored_row(file, reason, identify(file, (), (), contracts), quiet=quiet)


def _tables_alone(plans: Sequence[Plan], contracts: Contracts) -> Iterator[dict[str, object]]:
    """Yield the documents that are no plans and have an indicator table, which is read in workbooks only."""
    for plan in sorted(plans, key=lambda plan: plan.file):
        if plan.fault == "other" and plan.table and plan.table.table_kind:
            reason = f"是含有{contracts.tables[plan.table.table_kind].sheet}的 Word 文档，指标表须以工作簿报送"
            yield _ignored_row(plan.file, reason, plan.identity, quiet=True)


def _ignored_row(file: str, reason: str, who: Identity, *, quiet: bool) -> dict[str, object]:
    who_sent = {"province": who.province, "pilot": who.pilot, "kind": who.kind}
    return {"file": file, "detail": reason, "quiet": quiet} | who_sent


def one_of_repeated(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep the first row of an indicator that is given in several; it is not usable."""
    rows = rows.with_columns(usable=pl.col("usable") & ~pl.col("twice"))
    return rows.unique(["file", "indicator", "year"], keep="first", maintain_order=True)


def once_per_batch(
    function: Callable[Concatenate[Batch, P], pl.DataFrame],
) -> Callable[Concatenate[Batch, P], pl.DataFrame]:
    """Keep what a function computes of a batch as long as the batch is used: a dozen rules ask for the same."""
    computed: WeakKeyDictionary[Batch, dict[object, pl.DataFrame]] = WeakKeyDictionary()

    @wraps(function)
    def compute(batch: Batch, /, *args: P.args, **kwargs: P.kwargs) -> pl.DataFrame:
        of_batch, key = computed.setdefault(batch, {}), (args, *kwargs.items())
        if key not in of_batch:
            of_batch[key] = function(batch, *args, **kwargs)
        return of_batch[key]

    return compute
