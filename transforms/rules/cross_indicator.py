"""Rules between two indicators of one pilot and year, from physics and definitions."""

from itertools import pairwise

import polars as pl

from contracts.load import Contracts
from transforms.batch import Batch
from transforms.judging.emission_path import in_percent
from transforms.judging.findings import decimals, format_numbers
from transforms.judging.time_series import at_cells, deviation, usable_paths, with_peers

# Carbon dioxide per unit of value added, and the energy per unit of value added that it comes from.
CARBON = {"C02": "C01", "P03": "P02"}
# CO2 per unit of industry's value added, and per unit of all value added.
INDUSTRY = {"C03": "C02"}
# Where C03 is so many times C02, the two confirm each other; only to choose which of C01 and C02 is wrong.
_USUAL_INDUSTRY = (0.8, 8.0)
# A part, and the whole that it cannot exceed.
PART = {"P05": "P04"}
# The share of non-fossil energy by the indicator of CO2 that falls with it.
_NON_FOSSIL = {"C02": "C07", "P03": "P04"}
# The stock of new-energy vehicles, and their share of the vehicles sold.
FLEET = {"C17": "C16"}


def relation_carbon(batch: Batch, contracts: Contracts, *, low: float, fossil: float, high: float) -> pl.DataFrame:
    """Tonnes of CO2 per tonne of coal equivalent, beyond any fuel. One finding a pilot, at the likelier of the two.

    Non-fossil energy lowers the factor of all energy, but not that of the fossil part; `low` holds where its share is
    unknown.
    """
    least = (fossil * (1 - pl.col("share") / 100)).fill_null(low)
    rows = _carbon_ratios(batch, contracts)
    wrong = rows.filter(~pl.col("ratio").is_between(least, high))
    off = pl.max_horizontal(pl.col("ratio") / high, least / pl.col("ratio")).log10()
    return _or_absent(_at_the_likelier(wrong, least, high, off, batch, contracts), batch, contracts, CARBON)


def relation_carbon_high(batch: Batch, contracts: Contracts, *, high: float) -> pl.DataFrame:
    """More CO2 per tonne of coal equivalent than coal gives off: process emissions, power sent out, or a slip."""
    wrong = _carbon_ratios(batch, contracts).filter(pl.col("ratio") > high)
    return _at_the_likelier(wrong, pl.lit(0.0), high, (pl.col("ratio") / high).log10(), batch, contracts)


