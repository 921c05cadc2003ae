"""Turn findings into corrections worded for the pilot: no names of other pilots, rule codes or internal folders."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import polars as pl
from openpyxl.utils.cell import coordinate_to_tuple

from transforms.failures import Failure, attempt
from transforms.reports.notices.correction_items import HEADINGS, Correction, CorrectionItem
from transforms.reports.notices.finding_places import FindingPlaces, file_name
from transforms.reports.rows.pilot_status import OFF_ROSTER, open_findings, pilot_statuses
from transforms.reports.rows.version_rows import LEFT, VersionRow, version_rows
from transforms.reports.view import View
from transforms.safe_text import single_line

_SERIOUS = ("blocker", "error", "warning")
_TEXT, _NAME, _MESSAGE = 60, 60, 300
_HEADING_OF = {
    "file": HEADINGS[0],
    "submission": HEADINGS[0],
    "quota": HEADINGS[0],
    "table": HEADINGS[1],
    "complete": HEADINGS[2],
    "value": HEADINGS[3],
    "unit": HEADINGS[3],
    "mixup": HEADINGS[3],
    "trajectory": HEADINGS[4],
    "baseline": HEADINGS[6],
    "progress": HEADINGS[6],
    "relation": HEADINGS[4],
    "national": HEADINGS[4],
    "peer": HEADINGS[4],
    "copy": HEADINGS[5],
    "version": HEADINGS[5],
    "plan": HEADINGS[-1],
}
_OTHER = "其他试点"
# Words about our own processing, which mean nothing to a submitter.
_EXCLUDED = re.compile(
    "[，；。](?:数值保留备查，|这两年的数值|该年数值|该值|该行|两行均|均)?(?:未|不)参与汇总(?=。)|数值保留备查，未参与汇总(?=。)"
)
_PLACE = re.compile("..(?:市|州|盟|县|旗|区|园|基地)$")


def corrections(view: View, failures: list[Failure] | None = None) -> Iterator[Correction]:
    """Yield the correction of every pilot of a province with faults, in the order of the roster.

    A pilot that is not on the round's roster gets none: it is not asked to submit again. Nor does one of which this
    machine or the code failed to read a file.

    Args:
        view: of the province.
        failures: gets the pilots whose correction fails; without it, the error is raised.
    """
    files = {row["file"]: row for row in view.files.iter_rows(named=True)}
    files |= {row["file"]: row for row in _plans(view)}
    serious = open_findings(view).filter(pl.col("severity").is_in(_SERIOUS) & pl.col("file").is_in(list(files)))
    known, places = _known_names(view), FindingPlaces(view)
    changes: dict[str, list[VersionRow]] = {}
    for row in version_rows(view):
        changes.setdefault(row.change.pilot, []).append(row)
    pilots = [row["pilot"] for row in pilot_statuses(view) if row["pilot"] and row["state"] != OFF_ROSTER]
    sent = pl.concat([frame.select("file", "pilot") for frame in (view.files, view.plans)])
    unread = set(sent.filter(pl.col("file").is_in(view.review.failed_files))["pilot"])
    for pilot in pilots:
        if pilot in unread:
            continue
        found = serious.filter(pl.col("pilot") == pilot)
        if found.is_empty():
            continue
        make = partial(_correction, view, str(pilot), found, files, known, places, changes.get(str(pilot), ()))
        if correction := attempt(f"{view.title} {pilot}", failures, make):
            yield correction


def _correction(
    view: View,
    pilot: str,
    found: pl.DataFrame,
    files: Mapping[str, dict[str, Any]],
    known: dict[str, set[str]],
    places: FindingPlaces,
    changes: Sequence[VersionRow],
) -> Correction:
    concerned = [files[file] for file in found["file"].unique(maintain_order=True)]
    first = next((row for row in concerned if row["standing"] == "counts"), concerned[0])
    own = {pilot, *(row["named"] for row in concerned if row["named"])}
    shown = {name: name if pilot in pilots else _OTHER for name, pilots in known.items()}
    texts = _PilotTexts(view, shown | {name: name for name in own}, places)
    items = [texts.item(finding) for finding in found.iter_rows(named=True)]
    is_left = any(one.state == LEFT for one in changes)
    name = texts.reword(first["named"] or view.pilot_title(view.province, pilot), _NAME)
    office = addressee(view, first["kind"], pilot, name)
    return Correction(
        pilot=pilot,
        addressee=office,
        place=name,
        kind=first["kind"],
        office="你管委会" if office.endswith("管理委员会") else "你委",
        files=tuple(file_name(row["file"]) for row in concerned),
        version=single_line(first["version"], 20) if first["version"] else None,
        items=tuple(sorted(items, key=_by_place)),
        table=next(iter(view.review.judged.batch.sheets.get(first["file"], ())), None),
        table_file=file_name(first["file"]),
        changes=tuple(_change(one, texts) for one in changes if is_left),
    )


def _change(row: VersionRow, texts: "_PilotTexts") -> tuple[str, ...]:
    """Return what changed since the earlier version, as texts of the annex."""
    year = f"{row.change.year}年" if row.change.year else "—"
    name, *shown = [texts.reword(text, _TEXT) or "—" for text in (row.name, *row.change.texts, row.asked, row.state)]
    return name, year, *shown


def addressee(view: View, kind: str | None, pilot: str, name: str) -> str:
    """Return the office that a letter about a pilot goes to, given the name to show.

    That of a park whose name is not known is the commission of the city.
    """
    seat = next((one.seat for _, one in view.roster() if one.name == pilot == name), None)
    is_park = kind == "park" and seat is None
    return f"{name.removesuffix('管理委员会')}管理委员会" if is_park else f"{seat or pilot}发展和改革委员会"


def _plans(view: View) -> Iterator[dict[str, Any]]:
    """Yield plans as files of the pilot, with its submitted name from the workbook."""
    counted = view.files.filter(pl.col("standing") == "counts")
    names = dict(counted.select("pilot", "named").iter_rows())
    for row in view.plans.iter_rows(named=True):
        yield row | {"named": names.get(row["pilot"]), "standing": "plan", "version": None}


@dataclass(frozen=True)
class _PilotTexts:
    """Texts for one pilot; `shown` maps each known name of a pilot to the name that is shown instead."""

    view: View
    shown: dict[str, str]
    places: FindingPlaces

    def reword(self, text: str, longest: int) -> str:
        """Reword a text for the pilot: names of others become 其他试点, paths become file names, no internal words."""
        text = _EXCLUDED.sub("", self.places.without_folders(text)).replace("。。", "。").replace("”、“", "”“")
        return single_line("".join(self._without_others(text)), longest)

    def _without_others(self, text: str) -> Iterator[str]:
        at = 0
        while at < len(text):
            # A name may be part of another one: the longest applies.
            name = next((text[at : at + size] for size in self.sizes if text[at : at + size] in self.shown), None)
            yield text[at] if name is None else self.shown[name]
            at += len(name or text[at])

    @cached_property
    def sizes(self) -> list[int]:
        """Lengths of the known names, the longest first."""
        return sorted({len(name) for name in self.shown}, reverse=True)

    def item(self, finding: dict[str, Any]) -> CorrectionItem:
        """Turn a finding into an item."""
        rule = self.view.contracts.rules[finding["rule"]]
        raw = finding["raw_value"]
        heading = _HEADING_OF[rule.family]
        name = self.view.indicator_name(finding)
        message = finding["message"]
        about_plan = heading == HEADINGS[-1]
        if raw and len(raw) > _TEXT:
            message = message.replace(raw, single_line(raw, _TEXT))
        return CorrectionItem(
            rule=rule.id,
            severity=finding["severity"],
            heading=heading,
            title=rule.title,
            file=file_name(finding["file"]),
            sheet=single_line(finding["sheet"], 31) if finding["sheet"] and heading != HEADINGS[0] else None,
            cells=() if about_plan else self.places.cells(finding),
            where=self.reword(self.places.in_words(finding, about_plan=about_plan), _NAME)
            if heading != HEADINGS[0]
            else "整个文件",
            name=single_line(name, _NAME) if name else None,
            year=finding["year"],
            given=single_line(raw, _TEXT) if raw else None,
            why=self.reword(self.places.without_numbers(finding["file"], message), _MESSAGE),
            advice=self.reword(finding["advice"], _MESSAGE),
        )


def _known_names(view: View) -> dict[str, set[str]]:
    """Return every known name of the pilots of the round, with the pilots that it may mean."""
    known: dict[str, set[str]] = {}
    for _, place in view.contracts.round.roster:
        for name in place.names:
            known.setdefault(name, set()).add(place.name)
    for pilot, named in view.review.round_context.names.iter_rows():
        for name in (pilot, named):
            if pilot and _PLACE.search(name or ""):
                known.setdefault(name, set()).add(pilot)
    return known


def _by_place(item: CorrectionItem) -> tuple[bool, int, tuple[int, int]]:
    place = coordinate_to_tuple(item.cells[0]) if item.cells else (0, 0)
    return not item.must, HEADINGS.index(item.heading), place
