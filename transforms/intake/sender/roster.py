"""Find pilots of the roster, and provinces, in texts: covers, titles, file names, folders."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from contracts.load import Contracts
from contracts.naming import name_key
from contracts.round import Pilot

# A name with one of these is a park's, even where it begins with the name of a city on the roster.
_PARK = re.compile("园区|开发区|高新区|工业园|产业园|经开区|新区|保税区")
# 杭州市西湖区 is a district and not 杭州市; 地区 is part of 地区生产总值.
_DISTRICT = re.compile(r"市?(?!地区)[\u4e00-\u9fff]{1,4}?(?:区|县|旗)")
_OFFICE = re.compile("(?:人民政府|发展和改革委员会|发展改革委|发改委|管理委员会|管委会)$")


@dataclass(frozen=True, slots=True)
class Match:
    """A pilot found in a text, from `start` to `end` of the `name_key` of the text."""

    province: str
    pilot: Pilot
    start: int
    end: int


def match_name(text: str, kind: str | None, contracts: Contracts) -> Match | None:
    """Return the pilot whose name the whole text is; its province and its office may be around it."""
    key = _OFFICE.sub("", name_key(text))
    for region in contracts.regions:
        key = key.removeprefix(region.name) if len(key) > len(region.name) else key
    is_park = kind == "park" or (kind is None and bool(_PARK.search(key)))
    for match in _matches(key, contracts, cities=True, seats=is_park):
        # Of a park known only by its seat the name is not known: any park of that city may be it.
        if match.pilot.seat or (match.start == 0 and key[match.end :] in {"", "市"}):
            return match
    return None


def find_pilots(text: str, contracts: Contracts) -> list[Match]:
    """Return the pilots that a text mentions, each once; a name inside a longer one does not count."""
    key = name_key(text)
    is_park = bool(_PARK.search(key))
    matches = _matches(key, contracts, cities=not is_park, seats=is_park)
    longest_first = sorted(matches, key=lambda match: match.start - match.end)
    found: list[Match] = []
    for match in longest_first:
        apart = all(match.end <= other.start or other.end <= match.start for other in found)
        if apart and all(match.pilot is not other.pilot for other in found):
            found.append(match)
    return found


def find_province(text: str, contracts: Contracts) -> str | None:
    """Return the province that a text names; None where it names none or, by short names only, several."""
    key = name_key(text)
    found = [region for region in contracts.regions if region.short in key]
    full = [region for region in found if region.name in key]
    # 海南 is also a prefecture of Qinghai and 吉林 a city: the full name counts more, and two short ones are none.
    chosen = full or found
    return chosen[0].name if len(chosen) == 1 else None


def _matches(key: str, contracts: Contracts, *, cities: bool, seats: bool) -> Iterator[Match]:
    """Iterate over every spelling found in a text, in the order of the roster."""
    spellings = contracts.round.spellings
    parts = (
        (start, end)
        for length in contracts.round.spelling_lengths
        for start, end in zip(range(len(key)), range(length, len(key) + 1), strict=False)
    )
    found = [(one.order, start, end, one) for start, end in parts for one in spellings.get(key[start:end], ())]
    for _, start, end, one in sorted(found, key=lambda hit: hit[:2]):
        is_park = one.pilot.kind == "park"
        wanted = (seats or not one.by_seat) if is_park else cities
        if wanted and (is_park or not _DISTRICT.match(key, end)):
            yield Match(one.province, one.pilot, start, end)
