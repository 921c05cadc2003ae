"""The figures of a clean park, unrounded, in the printed units."""

import math
import random

from tests.judgement.cities import carbon, clean_energy, rising_shares
from tests.judgement.draw import Series, clip, falling, growing, noise, skewed, toward
from tests.judgement.traits import Traits

SHARES: dict[str, tuple[float, float, float, float, float, float]] = {
    "P06": (28, 66, 10, 90, 0.2, 0.5),
    "P07": (34, 78, 12, 100, 0.3, 0.7),
    "P08": (6, 34, 7, 80, 0.28, 0.62),
    "P10": (18, 58, 11, 92, 0.2, 0.5),
    "P12": (70, 96, 6, 100, 0.28, 0.58),
    "P13": (70, 93, 6, 98, 0.25, 0.55),
}
COMPLETE = {"P07": 0.12, "P12": 0.2, "P13": 0.04}


def park_figures(place: Traits, rng: random.Random) -> dict[str, Series]:
    """Draw base value and two targets of every indicator but P03 and P05, which follow from these once rounded."""
    energy = clip(skewed(rng, 0.16, 0.25) * math.exp(2.5 * place.industry - 0.5 * (place.wealth - 0.5)), 0.045, 4.2)
    slow = 0.029 * place.pace
    buildings = skewed(rng, 470, 0.28)
    return {
        "P01": _growth(rng),
        "P02": falling(energy, slow * rng.uniform(0.85, 1.2), slow * rng.uniform(0.75, 1.15)),
        "P04": clean_energy(place, rng),
        "P09": falling(buildings, 0.018 * place.pace, 0.016 * place.pace),
        "P14": growing(clip(0.7 + 4.2 * place.wealth**1.4 + noise(rng, 0.5), 0.3, 11), rng.uniform(1.02, 1.2), 1.15),
    } | rising_shares(SHARES, COMPLETE, place, rng)


def park_vehicles(place: Traits, rng: random.Random, *, as_share: bool) -> Series:
    """Clean vehicles of the park, as a share or counted."""
    if as_share:
        return toward(clip(14 + 42 * place.wealth + noise(rng, 6), 5, 85), 98, 0.3 * place.pace, 0.62 * place.pace)
    base = place.people * skewed(rng, 230 * (0.3 + place.wealth), 0.5)
    return growing(base, 1 + 0.65 * place.pace * rng.uniform(0.7, 1.3), 1 + 0.6 * place.pace * rng.uniform(0.7, 1.3))


def park_carbon(energy: Series, share: Series, place: Traits, rng: random.Random) -> Series:
    """As of a city, and in some parks what lime, steel or chemicals give off besides: it falls as the energy falls."""
    burnt = carbon(energy, share, place)
    process = rng.uniform(0.03, 0.2) if rng.random() < 0.15 + 0.2 * place.industry else 0.0
    most = 2.9 * energy[0]  # no mix of fuels and process gives more a tonne of coal equivalent but a cement works
    extra = min(burnt[0] * process, max(0.0, most - burnt[0])) / energy[0]
    first, second, third = (value + extra * tce for value, tce in zip(burnt, energy, strict=True))
    return first, second, third


def _growth(rng: random.Random) -> Series:
    base = clip(rng.gauss(7.5, 3.2), -3.5, 18)
    return base, clip(rng.gauss(8, 1.6), 3, 14), clip(rng.gauss(7.2, 1.4), 3, 13)
