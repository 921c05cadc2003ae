"""The figures of a clean city, unrounded, in the printed units: every indicator follows from what the place is like."""

import math
import random

from tests.judgement.draw import Series, clip, falling, growing, noise, skewed, toward
from tests.judgement.traits import Traits, non_fossil

# Shares that should rise: base value of the poorest and of the richest place, spread around it, ceiling, and the parts
# of the way there that a place of middling pace covers by the first and by the second target year.
SHARES: dict[str, tuple[float, float, float, float, float, float]] = {
    "C09": (1.0, 3.6, 0.7, 9, 0.24, 0.5),
    "C12": (22, 70, 11, 100, 0.35, 0.72),
    "C13": (1.5, 16, 3.5, 60, 0.12, 0.33),
    "C14": (3.4, 8.2, 1.3, 18, 0.15, 0.4),
    "C15": (30, 72, 10, 96, 0.25, 0.55),
    "C16": (13, 40, 4.5, 90, 0.33, 0.66),
    "C18": (54, 75, 5, 86, 0.25, 0.52),
    "C19": (40, 76, 10, 94, 0.22, 0.5),
    "C20": (30, 66, 11, 90, 0.2, 0.5),
    "C21": (48, 88, 13, 99, 0.22, 0.5),
    "C23": (45, 78, 10, 100, 0.28, 0.58),
}
# Where a share may be complete already, how often: nothing is left to promise then.
COMPLETE = {"C12": 0.06, "C21": 0.12, "C23": 0.12, "C19": 0.03}


def city_figures(place: Traits, rng: random.Random) -> dict[str, Series]:
    """Draw base value and two targets of every indicator but C02 and C03, which follow from these once rounded."""
    energy = clip(skewed(rng, 0.3, 0.18) * math.exp(1.72 * place.industry - 0.6 * (place.wealth - 0.5)), 0.14, 3)
    slow = 0.027 * place.pace
    return {
        "C01": falling(energy, slow * rng.uniform(0.85, 1.15), slow * rng.uniform(0.75, 1.15)),
        "C04": _emerging(place, rng),
        "C05": _land(place, rng),
        "C06": _services(place, rng),
        "C07": clean_energy(place, rng),
        "C08": _electricity(place, rng),
        "C10": _projects(place, rng),
        "C11": growing(
            min(place.people * skewed(rng, 5_500 * (0.25 + 1.4 * place.wind + 2.5 * place.hydro), 0.5), 2.8e7),
            1 + (0.15 if place.hydro else 0.5) * place.pace * rng.uniform(0.6, 1.4),
            1 + (0.12 if place.hydro else 0.42) * place.pace * rng.uniform(0.6, 1.4),
        ),
        "C22": _growth(place, rng),
        "C24": _forest(place, rng),
        "C25": planting(place, rng),
        "C26": growing(
            clip(0.35 + 2.6 * place.wealth**1.5 + noise(rng, 0.25), 0.15, 6.5), rng.uniform(1.03, 1.22), 1.15
        ),
    } | rising_shares(SHARES, COMPLETE, place, rng)


def vehicles(place: Traits, penetration: Series, rng: random.Random) -> Series:
    """New-energy vehicles: what is there, and what the penetration of each period adds to it; old ones leave."""
    sold = place.people * 1e4 * (0.11 + 0.16 * place.wealth) * rng.uniform(0.06, 0.085)
    base = sold * penetration[0] / 100 * rng.uniform(1.9, 3.0)
    middle = base * 0.97**3 + 3 * sold * (penetration[0] + penetration[1]) / 200
    return base, middle, middle * 0.95**5 + 5 * sold * (penetration[1] + penetration[2]) / 200


def carbon(energy: Series, share: Series, place: Traits) -> Series:
    """CO2 is energy × the fossil part of it × what its fuels emit; gas replaces a little coal every year."""
    fuels = (place.fuel, place.fuel * 0.992, place.fuel * 0.975)
    first, second, third = (
        value * (1 - part / 100) * fuel * (1 - place.bought)
        for value, part, fuel in zip(energy, share, fuels, strict=True)
    )
    return first, second, third


def industrial_carbon(whole: Series, place: Traits, rng: random.Random) -> Series:
    """Industry's part of the CO2 by its part of the GDP. It falls at about the pace of the whole."""
    of_output = 0.18 + 0.34 * place.industry
    of_carbon = clip(0.42 + 0.5 * place.industry + noise(rng, 0.04), 0.3, 0.93) * (1 - 0.6 * place.bought)
    drift = rng.gauss(0.004, 0.004)
    first, second, third = (
        value * of_carbon / of_output * (1 - drift) ** years for value, years in zip(whole, (0, 3, 8), strict=True)
    )
    return first, second, third


