"""Round as Excel and a reader with pencil do: halves away from zero."""

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float, places: int) -> float:
    """Return a value with `places` decimals; of its first 15 digits, the rest is noise."""
    return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
