"""Leave out duplicate findings: all but the most severe of a family at a cell, and consequences of another finding."""

import polars as pl

from contracts.load import Contracts
from contracts.rules import SEVERITIES, Rule
from transforms.rules.cross_indicator import partners

# Columns that identify what a finding covers, by `at` of its rule.
_SCOPES = {
    "value": ["file", "indicator", "year"],
    "label": ["file", "indicator"],
    "unit": ["file", "indicator"],
    "year": ["file", "year"],
    "file": ["file"],
}


def deduplicate(found: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Leave out rows that another rule explains, and of each family at a cell all but the most severe.

    Args:
        found: columns of `transforms.judging.findings.CONTEXT`, of all rules.
        contracts: of the round.
    """
    present = set(found["rule"])
    for rule in contracts.rules.values():
        if rule.explains and rule.at in _SCOPES and rule.id in present:
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
        pl.col("rule").is_in(at_value) & ~_silent() & pl.col("file").is_not_null() & pl.col("year").is_not_null()
    )
    worst = (
        ranked.filter(candidates)
        .sort("_rank", "_position")
        .unique(["file", "indicator", "year", "_family"], keep="first", maintain_order=True)
    )
    kept = pl.concat([ranked.filter(~candidates), worst]).sort("_position")
    return kept.select(found.columns)


def add_consequences(slips: pl.DataFrame, follows: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Fill in `also` of each finding about a doubtful value: the rules that fail if the value is used.

    Args:
        slips: rows about single values, columns `CONTEXT`.
        follows: rows of the relations that fail only with the doubtful values.
        contracts: of the round.
    """
    titles = {rule.id: rule.title for rule in contracts.rules.values()}
    doubtful = [rule.id for rule in contracts.rules.values() if rule.family in {"value", "unit", "mixup"}]
    pairs = [
        (row["file"], indicator, titles[row["rule"]])
        for row in follows.filter(pl.col("file").is_not_null() & pl.col("indicator").is_not_null()).iter_rows(
            named=True
        )
        for indicator in sorted({row["indicator"], *partners(row["indicator"])})
    ]
    said = (
        pl.DataFrame(pairs, schema={"file": pl.String, "indicator": pl.String, "title": pl.String}, orient="row")
        .unique(maintain_order=True)
        .group_by("file", "indicator", maintain_order=True)
        .agg(said=pl.col("title").str.join("”“"))
    )
    return (
        slips.join(said, on=["file", "indicator"], how="left", validate="m:1", maintain_order="left")
        .with_columns(
            also=pl.when(pl.col("rule").is_in(doubtful)).then(pl.format("若照填报数值计算，还会出现“{}”。", "said"))
        )
        .drop("said")
    )


def _without_explained(found: pl.DataFrame, rule: Rule, contracts: Contracts) -> pl.DataFrame:
    numbered = found.with_row_index("_position")
    covers = found.filter(pl.col("rule") == rule.id)
    gone: list[int] = []
    present = set(found["rule"])
    for other in contracts.rules.values():
        if other.id in present and other.id != rule.id and {other.id, other.family} & set(rule.explains):
            # A peer rule reports one year per row, so that the year is not compared.
            scope = [name for name in _SCOPES[rule.at] if name != "year" or other.family != "peer"]
            consequences = numbered.filter(pl.col("rule") == other.id).join(covers, on=scope, how="semi")
            gone += consequences["_position"].to_list()
    return numbered.filter(~pl.col("_position").is_in(gone)).drop("_position")


def _silent() -> pl.Expr:
    return pl.col("silent").fill_null(value=False)
