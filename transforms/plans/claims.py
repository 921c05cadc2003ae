"""A figure of the prose with what the table says, as a row of the frame of claims."""

import polars as pl

from transforms.judging.findings import format_number
from transforms.plans.compare import VERDICTS, Claim, Row
from transforms.plans.prose.target import Target

_AFTER = {"at_least": "以上", "at_most": "以下", "about": "左右"}

CLAIM: dict[str, pl.DataType] = {
    "indicator": pl.String(),
    "name": pl.String(),
    "label_key": pl.String(),
    "subject": pl.String(),
    "year": pl.Int64(),
    "said": pl.String(),
    "value": pl.Float64(),
    "unit": pl.String(),
    "verdict": pl.String(),
    "reason": pl.String(),
    "qualifier": pl.String(),
    "stated": pl.Float64(),
    "stated_unit": pl.String(),
    "form": pl.String(),
    "base_year": pl.Int64(),
    "scope": pl.String(),
    "sentence": pl.String(),
    "table_raw": pl.String(),
    "table_value": pl.Float64(),
    "origin": pl.String(),
    "table_cell": pl.String(),
    "place": pl.String(),
    "heading": pl.String(),
    "quote": pl.String(),
}


def claim_row(claim: Claim) -> Row:
    """Columns of `CLAIM`."""
    target, row = claim.target, claim.row or {}
    place = f"{row['sheet']}!{row['cell']}" if row else None
    return {
        "indicator": claim.indicator,
        "name": claim.name,
        "label_key": target.key,
        "subject": target.subject,
        "year": target.year,
        "said": said(target),
        "value": claim.value,
        "unit": claim.unit,
        "verdict": claim.verdict,
        "reason": VERDICTS[claim.verdict] + (f"（{claim.narrower}）" if claim.narrower else ""),
        "qualifier": target.qualifier,
        "stated": float(target.value),
        "stated_unit": target.unit,
        "form": claim.form,
        "base_year": target.base_year,
        "scope": "narrower" if claim.verdict == "scoped" else "whole",
        "sentence": target.sentence,
        "table_raw": row.get("raw_value"),
        "table_value": row.get("value"),
        "origin": claim.origin,
        "table_cell": place,
        "place": target.paragraph,
        "heading": target.heading,
        "quote": target.quote,
    }


def said(target: Target) -> str:
    """A figure as the prose gives it: 21%以上, 比2020年下降14.5%."""
    number, after = f"{format_number(float(target.value))}{target.unit or ''}", _AFTER.get(target.qualifier, "")
    if target.form != "change":
        return f"{number}{after}"
    since = (f"比{target.base_year}年" if target.base_year else "") + ("年均" if target.yearly else "")
    return f"{since}{'下降' if target.falls else '提高'}{number}{after}"
