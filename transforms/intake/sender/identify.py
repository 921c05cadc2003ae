"""Identify the sender from cover, title, file name and folder, in this order, and report contradictions."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from contracts.load import Contracts
from contracts.naming import name_key
from transforms.intake.cells import Sheet
from transforms.intake.sender.roster import find_pilots, find_province, match_name

_COVER = {
    "province": {"省份", "所在省份", "省(区、市)", "省", "地区"},
    "pilot": {"试点名称", "试点城市", "试点园区", "试点城市名称", "试点园区名称", "城市名称", "园区名称"},
    "kind": {"试点类型", "类型"},
    "office": {"填报单位", "报送单位", "填报部门"},
    "contact": {"联系人", "联系人及电话", "联系人及联系方式"},
    "telephone": {"联系方式", "联系电话", "电话", "手机"},
    "date": {"填报日期", "填报时间", "日期"},
    "version": {"版本", "版本号"},
}
_ROLES = {word: role for role, words in _COVER.items() for word in words}
_KINDS = {
    "城市": "city",
    "试点城市": "city",
    "市": "city",
    "园区": "park",
    "试点园区": "park",
    "产业园区": "park",
}
_KIND_TITLES = {"city": "城市", "park": "园区"}
_SOURCES = {"cover": "封面", "title": "表题", "name": "文件名", "folder": "文件夹"}


@dataclass(frozen=True, slots=True)
class Claim:
    """The sender according to one source; None where it names none.

    `pilot` is the roster's name if `listed`. A text that names `several` pilots claims none of them.
    """

    source: str
    province: str | None = None
    pilot: str | None = None
    listed: bool = False
    kind: str | None = None
    several: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """The sender of a file.

    `named` is the pilot as the submission spells it, `contradiction` the sources that disagree (in Chinese), `office`
    the 填报单位 of the cover.
    """

    province: str | None = None
    pilot: str | None = None
    named: str | None = None
    kind: str | None = None
    listed: bool = False
    contradiction: str | None = None
    version: str | None = None
    filled_on: str | None = None
    contacts: tuple[str, ...] = field(default=())
    office: str | None = None


def identify(path: str, sheets: Iterable[Sheet], titles: Iterable[str], contracts: Contracts) -> Identity:
    """Identify the sender of a file by its path (relative, with `/`), its sheets, and the titles above its tables."""
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
    province, kind = first.province, first.kind
    if first.listed and first.pilot:
        province, pilot = contracts.round.listed[first.pilot]
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
        contacts=tuple(cover[role] for role in ("contact", "telephone") if role in cover),
        office=cover.get("office"),
    )


def _read_cover(sheets: Iterable[Sheet]) -> dict[str, str]:
    """Read label and value pairs: the value is the next filled cell to the right, at most three columns away."""
    found: dict[str, str] = {}
    for sheet in sheets:
        for cell in sheet.cells.values():
            role = _ROLES.get(name_key(cell.text).rstrip(":")) if cell.held == "text" else None
            if role is None or role in found:
                continue
            right = (sheet.cells.get((cell.row, cell.column + step)) for step in (1, 2, 3))
            if value := next((other.text.strip() for other in right if other and other.held != "blank"), None):
                found[role] = value
    # Without the name of a pilot it is another list with words such as 地区 or 日期.
    return found if "pilot" in found or "province" in found else {}


def _cover_claim(cover: dict[str, str], contracts: Contracts) -> Claim:
    kind = _KINDS.get(name_key(cover.get("kind", "")))
    province = find_province(cover.get("province", ""), contracts)
    named = cover.get("pilot")
    if not named:
        return Claim("cover", province, kind=kind)
    match = match_name(named, kind, contracts)
    if match:
        return Claim("cover", province or match.province, match.pilot.name, listed=True, kind=kind)
    return Claim("cover", province or find_province(named, contracts), named, kind=kind)


def _claim(source: str, text: str, contracts: Contracts) -> Claim:
    found = find_pilots(text, contracts)
    province = find_province(text, contracts)
    if len(found) == 1:
        return Claim(source, province or found[0].province, found[0].pilot.name, listed=True)
    return Claim(source, province, several=tuple(match.pilot.name for match in found))


def _contradiction(claims: Iterable[Claim], pilot: str | None, province: str | None, kind: str | None) -> str | None:
    against = []
    for claim in claims:
        wrong = list(claim.several)
        if claim.province and province and claim.province != province:
            wrong.append(claim.province)
        if claim.pilot and pilot and claim.pilot != pilot:
            wrong.append(claim.pilot)
        if claim.kind and kind and claim.kind != kind:
            wrong.append(_KIND_TITLES[claim.kind])
        if wrong:
            against.append(f"{_SOURCES[claim.source]}为“{'、'.join(wrong)}”")
    return "，".join(against) or None
