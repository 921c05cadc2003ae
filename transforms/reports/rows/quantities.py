"""How quantities are shown: digits by the measure of the indicator, and the yearly change between two values."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from contracts.indicators import Scale
from contracts.load import Contracts
from transforms.aggregation.paces import POINTS

_DIGITS = {"intensity": "#,##0.000", "ratio": "#,##0.000", "share": "0.0", "rate": "0.0", "growth": "0.0"}
_SMALL = 10  # percent: spending on research is given with two decimals
_LARGE = 10  # an intensity that is nowhere smaller is given with one decimal: 463.4 MJ/m²


def _scale(contracts: Contracts, indicator: str, unit: str | None) -> Scale | None:
    known = contracts.indicators.get(indicator)
    return known.scales.get(unit or "") if known else None


def number_format(contracts: Contracts, indicator: str, unit: str | None) -> str:
    """Return the number format: three decimals for an intensity or ratio, one for a percentage, none for a count."""
    scale = _scale(contracts, indicator, unit)
    if scale and scale.measure in POINTS and scale.plausible[1] < _SMALL:
        return "0.00"
    if scale and scale.measure == "intensity" and scale.plausible[0] >= _LARGE:
        return "#,##0.0"
    return _DIGITS.get(scale.measure if scale else "", "#,##0")


def quantity_text(contracts: Contracts, indicator: str, unit: str | None, value: float) -> str:
    """Return a value as text, with the digits of its indicator and separated thousands."""
    _, _, decimals = number_format(contracts, indicator, unit).partition(".")
    return in_decimals(value, len(decimals), ",")


def in_decimals(value: float, decimals: int, form: str = "") -> str:
    """Return a number with its decimals rounded as Excel does: halves away from zero, of 15 digits.

    Python rounds 0.4125 to 0.412, so that a letter and the workbook would differ. `form` is `+` for a sign, `,` for
    separated thousands.
    """
    return f"{Decimal(f'{value:.15g}').quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):{form}f}"


def yearly_change(contracts: Contracts, before: dict[str, Any], after: dict[str, Any]) -> str | None:
    """Return the change per year between two observations; None unless both values may be used.

    Percentages change by percentage points (+1.2个百分点), all else by percent compounded (-2.9%).
    """
    first, last, years = before["value"], after["value"], after["year"] - before["year"]
    scale = _scale(contracts, after["indicator"], after["unit"])
    if not (before["usable"] and after["usable"]) or before["unit"] != after["unit"] or scale is None:
        return None
    if scale.measure in POINTS:
        points = (last - first) / years
        # 1.01 to 1.14 in three years is no standstill.
        digits = 1 if round(points, 1) and scale.plausible[1] >= _SMALL else 2
        return f"{in_decimals(points, digits, '+')}个百分点" if round(points, 2) else "持平"
    if first <= 0 or last <= 0:
        return None
    return f"{in_decimals(((last / first) ** (1 / years) - 1) * 100, 1, '+')}%"


def change_since(contracts: Contracts, before: dict[str, Any], after: dict[str, Any]) -> str | None:
    """Return the change between two usable observations: in points of a percentage, all else in percent."""
    scale = _scale(contracts, after["indicator"], after["unit"])
    if scale is None or before["unit"] != after["unit"]:
        return None
    if scale.measure in POINTS:
        return in_decimals(after["value"] - before["value"], 1 if scale.plausible[1] >= _SMALL else 2, "+")
    return f"{in_decimals((after['value'] / before['value'] - 1) * 100, 1, '+')}%" if before["value"] > 0 else None
