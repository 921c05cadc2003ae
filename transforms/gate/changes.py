"""Measure the change of each province against its published package; limits are in `definitions/gate.yaml`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Annotated, Any

import polars as pl
from pydantic import StringConstraints, TypeAdapter, ValidationError

from transforms.judging.time_series import ENOUGH_PEERS
from transforms.pipeline import Review

_Key = Annotated[str, StringConstraints(pattern=r"^(\S+ ){3}\S")]  # kind, indicator, year, unit
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
    """Figures of a published package: accepted pilots, number of findings above info, usable values by pilot and key.

    A key is kind, indicator, year and unit in one text: `city C01 2022 吨标准煤/万元`.
    """

    accepted: tuple[str, ...]
    findings: int
    values: Mapping[str, Mapping[_Key, float]]

    def cells(self, pilots: set[str]) -> dict[tuple[str, str], float]:
        """Return the values of some pilots by pilot and key."""
        chosen = {pilot: values for pilot, values in self.values.items() if pilot in pilots}
        return {(pilot, key): value for pilot, values in chosen.items() for key, value in values.items()}

    def of_key(self, key: str) -> dict[str, float]:
        """Return the values of a key by pilot."""
        return {pilot: values[key] for pilot, values in self.values.items() if key in values}


NOTHING = ProvinceFigures((), 0, {})
_JSON = TypeAdapter(ProvinceFigures)


def figures_to_json(figures: ProvinceFigures) -> dict[str, Any]:
    """Convert figures for JSON."""
    return _JSON.dump_python(figures, mode="json")  # type: ignore[no-any-return]


def figures_from_json(plain: object) -> ProvinceFigures | None:
    """Convert figures from JSON; None if they are missing or damaged."""
    try:
        return _JSON.validate_python(plain)
    except ValidationError:
        return None


def province_figures(review: Review) -> dict[str, ProvinceFigures]:
    """Return the figures of every province in the new packages."""
    accepted = review.judged.accepted
    values: dict[str, dict[str, dict[str, float]]] = {}
    columns = ("province", "pilot", "kind", "indicator", "year", "unit", "value")
    for province, pilot, *key, value in review.observations.filter("usable").select(columns).sort(columns).iter_rows():
        values.setdefault(province, {}).setdefault(pilot, {})[" ".join(map(str, key))] = value
    return {
        province: ProvinceFigures(
            tuple(sorted(accepted.filter(pl.col("province") == province)["pilot"])),
            _severe(review).filter(pl.col("province") == province).height,
            values.get(province, {}),
        )
        for province in review.provinces["province"]
    }


def measure_changes(review: Review, earlier: Mapping[str, ProvinceFigures], provinces: Sequence[str]) -> pl.DataFrame:
    """Return one row per province: losses and changes, columns `SCHEMA`; zero without a published package.

    Values and findings of pilots that were not accepted before are no change of those that were.

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
    by_pilot = _severe(review).group_by("province", "pilot").len().iter_rows()
    of_new = dict.fromkeys(names, 0)
    for name, pilot, n in by_pilot:
        if name in names and pilot in set(pairs[name][1].accepted) - set(pairs[name][0].accepted):
            of_new[name] += n
    rows = [
        _measure(name, *pairs[name], jumps.get(name, 0.0), of_new[name]) for name in dict.fromkeys((*provinces, *gone))
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _severe(review: Review) -> pl.DataFrame:
    return review.findings.filter(pl.col("severity") != "info")


def _measure(
    province: str, before: ProvinceFigures, after: ProvinceFigures, jump: float, of_new: int
) -> tuple[Any, ...]:
    lost = max(0, len(before.accepted) - len(after.accepted))
    stayed = set(before.accepted) & set(after.accepted)
    was, now = before.cells(stayed), after.cells(stayed)
    both = was.keys() & now.keys()
    rescaled = sum(_is_rescaled(was[cell], now[cell]) for cell in both)
    fewer = max(0, len(was) - len(now))
    findings = after.findings - of_new
    more = max(0, findings - before.findings)
    return (
        province,
        lost,
        _share(lost, len(before.accepted)),
        fewer,
        _share(fewer, len(was)),
        rescaled,
        _share(rescaled, len(both)),
        more,
        findings / max(1, before.findings) if more else 1.0,
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
            if jump and old.of_key(key) != new.of_key(key):
                found[province] = max(found.get(province, 0.0), jump)
    return found


def _pooled(figures: Iterable[ProvinceFigures]) -> dict[str, list[float]]:
    pooled: dict[str, list[float]] = {}
    for one in figures:
        for values in one.values.values():
            for key, value in values.items():
                pooled.setdefault(key, []).append(value)
    return pooled
