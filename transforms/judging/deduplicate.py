"""Leave out duplicate findings: all but the most severe of a family at a cell, and consequences of another finding."""

import polars as pl

from contracts.load import Contracts
from contracts.rules import SEVERITIES, Rule
from transforms.judging.usable import COVERED


def deduplicate(found: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Leave out rows that another rule explains, and of each family at a cell all but the most severe.

    Args:
        found: columns of `transforms.judging.findings.CONTEXT`, of all rules.
        contracts: of the round.
    """
    present = set(found["rule"])
    for rule in contracts.rules.values():
        if rule.explains and rule.at in COVERED and rule.id in present:
            found = _without_explained(found, rule, contracts)
    rules = contracts.rules.values()
    order = sorted(rules, key=lambda rule: (SEVERITIES.index(rule.severity), -rule.weight))
    ranks = {rule.id: rank for rank, rule in enumerate(order)}
    families = {rule.id: rule.family for rule in rules}
    at_value = [rule.id for rule in rules if rule.at == "value"]
    ranked = found.with_row_index("_position").with_columns(
        _rank=pl.col("rule").replace_strict(ranks, return_dtype=pl.Int64),
        _family=pl.col("rule").replace_strict(families, return_dtype=pl.String),
    )
    candidates = (
        pl.col("rule").is_in(at_value)
        & ~pl.col("silent").fill_null(value=False)
        & pl.col("file").is_not_null()
        & pl.col("year").is_not_null()
    )
    worst = (
        ranked.filter(candidates)
        .sort("_rank", "_position")
        .unique(["file", "indicator", "year", "_family"], keep="first", maintain_order=True)
    )
    kept = pl.concat([ranked.filter(~candidates), worst]).sort("_position")
    return kept.select(found.columns)


def _without_explained(found: pl.DataFrame, rule: Rule, contracts: Contracts) -> pl.DataFrame:
    numbered = found.with_row_index("_position")
    covers = found.filter(pl.col("rule") == rule.id)
    gone: list[int] = []
    present = set(found["rule"])
    for other in contracts.rules.values():
        if other.id in present and other.id != rule.id and {other.id, other.family} & set(rule.explains):
            # A peer rule reports one year per row, so that the year is not compared.
            scope = [name for name in COVERED[rule.at] if name != "year" or other.family != "peer"]
            consequences = numbered.filter(pl.col("rule") == other.id).join(covers, on=scope, how="semi")
            gone += consequences["_position"].to_list()
    return numbered.filter(~pl.col("_position").is_in(gone)).drop("_position")
