"""Rules about errors of unit and decimal point: values that are implausible, and plausible under another reading.

Readings of a row are tried: one cell, all targets or all years, times each power of ten and each other legal unit. The
row gets one finding; ambiguous values enter no aggregate.
"""

from collections.abc import Callable, Sequence

import polars as pl

from contracts.indicators import Indicator
from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.findings import format_numbers
from transforms.judging.time_series import (
    at_cells,
    deviation,
    misfit,
    strain,
    usable_paths,
    usable_paths_with_peers,
    value,
)

# Legal units with a smaller factor cannot be distinguished by the size of a number.
_FAR = 100
# Of a value outside its range, what a finding needs.
_FOUND = ("file", "indicator", "year", "expected", "detail", "off")


def unit_size(
    batch: Batch, contracts: Contracts, *, gain: float, peers: float, left: float, among: float, sure: float
) -> pl.DataFrame:
    """A value is off by a power of ten or by another unit: against its own years, the plausible range, or the peers.

    From a factor of `sure` on it is an error: the corrected value fits, and nothing else explains so large a gap.
    """
    places = range(len(contracts.round.years))
    paths = usable_paths_with_peers(batch, contracts)
    odd = paths.with_columns(misfit=misfit(contracts), far=_far_from_peers(contracts)).filter(
        (pl.col("misfit") >= gain) | (pl.col("far") >= peers)
    )
    if odd.is_empty():
        return odd
    # Shares are clipped on the scale: a reading that makes them too small fits there only.
    small = pl.any_horizontal((_as_read(i) < pl.col("low") * (1 - left)) & _has_size(i) for i in places)
    fits = (pl.col("left") <= left) & ~small
    # A whole row must be implausible in each of its years.
    better = pl.col("misfit") - pl.col("left") >= gain * pl.when("whole").then("cells").otherwise(1)
    # That peers have more or less is no slip by itself, unless another legal unit brings the whole row among them; of a
    # ratio (亿元/平方公里) not even then, because what it is measured on differs a hundred times between places.
    legal = pl.col("other").is_not_null() & (pl.col("measure") != "ratio")
    among_peers = pl.col("whole") & legal & (pl.col("far") >= peers)
    best = (
        odd.join(_readings(contracts), on=["indicator", "unit"], how="inner", validate="m:m")
        .filter(pl.sum_horizontal(_is_changed(i) for i in places) == pl.col("cells"))
        .with_columns(whole=pl.sum_horizontal(_has_size(i) for i in places) == pl.col("cells"))
        .with_columns(
            left=misfit(contracts, _as_read),
            strain=strain(contracts, _as_read),
            near=_far_from_peers(contracts, _as_read),
        )
        .filter(fits & (better | (among_peers & (pl.col("near") <= among))))
        # For a whole row the more common unit is chosen.
        .sort("file", "line", "cells", pl.when("whole").then("rank"), "strain", "factor")
        .unique(["file", "indicator"], keep="first", maintain_order=True)
    )
    size = pl.max_horizontal("factor", 1 / pl.col("factor"))
    # A part of a vehicle is an error whatever explains it (VALUE-WHOLE).
    parts = pl.any_horizontal(_is_changed(i) & (value(i) % 1 != 0) for i in places)
    wrong = ((size >= sure) & (pl.col("misfit") > 0)) | (pl.col("measure").is_in(["count", "stock"]) & parts)
    error = pl.when(wrong).then(pl.lit("error"))
    return _report(best.with_columns(severity=error), batch, contracts)


def value_extreme(batch: Batch, contracts: Contracts, *, times: float) -> pl.DataFrame:
    """A value is over `times` the upper end of its plausible range, and no other unit explains it.

    Below the range there is no such limit: 0 is a legal target of an intensity, and a small value changes no sum.
    """
    ratio = pl.col("given") / pl.col("high")
    found = (
        _outside_range(batch, contracts)
        .filter(ratio > times)
        .with_columns(detail=_in_words(ratio.round(0)), off=ratio.log10())
    )
    # One finding at the largest value; all are left out.
    largest = pl.col("given") == pl.col("given").max().over("file", "indicator")
    first = largest & (pl.col("year") == pl.col("year").filter(largest).min().over("file", "indicator"))
    return at_cells(found.select(*_FOUND, silent=~first), batch)


