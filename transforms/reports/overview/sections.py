"""Rows of index.html: provinces, families of rules, rules, pilots and plans."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import polars as pl

from contracts.rules import FAMILY_TITLES, SEVERITIES, SEVERITY_TITLES
from transforms.failures import Failure
from transforms.reports.overview.pilot_pages import pilot_pages
from transforms.reports.pilot_rows import GOOD_STATES, expected_pilots, received_files
from transforms.reports.plan_rows import PART_STATE_TITLES, WHOLE, part_name, plan_tallies
from transforms.reports.view import KIND_TITLES, QUOTA_TITLES, View

Row = dict[str, Any]
NOWHERE = "（省份不明）"
_NOTHING = "未收到报送"


def province_rows(view: View) -> list[Row]:
    """Return the provinces of the round, then others with submissions, last the submissions without a province."""
    counts = _counted(view.findings, ["province"])
    sent = set(view.files["province"])
    rows: list[Row] = []
    longest = max((max(row["quota"] or 0, row["accepted"] or 0) for row in view.provinces.to_dicts()), default=0)
    for row in view.provinces.iter_rows(named=True):
        name, status = row["province"], row["quota_status"]
        state = QUOTA_TITLES[status] if row["submitted"] else _NOTHING
        rows.append(
            row
            | {"name": name, "state": state, "good": state in GOOD_STATES, "counts": counts[(name,)]}
            | {"links": _links(name, sent=name in sent), "bar": _quota_bar(row["quota"], row["accepted"], longest)}
        )
    if None in sent or (None,) in counts:
        nothing = dict.fromkeys(("quota", "accepted", "cities", "parks"))
        lost = view.files.filter(pl.col("province").is_null()).height
        rows.append(
            nothing
            | {"name": NOWHERE, "state": "无法识别", "good": False, "submitted": lost, "counts": counts[(None,)]}
            | {"links": [], "bar": [], "quota_status": None}
        )
    return rows


def _links(province: str, *, sent: bool) -> list[Row]:
    """Return links into the package of a province; it has a folder of submissions only if there are some."""
    folder = quote(province)
    links = [{"text": "工作簿", "href": f"{folder}/{quote(province)}{quote('评审工作簿.xlsx')}"}]
    if sent:
        links.append({"text": "报送文件", "href": f"{folder}/submissions/"})
    return [*links, {"text": "全部", "href": f"{folder}/"}]


def total_row(provinces: list[Row]) -> Row:
    """Return the sums over all provinces."""
    total: Row = {
        name: sum(row[name] or 0 for row in provinces) for name in ("quota", "submitted", "accepted", "cities", "parks")
    }
    listed = [row for row in provinces if row["quota"] is not None]
    return total | {
        "counts": {severity: sum(row["counts"][severity] for row in provinces) for severity in SEVERITIES},
        "listed": len(listed),
        "met": sum(row["quota_status"] == "met" for row in listed),
        "bar": _quota_bar(total["quota"], total["accepted"], max(total["quota"], total["accepted"])),
    }


def family_rows(view: View) -> list[Row]:
    """Return the number of findings by family of rules and severity."""
    family = {rule.id: rule.family for rule in view.contracts.rules.values()}
    found = view.findings.with_columns(family=pl.col("rule").replace_strict(family, return_dtype=pl.String))
    counts = _counted(found, ["family"])
    longest = max((sum(row.values()) for row in counts.values()), default=0)
    return [
        {"name": title, "counts": row, "total": sum(row.values()), "bar": _stacked(row.items(), longest)}
        for key, title in FAMILY_TITLES.items()
        for row in [counts[(key,)]]
    ]


def rule_rows(view: View) -> list[Row]:
    """Return the rules with findings, with the number of findings, provinces and pilots."""
    pilots = pl.struct("province", "pilot").filter(pl.col("pilot").is_not_null()).n_unique()
    # A check that did not run is no finding of its rule's severity.
    found = (
        view.findings.filter(pl.col("status") == "failed")
        .group_by("rule")
        .agg(n=pl.len(), provinces=pl.col("province").drop_nulls().n_unique(), pilots=pilots)
    )
    counts = {row["rule"]: row for row in found.iter_rows(named=True)}
    rows = [
        vars(rule)
        | counts[rule.id]
        | {"rank": SEVERITIES.index(rule.severity), "severity_title": SEVERITY_TITLES[rule.severity]}
        | {"family": FAMILY_TITLES[rule.family]}
        for rule in view.contracts.rules.values()
        if rule.id in counts
    ]
    return sorted(rows, key=lambda row: (row["rank"], -row["n"]))


def pilot_rows(view: View, failures: list[Failure] | None) -> list[Row]:
    """Return every pilot expected or received, then files of unknown pilots; each with its page."""
    by_pilot = _counted(view.findings, ["province", "pilot"])
    by_file = _counted(view.findings, ["file"])
    values = {row["file"]: row for row in received_files(view)}
    known = [*expected_pilots(view), *_with_plan_only(view)]
    lost = [row for row in values.values() if row["pilot"] is None]
    packaged = set(view.provinces["province"])
    rows = [_pilot(row, values.get(row["file"]), by_pilot[row["province"], row["pilot"]], packaged) for row in known]
    rows += [_pilot(row, row, by_file[(row["file"],)], packaged) for row in lost]
    pages = pilot_pages(view, [*known, *lost], failures)
    return [
        row | {"id": f"pilot-{at}", "page": page} for at, (row, page) in enumerate(zip(rows, pages, strict=True), 1)
    ]


def _with_plan_only(view: View) -> list[Row]:
    """Return pilots that are not expected and submitted a plan without a workbook."""
    names = {(row["province"], row["pilot"]) for row in expected_pilots(view)}
    nothing = {"named": None, "listed": False, "state": "未报送", "file": None}
    sent = view.plans.filter(pl.col("pilot").is_not_null()).unique(["province", "pilot"], maintain_order=True)
    rows = sent.select("province", "pilot", "kind").to_dicts()
    return [row | nothing for row in rows if (row["province"], row["pilot"]) not in names]


def _pilot(row: Row, values: Row | None, counts: dict[str, int], packaged: set[str]) -> Row:
    usable, wanted = (values["usable"], values["wanted"]) if values else (None, None)
    named, province = row["named"], row["province"]
    return {
        "province": province or NOWHERE,
        "pilot": row["pilot"] or "（试点不明）",
        "named": named if named and named != row["pilot"] else None,
        "kind": KIND_TITLES.get(row["kind"] or "", "—"),
        "listed": "是" if row["listed"] else "否",
        "state": row["state"],
        "good": row["state"] in GOOD_STATES,
        "usable": usable if isinstance(usable, int) else None,
        "wanted": wanted if isinstance(wanted, int) else None,
        "counts": counts,
        "links": _links(province, sent=False)[:1] if province in packaged else [],
    }


def plan_rows(view: View, pilots: list[Row]) -> list[Row]:
    """Return every plan that counts, with its parts by state and those that are not simply present; no quotations."""
    ids = {(row["province"], row["pilot"]): row["id"] for row in pilots}
    return [
        {
            "province": one.province,
            "pilot": one.pilot,
            "id": ids.get((one.province, one.pilot)),
            "total": len(one.parts),
            "there": one.count("present", "elsewhere"),
            "thin": one.count("thin"),
            "missing": one.count("absent", "copied"),
            "agreements": one.agreements,
            "contradictions": one.contradictions,
            "differences": one.differences,
            "parts": [
                {"name": _part_title(view, part), "state": PART_STATE_TITLES[state]}
                for part, state in one.parts
                if state != "present"
            ],
        }
        for one in plan_tallies(view)
    ]


def _part_title(view: View, part: str) -> str:
    chapter, title = part_name(view, part)
    return chapter if chapter.endswith(title) or title == WHOLE else f"{chapter}·{title}"


def _counted(findings: pl.DataFrame, by: list[str]) -> dict[tuple[str | None, ...], dict[str, int]]:
    """Count findings of each severity by columns; zeros where there are none."""
    counts: dict[tuple[str | None, ...], dict[str, int]] = defaultdict(lambda: dict.fromkeys(SEVERITIES, 0))
    for *key, severity in findings.select(*by, "severity").iter_rows():
        counts[tuple(key)][severity] += 1
    return counts


def _quota_bar(quota: int | None, accepted: int | None, longest: int) -> list[Row]:
    """Return the segments of a bar: accepted, over the quota, open."""
    wanted, there = quota or 0, accepted or 0
    parts = [("accepted", min(wanted, there)), ("over", max(0, there - wanted)), ("open", max(0, wanted - there))]
    return _stacked(parts, longest)


def _stacked(parts: Iterable[tuple[str, int]], longest: int) -> list[Row]:
    """Return segments side by side, in percent of the longest bar."""
    bars, x = [], 0.0
    for key, n in parts:
        if n:
            bars.append({"key": key, "x": f"{x:.2f}", "width": f"{100 * n / longest:.2f}"})
            x += 100 * n / longest
    return bars
