"""Rules about the course of targets: direction, pace, no change. Only usable values."""

from itertools import islice, pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch, once_per_batch
from transforms.judging.findings import AFTER, format_numbers
from transforms.judging.time_series import at_cells, off_scale, on_scale, usable_paths, value

_DOWN, _UP = "随时间下降", "随时间上升"


def direction_increment(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A stock falls below its base, though not to 0, and the next target is at least their sum: an increment."""
    rows = _against(batch, contracts, contracts.round.base_year)
    first, *later = contracts.round.target_years
    if not later:
        return _at_observations(rows.clear(), batch)
    last = rows.filter(pl.col("year") == later[-1]).select("file", "indicator", last="value")
    stocks = [
        row.code
        for row in contracts.indicators.values()
        for scale in row.scales.values()
        if scale.measure in {"stock", "capacity", "count"}
    ]
    found = (
        rows.filter(
            (pl.col("year") == first) & pl.col("indicator").is_in(stocks) & pl.col("worse") & (pl.col("value") > 0)
        )
        .join(last, on=["file", "indicator"], how="inner", validate="1:1", maintain_order="left")
        .filter(pl.col("last") >= pl.col("earlier") + pl.col("value"))
        .with_columns(expected=format_numbers(pl.col("earlier") + pl.col("value")) + pl.col("unit"))
    )
    return _at_observations(found, batch)


def direction_base(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A target is worse than the base value; if both are, only the first is reported."""
    known = direction_increment(batch, contracts).select("file", "indicator")
    rows = _against(batch, contracts, contracts.round.base_year).join(
        known, on=["file", "indicator"], how="anti", maintain_order="left"
    )
    worse = rows.filter(pl.col("worse")).unique(["file", "indicator"], keep="first", maintain_order=True)
    return _at_observations(worse.with_columns(detail=pl.col("detail") + _turn()), batch)


def direction_later(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """A later target is weaker than an earlier one, though not worse than the base value."""
    known = pl.concat(
        [rule(batch, contracts).select("file", "indicator") for rule in (direction_base, direction_increment)]
    )
    rows = [
        _against(batch, contracts, earlier).filter(pl.col("year") == later)
        for earlier, later in pairwise(contracts.round.target_years)
    ]
    worse = pl.concat(rows).filter(pl.col("worse")).with_columns(detail=pl.col("detail") + _turn())
    return _at_observations(worse.join(known, on=["file", "indicator"], how="anti", maintain_order="left"), batch)


def target_flat(batch: Batch, contracts: Contracts, *, full: float) -> pl.DataFrame:
    """A target equals the base value, except for shares of at least `full` percent."""
    rows = _against(batch, contracts, contracts.round.base_year)
    complete = (pl.col("unit") == "%") & (pl.col("value") >= full)
    flat = rows.filter((pl.col("value") == pl.col("earlier")) & ~complete)
    return _at_observations(flat.unique(["file", "indicator"], keep="first", maintain_order=True), batch)


def pace_fast(batch: Batch, contracts: Contracts, *, times: float) -> pl.DataFrame:
    """A value changes faster in its wanted direction than plausible; `expected` is the limit at a plausible pace."""
    years = contracts.round.required_years
    paths = usable_paths(batch, contracts).filter(pl.col("measure") != "count")
    found = []
    for (i, earlier), (j, later) in pairwise(enumerate(years)):
        step = on_scale(value(j)) - on_scale(value(i))
        pace, limit = _plausible_pace(i, step, later - earlier)
        ahead = pl.when(pl.col("wanted") == "down").then(step < 0).when(pl.col("wanted") == "up").then(step > 0)
        found.append(
            paths.filter((step.abs() > pace.abs() * times) & ahead.fill_null(value=True)).select(
                "file",
                "indicator",
                year=pl.lit(later, pl.Int64),
                detail=pl.format("{}年的{}{}", pl.lit(earlier), format_numbers(value(i)), "unit"),
                expected=limit,
                off=step.abs() - pace.abs() * times,
            )
        )
    worst = pl.concat(found).sort("off", descending=True, maintain_order=True)
    return _with_bounds(at_cells(worst.unique(["file", "indicator"], keep="first", maintain_order=True), batch))


def progress_jump(batch: Batch, contracts: Contracts, *, times: float) -> pl.DataFrame:
    """An actual value changes faster than plausible, as `pace_fast`; a value off both its neighbours is the odd one."""
    found = pace_fast(batch, contracts, times=times).select("file", "indicator", "year", "detail", "expected", "off")
    years = contracts.round.required_years
    paths = usable_paths(batch, contracts)
    moved = []
    for (h, before), (i, odd), (j, after) in zip(
        *(islice(enumerate(years), at, None) for at in range(3)), strict=False
    ):
        away, back = on_scale(value(i)) - on_scale(value(h)), on_scale(value(j)) - on_scale(value(i))
        _, limit = _plausible_pace(h, away, odd - before)
        moved.append(
            paths.filter((away * back < 0) & ((away + back).abs() < back.abs() / 2)).select(
                "file",
                "indicator",
                year=pl.lit(after, pl.Int64),
                odd=pl.lit(odd, pl.Int64),
                at_odd=pl.format("{}年的{}{}", pl.lit(before), format_numbers(value(h)), "unit"),
                limit=limit,
            )
        )
    if not moved:  # fewer than three years
        return at_cells(found, batch)
    rows = found.join(pl.concat(moved), on=["file", "indicator", "year"], how="left", maintain_order="left")
    pairs = {"year": "odd", "detail": "at_odd", "expected": "limit"}
    return at_cells(rows.with_columns(**{to: pl.coalesce(new, to) for to, new in pairs.items()}), batch)


def pace_slow(batch: Batch, contracts: Contracts, *, part: float) -> pl.DataFrame:
    """An intensity falls by less than a part of the national pace, up to the last year in which it is binding.

    Energy intensity is binding under 能耗双控 only: see `regimes` of the round.
    """
    round_ = contracts.round
    paces = {one.indicator: one.yearly for one in reversed(contracts.benchmarks) if (one.yearly or 0) < 0}
    lasts = {
        code: max((year for year in round_.target_years if round_.is_binding(code, year)), default=None)
        for code in paces
    }
    national = pl.DataFrame(
        [(code, pace, lasts[code]) for code, pace in paces.items()],
        schema={"indicator": pl.String, "pace": pl.Float64, "last": pl.Int64},
        orient="row",
    )
    yearly = (pl.col("value") / pl.col("earlier")) ** (1 / (pl.col("year") - round_.base_year)) - 1
    found = (
        _against(batch, contracts, round_.base_year)
        .join(national, on="indicator", how="inner", validate="m:1", maintain_order="left")
        .filter((pl.col("year") == pl.col("last")) & ~pl.col("worse") & (pl.col("earlier") > 0))
        .filter(yearly > pl.col("pace") * part)
        .with_columns(expected=pl.format("年均下降{}%", format_numbers((pl.col("pace") * -100).round(1))))
    )
    return _at_observations(found, batch)


def _plausible_pace(place: int, step: pl.Expr, years: int) -> tuple[pl.Expr, pl.Expr]:
    """Return the plausible change on the scale after the n-th year, and in Chinese the value that it leads to."""
    pace = pl.when(step > 0).then(pl.col("fast")).otherwise(pl.col("slow")) * years
    bound = pl.when(step > 0).then(pl.lit("不超过")).otherwise(pl.lit("不低于"))
    limit = format_numbers(off_scale(on_scale(value(place)) + pace).round_sig_figs(3))
    return pace, pl.concat_str(bound, limit, "unit")


def _turn() -> pl.Expr:
    """Return in words that a value moves against the wanted direction."""
    return pl.when(pl.col("expected") == _DOWN).then(pl.lit("不降反升")).otherwise(pl.lit("不升反降"))


@once_per_batch
def _against(batch: Batch, contracts: Contracts, year: int) -> pl.DataFrame:
    """Join usable values after a year with the value of that year as `earlier`; add `worse`."""
    wanted = {row.code: row.wanted for row in contracts.indicators.values() if row.wanted != "any"}
    narrow = batch.observations.select("file", "indicator", "unit", "year", "value", "usable")
    rows = narrow.filter(pl.col("usable") & pl.col("indicator").is_in(list(wanted)))
    before = rows.filter(pl.col("year") == year).select("file", "indicator", "unit", earlier="value")
    down = pl.col("indicator").replace_strict(wanted, default=None) == "down"
    rise = pl.col("value") - pl.col("earlier")
    tolerance = pl.col("earlier").abs() * 1e-9
    ratio = (pl.col("value") / pl.col("earlier")).abs().clip(1e-4, 1e4)
    return (
        rows.filter(pl.col("year") > year)
        .join(before, on=["file", "indicator", "unit"], how="inner", validate="m:1", maintain_order="left")
        .sort("file", "indicator", "year", maintain_order=True)
        .with_columns(
            worse=pl.when(down).then(rise > tolerance).otherwise(rise < -tolerance),
            expected=pl.when(down).then(pl.lit(_DOWN)).otherwise(pl.lit(_UP)),
            detail=pl.format("{}年的{}{}", pl.lit(year), format_numbers(pl.col("earlier")), "unit"),
            off=ratio.log(10).abs().fill_nan(None),
        )
    )


def _at_observations(found: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """Return the observations of the found cells with all columns."""
    said = found.select("file", "indicator", "year", "expected", "detail", "off")
    return _with_bounds(at_cells(said, batch).sort("file", "indicator", "year", maintain_order=True))


def _with_bounds(rows: pl.DataFrame) -> pl.DataFrame:
    """Add 以上, 以下 or 左右 to the unit that a message prints behind the value."""
    after = pl.col("qualifier").replace_strict(AFTER, default="", return_dtype=pl.String)
    return rows.with_columns(unit=pl.col("unit") + after)
