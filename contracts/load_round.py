"""Load a round and the tables that it uses, which are its own files or made of others."""

from dataclasses import replace
from pathlib import Path

from contracts.indicators import Table, use_table
from contracts.round import KINDS, Round
from contracts.yaml_source import Definition, read_definition


def read_tables(
    folder: tuple[Path, ...], round_: Round | None, faults: list[str]
) -> tuple[dict[str, Table], dict[str, Definition]]:
    """Read every file in `tables/`, by its stem, and those that the round names."""
    named = {round_.table_use(kind).table for kind in KINDS} if round_ else set()
    stems = sorted({*KINDS, *named, *(path.stem for one in folder for path in (one / "tables").glob("*.yaml"))})
    tables: dict[str, Table] = {}
    definitions: dict[str, Definition] = {}
    for stem in stems:
        table, definition = read_definition(folder, f"tables/{stem}.yaml", Table, faults)
        definitions[stem] = definition
        if table:
            tables[stem] = table
    return tables, definitions


def read_round(folder: tuple[Path, ...], name: str, faults: list[str]) -> tuple[Round | None, Definition]:
    """Read a round; one that is `of` another round takes provinces and quota from there."""
    round_, definition = read_definition(folder, f"rounds/{name}.yaml", Round, faults)
    if not (round_ and round_.of):
        return round_, definition
    plan, _ = read_definition(folder, f"rounds/{round_.of}.yaml", Round, faults)
    if plan is None:
        return None, definition
    if plan.kind != "plan":
        faults.append(definition.fault(["of"], f"{plan.round} is not a round of plans"))
    if round_.base_year != plan.base_year:
        faults.append(definition.fault(["base_year"], f"is {plan.base_year} in {plan.round}"))
    if other := tuple(year for year in round_.target_years if year not in plan.target_years):
        faults.append(definition.fault(["target_years"], f"{other} are no target years of {plan.round}"))
    if round_.provinces:
        faults.append(definition.fault(["provinces"], f"are those of {plan.round}"))
    return replace(
        round_,
        provinces=plan.provinces,
        quota_total=plan.quota_total,
        roster_state=plan.roster_state,
        tables=plan.tables,
        growth=round_.growth or plan.growth,
        regimes=round_.regimes or plan.regimes,
    ), definition


def used_tables(
    round_: Round,
    tables: dict[str, Table],
    of_tables: dict[str, Definition],
    definition: Definition,
    faults: list[str],
) -> dict[str, Table]:
    """Return the round's tables by kind; add to `faults` what they name that is in no file."""
    used: dict[str, Table] = {}
    for kind in KINDS:
        try:
            use = round_.table_use(kind)
            table = use_table(use, tables)
        except KeyError as unknown:
            faults.append(definition.fault(["tables", kind], f"{unknown.args[0]} is in no table"))
            continue
        if table.derived:
            faults += [definition.fault(["tables", kind], text) for _, text in table.faults()]
        if table.kind != kind:
            faults.append(of_tables[use.table].fault(["kind"], f"{table.kind} in the file of {kind}"))
        used[kind] = table
    return used
