"""Who takes part: the roster of a round, or a made-up roster of any size on which nothing is missing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from contracts.load import Contracts, load_contracts
from contracts.round import Kind, Pilot, Province

_ROUND = load_contracts("first-batch")
# Clean workbooks come without plans.
CONTRACTS = replace(_ROUND, round=replace(_ROUND.round, plan_required=False))


@dataclass(frozen=True)
class Place:
    """A pilot before anything is known of it but where it is; `pilot` is the name that it writes on its cover."""

    province: str
    pilot: str
    kind: Kind


def places_of(contracts: Contracts) -> tuple[Place, ...]:
    """Every place on the roster; a park known only by its city goes by a name of that city."""
    return tuple(
        Place(province, f"{pilot.seat.removesuffix('市')}经济技术开发区" if pilot.seat else pilot.name, pilot.kind)
        for province, pilot in contracts.round.roster
    )


def with_roster(cities: int, parks: int, provinces: int = 15) -> Contracts:
    """The first round with another roster: so many cities and parks, spread over so many provinces."""
    pilots = list(_pilots(cities, parks))
    names = [region.name for region in CONTRACTS.regions][: min(provinces, len(pilots))]
    listed = tuple(
        Province(name, len(pilots[start :: len(names)]), tuple(pilots[start :: len(names)]))
        for start, name in enumerate(names)
    )
    return replace(CONTRACTS, round=replace(CONTRACTS.round, quota_total=len(pilots), provinces=listed))


def part_of(contracts: Contracts, places: tuple[Place, ...]) -> Contracts:
    """The same with only these places on the roster: a name is looked for among all that stand there."""
    wanted = {place.pilot for place in places}
    kept = {
        province.name: tuple(pilot for pilot in province.pilots if pilot.name in wanted)
        for province in contracts.round.provinces
    }
    listed = tuple(replace(one, pilots=kept[one.name]) for one in contracts.round.provinces if kept[one.name])
    total = sum(province.quota for province in listed)
    return replace(contracts, round=replace(contracts.round, quota_total=total, provinces=listed))


def _pilots(cities: int, parks: int) -> Iterator[Pilot]:
    # Numbers of one width: no name stands inside another.
    yield from (Pilot(f"第{number:05}市", "city") for number in range(cities))
    yield from (Pilot(f"第{number:05}经济技术开发区", "park") for number in range(parks))
