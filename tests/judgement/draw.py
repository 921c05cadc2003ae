"""Random numbers with the shapes that figures of places have: skewed sizes, fat tails, shares that near a ceiling."""

import math
import random

Series = tuple[float, float, float]


def noise(rng: random.Random, spread: float) -> float:
    """Centred on 0, with fatter tails than a normal distribution: places are more different than one expects."""
    return rng.gauss(0, spread) * rng.lognormvariate(0, 0.3)


def skewed(rng: random.Random, median: float, spread: float) -> float:
    """Log-normal about a median, `spread` on the scale of the natural logarithm, cut at 2.3 spreads."""
    return median * math.exp(spread * clip(rng.gauss(0, 1), -2.3, 2.3))


def clip(value: float, low: float, high: float) -> float:
    """The value, or the bound that it passes."""
    return max(low, min(high, value))


def falling(base: float, first: float, second: float) -> Series:
    """Fall by a yearly rate for three years, then by another for five."""
    middle = base * (1 - first) ** 3
    return base, middle, middle * (1 - second) ** 5


def growing(base: float, first: float, second: float) -> Series:
    """Multiply by one factor to the first target year and by another to the second."""
    return base, base * first, base * first * second


def toward(base: float, cap: float, first: float, second: float) -> Series:
    """Cover parts of the way to a ceiling."""
    return base, base + (cap - base) * min(first, 0.95), base + (cap - base) * min(second, 0.97)
