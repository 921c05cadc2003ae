"""Simulated figures of one pilot: the size and mix of the place are set by hand, the rest is drawn around them."""

import random
from dataclasses import dataclass

from contracts.indicators import Indicator
from contracts.round import Kind

Series = tuple[float, float, float]


@dataclass(frozen=True)
class City:
    """What sets a city apart. Round numbers of the right size, not statistics."""

    energy: float  # tce per 10,000 yuan of GDP
    fossil: float  # tonnes of CO2 per tce of fossil energy: about 2.7 coal, 2.2 gas
    non_fossil: Series  # % in the base year and the two target years
    services: float  # % of GDP
    advanced: float  # 0 to 1: how far the place has come
    land: float  # 100 million yuan per km2
    renewables: float  # 10,000 kW
    cars: int  # new-energy vehicles
    forest: float  # %
    planting: int  # hectares


@dataclass(frozen=True)
class Park:
    """What sets a park apart."""

    energy: float  # tce per 10,000 yuan of industrial value added
    fossil: float
    non_fossil: Series
    advanced: float
    vehicles: float
    vehicle_unit: str = "辆"


CITIES = {
    "张家口市": City(0.98, 2.74, (29.5, 33.0, 40.0), 55.6, 0.35, 0.048, 2655, 21000, 50.0, 38000),
    "唐山市": City(1.85, 2.68, (3.1, 4.2, 6.3), 37.2, 0.35, 0.66, 520, 68000, 38.5, 12000),
    "承德市": City(1.05, 2.65, (22.5, 26.0, 34.0), 46.0, 0.30, 0.045, 1180, 16000, 60.0, 42000),
    "太原市": City(1.12, 2.70, (6.8, 9.0, 14.0), 54.0, 0.55, 0.80, 180, 118000, 23.5, 9000),
    "鄂尔多斯市": City(1.62, 2.74, (7.2, 12.0, 20.0), 27.5, 0.40, 0.065, 690, 19000, 27.3, 78000),
    "包头市": City(2.05, 2.72, (11.5, 16.0, 24.0), 42.0, 0.45, 0.135, 820, 15000, 18.6, 24000),
    "沈阳市": City(0.52, 2.60, (9.8, 13.0, 19.0), 58.8, 0.60, 0.60, 310, 72000, 14.2, 5200),
    "大连市": City(0.61, 2.45, (19.6, 23.0, 30.0), 48.9, 0.65, 0.67, 460, 66000, 41.5, 6100),
    "黑河市": City(0.68, 2.70, (18.4, 22.0, 29.0), 46.5, 0.20, 0.010, 215, 3200, 48.6, 15600),
    "盐城市": City(0.38, 2.60, (14.6, 18.5, 26.0), 47.6, 0.55, 0.42, 1285, 76000, 11.5, 4800),
    "杭州市": City(0.25, 2.45, (20.4, 24.0, 31.0), 68.0, 0.92, 1.11, 365, 412000, 65.2, 2600),
    "湖州市": City(0.47, 2.55, (13.8, 18.0, 26.0), 44.8, 0.65, 0.66, 330, 86000, 48.2, 1900),
    "温州市": City(0.33, 2.50, (22.6, 26.0, 32.0), 56.4, 0.60, 0.66, 290, 182000, 60.1, 3100),
    "亳州市": City(0.36, 2.60, (9.2, 12.5, 18.0), 49.6, 0.30, 0.25, 225, 24000, 17.8, 6800),
    "青岛市": City(0.30, 2.50, (9.6, 13.2, 20.0), 61.8, 0.80, 1.32, 432, 236000, 14.5, 4200),
    "烟台市": City(0.44, 2.50, (11.2, 15.0, 25.0), 50.1, 0.60, 0.68, 560, 93000, 36.4, 5100),
    "新乡市": City(0.55, 2.62, (9.9, 13.5, 19.0), 45.2, 0.35, 0.42, 390, 61000, 13.8, 7900),
    "信阳市": City(0.42, 2.60, (12.5, 16.0, 22.0), 46.0, 0.30, 0.17, 420, 41000, 42.0, 21000),
    "襄阳市": City(0.41, 2.50, (18.6, 21.4, 26.5), 43.5, 0.45, 0.295, 330, 52000, 44.9, 9800),
    "十堰市": City(0.46, 2.45, (17.9, 21.0, 25.0), 49.0, 0.35, 0.10, 520, 31000, 67.0, 16500),
    "长沙市": City(0.31, 2.50, (17.5, 21.0, 27.0), 57.2, 0.80, 1.18, 150, 254000, 55.0, 5600),
    "湘潭市": City(0.78, 2.60, (11.4, 15.0, 21.0), 44.2, 0.50, 0.54, 95, 37000, 46.2, 3900),
    "广州市": City(0.24, 2.45, (21.5, 25.5, 32.5), 71.5, 0.95, 3.90, 145, 562000, 41.6, 1800),
    "深圳市": City(0.20, 2.55, (27.8, 31.0, 36.0), 61.8, 0.98, 16.2, 68, 740000, 39.8, 420),
    "榆林市": City(1.95, 2.75, (6.9, 10.5, 18.0), 33.9, 0.30, 0.152, 1520, 11000, 36.0, 64000),
    "克拉玛依市": City(1.58, 2.25, (5.4, 9.5, 18.0), 29.0, 0.40, 0.154, 96, 4300, 1.9, 1500),
}
PARKS = {
    "长治高新技术产业开发区": Park(0.42, 2.65, (10.5, 14.5, 22.0), 0.50, 1850),
    "赤峰高新技术产业开发区": Park(1.35, 2.70, (16.8, 24.0, 38.0), 0.35, 640),
    "哈尔滨经济技术开发区": Park(0.38, 2.60, (9.4, 13.0, 20.0), 0.50, 34.5, "%"),
    "苏州工业园区": Park(0.14, 2.55, (18.6, 23.0, 30.0), 0.95, 9600),
    "南京江宁经济技术开发区": Park(0.17, 2.50, (14.2, 18.5, 26.0), 0.85, 5200),
    "合肥高新技术产业开发区": Park(0.09, 2.50, (19.5, 24.0, 33.0), 0.90, 4100),
    "德州经济技术开发区": Park(0.62, 2.65, (9.8, 14.0, 22.0), 0.50, 31.0, "%"),
    "肇庆高新技术产业开发区": Park(0.58, 2.55, (17.4, 21.5, 29.0), 0.55, 1320),
    "西咸新区": Park(0.26, 2.50, (15.2, 19.5, 28.0), 0.70, 42.0, "%"),
    "库车经济技术开发区": Park(2.90, 2.55, (8.6, 13.0, 24.0), 0.30, 480),
}

