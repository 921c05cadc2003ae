"""Rows that break a rule → findings: where, why, what to do, how material. Here a finding gets its words."""

import hashlib
from collections.abc import Iterable
from typing import Any

import polars as pl

from contracts.load import Contracts
from contracts.rules import SEVERITIES, Rule
from contracts.schemas.published import Findings, columns_of

# What a rule may say about a finding; everything that it does not say is null.
CONTEXT: dict[str, pl.DataType] = {
    "rule": pl.String(),
    "status": pl.String(),
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
    "also": pl.String(),
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
_NOTHING = pl.DataFrame(schema=CONTEXT)
# How far apart the severities are in the ranking; a rule's weight, the indicator and the size count beside them.
_BASE = {"blocker": 1000.0, "error": 100.0, "warning": 10.0, "info": 0.5}
# What each further finding about a pilot adds to the least of its severity: the first ten should not all be about one.
_FURTHER = 0.02
_LEAST = {"blocker": 20.0, "error": 5.0, "warning": 3.0, "info": 0.0}
_CELL = {
    "file": None,
    "province": None,
    "part": None,
    "year": "year_cell",
    "label": "label_cell",
    "unit": "unit_cell",
    "value": "cell",
}
_GIVEN = {"label": "label", "unit": "raw_unit", "value": "raw_value"}
NOT_EVALUATED = "规则“{title}”未能执行：{detail}。该项检查没有结果，不代表没有问题。"


def as_context(rows: pl.DataFrame, rule: str | None = None) -> pl.DataFrame:
    """Any frame as rows about findings: columns of `CONTEXT` kept, missing ones null, all others dropped."""
    if rows.is_empty():
        return _NOTHING
    if rule:
        rows = rows.with_columns(rule=pl.lit(rule))
    return rows.select(
        (pl.col(name) if name in rows.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in CONTEXT.items()
    )


def not_evaluated(reasons: Iterable[str]) -> pl.DataFrame:
    """Rows of a rule that could not look, with the reason in Chinese: it is no result that nothing was found."""
    details = list(reasons)
    return pl.DataFrame(
        {"status": ["not_evaluated"] * len(details), "detail": details},
        schema={"status": pl.String, "detail": pl.String},
    )


def build_findings(rows: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Complete the rows that rules returned.

    Args:
        rows: columns of `CONTEXT`; several about one thing (three years of a row with a wrong unit) become one finding.
        contracts: with the catalogue of rules.

    Returns:
        Columns of `Findings`, ordered by severity, materiality, province, pilot, indicator, year.
    """
    described: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows.filter(~pl.col("silent").fill_null(value=False)).to_dicts():
        finding = _build_finding(row, contracts)
        described.setdefault((finding["finding_key"], finding["file"], finding["indicator"], finding["year"]), finding)
    taken: set[str] = set()
    for finding in described.values():
        # Added indicators of one name, and copies of one file: told apart by their place.
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
    cell = _CELL[rule.at]
    given = _GIVEN.get(rule.at)
    # An added indicator's number depends on its place; its name does not.
    by_name = (row["indicator"] or "").startswith("X-") or rule.at == "part"
    indicator = row["label_key"] if by_name else row["indicator"]
    return {
        "finding_key": _hash(rule.id, _subject(rule, row, contracts), indicator, row["year"]),
        "rule": rule.id,
        "severity": "info" if status == "not_evaluated" else rule.severity,
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
        "advice": rule.advice.format_map(_texts(row)),
        "materiality": _materiality(rule, row, status, contracts),
        "version": row["version"],
    }


def _materiality(rule: Rule, row: dict[str, Any], status: str, contracts: Contracts) -> float:
    """Severity, how sure the rule is, how central the indicator, how far off (twice at four powers of ten)."""
    if status == "not_evaluated":
        return 0.0
    indicator = contracts.indicators.get(row["indicator"] or "")
    size = 1 + min(abs(row["off"] or 0.0), 4.0) / 4
    return _BASE[rule.severity] * rule.weight * (indicator.central if indicator else 1.0) * float(size)


def _spread_ranks(frame: pl.DataFrame) -> pl.DataFrame:
    """Let each further finding about the same pilot count less, in the order of their weight; no less than an info."""
    who = pl.coalesce("pilot", "file", "province", pl.lit("-"))
    before = pl.col("materiality").rank("ordinal", descending=True).over(pl.col("province"), who) - 1
    least = pl.min_horizontal(pl.col("severity").replace_strict(_LEAST, return_dtype=pl.Float64), "materiality")
    spread = least + (pl.col("materiality") - least) * _FURTHER ** before.cast(pl.Float64)
    return frame.with_columns(materiality=spread.round(4))


def _subject(rule: Rule, row: dict[str, Any], contracts: Contracts) -> str:
    """Whom a finding is about: a pilot, a file, a province. Two places off the roster may share a name."""
    who = row["pilot"] or row["file"] or row["province"]
    listed = contracts.round.listed.get(row["pilot"] or "")
    if row["pilot"] and (listed is None or listed[0] != row["province"]):
        who = f"{row['province']} {who}"
    return f"{who} {row['file_sha256']}" if rule.per_file else str(who)


def _words(rule: Rule, row: dict[str, Any], status: str) -> str:
    if status == "not_evaluated":
        return NOT_EVALUATED.format(title=rule.title, detail=row["detail"])
    return rule.message.format_map(_texts(row)) + (row["also"] or "")


def _texts(row: dict[str, Any]) -> dict[str, str]:
    texts = {name: "" if value is None else str(value) for name, value in row.items()}
    if row["value"] is not None:
        texts["value"] = format_number(row["value"])
    return texts | {"label": row["label"] or "（空）"}


def format_number(value: float) -> str:
    """A number as people write it: no exponent, no noise, thousands separated from a million on."""
    return f"{value:,.0f}" if 1e6 <= abs(value) < 1e15 else f"{value:.6g}"


def format_numbers(number: pl.Expr) -> pl.Expr:
    """Numbers as people write them."""
    return number.map_elements(format_number, return_dtype=pl.String)


def decimals(number: pl.Expr) -> pl.Expr:
    """How many decimals a number was given with."""
    return format_numbers(number).str.extract(r"\.(\d+)$").str.len_chars().fill_null(0).cast(pl.Float64)


def _hash(*parts: object) -> str:
    return hashlib.sha256("|".join("" if part is None else str(part) for part in parts).encode()).hexdigest()[:16]