def clean_energy(place: Traits, rng: random.Random) -> Series:
    """Non-fossil energy rises by half a point to one and a half a year; in steel cities, less."""
    base = non_fossil(place, rng)
    yearly = clip((0.35 + 0.75 * (1 - place.industry)) * place.pace + noise(rng, 0.15), 0.2, 2.2)
    return base, base + 3 * yearly, base + 3 * yearly + 5 * yearly * rng.uniform(0.8, 1.35)


def rising_shares(
    shares: dict[str, tuple[float, float, float, float, float, float]],
    complete: dict[str, float],
    place: Traits,
    rng: random.Random,
) -> dict[str, Series]:
    """Draw every share of a table that should rise."""
    drawn: dict[str, Series] = {}
    for code, (poor, rich, spread, cap, first, second) in shares.items():
        if rng.random() < complete.get(code, 0):
            full = min(rng.choice((98.0, 99.0, 100.0, 100.0)), 98.0 if cap == 98 else 100.0)
            drawn[code] = (full, full, full)
            continue
        base = min(poor + (rich - poor) * place.wealth + noise(rng, spread), cap * 0.97)
        base = base if base > poor * 0.45 else poor * rng.uniform(0.25, 0.55)
        pace = place.pace * rng.uniform(0.7, 1.3)
        # Who starts low does not come up with the others in three years.
        within = min(cap, base * 5 + 2)
        drawn[code] = toward(base, within, first * pace, second * pace)
    return drawn


def planting(place: Traits, rng: random.Random) -> Series:
    """Hectares: of a year, up or down as land is left; or, as often, the sum since the plan began."""
    yearly = skewed(rng, 9_000 * (0.15 + place.dryness) * (place.people / 420) ** 0.3, 0.8)
    if rng.random() < 0.3:
        return yearly, yearly * rng.uniform(2.2, 3.6), yearly * rng.uniform(5, 9)
    return yearly, yearly * rng.uniform(0.6, 1.25), yearly * rng.uniform(0.5, 1.25)


def _projects(place: Traits, rng: random.Random) -> Series:
    """Micro-grids and the like: a handful, or none yet."""
    base = 0.0 if rng.random() < 0.06 else skewed(rng, 9 * (place.people / 420) ** 0.6, 0.7)
    first = (base or 2) * rng.uniform(1.5, 3)
    return base, first, first * rng.uniform(1.3, 2.4)


def _emerging(place: Traits, rng: random.Random) -> Series:
    """Strategic emerging industries: by GDP, or by the smaller value added of industry."""
    of_gdp = clip(4 + 13 * place.wealth + noise(rng, 2), 1.5, 28)
    base = of_gdp if rng.random() < 0.6 else of_gdp * rng.uniform(1.8, 2.9)
    return toward(base, max(base * 1.9, 20), 0.16 * place.pace, 0.42 * place.pace)


def _land(place: Traits, rng: random.Random) -> Series:
    """By the whole area of the place, or by what is built on: a hundred times apart."""
    built = place.people * rng.uniform(0.4, 1.3)
    whole = 13 * math.exp(2.4 * place.dryness) * (1.5 - place.wealth)
    area = built if rng.random() < 0.35 else place.people * skewed(rng, whole, 0.6)
    growth = 1 + 0.05 * place.pace
    return growing(place.output / area, growth**3, growth**5)


def _services(place: Traits, rng: random.Random) -> Series:
    base = clip(58 - 27 * place.industry + 14 * (place.wealth - 0.4) + noise(rng, 3.5), 21, 82)
    yearly = clip(rng.gauss(0.25, 0.3), -0.5, 1)
    return base, base + 3 * yearly, base + 8 * yearly * rng.uniform(0.7, 1)


def _electricity(place: Traits, rng: random.Random) -> Series:
    base = clip(20 + 13 * place.wealth + noise(rng, 3), 11, 48)
    yearly = clip(0.75 * place.pace + noise(rng, 0.12), 0.25, 1.8)
    return base, base + 3 * yearly, base + 8 * yearly * rng.uniform(0.85, 1.05)


def _growth(place: Traits, rng: random.Random) -> Series:
    base = rng.gauss(3.2, 1.8) - 1.2 * place.industry
    return base, rng.gauss(3.6, 0.7), rng.gauss(3.8, 0.8)


def _forest(place: Traits, rng: random.Random) -> Series:
    base = rng.uniform(0.5, 4.5) if place.dryness > 0.92 else clip(72 - 72 * place.dryness + noise(rng, 8), 6, 77)
    yearly = 0.0 if rng.random() < 0.15 else rng.uniform(0, 0.25) * (0.3 if base < 5 else 1)
    return base, base + 3 * yearly, base + 8 * yearly * rng.uniform(0.6, 1)
