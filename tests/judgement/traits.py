"""What a place is like before any indicator is counted: the figures of one place hang together through these."""

import random
from dataclasses import dataclass

from tests.judgement.draw import clip, noise, skewed


@dataclass(frozen=True)
class Traits:
    """What makes one place differ from another.

    Attributes:
        wealth: 0 to 1, how far the place has come.
        industry: 0 to 1, how heavy its industry is.
        people: of a city, in 10,000; of a park, those who work there. Thirty times between small and large.
        output: GDP or industrial value added, 100 million yuan.
        dryness: 0 wet to 1 desert.
        hydro: whether it lies at large hydropower.
        wind: 0 to 1, wind and sun.
        fuel: tonnes of CO2 per tce of its fossil fuels: coal about 2.7, oil 2.1, gas 1.6.
        bought: part of its energy's carbon that its accounts leave out, because it arises where electricity is made.
        pace: how fast it means to go, 1 in the middle; three times between the cautious and the ambitious.
    """

    wealth: float
    industry: float
    people: float
    output: float
    dryness: float
    hydro: bool
    wind: float
    fuel: float
    bought: float
    pace: float


def draw_traits(rng: random.Random, *, park: bool) -> Traits:
    """Draw one place. Heavy industry is rarer where people are rich, water rarer where the wind blows."""
    wealth = rng.betavariate(2.2, 2.2)
    industry = clip(rng.betavariate(1.5, 2.3) - 0.45 * (wealth - 0.5) + noise(rng, 0.05), 0.02, 1)
    people = skewed(rng, 9, 0.7) if park else skewed(rng, 420, 0.75)
    output = people * (skewed(rng, 22 + 30 * wealth, 0.3) if park else skewed(rng, 4.5 + 10 * wealth, 0.22))
    desert = rng.random() < 0.08
    dryness = rng.uniform(0.93, 1) if desert else rng.betavariate(1.7, 2.2) * 0.92
    hydro = not desert and rng.random() < 0.15 * (1.6 - dryness)
    coal = clip(0.42 + 0.45 * industry + noise(rng, 0.1), 0.12, 0.97)
    oil = (1 - coal) * rng.uniform(0.35, 0.8)
    return Traits(
        wealth,
        industry,
        people,
        output,
        dryness,
        hydro,
        wind=clip(rng.betavariate(1.6, 2.2) + 0.25 * (dryness - 0.5), 0.03, 1),
        fuel=coal * rng.uniform(2.6, 2.8) + oil * 2.1 + (1 - coal - oil) * 1.6,
        bought=rng.uniform(0.15, 0.42) if rng.random() < 0.07 else 0.0,
        pace=clip(skewed(rng, 1, 0.33), 0.55, 1.65),
    )


def non_fossil(place: Traits, rng: random.Random) -> float:
    """Share of non-fossil energy in the base year: 2 % where steel is made, 60 % where rivers are dammed."""
    if place.hydro:
        return rng.uniform(27, 58)
    return clip(skewed(rng, 14 - 11 * place.industry + 9 * place.wind, 0.3), 2.0, 40)
