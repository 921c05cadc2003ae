"""Build frames of all plans of a round: one row for each document, part, figure, cell or project."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from contracts.load import Contracts
from contracts.naming import name_key
from transforms.intake.submission import Submission
from transforms.intake.tables.project_lists import Project
from transforms.plans.assign_pilot import Assigned, assign
from transforms.plans.claims import CLAIM, claim_row
from transforms.plans.compare import PLAN, WORKBOOK, Row, Rows, as_rows, compare_prose, compare_tables
from transforms.plans.read_plan import Plan

_WHO: dict[str, pl.DataType] = {
    "province": pl.String(),
    "pilot": pl.String(),
    "kind": pl.String(),
    "file": pl.String(),
    "file_sha256": pl.String(),
}
FILES = _WHO | {"standing": pl.String(), "instead": pl.String(), "fault": pl.String(), "detail": pl.String()}
PARTS = _WHO | {
    "part": pl.String(),
    "state": pl.String(),
    "heading": pl.String(),
    "place": pl.String(),
    "length": pl.Int64(),
    "shown": pl.List(pl.String()),
    "missing": pl.List(pl.String()),
    "quote": pl.String(),
}
CLAIMS = _WHO | CLAIM
CELLS = _WHO | {
    "indicator": pl.String(),
    "name": pl.String(),
    "label_key": pl.String(),
    "year": pl.Int64(),
    "raw_value": pl.String(),
    "value": pl.Float64(),
    "unit": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "where": pl.String(),
    "workbook_raw": pl.String(),
    "workbook_cell": pl.String(),
}
PROJECTS = _WHO | {
    "listed": pl.String(),
    "name": pl.String(),
    "label_key": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "period": pl.String(),
    "first": pl.Int64(),
    "last": pl.Int64(),
    "supports": pl.String(),
    "lacks": pl.List(pl.String()),
    "without": pl.List(pl.String()),
    "status": pl.String(),
    "cause": pl.String(),
    "planned": pl.Boolean(),
}
LEFTOVERS = _WHO | {"place": pl.String(), "shown": pl.List(pl.String())}
PEAKS = _WHO | {
    "year": pl.Int64(),
    "before": pl.Boolean(),
    "amount": pl.String(),
    "quote": pl.String(),
    "place": pl.String(),
}


def _empty(schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    return pl.DataFrame(schema=schema)


@dataclass(frozen=True)
class Plans:
    """Frames of the plans of a round.

    Attributes:
        files: every document, columns `FILES`, in the order of the paths.
        parts: what the plans that count have of the guide's parts, columns `PARTS`.
        claims: every figure in their prose, columns `CLAIMS`.
        cells: cells of their tables that differ from the workbook's, columns `CELLS`.
        projects: key projects of plans and workbooks that count, columns `PROJECTS`; `planned`: from a plan.
        leftovers: paragraphs of the plans that count with leftovers of a template, columns `LEFTOVERS`.
        peaks: the peak of emissions that each plan that counts states, columns `PEAKS`; null where it states none.
    """

    files: pl.DataFrame = field(default_factory=lambda: _empty(FILES))
    parts: pl.DataFrame = field(default_factory=lambda: _empty(PARTS))
    claims: pl.DataFrame = field(default_factory=lambda: _empty(CLAIMS))
    cells: pl.DataFrame = field(default_factory=lambda: _empty(CELLS))
    projects: pl.DataFrame = field(default_factory=lambda: _empty(PROJECTS))
    leftovers: pl.DataFrame = field(default_factory=lambda: _empty(LEFTOVERS))
    peaks: pl.DataFrame = field(default_factory=lambda: _empty(PEAKS))

    @property
    def counted(self) -> pl.DataFrame:
        """The documents that are judged: one a pilot."""
        return self.files.filter(pl.col("standing") == "counts")


def lay_out(
    plans: Sequence[Plan], submissions: Sequence[Submission], counted: Sequence[str], contracts: Contracts
) -> Plans:
    """Assign every plan and set it beside its pilot's workbook; `counted` are the files of those that count."""
    ordered = sorted(plans, key=lambda plan: plan.file)
    assigned = assign(ordered, submissions)
    workbooks = {
        (one.identity.province, one.identity.pilot): one for one in submissions if one.file in frozenset(counted)
    }
    files, parts, claims, cells, projects, leftovers, peaks = [], [], [], [], [], [], []
    for plan in ordered:
        one = assigned[plan.file]
        who = _who(one.province, one.pilot, one.kind, plan.file, plan.sha256 or None)
        files.append(who | _standing(plan, one))
        if one.standing != "counts":
            continue
        workbook = workbooks.get((one.province, one.pilot))
        parts += [who | vars_of(found) for found in plan.chapters[one.kind or "city"]]
        tables = list(_tables(plan, workbook))
        table = contracts.tables[one.kind or "city"]
        named = _names(one, workbook, contracts)
        claims += [who | claim_row(claim) for claim in compare_prose(plan.targets, tables, table, named, contracts)]
        if plan.table and workbook and plan.table.table_kind == workbook.table_kind:
            cells += [who | _cell(*pair) for pair in compare_tables(tables[1], tables[0])]
        projects += [who | _project(project, planned=True) for project in plan.projects]
        leftovers += [who | vars_of(one) for one in plan.leftovers]
        peaks.append(who | (vars_of(plan.peak) if plan.peak else {}))
    listed = {(row["province"], row["pilot"], row["label_key"]) for row in projects}
    for workbook in workbooks.values():
        sender = workbook.identity
        who = _who(sender.province, sender.pilot, workbook.kind, workbook.file, workbook.sha256)
        mine = [_project(one, planned=False) for one in workbook.projects]
        projects += [who | row for row in mine if (who["province"], who["pilot"], row["label_key"]) not in listed]
    return Plans(
        pl.DataFrame(files, schema=FILES, orient="row"),
        pl.DataFrame(parts, schema=PARTS, orient="row"),
        pl.DataFrame(claims, schema=CLAIMS, orient="row"),
        pl.DataFrame(cells, schema=CELLS, orient="row"),
        pl.DataFrame(projects, schema=PROJECTS, orient="row"),
        pl.DataFrame(leftovers, schema=LEFTOVERS, orient="row"),
        pl.DataFrame(peaks, schema=PEAKS, orient="row"),
    )


