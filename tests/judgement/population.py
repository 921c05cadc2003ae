"""Clean submissions, as plain data: realistic, awkward as reality is, and nothing wrong with any of them."""

import random
from collections.abc import Iterable
from dataclasses import replace

from contracts.indicators import Indicator
from tests.judgement.cities import carbon, city_figures, industrial_carbon, vehicles
from tests.judgement.draw import Series
from tests.judgement.parks import park_carbon, park_figures, park_vehicles
from tests.judgement.places import CONTRACTS, Place
from tests.judgement.style import (
    Style,
    draw_style,
    in_other_unit,
    round_intensity,
    round_share,
    round_stock,
    settle,
    significant,
    tidy,
    worded,
)
from tests.judgement.traits import Traits, draw_traits
from tests.sample import Row, Submission, leave_out

REASONS = (
    "该项指标尚未建立统计制度，拟自2025年起开展统计。",
    "本地无相关产生源，该指标不适用。",
    "统计口径正在调整，待省级部门明确后补报。",
)
# What most offices say of a row's scope in its remark.
SCOPES = {
    "C01": ("已扣除原料用能和可再生能源消费", "与省级节能考核口径一致", "未扣除原料用能"),
    "C02": ("含电力调入间接排放，不含过程排放", "只计能源活动直接排放", "按省级清单口径"),
    "C05": ("按行政区域面积计算", "按建设用地面积计算", "建成区口径"),
    "C07": ("电力按发电煤耗法折算，不含绿证", "电力按电热当量法折算，绿电按交易结算量计入"),
}
INTENSITIES = {"C01", "C02", "C03", "P02", "P03"}
# Rows that others follow from: they are not left as they are on a whim.
TIED = INTENSITIES | {"C07", "C16", "C17", "P04", "P05"}
STOCKS = {"C10": True, "C11": False, "C17": True, "C25": False}


def submissions(seed: str, places: Iterable[Place]) -> tuple[Submission, ...]:
    """One clean submission for each place; the same seed and place give the same figures, whoever else takes part."""
    return tuple(clean_submission(place, random.Random(f"{seed}: {place.pilot}")) for place in places)


def clean_submission(place: Place, rng: random.Random) -> Submission:
    """Draw what the place is like, its figures, and how its office writes them down."""
    traits = draw_traits(rng, park=place.kind == "park")
    style = draw_style(rng)
    as_share = place.kind == "park" and rng.random() < 0.3
    figures = (
        _round_city(traits, style, rng) if place.kind == "city" else _round_park(traits, style, rng, as_share=as_share)
    )
    rows = tuple(
        _write(
            item, "%" if item.code == "P11" and as_share else "辆" if item.code == "P11" else item.unit, figures, rng
        )
        for item in CONTRACTS.tables[place.kind].indicators
    )
    submission = Submission(place.province, place.pilot, place.kind, rows, date=f"2024-03-{rng.randint(1, 28):02}")
    submission = replace(submission, rows=tuple(_styled(row, style, rng) for row in submission.rows))
    if rng.random() < 0.2:
        for row in rng.sample(
            [row for row in submission.rows if row.code not in INTENSITIES], rng.choice((1, 1, 2, 3))
        ):
            submission = leave_out(submission, row.code, rng.choice(REASONS))
    return submission


def wanted_of(code: str) -> str:
    """Which way a target should go."""
    kind = "city" if code.startswith("C") else "park"
    return CONTRACTS.tables[kind].by_code[code].wanted


def _round_city(traits: Traits, style: Style, rng: random.Random) -> dict[str, Series]:
    raw = city_figures(traits, rng)
    done = {code: _round(code, series, style, rng) for code, series in raw.items()}
    # What follows from other rows follows from them as they were written.
    done["C17"] = _round("C17", vehicles(traits, done["C16"], rng), style, rng)
    done["C02"] = round_intensity(carbon(done["C01"], done["C07"], traits), style)
    done["C03"] = round_intensity(industrial_carbon(done["C02"], traits, rng), style)
    return done


def _round_park(traits: Traits, style: Style, rng: random.Random, *, as_share: bool) -> dict[str, Series]:
    done = {code: _round(code, series, style, rng) for code, series in park_figures(traits, rng).items()}
    vehicle = park_vehicles(traits, rng, as_share=as_share)
    done["P11"] = round_share(vehicle, style, "up") if as_share else round_stock(vehicle, rng, exact=True)
    done["P03"] = round_intensity(park_carbon(done["P02"], done["P04"], traits, rng), style)
    renewable = 1.0 if rng.random() < 0.15 else rng.uniform(0.6, 0.96)
    first, second, third = (value * renewable for value in done["P04"])
    part = round_share((first, second, third), replace(style, fives=False), "up")
    lesser = tuple(min(one, whole) for one, whole in zip(part, done["P04"], strict=True))
    done["P05"] = settle(lesser, "up")
    return done


def _round(code: str, series: Series, style: Style, rng: random.Random) -> Series:
    if code in INTENSITIES:
        return round_intensity(series, style)
    if code in STOCKS:
        if code == "C25":
            return significant(series[0], 4), significant(series[1], 2), significant(series[2], 2)
        return round_stock(series, rng, exact=STOCKS[code])
    if code in {"C05", "P09"}:
        kept = 3 if code == "C05" else 4
        first, second, third = (float(f"{value:.{kept}g}") for value in series)
        return settle((first, second, third), wanted_of(code))
    return round_share(series, style, wanted_of(code)) if code not in {"C22", "P01"} else _one_decimal(series)


def _one_decimal(series: Series) -> Series:
    first, second, third = (round(value, 1) for value in series)
    return first, second, third


def _write(item: Indicator, unit: str, figures: dict[str, Series], rng: random.Random) -> Row:
    base, second, third = figures[item.code]
    if item.code not in TIED and rng.random() < 0.02:
        second = base  # the place keeps for a while what it has
    remark = "占规上工业增加值比重" if item.code == "C04" and base > 28 else ""
    if item.code in SCOPES and rng.random() < 0.85:
        remark = rng.choice(SCOPES[item.code])
    return Row(item.code, item.category, item.name, unit, (tidy(base), tidy(second), tidy(third)), remark)


def _styled(row: Row, style: Style, rng: random.Random) -> Row:
    if style.other_units:
        row = in_other_unit(row, rng)
    base, *targets = row.values
    wanted = wanted_of(row.code)
    said = (worded(value, row.unit, wanted, rng) if rng.random() < style.worded else value for value in targets)
    if row.unit == "%" and rng.random() < style.worded / 2:
        base = f"{base}%"
    return replace(row, values=(base, *said))