def value_implausible(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A value is outside the plausible range and no other unit explains it: one row at the worst year."""
    low, high, given = pl.col("low"), pl.col("high"), pl.col("given")
    worst = (
        _outside_range(batch, contracts)
        .with_columns(off=pl.when(given > high).then(given - high).otherwise(low - given) / (high - low))
        .sort("off", descending=True, maintain_order=True)
        .unique(["file", "indicator"], keep="first", maintain_order=True)
    )
    return at_cells(worst.select(_FOUND), batch)


def _outside_range(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Return the usable values outside the plausible range: `given`, bounds, and what a finding says of them."""
    paths = usable_paths(batch, contracts)
    low, high, given = pl.col("low"), pl.col("high"), pl.col("given")
    cells = pl.concat(
        paths.select("file", "indicator", "unit", "low", "high", "above", year=pl.lit(year, pl.Int64), given=value(i))
        for i, year in enumerate(contracts.round.required_years)
    )
    return cells.filter(~given.is_between("low", "high")).with_columns(
        expected=pl.format("{}～{}{}", _in_words(low), _in_words(high), "unit"),
        detail=pl.when(given > high).then("above").fill_null(""),
    )


def _is_changed(place: int) -> pl.Expr:
    """Return whether the tested reading changes the value of the n-th year."""
    return _has_size(place) & (pl.col(f"times{place}") != 1)


def _as_read(place: int) -> pl.Expr:
    """Return the value under the tested reading."""
    return value(place) * pl.col(f"times{place}")


def _readings(contracts: Contracts) -> pl.DataFrame:
    """Return the readings of each indicator: `factor`, factor by year (`times{i}`), and the legal unit if any."""
    places = range(len(contracts.round.years))
    # One cell, all cells behind the base, or the whole row.
    given = range(len(contracts.round.required_years))
    choices = {*((i,) for i in given), tuple(given[1:]), tuple(given)}
    rows = []
    for row in contracts.indicators.values():
        for unit in row.scales:
            for rank, (factor, other) in enumerate(_factors(row, unit).items()):
                for choice in sorted(choices):
                    times = [factor if i in choice else 1.0 for i in places]
                    rows.append((row.code, unit, factor, other, rank, len(choice), *times))
    schema = {
        "indicator": pl.String(),
        "unit": pl.String(),
        "factor": pl.Float64(),
        "other": pl.String(),
        "rank": pl.Int8(),
        "cells": pl.Int8(),
    }
    return pl.DataFrame(rows, schema=schema | {f"times{i}": pl.Float64() for i in places}, orient="row")


def _factors(row: Indicator, unit: str) -> dict[float, str | None]:
    """Return the possible factors of a value, with the legal unit of each, if any.

    Legal units come first, in the order of the contract (most frequent mistake first).
    """
    scale = row.scales[unit]
    if scale.measure == "growth":
        return {}
    legal = {
        float(factor): name for name, factor in reversed(scale.also.items()) if factor >= _FAR or factor * _FAR <= 1
    }
    found: dict[float, str | None] = dict(reversed(legal.items()))
    for sign in (*(1 / factor for factor in legal), *(10.0**n for n in (1, -1, 2, -2, 3, -3, 4, -4))):
        found.setdefault(sign, None)
    return found


def _has_size(place: int) -> pl.Expr:
    """Return whether the n-th year has a value other than 0, which no factor changes."""
    return (value(place) != 0).fill_null(value=False)


def _far_from_peers(contracts: Contracts, values: Callable[[int], pl.Expr] = value) -> pl.Expr:
    """Return the smallest deviation of the row from the peers; 0 with too few peers."""
    levels = [deviation(i, values(i)).abs() for i in range(len(contracts.round.years))]
    return pl.min_horizontal(*levels).fill_null(0)


def _report(best: pl.DataFrame, batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Return one row per cell that the reading changes; all but the first of an indicator are `silent`."""
    years = contracts.round.years
    places = range(len(years))
    changed = [_is_changed(i) for i in places]
    read = pl.concat_str(
        *(pl.when(changed[i]).then(_in_words(_as_read(i))) for i in places), separator="、", ignore_nulls=True
    )
    outside = [_has_size(i) & ~value(i).is_between("low", "high") for i in places]
    beyond = pl.format("超出合理范围{}～{}{}", _in_words(pl.col("low")), _in_words(pl.col("high")), "unit")
    reading = (
        pl.when(pl.col("other").is_not_null())
        .then(pl.format("按{}计", "other"))
        .when(pl.col("factor") < 1)
        .then(pl.format("缩小为{}分之一", format_numbers((1 / pl.col("factor")).round_sig_figs(3))))
        .otherwise(pl.format("放大{}倍", format_numbers(pl.col("factor").round_sig_figs(3))))
    )
    apart = pl.when(pl.sum_horizontal(changed) > 1).then(pl.lit("分别为")).otherwise(pl.lit("为"))
    reason = (
        pl.when(~pl.col("whole"))
        .then(pl.lit("与本行其他年份的数值不衔接"))
        .when(pl.coalesce(pl.when(_has_size(i)).then(outside[i]) for i in places))
        .then(beyond)
        .when(pl.any_horizontal(outside))
        .then(pl.format("而{}年{}", _listed(years, outside), beyond))
        .when(pl.col("misfit") > 0)
        .then(pl.lit("各年之间的变化幅度超出合理范围"))
        .otherwise(pl.format("远离同类试点（n={}）", f"peers{places[0]}"))
    )
    described = best.with_columns(
        expected=read + pl.col("unit"),
        detail=pl.format("{}；{}，{}年{}{}{}", reason, reading, _listed(years, changed), apart, read, "unit"),
        off=pl.col("factor").log10().abs(),
    )
    cells = pl.concat(
        described.filter(changed[i]).select(
            "file", "indicator", "severity", "expected", "detail", "off", year=pl.lit(year, pl.Int64)
        )
        for i, year in enumerate(years)
    )
    return at_cells(cells, batch).with_columns(silent=pl.col("year") > pl.col("year").min().over("file", "indicator"))


def _listed(years: Sequence[int], chosen: Sequence[pl.Expr]) -> pl.Expr:
    """List the years whose condition holds: 2025、2030."""
    texts = (pl.when(one).then(pl.lit(str(year))) for one, year in zip(chosen, years, strict=True))
    return pl.concat_str(*texts, separator="、", ignore_nulls=True)


def _in_words(number: pl.Expr) -> pl.Expr:
    """Format numbers from ten thousand on in 万 and 亿, as official documents do."""
    return (
        pl.when(number.abs() >= 1e8)
        .then(format_numbers(number / 1e8) + "亿")
        .when(number.abs() >= 1e4)
        .then(format_numbers(number / 1e4) + "万")
        .otherwise(format_numbers(number))
    )
