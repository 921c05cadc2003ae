"""How a person writes figures down: decimals, round targets, words around a number, units of their own."""

import math
import random
from dataclasses import dataclass

from tests.judgement.draw import Series
from tests.sample import Row, Value

# By printed unit: larger or customary units that the tables allow, and the factor into them.
OTHER_UNITS: dict[str, tuple[tuple[str, float], ...]] = {
    "千瓦": (("万千瓦", 1e-4), ("万千瓦", 1e-4), ("兆瓦", 1e-3)),
    "辆": (("万辆", 1e-4),),
    "公顷": (("万亩", 15e-4), ("亩", 15.0)),
    "MJ/m²": (("kgce/m²", 1 / 29.3076),),
}


@dataclass(frozen=True)
class Style:
    """The habits of one office.

    Attributes:
        decimals: of shares; `fine`: of intensities.
        fives: targets of shares are multiples of five, base values as they were counted.
        worded: how often a target has words around its number, or a base value its sign.
        other_units: whether it takes larger units, and says so in the unit's column.
    """

    decimals: int
    fine: int
    fives: bool
    worded: float
    other_units: bool


def draw_style(rng: random.Random) -> Style:
    """Draw the habits of one office."""
    return Style(
        decimals=rng.choice((0, 1, 1, 1, 1, 2, 2, 3)),
        fine=rng.choice((2, 3, 3, 3, 4)),
        fives=rng.random() < 0.2,
        worded=rng.choice((0, 0, 0, 0.02, 0.05, 0.3)),
        other_units=rng.random() < 0.45,
    )


def round_share(series: Series, style: Style, wanted: str) -> Series:
    """Decimals as the office has them, more of small numbers; a target that should rise never ends below its base."""
    digits = _decimals(min(abs(value) for value in series), style.decimals)
    base, *targets = (round(value, digits) for value in series)
    if style.fives and base >= 8:
        targets = [float(min(5 * round(value / 5), 100)) for value in targets]
    return settle((base, *targets), wanted)


def round_intensity(series: Series, style: Style) -> Series:
    """At least two digits that count, and never a target above its base."""
    digits = max(style.fine, 1 - math.floor(math.log10(min(series))))
    first, second, third = (round(value, digits) for value in series)
    return settle((first, second, third), "down")


def round_stock(series: Series, rng: random.Random, *, exact: bool) -> Series:
    """Base values as counted where they were counted, targets in two or three digits."""
    kept = rng.choice((2, 2, 3))
    base = round(series[0]) if exact else significant(series[0], 4)
    return settle((base, round(significant(series[1], kept)), round(significant(series[2], kept))), "up")


def significant(value: float, digits: int) -> float:
    """So many digits that count; whole where it is large."""
    if not value:
        return 0
    rounded = round(value, digits - 1 - math.floor(math.log10(abs(value))))
    return int(rounded) if abs(rounded) >= 10 ** (digits - 1) else rounded


def settle(series: tuple[float, ...], wanted: str) -> Series:
    """Take back what rounding turned against the wanted direction."""
    first, second, third = series
    if wanted == "up":
        second = max(first, second)
        third = max(second, third)
    if wanted == "down":
        second = min(first, second)
        third = min(second, third)
    return first, second, third


def in_other_unit(row: Row, rng: random.Random) -> Row:
    """Write a row of numbers in a larger unit, and say which."""
    if row.unit not in OTHER_UNITS:
        return row
    unit, factor = rng.choice(OTHER_UNITS[row.unit])
    digits = 1 if factor > 0.9 else max(1, 2 - math.floor(math.log10(abs(float(row.values[0] or 1) * factor))))
    values = tuple(tidy(round(float(value or 0) * factor, digits)) for value in row.values)
    return Row(row.code, row.category, row.label, unit, values, row.remark)


def worded(value: Value, unit: str, wanted: str, rng: random.Random) -> Value:
    """A target as plans word it: 25%左右, ≥40, 98以上."""
    if not isinstance(value, int | float):
        return value
    sign = "%" if unit == "%" and rng.random() < 0.6 else ""
    bound = {"up": ("≥{}", "不低于{}", "{}以上", "达到{}以上"), "down": ("≤{}", "不高于{}", "{}以下")}.get(wanted, ())
    return rng.choice((*bound, "{}左右", "约{}")).format(f"{value}{sign}")


def tidy(value: float) -> float | int:
    """A whole number as people type it."""
    return int(value) if float(value).is_integer() else value


def _decimals(smallest: float, decimals: int) -> int:
    return max(decimals, 2 if smallest < 1 else 1 if smallest < 10 else 0)
