"""Achievement of every due target: accepted plans against actual values, one row per pilot, indicator and year."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from contracts.indicators import Indicator
from contracts.load import Contracts
from transforms.batch import Batch, one_of_repeated
from transforms.judging.time_series import ENOUGH_PEERS
from transforms.progress.assess import (
    completion_rate,
    is_met,
    is_proven,
    path_to,
    state_of,
    yearly_change,
)
from transforms.progress.explanations import explanations
from transforms.progress.goals import goal_of

ACHIEVEMENT: dict[str, pl.DataType] = {
    **dict.fromkeys(("province", "pilot", "kind", "file", "indicator", "unit"), pl.String()),
    "year": pl.Int64(),
    **dict.fromkeys(("base", "target", "actual"), pl.Float64()),
    **dict.fromkeys(("target_raw", "qualifier"), pl.String()),
    "rate": pl.Float64(),  # 1 is the whole way from base to target
    **dict.fromkeys(("state", "reason", "explanation"), pl.String()),
    "last_year": pl.Int64(),
    **dict.fromkeys(("last_target", "so_far", "required"), pl.Float64()),  # percent, or points of a share, a year
    "last_raw": pl.String(),
    "path": pl.String(),
    "national": pl.Float64(),  # percent a year that the nation aims at
    "peers": pl.Float64(),  # median of `required`; null below `ENOUGH_PEERS`
    "peers_n": pl.Int64(),
    **dict.fromkeys(("sheet", "cell"), pl.String()),
}
Key = tuple[str, str, str, int]


@dataclass(frozen=True)
class _Known:
    """Accepted plans and actual values by province, pilot, indicator and year."""

    plans: Mapping[Key, dict[str, Any]]
    actuals: Mapping[Key, dict[str, Any]]
    planned: frozenset[tuple[str, str]]


def achievement(batch: Batch, pilots: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Assess the due targets of pilots, columns `ACHIEVEMENT`; empty for a round of plans.

    Args:
        batch: with `usable` set.
        pilots: `province, pilot, kind, file` of the submissions to assess.
        contracts: of the round.
    """
    if contracts.round.kind != "progress":
        return pl.DataFrame(schema=ACHIEVEMENT)
    counted = one_of_repeated(batch.observations).join(
        pilots.select("file"), on="file", how="semi", maintain_order="left"
    )
    plans = batch.accepted_plans
    planned = frozenset(plans.select("province", "pilot").unique().iter_rows())
    known = _Known(_by_key(plans), _by_key(counted), planned)
    rows = [
        _row(pilot, row, year, said, noted, known, contracts)
        for pilot in pilots.select("province", "pilot", "kind", "file").to_dicts()
        if pilot["kind"] in contracts.tables
        for said, noted in [_reasons(batch, pilot, contracts)]
        for row in contracts.tables[pilot["kind"]].indicators
        for year in contracts.round.due
    ]
    return _with_peers(pl.DataFrame(rows, schema=ACHIEVEMENT, orient="row"))


def _reasons(batch: Batch, pilot: dict[str, Any], contracts: Contracts) -> tuple[dict[str, str], dict[str, str]]:
    """Return by indicator what explains a missed target, and what is said about one that is not judged."""
    sheets, table = batch.sheets.get(pilot["file"], ()), contracts.tables[pilot["kind"]]
    return explanations(sheets, table, contracts), explanations(sheets, table, contracts, every=True)


def _row(
    pilot: dict[str, Any],
    row: Indicator,
    year: int,
    said: Mapping[str, str],
    noted: Mapping[str, str],
    known: _Known,
    contracts: Contracts,
) -> dict[str, Any]:
    who, words, progress = (pilot["province"], pilot["pilot"]), contracts.progress.reasons, contracts.progress
    actual, plan = known.actuals.get((*who, row.code, year), {}), known.plans.get((*who, row.code, year), {})
    unit = actual.get("unit") or plan.get("unit")
    value = actual.get("value") if actual.get("usable") else None
    base = _base(who, row.code, unit, known, contracts)
    goal = goal_of(plan, row, base, _years(who, row.code, known, contracts))
    found: dict[str, Any] = {
        **pilot, "indicator": row.code, "unit": unit, "year": year, "base": base, "actual": value,
        "target": goal.value if goal and plan["unit"] == unit else None,
        "target_raw": plan.get("raw_value"), "qualifier": plan.get("qualifier"), "state": "unjudged",
        "explanation": noted.get(row.code), "sheet": actual.get("sheet"), "cell": actual.get("cell"),
        "path": "unknown", "national": _national(row.code, contracts),
    }  # fmt: skip
    reason = next(_obstacles(who, plan, actual, year, unit, known, words, judged=goal is not None), None)
    if unit:
        found |= _path(who, row, value, unit, base, known, contracts)
    if reason or goal is None:
        return found | {"reason": reason}
    met = is_met(goal, value or 0.0, progress.about, progress.same)
    if not is_proven(goal, met, actual["qualifier"]):
        return found | {"reason": words["open_actual"].format(raw=actual["raw_value"])}
    return found | {
        "rate": None if met is None else completion_rate(base, goal.value, value or 0.0, goal.wanted),
        "state": state_of(met),
        "explanation": said.get(row.code),
        "reason": words["no_direction"] if met is None else None,
    }