def _who(*values: str | None) -> Row:
    return dict(zip(_WHO, values, strict=True))


def _standing(plan: Plan, one: Assigned) -> Row:
    unknown = one.standing == "unidentified"
    return {
        "standing": one.standing,
        "instead": None if one.pilot is None else one.instead,
        "fault": plan.fault,
        "detail": one.instead if unknown else plan.detail,
    }


def _tables(plan: Plan, workbook: Submission | None) -> Iterator[Rows]:
    """Yield the tables of a pilot, the reviewed one of the workbook first."""
    if workbook:
        yield as_rows(workbook.observations, WORKBOOK)
    if plan.table:
        yield as_rows(plan.table.observations, PLAN)


def _names(one: Assigned, workbook: Submission | None, contracts: Contracts) -> list[str]:
    roster = [
        pilot for province, pilot in contracts.round.roster if (province, pilot.name) == (one.province, one.pilot)
    ]
    named = workbook.identity.named if workbook else None
    names = [one.pilot or "", named or "", *(name for pilot in roster for name in pilot.names)]
    return sorted({name for name in names if name}, key=len, reverse=True)


def _cell(row: Row, other: Row) -> Row:
    same = ("indicator", "name", "label_key", "year", "raw_value", "value", "unit", "sheet", "cell")
    return {name: row[name] for name in same} | {
        "where": f"{row['sheet']}“{''.join((row['label'] or row['name']).split())}”行{row['year']}年栏",
        "workbook_raw": other["raw_value"],
        "workbook_cell": f"{other['sheet']}!{other['cell']}",
    }


def _project(project: Project, *, planned: bool) -> Row:
    return vars_of(project) | {"label_key": name_key(project.name), "planned": planned}


def vars_of(one: Any) -> Row:  # noqa: ANN401 - any dataclass with slots
    """Return the fields of a dataclass by name; tuples as lists."""
    values = {name: getattr(one, name) for name in one.__slots__}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
