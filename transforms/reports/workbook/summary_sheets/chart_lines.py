"""Lines of the charts of key indicators: of the pilots, of their plans in a progress round, and of the peers."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import polars as pl

from transforms.reports.sheet_parts.charts import Stroke, pilot_stroke
from transforms.reports.view import View

_PEERS = Stroke("262626", "diamond", "sysDot")
# Name, value by year of the round, and style.
Line = tuple[str, list[float | None], Stroke]


def pilot_lines(view: View, rows: pl.DataFrame, code: str, unit: str) -> Iterator[Line]:
    """Yield the usable values of each visible pilot, in the order of the roster; `rows` are of its kind."""
    years = view.contracts.round.years
    usable = rows.filter(pl.col("usable") & (pl.col("indicator") == code) & (pl.col("unit") == unit))
    values = {(file, year): value for file, year, value in usable.select("file", "year", "value").iter_rows()}
    pilots = rows.select("province", "pilot", "file").unique(maintain_order=True).iter_rows()
    for position, (province, pilot, file) in enumerate(pilots):
        line: list[float | None] = [values.get((file, year)) for year in years]
        yield view.pilot_title(province, pilot), line, pilot_stroke(position)


def plan_lines(view: View, rows: pl.DataFrame, code: str, unit: str) -> Iterator[Line]:
    """Yield in a progress round what the accepted plan of each visible pilot aims at, straight between its years."""
    years = view.contracts.round.years
    plans = view.visible(view.review.judged.batch.accepted_plans)
    usable = plans.filter(pl.col("usable") & (pl.col("indicator") == code) & (pl.col("unit") == unit))
    stated: dict[tuple[str, str], dict[int, float]] = {}
    for province, pilot, year, value in usable.select("province", "pilot", "year", "value").iter_rows():
        stated.setdefault((province, pilot), {})[year] = value
    pilots = rows.select("province", "pilot").unique(maintain_order=True).iter_rows()
    for position, who in enumerate(pilots):
        if known := stated.get(who):
            stroke = replace(pilot_stroke(position), dash="sysDot")
            yield f"{view.pilot_title(*who)}（计划）", [_between(known, year) for year in years], stroke


def _between(known: dict[int, float], year: int) -> float | None:
    """Return the value of a year on the straight line between the nearest years before and after it."""
    if year in known:
        return known[year]
    before, after = [one for one in known if one < year], [one for one in known if one > year]
    if not (before and after):
        return None
    first, last = max(before), min(after)
    return known[first] + (known[last] - known[first]) * (year - first) / (last - first)


def listed_observations(view: View, kind: str) -> pl.DataFrame:
    """Return the observations of the pilots of a kind without those off the roster, which are in no aggregate."""
    listed = view.files.filter(~pl.col("off_roster"))
    return view.observations.filter(pl.col("kind") == kind).join(listed, on="file", how="semi", maintain_order="left")


def peer_levels(view: View, code: str, unit: str) -> Iterator[Line]:
    """Yield the national medians by year, if there are any, with n of each year that the round asks for."""
    round_ = view.contracts.round
    medians = {year: view.peers.get((code, year, unit), (None, 0)) for year in round_.years}
    if any(level is not None for level, _ in medians.values()):
        n = "、".join(str(medians[year][1]) for year in round_.required_years)
        yield f"同类中位数（n={n}）", [level for level, _ in medians.values()], _PEERS


def peer_paces(view: View, kind: str, code: str) -> Iterator[Line]:
    """Yield what the national medians of the yearly change make of 100 in the base year, if there are any.

    Medians of the levels do not do: each year has values of other pilots, so that their ratio is no change.
    """
    years = view.contracts.round.years
    paces = {
        (row["since"], row["year"]): (row["median"], row["n"])
        for row in view.review.round_context.paces.iter_rows(named=True)
        if (row["kind"], row["indicator"]) == (kind, code)
    }
    level: list[float | None] = [100.0]
    for earlier, later in pairwise(years):
        pace, before = paces.get((earlier, later), (None, 0))[0], level[-1]
        level.append(None if pace is None or before is None else before * (1 + pace / 100) ** (later - earlier))
    if any(level[1:]):
        asked = view.contracts.round.required_years
        n = "、".join(str(paces.get(span, (None, 0))[1]) for span in pairwise(years) if span[1] in asked)
        yield f"同类年均变化中位数（n={n}）", level, _PEERS
