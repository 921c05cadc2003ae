"""Fill in the expected values of the row checks of `contracts.schemas.submitted`."""

import polars as pl

from contracts.load import Contracts
from transforms.judging.findings import as_context, format_number


def expect(failed: pl.DataFrame, contracts: Contracts) -> pl.DataFrame:
    """Fill in `expected`: bounds, the intended percentage, or the units of the guide.

    Args:
        failed: rows of the observations with their `rule`, as `split` returns them.
        contracts: of the round.
    """
    indicators = contracts.indicators.values()
    units = {row.code: "或".join(row.scales) for row in indicators}
    bounds = {
        f"{row.code} {unit}": _range(*scale.hard, unit) for row in indicators for unit, scale in row.scales.items()
    }
    expected = (
        pl.when(pl.col("rule") == "VALUE-BOUNDS")
        .then(pl.concat_str("indicator", "unit", separator=" ").replace_strict(bounds, default=None))
        .when(pl.col("rule") == "VALUE-FRACTION")
        .then((pl.col("value") * 100).map_elements(format_number, return_dtype=pl.String))
        .when(pl.col("rule").str.starts_with("UNIT-") | pl.col("rule").is_in(["VALUE-IN-WORDS", "VALUE-CHANGE"]))
        .then(pl.col("indicator").replace_strict(units, default=None))
    )
    return as_context(failed.with_columns(expected=expected))


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return f"不小于{format_number(low or 0)}{unit}" if high is None else f"不大于{format_number(high)}{unit}"
    return f"{format_number(low)}～{format_number(high)}{unit}"
