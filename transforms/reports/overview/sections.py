"""Rows of index.html: provinces, rules, pilots and plans."""

from typing import Any
from urllib.parse import quote

import polars as pl

from contracts.rules import FAMILY_TITLES, SEVERITIES, SEVERITY_TITLES
from transforms.failures import Failure
from transforms.progress.completion import Tally, tallies
from transforms.reports.files.pilot_files import opinion_paths
from transforms.reports.overview.pilot_pages import pilot_pages
from transforms.reports.rows.pilot_status import (
    count_findings,
    on_roster,
    open_findings,
    pilot_statuses,
    province_statuses,
)
from transforms.reports.rows.plan_rows import PART_STATE_TITLES, WHOLE, part_name, plan_tallies
from transforms.reports.view import KIND_TITLES, View

Row = dict[str, Any]
NOWHERE = "（省份不明）"
EVERYWHERE = "（全批次）"  # findings about the round


def province_rows(view: View) -> list[Row]:
    """Return the provinces of the round, then others with submissions, last the submissions without a province."""
    sent = set(view.files["province"])
    statuses = province_statuses(view)
    done = tallies(view.review.achievement, "province")
    rows: list[Row] = [
        row
        | {
            "name": row["province"],
            "counts": _counts(row),
            "links": _links(row["province"], sent=row["province"] in sent),
            "done": done.get((row["province"],), Tally()),
        }
        for row in statuses
    ]
    lost = open_findings(view).filter(pl.col("province").is_null())
    if None in sent or lost.height:
        nothing = dict.fromkeys(("quota", "accepted", "cities", "parks", "quota_status"))
        found = count_findings(lost).get((), dict.fromkeys(SEVERITIES, 0))
        unknown = view.files.filter(pl.col("province").is_null()).height
        name, state = (NOWHERE, "无法识别") if None in sent else (EVERYWHERE, "不分省份")
        rows.append(
            nothing
            | {
                "name": name,
                "state": state,
                "good": None not in sent,
                "submitted": unknown,
                "counts": found,
                "links": [],
            }
            | {"done": Tally()}
        )
    return rows


def _counts(row: Row) -> dict[str, int]:
    return {severity: row[severity] for severity in SEVERITIES}


def _links(province: str, *, sent: bool) -> list[Row]:
    """Return links into the package of a province; it has a folder of submissions only if there are some."""
    folder = quote(province)
    links = [{"text": "工作簿", "href": f"{folder}/{quote(province)}{quote('评审工作簿.xlsx')}"}]
    links.append({"text": "报告", "href": f"{folder}/{quote(province)}{quote('评审情况报告.docx')}"})
    if sent:
        links.append({"text": "报送文件", "href": f"{folder}/submissions/"})
    return [*links, {"text": "全部", "href": f"{folder}/"}]


def _pilot_links(province: str, opinion: str | None) -> list[Row]:
    """Return links to the review workbook and to the opinion about a pilot."""
    book = {"text": "评审工作簿", "href": _links(province, sent=False)[0]["href"]}
    return [book, *([{"text": "评审意见", "href": f"{quote(province)}/{quote(opinion)}"}] if opinion else [])]


def total_row(provinces: list[Row]) -> Row:
    """Return the sums over all provinces."""
    total: Row = {
        name: sum(row[name] or 0 for row in provinces) for name in ("quota", "submitted", "accepted", "cities", "parks")
    }
    listed = [row for row in provinces if row["quota"] is not None]
    if not listed:
        total["quota"] = None  # not published
    return total | {
        "counts": {severity: sum(row["counts"][severity] for row in provinces) for severity in SEVERITIES},
        "listed": len(listed),
        "met": sum(row["quota_status"] == "met" for row in listed),
    }


def rule_rows(view: View) -> list[Row]:
    """Return the rules with findings by severity, with the number of findings, provinces and pilots."""
    pilots = pl.struct("province", "pilot").filter(pl.col("pilot").is_not_null()).n_unique()
    # The severity of a finding may be another than that of its rule: a check that did not run is a note.
    found = (
        open_findings(view)
        .group_by("rule", "severity", "status")
        .agg(n=pl.len(), provinces=pl.col("province").drop_nulls().n_unique(), pilots=pilots)
    )
    rules = view.contracts.rules
    order = {name: at for at, name in enumerate(rules)}
    rows = [
        vars(rules[row["rule"]])
        | row
        | {"title": rules[row["rule"]].heading(row["status"]), "family": FAMILY_TITLES[rules[row["rule"]].family]}
        | {"rank": SEVERITIES.index(row["severity"]), "severity_title": SEVERITY_TITLES[row["severity"]]}
        for row in found.iter_rows(named=True)
    ]
    return sorted(rows, key=lambda row: (row["rank"], -row["n"], order[row["rule"]], row["title"]))


def pilot_rows(view: View, failures: list[Failure] | None) -> list[Row]:
    """Return every pilot expected or received, then files of unknown pilots; each with its page."""
    statuses = pilot_statuses(view)
    packaged = set(view.provinces["province"])
    pages = pilot_pages(view, statuses, failures)
    opinions = opinion_paths(statuses)
    done = tallies(view.review.achievement, "province", "pilot")
    return [
        row
        | {
            "id": f"pilot-{at}",
            "page": page,
            "key": (row["province"], row["pilot"]),
            "province": row["province"] or NOWHERE,
            "named": row["named"] if row["named"] != row["title"] else None,
            "kind": KIND_TITLES.get(row["kind"] or "", "—"),
            "listed": on_roster(view, row),
            "counts": _counts(row),
            "done": done.get((row["province"], row["pilot"]), Tally()),
            "links": _pilot_links(row["province"], opinions.get((row["province"], row["pilot"])))
            if row["province"] in packaged
            else [],
        }
        for at, (row, page) in enumerate(zip(statuses, pages, strict=True), 1)
    ]


def plan_rows(view: View, pilots: list[Row]) -> list[Row]:
    """Return every plan that counts, with its parts by state and those that are not simply present; no quotations."""
    known = {row["key"]: row for row in pilots}
    order = {key: at for at, key in enumerate(known)}
    return [
        {
            "province": one.province,
            "pilot": known[one.province, one.pilot]["title"],
            "id": known[one.province, one.pilot]["id"],
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
        for one in sorted(plan_tallies(view), key=lambda one: order[one.province, one.pilot])
    ]


def _part_title(view: View, part: str) -> str:
    chapter, title = part_name(view, part)
    return chapter if chapter.endswith(title) or title == WHOLE else f"{chapter}·{title}"
