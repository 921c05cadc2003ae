"""Turn rows returned by rules into findings: key, location, message, advice and materiality."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import polars as pl

from contracts.load import Contracts
from contracts.rules import SEVERITIES, Rule
from contracts.schemas.published import Findings, columns_of

# Columns that a rule may return, all others are null. `severity`: other than the rule's; `off`: size of the
# deviation, raises the materiality; `silent`: excludes the value without a finding of its own.
CONTEXT: dict[str, pl.DataType] = {
    "rule": pl.String(),
    "status": pl.String(),
    "severity": pl.String(),
    "province": pl.String(),
    "pilot": pl.String(),
    "kind": pl.String(),
    "indicator": pl.String(),
    "name": pl.String(),
    "label": pl.String(),
    "label_key": pl.String(),
    "year": pl.Int64(),
    "raw_value": pl.String(),
    "raw_unit": pl.String(),
    "value": pl.Float64(),
    "unit": pl.String(),
    "expected": pl.String(),
    "detail": pl.String(),
    "off": pl.Float64(),
    "silent": pl.Boolean(),
    "file": pl.String(),
    "file_sha256": pl.String(),
    "sheet": pl.String(),
    "cell": pl.String(),
    "label_cell": pl.String(),
    "unit_cell": pl.String(),
    "year_cell": pl.String(),
    "version": pl.String(),
}
# Words behind a value by its qualifier.
AFTER = {"at_least": "以上", "at_most": "以下", "about": "左右"}
_NOTHING = pl.DataFrame(schema=CONTEXT)
# Base of the materiality by severity.
_BASE = {"blocker": 1000.0, "error": 100.0, "warning": 10.0, "info": 0.5}
# Factor for each further finding of one pilot, so that the first findings are not all about one pilot.
_FURTHER = 0.02
_LEAST = {"blocker": 20.0, "error": 5.0, "warning": 3.0, "info": 0.0}
_CELL = {
    "row": "cell",
    "year": "year_cell",
    "label": "label_cell",
    "unit": "unit_cell",
    "value": "cell",
}
_FOLDER = "submissions/"
_GIVEN = {"label": "label", "unit": "raw_unit", "value": "raw_value"}
# A check of a pilot that lacks a value is no fault of the pilot.
_NOT_COMPARED = "{heading}（{detail}）。"
_NO_ACTION = "补齐数值后自动核对，无需单独处理。"
NOT_EVALUATED = "{heading}（{detail}）。该项检查没有结果，不代表没有问题。"
_OR_EXPLAIN = "；经核实数据无误的，请在“说明”工作表中写明理由"
_NOT_ASKED = "报送单位无需处理。"


def as_context(rows: pl.DataFrame, rule: str | None = None) -> pl.DataFrame:
    """Select the columns of `CONTEXT`; missing ones are null, all others are dropped."""
    if rows.is_empty():
        return _NOTHING
    if rule:
        rows = rows.with_columns(rule=pl.lit(rule))
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in CONTEXT.items()
    )


def not_evaluated(reasons: Iterable[str]) -> pl.DataFrame:
    """Return rows with status `not_evaluated`, one for each reason in Chinese."""
    details = list(reasons)
    return pl.DataFrame(
        {"status": ["not_evaluated"] * len(details), "detail": details},
        schema={"status": pl.String, "detail": pl.String},
    )


def build_findings(rows: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Build the findings from rows of rules.

    Args:
        rows: columns of `CONTEXT`; rows with the same key, file, indicator and year become one finding.
        contracts: of the round.

    Returns:
        Columns of `Findings`, ordered by severity, materiality, province, pilot, indicator, year.
    """
    described: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows.filter(~pl.col("silent").fill_null(value=False)).to_dicts():
        finding = _build_finding(row, contracts)
        described.setdefault((finding["finding_key"], finding["file"], finding["indicator"], finding["year"]), finding)
    taken: set[str] = set()
    for finding in described.values():
        # Added indicators with one name, and copies of one file, get a key of their own.
        if finding["finding_key"] in taken:
            finding["finding_key"] = _hash(finding["finding_key"], finding["indicator"], finding["file"])
        taken.add(finding["finding_key"])
    frame = pl.DataFrame(list(described.values()), schema=columns_of(Findings), orient="row").pipe(_spread_ranks)
    provinces = list(contracts.round.quotas)
    return frame.sort(
        pl.col("severity").replace_strict(list(SEVERITIES), range(len(SEVERITIES)), return_dtype=pl.Int8),
        -pl.col("materiality"),
        pl.col("province").replace_strict(provinces, range(len(provinces)), default=99, return_dtype=pl.Int8),
        "province",
        "pilot",
        "indicator",
        "year",
        "rule",
        "file",
        nulls_last=True,
        maintain_order=True,
    )


