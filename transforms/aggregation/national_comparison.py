"""Compare the targets of accepted pilots with national ones, which are yardsticks: this yields no findings."""

from itertools import pairwise
from typing import Any

import polars as pl

from contracts.benchmarks import Benchmark, yearly_change
from contracts.load import Contracts
from transforms.judging.apply_rules import JudgedBatch
from transforms.judging.findings import format_number

NATIONAL_COMPARISON: dict[str, pl.DataType] = {
    "province": pl.String(),
    "pilot": pl.String(),
    "kind": pl.String(),
    "indicator": pl.String(),
    "unit": pl.String(),
    "year": pl.Int64(),
    "base": pl.Float64(),
    "target": pl.Float64(),
    "stated": pl.String(),
    "national": pl.String(),
    "met": pl.Boolean(),
    "where": pl.String(),
}
_COLUMNS = (
    "file", "province", "pilot", "kind", "indicator", "unit", "year", "value", "usable", "raw_value", "change",
    "change_since",
)  # fmt: skip


def compare_with_nation(judged: JudgedBatch, contracts: Contracts) -> pl.DataFrame:
    """Compare each target with the national targets of its year that apply to the pilot.

    A level is compared with a level; a national change as the change per year since the year before in the table, or
    with the change that the pilot states instead of a level (比2020年下降16.5%).

    Returns:
        One row for each pilot, indicator, year and national target, columns `NATIONAL_COMPARISON`. `stated`: the
        figure that was compared; `met` is null where there is none. In the order of the files and the tables.
    """
    before = {later: earlier for earlier, later in pairwise(contracts.round.years)}
    national: dict[tuple[str, int], list[Benchmark]] = {}
    for one in contracts.benchmarks:
        if one.year in before:
            national.setdefault((one.indicator, one.year), []).append(one)
    compared = pl.col("indicator").is_in(sorted({indicator for indicator, _ in national}))
    rows = judged.batch.observations.filter(compared).select(_COLUMNS)
    rows = rows.join(judged.accepted.select("file"), on="file", how="semi", maintain_order="left")
    units = {code: row.unit for code, row in contracts.indicators.items()}
    cells = {  # a row of unknown unit has no usable value; the national target is in the unit of the indicator
        (row["file"], row["indicator"], row["year"]): row | {"unit": row["unit"] or units.get(row["indicator"])}
        for row in rows.iter_rows(named=True)
    }
    signs = {code: 1 if row.wanted == "up" else -1 for code, row in contracts.indicators.items()}
    found = [
        _compared(cells, cell, one, before[one.year], contracts.round.base_year, signs[one.indicator])
        for cell in cells.values()
        for one in national.get((cell["indicator"], cell["year"]), ())
        if one.applies_to(cell["province"], cell["pilot"])
    ]
    return pl.DataFrame(found, schema=NATIONAL_COMPARISON, orient="row")


def _compared(
    cells: dict[tuple[str, str, int], dict[str, Any]],
    cell: dict[str, Any],
    one: Benchmark,
    earlier: int,
    base_year: int,
    sign: int,
) -> dict[str, Any]:
    def level(year: int) -> float | None:
        found = cells.get((cell["file"], cell["indicator"], year))
        return found["value"] if found and found["usable"] and found["unit"] == cell["unit"] else None

    base, target = level(base_year), level(cell["year"])
    figure, stated = target, None if target is None else f"{format_number(target)}{cell['unit']}"
    if one.yearly is not None:
        figure, stated = _pace(level(earlier), target, cell, earlier)
    return {
        **{name: cell[name] for name in ("province", "pilot", "kind", "indicator", "unit", "year")},
        "base": base,
        "target": target,
        "stated": stated,
        "national": _national(one, sign, cell["unit"]),
        "met": None if figure is None else one.is_met(figure, sign),
        "where": one.where,
    }


def _pace(was: float | None, now: float | None, cell: dict[str, Any], earlier: int) -> tuple[float | None, str | None]:
    """Return the change per year and its description: of two levels, or as stated by the pilot."""
    if was and now and was > 0 and now > 0:
        yearly = yearly_change((now / was - 1) * 100, cell["year"] - earlier)
        return yearly, f"{earlier}—{cell['year']}年年均{_move(yearly)}"
    if cell["change"] is None:
        return None, None
    yearly = yearly_change(cell["change"], cell["year"] - cell["change_since"])
    return yearly, f"{cell['raw_value']}（年均{_move(yearly)}）"


def _national(one: Benchmark, sign: int, unit: str) -> str:
    if one.yearly is not None:
        return f"比{one.since}年{_move((one.change or 0) / 100)}（年均{_move(one.yearly)}）"
    figure = f"{format_number(one.value or 0)}{unit}"
    return f"{figure}左右" if one.about else f"{'不低于' if sign > 0 else '不高于'}{figure}"


def _move(change: float) -> str:
    return f"{'下降' if change < 0 else '上升'}{format_number(round(abs(change) * 100, 1))}%"
