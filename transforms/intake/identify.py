"""Who submitted: read from cover, title, file name and folder, in this order; contradictions are told."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from contracts.load import Contracts
from contracts.naming import name_key
from contracts.round import Pilot
from transforms.intake.cells import Sheet

_COVER = {
    "province": {"省份", "所在省份", "省(区、市)", "省", "地区"},
    "pilot": {"试点名称", "试点城市", "试点园区", "试点城市名称", "试点园区名称", "城市名称", "园区名称"},
    "kind": {"试点类型", "类型"},
    "contact": {"联系人", "联系方式", "联系电话"},
    "date": {"填报日期", "填报时间", "日期"},
    "version": {"版本", "版本号"},
}
_KINDS = {
    "城市": "city",
    "试点城市": "city",
    "市": "city",
    "园区": "park",
    "试点园区": "park",
    "产业园区": "park",
}
_KIND_TITLES = {"city": "城市", "park": "园区"}
# A name with one of these is a park's, even where it begins with the name of a city on the roster.
_PARK = re.compile("园区|开发区|高新区|工业园|产业园|经开区|新区|保税区")
_SOURCES = {"cover": "封面", "title": "表题", "name": "文件名", "folder": "文件夹"}


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source says about the sender; None where it says nothing. `pilot` is the roster's name if `listed`."""

    source: str
    province: str | None = None
    pilot: str | None = None
    listed: bool = False
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who sent a file. `named` is the pilot as the submission writes it; `contradiction`: where sources disagree."""

    province: str | None = None
    pilot: str | None = None
    named: str | None = None
    kind: str | None = None
    listed: bool = False
    contradiction: str | None = None
    version: str | None = None
    filled_on: str | None = None
    contacts: tuple[str, ...] = field(default=())


def identify(path: str, sheets: Iterable[Sheet], titles: Iterable[str], contracts: Contracts) -> Identity:
    """Find the sender.

    Args:
        path: of the file, relative to the round's folder, with `/`.
        sheets: the workbook, empty where it could not be read.
        titles: texts above the tables.
        contracts: whose roster and regions are looked for.
    """
    cover = _read_cover(sheets)
    where = PurePosixPath(path)
    given = cover.get("pilot")
    claims = [
        _cover_claim(cover, contracts),
        _claim("title", " ".join(titles), contracts),
        _claim("name", where.stem, contracts),
        _claim("folder", "/".join(where.parent.parts[1:]), contracts),
    ]
    first = next((claim for claim in claims if claim.pilot), Claim("cover"))
    roster = {pilot.name: (province, pilot) for province, pilot in contracts.round.roster}
    province, kind = first.province, first.kind
    if first.listed and first.pilot:
        province, pilot = roster[first.pilot]
        kind = pilot.kind
    province = province or next((claim.province for claim in claims if claim.province), None)
    return Identity(
        province=province,
        pilot=first.pilot,
        named=given or first.pilot,
        kind=kind,
        listed=first.listed,
        contradiction=_contradiction(claims, first.pilot, province, kind),
        version=cover.get("version"),
        filled_on=cover.get("date"),
        contacts=tuple(text for text in [cover.get("contact")] if text),
    )


def _read_cover(sheets: Iterable[Sheet]) -> dict[str, str]:
    """Label and value pairs: the value is the next filled cell to the right, at most three columns away."""
    found: dict[str, str] = {}
    for sheet in sheets:
        for cell in sheet.cells.values():
            role = next((role for role, words in _COVER.items() if name_key(cell.text).rstrip(":") in words), None)
            if cell.held != "text" or role is None or role in found:
                continue
            right = (sheet.cells.get((cell.row, cell.column + step)) for step in (1, 2, 3))
            if value := next((other.text.strip() for other in right if other and other.held != "blank"), None):
                found[role] = value
    # Without a name of the pilot it is not a cover but some other list that happens to say 地区 or 日期.
    return found if "pilot" in found or "province" in found else {}


def _cover_claim(cover: dict[str, str], contracts: Contracts) -> Claim:
    kind = _KINDS.get(name_key(cover.get("kind", "")))
    province = _province(cover.get("province", ""), contracts)
    named = cover.get("pilot")
    if not named:
        return Claim("cover", province, kind=kind)
    claim = _claim("cover", named, contracts, kind)
    if claim.pilot:
        return Claim("cover", province or claim.province, claim.pilot, listed=True, kind=kind)
    return Claim("cover", province or _province(named, contracts), named, listed=False, kind=kind)


def _claim(source: str, text: str, contracts: Contracts, kind: str | None = None) -> Claim:
    key = name_key(text)
    matches = [match for province, pilot in contracts.round.roster for match in _spelled(key, province, pilot, kind)]
    if not matches:
        return Claim(source, _province(text, contracts))
    _, province, pilot = max(matches, key=lambda match: match[0])
    return Claim(source, _province(text, contracts) or province, pilot.name, listed=True)


def _spelled(key: str, province: str, pilot: Pilot, kind: str | None) -> Iterator[tuple[int, str, Pilot]]:
    """How well a text names a pilot: the length of the spelling found in it."""
    is_park = kind == "park" or (kind is None and bool(_PARK.search(key)))
    for name in (pilot.name, *pilot.aliases):
        spelling = name_key(name)
        if key == spelling or (spelling in key and (pilot.kind == "park" or not is_park)):
            yield len(spelling), province, pilot
        elif pilot.kind == "city" and not is_park and spelling.removesuffix("市") in key:
            yield len(spelling) - 1, province, pilot
    if pilot.seat and is_park and name_key(pilot.seat).removesuffix("市") in key:
        yield len(pilot.seat) - 1, province, pilot


def _province(text: str, contracts: Contracts) -> str | None:
    key = name_key(text)
    found = [region for region in contracts.regions if region.short in key]
    full = [region for region in found if region.name in key]
    # 海南 is also a prefecture of Qinghai and 吉林 a city: the full name counts more, and two short ones are none.
    chosen = full or found
    return chosen[0].name if len(chosen) == 1 else None


def _contradiction(claims: Iterable[Claim], pilot: str | None, province: str | None, kind: str | None) -> str | None:
    against = []
    for claim in claims:
        wrong = []
        if claim.province and province and claim.province != province:
            wrong.append(claim.province)
        if claim.pilot and pilot and claim.pilot != pilot:
            wrong.append(claim.pilot)
        if claim.kind and kind and claim.kind != kind:
            wrong.append(_KIND_TITLES[claim.kind])
        if wrong:
            against.append(f"{_SOURCES[claim.source]}为“{'、'.join(wrong)}”")
    return "，".join(against) or None
