"""Find the provinces that were asked for, by full or short names or by their pilots."""

from collections.abc import Iterable, Sequence

import polars as pl

from contracts.load import Contracts
from flows.pipeline.outcome import RefusedError
from transforms.pipeline import Review

ALL = "all"


def check_names(contracts: Contracts, names: Sequence[str], published: Sequence[str]) -> None:
    """Check the names of provinces before anything is read; whether one has submissions is known only after that.

    Args:
        contracts: whose regions and provinces are known.
        names: full or short names, or `all`.
        published: provinces that have a package.

    Raises:
        RefusedError: if one is no province.
    """
    regions = {name for region in contracts.regions for name in (region.name, region.short)}
    of_round = [province.name for province in contracts.round.provinces]
    if unknown := set(names) - {ALL, *regions, *of_round, *published}:
        raise RefusedError(_unknown(unknown, [*of_round, *published]))


def chosen_provinces(result: Review, provinces: Sequence[str], pilots: Sequence[str]) -> list[str]:
    """Return the provinces to publish; all if none is asked for.

    Raises:
        RefusedError: if one is unknown.
    """
    known = result.provinces["province"].to_list()
    if not provinces and not pilots:
        return known
    wanted = named_provinces(result, provinces)
    sent = result.judged.batch.files.filter(pl.col("pilot").is_not_null() & pl.col("province").is_not_null())
    places = [*sent.select("named", "province").iter_rows(), *sent.select("pilot", "province").iter_rows()]
    roster = result.contracts.round.roster
    places += [(name, province) for province, pilot in roster for name in pilot.names]
    of_pilot: dict[str, set[str]] = {}  # off the roster one name may be that of two pilots
    for name, province in places:
        of_pilot.setdefault(name, set()).add(province)
    for pilot in pilots:
        if pilot not in of_pilot:
            raise RefusedError(f"unknown pilot {pilot}; known: {' '.join(of_pilot)}")
        wanted |= of_pilot[pilot]
    return [province for province in known if province in wanted]


def accepted_provinces(result: Review, asked: Sequence[str], published: Sequence[str]) -> set[str]:
    """Return the provinces to publish however far they are from their published package; `all` names every one.

    Raises:
        RefusedError: if one is unknown.
    """
    every = {*result.provinces["province"], *published}
    return every if ALL in asked else named_provinces(result, asked, published)


def named_provinces(result: Review, provinces: Sequence[str], others: Sequence[str] = ()) -> set[str]:
    """Return the full names of provinces.

    Args:
        result: whose provinces are known.
        provinces: full or short names.
        others: further known provinces, which have a published package.

    Raises:
        RefusedError: if one is unknown.
    """
    known = [*result.provinces["province"], *others]
    regions = {region.short: region.name for region in result.contracts.regions}
    wanted = {regions.get(name, name) for name in provinces}
    if unknown := wanted - set(known):
        raise RefusedError(_unknown(unknown, known))
    return wanted


def _unknown(names: Iterable[str], known: Sequence[str]) -> str:
    listed = f"; known: {' '.join(dict.fromkeys(known))}" if known else ""
    return f"unknown province {', '.join(sorted(names))}{listed}"