def _obstacles(
    who: tuple[str, str],
    plan: dict[str, Any],
    actual: dict[str, Any],
    year: int,
    unit: str | None,
    known: _Known,
    words: Mapping[str, str],
    *,
    judged: bool,
) -> Iterator[str]:
    """Yield in Chinese what keeps a target from being judged, the most important first."""
    if who not in known.planned:
        yield words["no_plan"]
    elif not plan or plan["qualifier"] in {"missing", "not_applicable"}:
        yield words["no_target"].format(year=year)
    elif judged:
        pass
    elif plan["change"] is not None and plan["value"] is None:
        yield words["no_base_year"].format(raw=plan["raw_value"], since=plan["change_since"] or "基准年")
    elif plan["value"] is None:
        kinds = {"qualitative": "words", "relative": "words", "range": "range"}
        yield words[kinds.get(plan["qualifier"], "unreadable")].format(raw=plan["raw_value"], year=year)
    else:
        yield words["doubtful_target"].format(year=year)
    if actual.get("qualifier") in {None, "missing", "not_applicable"}:
        yield words["no_actual"].format(year=year)
    elif not actual["usable"]:
        yield words["doubtful"].format(year=year)
    elif plan and plan["unit"] != unit:
        yield words["other_unit"].format(unit=plan["unit"])


def _years(who: tuple[str, str], code: str, known: _Known, contracts: Contracts) -> dict[int, dict[str, Any]]:
    years = contracts.round.years
    return {year: one for year in years if (one := known.plans.get((*who, code, year)))}


def _base(who: tuple[str, str], code: str, unit: str | None, known: _Known, contracts: Contracts) -> float | None:
    """Return the base value of the accepted plan, else that of the progress table."""
    for values in (known.plans, known.actuals):
        one = values.get((*who, code, contracts.round.base_year))
        if one and one["usable"] and one["unit"] == unit:
            return float(one["value"])
    return None


def _path(
    who: tuple[str, str],
    row: Indicator,
    value: float | None,
    unit: str,
    base: float | None,
    known: _Known,
    contracts: Contracts,
) -> dict[str, Any]:
    """Return the last target, and the pace so far and from now on where the actual value is known."""
    round_ = contracts.round
    if not round_.stated_years:
        return {}
    now, last = max(round_.reported_years), round_.stated_years[-1]
    latest = known.actuals.get((*who, row.code, now), {})
    value = latest["value"] if value is not None and latest.get("usable") and latest["unit"] == unit else value
    plan = known.plans.get((*who, row.code, last), {})
    found: dict[str, Any] = {"last_year": last, "last_raw": plan.get("raw_value")}
    points = unit == "%"
    goal = goal_of(plan, row, base, _years(who, row.code, known, contracts))
    target = goal.value if goal and plan["unit"] == unit else None
    if value is None:
        return found | {"last_target": target}
    so_far = None if base is None else yearly_change(base, value, now - round_.base_year, points=points)
    if goal is None or target is None:
        return found | {"so_far": so_far}
    required = yearly_change(value, goal.value, last - now, points=points)
    return found | {
        "last_target": goal.value,
        "so_far": so_far,
        "required": required,
        "path": path_to(goal, value, so_far, required, contracts.progress),
    }


def _national(code: str, contracts: Contracts) -> float | None:
    """Return the yearly change in percent of the latest national target that is a change."""
    paces = [one for one in contracts.benchmarks if one.indicator == code and one.general and one.yearly is not None]
    return max(paces, key=lambda one: one.year).yearly * 100 if paces else None  # type: ignore[operator]


def _with_peers(rows: pl.DataFrame) -> pl.DataFrame:
    """Add the median of the required changes over all pilots of the kind, with their number."""
    if rows.is_empty():
        return rows
    keys = ["kind", "indicator", "unit", "year"]
    count = pl.col("required").count().over(keys).cast(pl.Int64)
    median = pl.col("required").median().over(keys)
    return rows.with_columns(peers_n=count, peers=pl.when(count >= ENOUGH_PEERS).then(median))


def _by_key(frame: pl.DataFrame) -> dict[Key, dict[str, Any]]:
    return {(one["province"], one["pilot"], one["indicator"], one["year"]): one for one in frame.to_dicts()}
