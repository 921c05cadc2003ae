"""Compare a plan's table with the workbook's, and its prose with either."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contracts.indicators import Indicator, Table
from contracts.load import Contracts
from contracts.naming import name_key, plain, unit_key, wording_key
from transforms.intake.tables.indicator_names import suggest
from transforms.intake.values.cell_value import CellValue
from transforms.intake.values.unit_conversion import convert_row
from transforms.plans.prose.scope import Match, Scoped, in_scope
from transforms.plans.prose.sentences import bare
from transforms.plans.prose.subjects import longest_end
from transforms.plans.prose.target import Target

# What became of a figure in the prose. Only the first three were compared.
VERDICTS = {
    "agrees": "一致",
    "differs": "表述不一",
    "contradicts": "相互矛盾",
    "near": "名称相近，口径可能不同，未比对",
    "scoped": "只是其中一部分，未比对",
    "wider": "不是试点自己的数值，未比对",
    "increment": "是新增量，未比对",
    "total": "是多年累计数或年均数，未比对",
    "beside": "同句另有数值与表一致，未比对",
    "no_year": "没有写明年份，未比对",
    "no_value": "表中没有可比的数值",
    "doubtful": "表中数值存疑",
    "other_measure": "与表中的单位或口径不同，未比对",
    "unknown": "表中没有该指标",
}
COMPARED = ("agrees", "differs", "contradicts")
WORKBOOK, PLAN = "工作簿", "方案"  # whose table a value is from
_ROUNDED, _ABOUT, _POINTS = 1e-3, 0.05, 0.5

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """Observations of one pilot's table, by indicator and year, and codes by the names in it."""

    by_year: Mapping[tuple[str, int], Row]
    names: Mapping[str, str]
    origin: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure in the prose with its indicator, if known, and the value of the table.

    `narrower`: the words that narrow it to a part of the pilot; with `wider` as verdict, that widen it.
    """

    target: Target
    verdict: str
    form: str = "level"
    narrower: str | None = None
    indicator: str | None = None
    name: str | None = None
    value: float | None = None
    unit: str | None = None
    row: Row | None = None
    origin: str | None = None


def as_rows(observations: Sequence[Row], origin: str) -> Rows:
    """Build the rows of `SUBMITTED` of one file; leave out a row that is listed twice."""
    once = [row for row in observations if not row["twice"]]
    return Rows(
        {(row["indicator"], row["year"]): row for row in once},
        {row["label_key"]: row["indicator"] for row in once if row["label_key"] and row["indicator"].startswith("X-")},
        origin,
    )


def compare_prose(
    targets: Sequence[Target], tables: Sequence[Rows], table: Table, pilot: Sequence[str], contracts: Contracts
) -> list[Claim]:
    """Compare each figure of the prose with the first table that has a value for it.

    `pilot` are names of the pilot, which may go before an indicator.
    """
    claims = []
    for scoped in in_scope(targets, table, pilot, contracts):
        claim = _name(scoped, tables, table, pilot)
        claims.append(_against(claim, tables, table) if claim.verdict == "agrees" else claim)
    return list(_withdraw_beside_agreements(claims))


def _withdraw_beside_agreements(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Withdraw contradictions beside an agreement: 60万辆，力争达到80万辆 where the table has 60万辆."""
    agreed = {_statement(claim): claim.target.key for claim in claims if claim.verdict == "agrees"}
    for claim in claims:
        other = agreed.get(_statement(claim), claim.target.key)
        beside = claim.verdict == "contradicts" and (
            other != claim.target.key or (claim.target.hoped and _statement(claim) in agreed)
        )
        yield replace(claim, verdict="beside") if beside else claim


def _statement(claim: Claim) -> tuple[object, ...]:
    return claim.indicator, claim.form, claim.target.year, claim.target.paragraph, claim.target.sentence


def compare_tables(plan: Rows, workbook: Rows) -> Iterator[tuple[Row, Row]]:
    """Yield cells of the plan's table that differ from the workbook's, each with the workbook's."""
    for (code, year), row in plan.by_year.items():
        key = workbook.names.get(row["label_key"] or "", "") if code.startswith("X-") else code
        other = workbook.by_year.get((key, year))
        if other and row["raw_value"] and other["raw_value"] and not _says_the_same(row, other):
            yield row, other


def _says_the_same(one: Row, other: Row) -> bool:
    if plain(one["raw_value"]) == plain(other["raw_value"]) and one["unit"] == other["unit"]:
        return True
    if one["value"] is None or other["value"] is None:
        return bool(one["value"] is None and other["value"] is None and one["qualifier"] == other["qualifier"])
    return bool(one["unit"] == other["unit"] and math.isclose(one["value"], other["value"], rel_tol=_ROUNDED))