def _carbon_ratios(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    rows = _with_shares(_beside(batch, contracts, CARBON), batch).filter(pl.col("other") > 0)
    return rows.with_columns(ratio=pl.col("value") / pl.col("other"))


def _at_the_likelier(
    wrong: pl.DataFrame, least: pl.Expr, high: float, off: pl.Expr, batch: Batch, contracts: Contracts
) -> pl.DataFrame:
    """Report each pair of values at the indicator that is more likely wrong, silently after the first year."""
    culprits = _likelier(wrong, batch, contracts)
    located = wrong.join(culprits, on=["file", "indicator"], how="left", validate="m:1", maintain_order="left").select(
        "file",
        "year",
        indicator=pl.when("is_other").then("partner").otherwise("indicator"),
        expected=pl.format("{}～{}吨二氧化碳/吨标准煤", format_numbers(least.round(2)), pl.lit(f"{high:g}")),
        detail=pl.format(
            "“{}”{}年{}{}，“{}”{}{}，每吨标准煤排放{}吨二氧化碳",
            "name", "year", format_numbers(pl.col("value")), "unit", "other_name",
            format_numbers(pl.col("other")), "other_unit",
            format_numbers(pl.col("ratio").round(2)),
        ),
        off=off,
    )  # fmt: skip
    return at_cells(located, batch).with_columns(silent=pl.col("year") > pl.col("year").min().over("file", "indicator"))


def relation_industry(batch: Batch, contracts: Contracts, *, low: float, high: float) -> pl.DataFrame:
    """Industry emits far less, or far more, per yuan than the whole economy. One finding a pilot."""
    rows = _beside(batch, contracts, INDUSTRY).with_columns(ratio=pl.col("value") / pl.col("other"))
    found = (
        rows.filter((pl.col("other") > 0) & ~pl.col("ratio").is_between(low, high))
        .with_columns(
            expected=pl.lit(f"{low:g}～{high:g}倍"),
            detail=pl.format("{}，为其{}倍", _of_other(), format_numbers(pl.col("ratio").round(2))),
            off=pl.max_horizontal(pl.col("ratio") / high, low / pl.col("ratio")).log10(),
        )
        .unique(["file", "indicator"], keep="first", maintain_order=True)
    )
    return _or_absent(found, batch, contracts, INDUSTRY)


def relation_pace(batch: Batch, contracts: Contracts, *, points: float) -> pl.DataFrame:
    """From base to last target CO2 per value added falls more slowly in industry than in the whole economy."""
    first, last = contracts.round.base_year, contracts.round.target_years[-1]
    rows = _beside(batch, contracts, INDUSTRY).filter((pl.col("value") > 0) & (pl.col("other") > 0))
    before = rows.filter(pl.col("year") == first).select("file", "indicator", was="value", other_was="other")
    found = (
        rows.filter(pl.col("year") == last)
        .join(before, on=["file", "indicator"], how="inner", validate="1:1", maintain_order="left")
        .with_columns(
            pace=(pl.col("value") / pl.col("was")) ** (1 / (last - first)) - 1,
            other_pace=(pl.col("other") / pl.col("other_was")) ** (1 / (last - first)) - 1,
        )
    )
    return found.filter(pl.col("pace") > pl.col("other_pace") + points).with_columns(
        detail=pl.format(
            "{}—{}年年均{}，同期“{}”年均{}",
            pl.lit(first), pl.lit(last), in_percent(pl.col("pace")), "other_name", in_percent(pl.col("other_pace")),
        ),
        off=pl.col("pace") - pl.col("other_pace"),
    )  # fmt: skip


def relation_trend(batch: Batch, contracts: Contracts, *, rise: float, points: float) -> pl.DataFrame:
    """CO2 per tonne of coal equivalent rises from base to last target although the share of non-fossil energy rises."""
    rows = _with_shares(_beside(batch, contracts, CARBON), batch).with_columns(
        ratio=pl.col("value") / pl.col("other"), blur=_blur("value") + _blur("other")
    )
    # If energy or CO2 rises, that has a finding of its own.
    falls = (pl.col("value").diff() <= 0) & (pl.col("other").diff() <= 0)
    rows = rows.filter(falls.fill_null(value=True).all().over("file", "indicator"))
    first, last = contracts.round.base_year, contracts.round.target_years[-1]
    before = rows.filter(pl.col("year") == first).select(
        "file", "indicator", was="ratio", share_was="share", blurred="blur"
    )
    found = (
        rows.filter(pl.col("year") == last)
        .join(before, on=["file", "indicator"], how="inner", validate="1:1", maintain_order="left")
        .filter(
            (pl.col("ratio") > pl.col("was") * (1 + rise + pl.col("blur") + pl.col("blurred")))
            & (pl.col("share") >= pl.col("share_was") + points)
        )
        .with_columns(
            detail=pl.format(
                "从{}年到{}年，非化石能源占比由{}%升至{}%，每吨标准煤的二氧化碳却由{}吨升至{}吨",
                pl.lit(first), pl.lit(last), format_numbers(pl.col("share_was")), format_numbers(pl.col("share")),
                format_numbers(pl.col("was").round(2)), format_numbers(pl.col("ratio").round(2)),
            ),
            off=pl.col("ratio") / pl.col("was") - 1,
        )
    )  # fmt: skip
    return _or_absent(found, batch, contracts, _NON_FOSSIL)


def relation_part(batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Renewable energy is part of non-fossil energy, so its share cannot be larger."""
    rows = _beside(batch, contracts, PART)
    found = rows.filter(pl.col("value") > pl.col("other")).with_columns(
        detail=_of_other(), off=(pl.col("value") / pl.col("other")).log10()
    )
    return _or_absent(found, batch, contracts, PART)


def relation_fleet(batch: Batch, contracts: Contracts, *, share: float, growth: float) -> pl.DataFrame:
    """The stock of new-energy vehicles falls, or hardly grows, while their share of the market is large."""
    rows = _beside(batch, contracts, FLEET)
    found = []
    for earlier, later in pairwise(contracts.round.years):
        before = rows.filter(pl.col("year") == earlier).select("file", was="value", share_was="other")
        yearly = (pl.col("value") / pl.col("was")) ** (1 / (later - earlier)) - 1
        found.append(
            rows.filter(pl.col("year") == later)
            .join(before, on="file", how="inner", validate="1:1", maintain_order="left")
            .filter(
                (pl.min_horizontal("other", "share_was") >= share)
                & (pl.col("was") > 0)
                & (yearly < growth)
                & (pl.col("value") >= pl.col("was"))
            )
            .with_columns(
                detail=pl.format(
                    "{}年{}辆，{}年{}辆，而市场渗透率由{}%变为{}%",
                    pl.lit(earlier), format_numbers(pl.col("was")), pl.lit(later), format_numbers(pl.col("value")),
                    format_numbers(pl.col("share_was")), format_numbers(pl.col("other")),
                )
            )
        )  # fmt: skip
    first = pl.concat(found).unique(["file", "indicator"], keep="first", maintain_order=True)
    return _or_absent(first, batch, contracts, FLEET)


def _likelier(wrong: pl.DataFrame, batch: Batch, contracts: Contracts) -> pl.DataFrame:
    """Choose the indicator of the pair that is more likely wrong: `file, indicator, is_other`.

    It is the one farther from its peers; for a city it is energy if CO2 per GDP is consistent with that of industry.
    """
    peers = with_peers(usable_paths(batch, contracts), batch, contracts)
    far = peers.select(
        "file",
        "indicator",
        far=pl.max_horizontal(deviation(i).abs() for i in range(len(contracts.round.years))).fill_null(0),
    )
    industry = _beside(batch, contracts, INDUSTRY).filter(pl.col("other") > 0)
    fits = (
        industry.with_columns(fits=(pl.col("value") / pl.col("other")).is_between(*_USUAL_INDUSTRY))
        .group_by("file")
        .agg(fits=pl.col("fits").all())
    )
    return (
        wrong.select("file", "indicator", "partner")
        .unique(maintain_order=True)
        .join(far, on=["file", "indicator"], how="left", validate="1:1")
        .join(
            far.rename({"indicator": "partner", "far": "far_other"}), on=["file", "partner"], how="left", validate="1:1"
        )
        .join(fits, on="file", how="left", validate="m:1")
        .select("file", "indicator", is_other=pl.coalesce("fits", pl.col("far_other") > pl.col("far")))
    )


def _or_absent(found: pl.DataFrame, batch: Batch, contracts: Contracts, pairs: dict[str, str]) -> pl.DataFrame:
    """Add one row with status `not_evaluated` for each pilot without a number for one of the pair.

    None if the number is present but doubtful, because that has a finding of its own.
    """
    names = {row.code: row.name for row in contracts.indicators.values()}
    judged = batch.counted.filter(pl.col("kind") == pl.col("table_kind")).select("file")
    absent = (
        batch.observations.filter(
            pl.col("indicator").is_in([*pairs, *pairs.values()])
            & pl.col("year").is_in(contracts.round.years)
            & pl.col("value").is_null()
        )
        .join(judged, on="file", how="semi", maintain_order="left")
        .group_by("file", "province", "pilot", "kind", "file_sha256", "version", "indicator", maintain_order=True)
        .agg(years=pl.col("year").unique().sort().cast(pl.String).str.join("、"))
        .with_columns(lacks=pl.format("“{}”{}年", pl.col("indicator").replace_strict(names), "years"))
        .group_by("file", "province", "pilot", "kind", "file_sha256", "version", maintain_order=True)
        .agg(detail=pl.lit("缺") + pl.col("lacks").str.join("、") + "数值")
        .with_columns(status=pl.lit("not_evaluated"))
    )
    return pl.concat([found, absent], how="diagonal")


def _with_shares(rows: pl.DataFrame, batch: Batch) -> pl.DataFrame:
    """Add the usable share of non-fossil energy of the same year to CO2 rows, or null."""
    clean = pl.col("usable") & pl.col("indicator").is_in(list(_NON_FOSSIL.values()))
    shares = batch.observations.filter(clean).select("file", "year", clean="indicator", share="value")
    return rows.with_columns(clean=pl.col("indicator").replace_strict(_NON_FOSSIL, return_dtype=pl.String)).join(
        shares, on=["file", "year", "clean"], how="left", validate="1:1", maintain_order="left"
    )


def _blur(column: str) -> pl.Expr:
    """Return the relative error of a value from rounding to the printed digits."""
    return 0.5 * 10.0 ** -decimals(pl.col(column)) / pl.col(column)


def _of_other() -> pl.Expr:
    return pl.format("“{}”（{}{}）", "other_name", format_numbers(pl.col("other")), "other_unit")


def _beside(batch: Batch, contracts: Contracts, pairs: dict[str, str]) -> pl.DataFrame:
    """Join the usable values of each pair: the second as `other`, `other_name`, `other_unit`."""
    names = {row.code: row.name for row in contracts.indicators.values()}
    concerned = pl.col("indicator").is_in([*pairs, *pairs.values()])
    usable = batch.observations.filter(pl.col("usable") & concerned)
    others = usable.select("file", "year", partner="indicator", other="value", other_unit="unit")
    return (
        usable.filter(pl.col("indicator").is_in(list(pairs)))
        .with_columns(partner=pl.col("indicator").replace_strict(pairs, default=None, return_dtype=pl.String))
        .join(others, on=["file", "year", "partner"], how="inner", validate="1:1", maintain_order="left")
        .with_columns(other_name=pl.col("partner").replace_strict(names, return_dtype=pl.String))
        .sort("file", "indicator", "year", maintain_order=True)
    )