# Shares that should rise: base value of the least and the most advanced place, the ceiling that no target reaches, and
# the parts of the way there that are covered by the first and by the second target year.
SHARES: dict[str, tuple[float, float, float, float, float]] = {
    "C04": (7, 38, 62, 0.12, 0.32),
    "C08": (21, 37, 58, 0.15, 0.40),
    "C09": (1.2, 3.4, 10, 0.25, 0.55),
    "C12": (24, 66, 100, 0.35, 0.75),
    "C13": (2.5, 16, 60, 0.12, 0.35),
    "C14": (3.2, 7.8, 20, 0.15, 0.40),
    "C15": (32, 68, 95, 0.25, 0.55),
    "C16": (13, 37, 92, 0.32, 0.66),
    "C18": (56, 74, 88, 0.20, 0.50),
    "C19": (44, 74, 92, 0.25, 0.55),
    "C20": (36, 64, 86, 0.20, 0.50),
    "C21": (46, 86, 98, 0.25, 0.60),
    "C23": (44, 70, 92, 0.30, 0.60),
    "P06": (34, 64, 88, 0.20, 0.50),
    "P07": (38, 76, 100, 0.30, 0.70),
    "P08": (9, 34, 78, 0.30, 0.65),
    "P10": (24, 58, 92, 0.20, 0.50),
    "P12": (72, 94, 99.5, 0.30, 0.60),
    "P13": (74, 92, 98, 0.25, 0.55),
}

# Where a target is published, the simulated figures of the row have to go with it.
ANCHORS: dict[tuple[str, str], Series] = {
    ("唐山市", "C18"): (62.4, 70.0, 75.0),
    ("唐山市", "C23"): (51.3, 60.0, 66.0),
    ("唐山市", "C11"): (5_200_000, 9_300_000, 15_600_000),
    ("青岛市", "C11"): (4_320_000, 6_000_000, 10_000_000),
}


def clean_figures(pilot: str, kind: Kind, rng: random.Random) -> dict[str, Series]:
    """Draw base value and two targets for every indicator of a pilot of `CITIES` or `PARKS`.

    Returns:
        by code, (base, first target, second target) in the printed unit; P11 in the unit of `unit_as_reported`.
    """
    figures = _city_figures(CITIES[pilot], rng) if kind == "city" else _park_figures(PARKS[pilot], rng)
    anchored = {code: series for (name, code), series in ANCHORS.items() if name == pilot}
    return figures | anchored


def new_figures(pilot: str, indicator: Indicator) -> Series:
    """Draw figures of an indicator that was added to a table: within its plausible range, in the wanted direction."""
    scale = next(iter(indicator.scales.values()))
    low, high = scale.plausible
    base = low + (high - low) * random.Random(f"{pilot} {indicator.code}").uniform(0.3, 0.5)
    slow, fast = scale.pace or (-3.0, 3.0)
    yearly = {"up": fast / 3, "down": slow / 3, "any": 0.0}[indicator.wanted] / 100
    return _rounded([base * (1 + yearly) ** years for years in (0, 3, 8)], 0 if scale.whole else 2)


