"""Claims: figures of the prose with the values of the table, as rows of a frame; published as `plan_targets`."""

from collections.abc import Callable

import polars as pl

from contracts.schemas.published import PlanTargets, columns_of
from transforms.judging.findings import AFTER, format_number
from transforms.plans.compare import COMPARED, VERDICTS, Claim, Row
from transforms.plans.prose.target import Target

# Every column with its type and its value.
_COLUMNS: dict[str, tuple[pl.DataType, Callable[[Claim, Target, Row], object]]] = {
    "indicator": (pl.String(), lambda claim, _, __: claim.indicator),
    "name": (pl.String(), lambda claim, _, __: claim.name),
    "label_key": (pl.String(), lambda _, target, __: target.key),
    "subject": (pl.String(), lambda _, target, __: target.subject),
    "year": (pl.Int64(), lambda _, target, __: target.year),
    "said": (pl.String(), lambda _, target, __: said(target)),
    "value": (pl.Float64(), lambda claim, _, __: claim.value),
    "unit": (pl.String(), lambda claim, _, __: claim.unit),
    "verdict": (pl.String(), lambda claim, _, __: claim.verdict),
    "reason": (pl.String(), lambda claim, _, __: _reason(claim)),
    "qualifier": (pl.String(), lambda _, target, __: target.qualifier),
    "stated": (pl.Float64(), lambda _, target, __: float(target.value)),
    "stated_unit": (pl.String(), lambda _, target, __: target.unit),
    "form": (pl.String(), lambda claim, _, __: claim.form),
    "base_year": (pl.Int64(), lambda _, target, __: target.base_year),
    "scope": (pl.String(), lambda claim, _, __: "narrower" if claim.verdict == "scoped" else "whole"),
    "sentence": (pl.String(), lambda _, target, __: target.sentence),
    "table_raw": (pl.String(), lambda _, __, row: row.get("raw_value")),
    "table_unit": (pl.String(), lambda _, __, row: _unit_beside(row)),
    "table_value": (pl.Float64(), lambda _, __, row: row.get("value")),
    "origin": (pl.String(), lambda claim, _, __: claim.origin),
    "table_cell": (pl.String(), lambda _, __, row: f"{row['sheet']}!{row['cell']}" if row else None),
    "place": (pl.String(), lambda _, target, __: target.paragraph),
    "heading": (pl.String(), lambda _, target, __: target.heading),
    "quote": (pl.String(), lambda _, target, __: target.quote),
}
CLAIM: dict[str, pl.DataType] = {name: dtype for name, (dtype, _) in _COLUMNS.items()}


def claim_row(claim: Claim) -> Row:
    """Return the columns of `CLAIM`."""
    return {name: value(claim, claim.target, claim.row or {}) for name, (_, value) in _COLUMNS.items()}


def _reason(claim: Claim) -> str:
    return VERDICTS[claim.verdict] + (f"（{claim.narrower}）" if claim.narrower else "")


def _unit_beside(row: Row) -> str:
    """Return the unit of a value of the table, empty where its cell names it."""
    return "" if row.get("unit_from") in {None, "cell", "cell_unknown"} else row["raw_unit"] or row["unit"] or ""


def said(target: Target) -> str:
    """Return a figure as the prose words it: 21%以上, 比2020年下降14.5%."""
    number, after = f"{format_number(float(target.value))}{target.unit or ''}", AFTER.get(target.qualifier, "")
    if target.form != "change":
        return f"{number}{after}"
    since = (f"比{target.base_year}年" if target.base_year else "") + ("年均" if target.yearly else "")
    return f"{since}{'下降' if target.falls else '提高'}{number}{after}"


def plan_targets(claims: pl.DataFrame, round_id: str) -> pl.DataFrame:
    """Return claims with the columns of `PlanTargets`, in the order of files and sentences."""
    outcome = (
        pl.when(pl.col("verdict") == "contradicts")
        .then(pl.lit("contradicts"))
        .when(pl.col("verdict").is_in(COMPARED))
        .then(pl.lit("agrees"))  # 95%以上 and 99.6 can both be true
        .otherwise(pl.format("not_compared: {}", "reason"))
    )
    return claims.with_columns(
        paragraph="place",
        label="subject",
        value="stated",
        unit="stated_unit",
        round=pl.lit(round_id),
        comparison=outcome,
    ).select(list(columns_of(PlanTargets)))
