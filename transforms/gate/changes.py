"""Measure the change of each province against its published package; limits are in `definitions/gate.yaml`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import Any

import polars as pl

from transforms.aggregation.statistics import ENOUGH_PEERS
from transforms.pipeline import Review

# Kind, indicator, year and unit of a usable value.
Key = tuple[str, str, int, str]

SCHEMA: dict[str, type[pl.DataType]] = {
    "province": pl.String,
    "accepted_lost": pl.Int64,
    "accepted_drop": pl.Float64,
    "usable_lost": pl.Int64,
    "usable_drop": pl.Float64,
    "rescaled": pl.Int64,
    "rescaled_share": pl.Float64,
    "findings_more": pl.Int64,
    "findings_factor": pl.Float64,
    "median_jump": pl.Float64,
}


@dataclass(frozen=True)
class ProvinceFigures:
    """Figures of a published package: accepted pilots, number of findings above info, usable values."""

    accepted: tuple[str, ...]
    findings: int
    values: tuple[tuple[str, str, str, int, str, float], ...]

    @cached_property
    def by_key(self) -> dict[Key, dict[str, float]]:
        """Values by pilot, grouped by `Key`."""
        found: dict[Key, dict[str, float]] = {}
        for pilot, kind, indicator, year, unit, value in self.values:
            found.setdefault((kind, indicator, year, unit), {})[pilot] = value
        return found

    @cached_property
    def by_cell(self) -> dict[tuple[str, Key], float]:
        """Values by pilot and `Key`."""
        return {(pilot, key): value for key, values in self.by_key.items() for pilot, value in values.items()}

    def of(self, pilots: set[str]) -> dict[tuple[str, Key], float]:
        """Return the values of some pilots."""
        return {cell: value for cell, value in self.by_cell.items() if cell[0] in pilots}


NOTHING = ProvinceFigures((), 0, ())


def figures_to_json(figures: ProvinceFigures) -> dict[str, Any]:
    """Convert figures for JSON; values by pilot, each by kind, indicator, year and unit."""
    values: dict[str, dict[str, float]] = {}
    for pilot, kind, indicator, year, unit, value in figures.values:
        values.setdefault(pilot, {})[f"{kind} {indicator} {year} {unit}"] = value
    return {"accepted": list(figures.accepted), "findings": figures.findings, "values": values}


def figures_from_json(plain: object) -> ProvinceFigures | None:
    """Convert figures from JSON; None if they are missing or damaged."""
    match plain:
        case {"accepted": [*accepted], "findings": int(findings), "values": dict(values)}:
            pass
        case _:
            return None
    try:
        rows = [(pilot, *key.split(" ", 3), value) for pilot, found in values.items() for key, value in found.items()]
        found = tuple(
            (pilot, kind, code, int(year), unit, float(value)) for pilot, kind, code, year, unit, value in rows
        )
    except (AttributeError, TypeError, ValueError):
        return None
    return ProvinceFigures(tuple(map(str, accepted)), findings, found)


def province_figures(review: Review) -> dict[str, ProvinceFigures]:
    """Return the figures of every province in the new packages."""
    accepted = review.judged.accepted
    severe = review.findings.filter(pl.col("severity") != "info")
    columns = ("pilot", "kind", "indicator", "year", "unit", "value")
    usable = review.observations.filter(pl.col("usable")).select("province", *columns).sort("province", *columns)
    return {
        province: ProvinceFigures(
            tuple(sorted(accepted.filter(pl.col("province") == province)["pilot"])),
            severe.filter(pl.col("province") == province).height,
            tuple(usable.filter(pl.col("province") == province).drop("province").iter_rows()),
        )
        for province in review.provinces["province"]
    }


def measure_changes(review: Review, earlier: Mapping[str, ProvinceFigures], provinces: Sequence[str]) -> pl.DataFrame:
    """Return one row per province: losses and changes, columns `SCHEMA`; zero without a published package.

    Args:
        review: of the current run.
        earlier: figures of the published packages, by province.
        provinces: to be published; published provinces without new figures are measured too.
    """
    now = province_figures(review)
    gone = [province for province in earlier if province not in now]
    names = dict.fromkeys((*now, *gone, *provinces))
    pairs = {name: (earlier.get(name, now.get(name, NOTHING)), now.get(name, NOTHING)) for name in names}
    jumps = _jumps(pairs)
    rows = [_measure(name, *pairs[name], jumps.get(name, 0.0)) for name in dict.fromkeys((*provinces, *gone))]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _measure(province: str, before: ProvinceFigures, after: ProvinceFigures, jump: float) -> tuple[Any, ...]:
    lost = max(0, len(before.accepted) - len(after.accepted))
    stayed = set(before.accepted) & set(after.accepted)
    was, now = before.of(stayed), after.of(stayed)
    both = was.keys() & now.keys()
    rescaled = sum(_is_rescaled(was[cell], now[cell]) for cell in both)
    fewer = max(0, len(was) - len(now))
    more = max(0, after.findings - before.findings)
    return (
        province,
        lost,
        _share(lost, len(before.accepted)),
        fewer,
        _share(fewer, len(was)),
        rescaled,
        _share(rescaled, len(both)),
        more,
        after.findings / max(1, before.findings) if more else 1.0,
        jump,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _is_rescaled(before: float, after: float) -> bool:
    """Return whether the values differ by a factor of ten or more, within rounding."""
    small, large = sorted((abs(before), abs(after)))
    return small > 0 and large / small > 9.999


def _jumps(pairs: Mapping[str, tuple[ProvinceFigures, ProvinceFigures]]) -> dict[str, float]:
    """Return by province the largest relative change of a national median to which its changed values contribute."""
    before, after = (_pooled(pair[at] for pair in pairs.values()) for at in (0, 1))
    found: dict[str, float] = {}
    for key in before.keys() & after.keys():
        was, now = before[key], after[key]
        if min(len(was), len(now)) < ENOUGH_PEERS or not median(was):
            continue
        jump = abs(median(now) / median(was) - 1)
        for province, (old, new) in pairs.items():
            if jump and old.by_key.get(key) != new.by_key.get(key):
                found[province] = max(found.get(province, 0.0), jump)
    return found


def _pooled(figures: Iterable[ProvinceFigures]) -> dict[Key, list[float]]:
    pooled: dict[Key, list[float]] = {}
    for one in figures:
        for key, values in one.by_key.items():
            pooled.setdefault(key, []).extend(values.values())
    return pooled