def unit_as_reported(pilot: str, indicator: Indicator) -> str:
    """The printed unit, or the one of the two printed units that this park chose."""
    return PARKS[pilot].vehicle_unit if indicator.printed_scale is None else indicator.unit


def _city_figures(city: City, rng: random.Random) -> dict[str, Series]:
    energy = _falling(city.energy, rng.uniform(0.022, 0.036))
    carbon = _carbon(energy, city.fossil, city.non_fossil)
    industry = rng.uniform(1.35, 1.6) + city.services / 250
    drift = rng.uniform(0.1, 0.5)
    return {
        "C01": _rounded(energy, 3),
        "C02": _rounded(carbon, 3),
        "C03": _rounded([value * industry * pace for value, pace in zip(carbon, (1, 0.98, 0.95), strict=True)], 3),
        "C05": _rounded([city.land * growth for growth in (1, 1.17, 1.48)], 3 if city.land < 1 else 2),
        "C06": _rounded([city.services, city.services + drift * 2, city.services + drift * 5], 1),
        "C07": city.non_fossil,
        "C10": _stock(rng.uniform(2, 8) * (1 + 3 * city.advanced), rng.uniform(0.8, 1.5)),
        "C11": _stock(city.renewables * 10_000, rng.uniform(0.28, 0.48), -3),
        "C17": _stock(city.cars, rng.uniform(0.7, 0.98), -1),
        "C22": _rounded([rng.uniform(2.4, 4.6) for _ in range(3)], 1),
        "C24": _rounded([city.forest, city.forest + drift, city.forest + 2 * drift], 1),
        "C25": _rounded([city.planting * rng.uniform(0.85, 1.15) for _ in range(3)], 0),
        "C26": _rounded([(0.35 + 1.9 * city.advanced) * growth for growth in (1, 1.12, 1.35)], 2),
    } | _shares("C", city.advanced, rng)


def _park_figures(park: Park, rng: random.Random) -> dict[str, Series]:
    energy = _falling(park.energy, rng.uniform(0.026, 0.042))
    renewable = rng.uniform(0.62, 0.9)
    as_share = park.vehicle_unit == "%"
    pace = rng.uniform(0.55, 0.95)
    return {
        "P01": _rounded([rng.uniform(6.2, 10.8) for _ in range(3)], 1),
        "P02": _rounded(energy, 3),
        "P03": _rounded(_carbon(energy, park.fossil, park.non_fossil), 3),
        "P04": park.non_fossil,
        "P05": _rounded([value * renewable for value in park.non_fossil], 1),
        "P09": _rounded(_falling(rng.uniform(360, 640), rng.uniform(0.014, 0.024)), 1),
        "P11": _toward(park.vehicles, 92, 0.3, 0.65) if as_share else _stock(park.vehicles, pace),
        "P14": _rounded([(0.8 + 3.6 * park.advanced) * growth for growth in (1, 1.1, 1.3)], 2),
    } | _shares("P", park.advanced, rng)


def _shares(table: str, advanced: float, rng: random.Random) -> dict[str, Series]:
    """Draw the base values: the more advanced the place, the higher most of its shares."""
    least, most = max(0, advanced - 0.3), min(1, advanced + 0.3)
    return {
        code: _toward(low + (high - low) * rng.triangular(least, most, advanced), cap, first, second)
        for code, (low, high, cap, first, second) in SHARES.items()
        if code.startswith(table)
    }


def _toward(base: float, cap: float, first: float, second: float) -> Series:
    return _rounded([base + (cap - base) * part for part in (0, first, second)], 1)


def _falling(base: float, rate: float) -> list[float]:
    """Fall by a yearly rate to three and to eight years after the base year, a little slower in the end."""
    first = base * (1 - rate) ** 3
    return [base, first, first * (1 - rate * 0.92) ** 5]


def _carbon(energy: list[float], fossil: float, non_fossil: Series) -> list[float]:
    """CO2 follows the fossil part of the energy: it falls faster than energy while the non-fossil share rises."""
    return [value * fossil * (1 - share / 100) for value, share in zip(energy, non_fossil, strict=True)]


def _stock(base: float, pace: float, digits: int = 0) -> Series:
    """Grow a stock by `pace` to the first target year and by a little less to the second, in whole numbers."""
    return _rounded([base, base * (1 + pace), base * (1 + pace) * (1 + 0.8 * pace)], digits)


def _rounded(values: list[float], digits: int) -> Series:
    """Round to so many decimals; without decimals the numbers are integers, as a person would type them."""
    first, second, third = (round(value, digits) if digits > 0 else int(round(value, digits)) for value in values)
    return first, second, third