def _build_finding(row: dict[str, Any], contracts: Contracts) -> dict[str, Any]:
    rule = contracts.rules[row["rule"]]
    status = row["status"] or "failed"
    if rule.at in {"label", "unit"}:
        row["year"] = None
    if rule.at == "year":
        row["indicator"] = None
    cell, given = _CELL.get(rule.at), _GIVEN.get(rule.at)
    # The number of an added indicator depends on its row; its name does not.
    by_name = (row["indicator"] or "").startswith("X-") or rule.at in {"part", "row"}
    indicator = row["label_key"] if by_name else row["indicator"]
    return {
        "finding_key": _hash(rule.key_id, _subject(rule, row, contracts), indicator, row["year"]),
        "rule": rule.id,
        "severity": "info" if status == "not_evaluated" else row["severity"] or rule.severity,
        "level": rule.level,
        "status": status,
        "round": contracts.round.round,
        **{
            name: row[name]
            for name in ("province", "pilot", "kind", "indicator", "year", "file", "file_sha256", "sheet")
        },
        "cell": row[cell] if cell else None,
        "raw_value": row[given] if given else row["raw_value"],
        "value": row["value"] if rule.at == "value" else None,
        "expected": row["expected"],
        "message": _words(rule, row, status),
        "advice": _advice(rule, row, status),
        "materiality": _materiality(rule, row, status, contracts),
        "version": row["version"],
    }


def _materiality(rule: Rule, row: dict[str, Any], status: str, contracts: Contracts) -> float:
    """Multiply base by severity, rule weight, importance of the indicator and size (up to 2 at four powers of ten)."""
    if status == "not_evaluated":
        return 0.0
    indicator = contracts.indicators.get(row["indicator"] or "")
    size = 1 + min(abs(row["off"] or 0.0), 4.0) / 4
    return (
        _BASE[row["severity"] or rule.severity] * rule.weight * (indicator.central if indicator else 1.0) * float(size)
    )


def _spread_ranks(frame: pl.DataFrame) -> pl.DataFrame:
    """Lower the materiality of each further finding of one pilot, down to the least of its severity."""
    who = pl.coalesce("pilot", "file", "province", pl.lit("-"))
    before = pl.col("materiality").rank("ordinal", descending=True).over(pl.col("province"), who) - 1
    least = pl.min_horizontal(pl.col("severity").replace_strict(_LEAST, return_dtype=pl.Float64), "materiality")
    spread = least + (pl.col("materiality") - least) * _FURTHER ** before.cast(pl.Float64)
    return frame.with_columns(materiality=spread.round(4))


def _subject(rule: Rule, row: dict[str, Any], contracts: Contracts) -> str:
    """Return pilot, file or province of a finding; pilots off the roster with their province, as names may repeat."""
    who = row["pilot"] or row["file"] or row["province"]
    listed = contracts.round.listed.get(row["pilot"] or "")
    if listed and listed[0] == row["province"]:
        who = listed[1].key_name
    elif row["pilot"]:
        who = f"{row['province']} {who}"
    return f"{who} {row['file_sha256']}" if rule.per_file else str(who)


def _lacks_value(row: dict[str, Any], status: str) -> bool:
    """Return whether a relation was not evaluated for want of a value; other checks did not run by an error of ours."""
    return status == "not_evaluated" and row["rule"].startswith("RELATION-") and row["pilot"] is not None


def _words(rule: Rule, row: dict[str, Any], status: str) -> str:
    if _lacks_value(row, status):
        return _NOT_COMPARED.format(heading=rule.heading(status), detail=row["detail"])
    if status == "not_evaluated":
        return NOT_EVALUATED.format(heading=rule.heading(status), detail=row["detail"])
    return rule.message.format_map(_texts(row))


def _advice(rule: Rule, row: dict[str, Any], status: str) -> str:
    """Return what is to be done; a check that did not run asks nothing of the submitter."""
    if _lacks_value(row, status):
        return _NO_ACTION
    if status == "not_evaluated":
        return _NOT_ASKED
    # An error must be corrected: no explanation is accepted in place of it.
    advice = rule.advice.replace(_OR_EXPLAIN, "") if row["severity"] == "error" else rule.advice
    return advice.format_map(_texts(row))


def _texts(row: dict[str, Any]) -> dict[str, str]:
    """Return the texts that a message may name; the folder of all submissions means nothing to a reader."""
    texts = {name: "" if value is None else str(value) for name, value in row.items()}
    if row["value"] is not None:
        texts["value"] = format_number(row["value"])
    for name in ("file", "detail"):
        texts[name] = texts[name].replace(_FOLDER, "")
    return texts | {"label": row["label"] or "（空）"}


def format_number(value: float) -> str:
    """Format with 6 significant digits, below 1e21 without exponent; from a million on with thousands separators."""
    if 1e6 <= abs(value) < 1e15:
        return f"{value:,.0f}"
    text = f"{value:.6g}"
    return f"{Decimal(text):,f}" if "e" in text and abs(value) < 1e21 else text


def format_numbers(number: pl.Expr) -> pl.Expr:
    """Apply `format_number` to a column."""
    return number.map_elements(format_number, return_dtype=pl.String)


def decimals(number: pl.Expr) -> pl.Expr:
    """Count the decimals of the formatted numbers."""
    return format_numbers(number).str.extract(r"\.(\d+)$").str.len_chars().fill_null(0).cast(pl.Float64)


def _hash(*parts: object) -> str:
    return hashlib.sha256("|".join("" if part is None else str(part) for part in parts).encode()).hexdigest()[:16]