def _name(scoped: Scoped, tables: Sequence[Rows], table: Table, pilot: Sequence[str]) -> Claim:
    """Find the indicator of a figure. The verdict `agrees` here means that it may be compared."""
    target, match = scoped.target, scoped.match
    if match:
        verdict, narrower = _hindrance(target, match), match.narrower or match.wider
        return Claim(target, verdict, match.form, narrower, match.indicator.code, match.indicator.name)
    key = target.key
    for name in pilot:
        key = key.removeprefix(name_key(name))
    if added := next((code for rows in tables if (code := _added(key, rows))), None):
        verdict = "no_year" if target.year is None else "increment" if target.form == "increment" else "agrees"
        return Claim(target, verdict, target.form, None, added, target.subject)
    if longest_end(wording_key(bare(target.phrase)), table.by_wording):  # 可再生能源装机达到50%
        return Claim(target, "other_measure", target.form)
    like = suggest(key, table.indicators)
    return Claim(target, "near" if like else "unknown", target.form, name=like.name if like else None)


def _hindrance(target: Target, match: Match) -> str:
    """Return as a verdict why a figure of a known indicator is not compared; `agrees` if it may be."""
    if match.narrower or match.wider:
        return "scoped" if match.narrower else "wider"
    if target.year is None:
        return "no_year"
    if match.form == "increment":
        return "increment"
    flow = any(scale.measure == "flow" for scale in match.indicator.scales.values())
    return "total" if flow and (target.total or target.yearly) else "agrees"


def _added(key: str, rows: Rows) -> str | None:
    """Return the code of the added indicator that a subject names: 园区电气化率 is also 电气化."""
    for name, code in rows.names.items():
        short = name.removeprefix("园区").removeprefix("全市")
        if key in {name, name.removesuffix("率"), short, short.removesuffix("率")}:
            return code
    return None


def _against(claim: Claim, tables: Sequence[Rows], table: Table) -> Claim:
    target, code = claim.target, claim.indicator or ""
    for rows in tables:
        # An added indicator has another number in each table.
        own = _added(target.key, rows) or "" if code.startswith("X-") else code
        row = rows.by_year.get((own, target.year or 0))
        if row is None or row["value"] is None:
            continue
        claim = replace(claim, row=row, origin=rows.origin, unit=row["unit"])
        if row["doubt"]:
            return replace(claim, verdict="doubtful")
        indicator = table.by_code.get(code)
        growth = indicator is not None and any(scale.measure == "growth" for scale in indicator.scales.values())
        if target.form == "change" and not (growth and target.yearly):
            return _against_change(claim, rows)
        value = _canonical(target, table.by_code.get(code), row)
        if value is None:
            return replace(claim, verdict="other_measure")
        return replace(claim, value=value, verdict=_verdict(target, value, row))
    return replace(claim, verdict="no_value")


def _canonical(target: Target, indicator: Indicator | None, row: Row) -> float | None:
    """Return the value in the unit of the table; None if its unit is missing or cannot be converted."""
    if not target.unit:
        return None
    if indicator is None:
        same = unit_key(target.unit) == unit_key(row["unit"] or row["raw_unit"] or target.unit)
        return float(target.value) if same else None
    if unit_key(target.unit) not in indicator.units:
        return None
    (converted,) = convert_row(indicator, target.unit, [CellValue(target.qualifier, target.value)])
    return converted.value if converted.unit == row["unit"] else None


def _verdict(target: Target, value: float, row: Row) -> str:
    there, qualifier = row["value"], row["qualifier"]
    decimals = -int(target.value.as_tuple().exponent)
    half = abs(value / float(target.value)) * 0.5 * 10.0**-decimals if target.value else 0.0
    near = _ABOUT if "about" in {target.qualifier, qualifier} else _ROUNDED
    if math.isclose(value, there, rel_tol=near) or abs(value - there) <= half * (1 + 1e-9):
        return "agrees"
    open_up = (target.qualifier == "at_least" and there > value) or (qualifier == "at_least" and value > there)
    open_down = (target.qualifier == "at_most" and there < value) or (qualifier == "at_most" and value < there)
    return "differs" if open_up or open_down else "contradicts"


def _against_change(claim: Claim, rows: Rows) -> Claim:
    """Compare a change in percent with a year of the table; skip changes of a percentage, which are ambiguous."""
    target, row = claim.target, claim.row or {}
    base = rows.by_year.get((row["indicator"], target.base_year or 0))
    whole = target.unit == "%" and not target.yearly and row["unit"] not in {"%", None}
    comparable = whole and base is not None and base["value"]
    if not comparable or base is None or base["unit"] != row["unit"]:
        return replace(claim, verdict="other_measure")
    if base["doubt"]:
        return replace(claim, verdict="doubtful")
    stated = -float(target.value) if target.falls else float(target.value)
    actual = (row["value"] / base["value"] - 1) * 100
    more = abs(actual) > abs(stated) and (actual < 0) == (stated < 0)
    allowed = (target.qualifier == "at_least" and more) or (target.qualifier == "at_most" and not more)
    verdict = "agrees" if abs(actual - stated) <= _POINTS else "differs" if allowed else "contradicts"
    return replace(claim, verdict=verdict, value=base["value"] * (1 + stated / 100))
