"""index.html: the round at a glance and a page for each pilot, in one file that loads nothing; no finding in words."""

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from contracts.rules import FAMILY_TITLES, SEVERITIES, SEVERITY_TITLES
from transforms.failures import Failure
from transforms.pipeline import Review
from transforms.reports.overview.pilot_pages import lost_plans, pilot_pages
from transforms.reports.view import KIND_TITLES, QUOTA_TITLES, View
from transforms.reports.workbook.plan_sheets import PART_STATES, WHOLE, part_name, tallies
from transforms.reports.workbook.quota import GOOD, expected, received
from transforms.safe_text import replace_forbidden

Row = dict[str, Any]
NOWHERE = "（省份不明）"
_NOTHING = "未收到报送"
_DOWNLOADS = (
    ("全国汇总.xlsx", "全国汇总工作簿"),
    ("provinces.csv", "各省名额与报送情况"),
    ("findings.csv", "全部问题"),
    ("observations.csv", "全部指标值"),
    ("run.json", "运行记录：输入文件、校验值、版本"),
)


def render_overview(review: Review, failures: list[Failure] | None = None) -> bytes:
    """The page, whose links lead to the files beside it: the same review gives the same bytes.

    A pilot whose page cannot be made is added to `failures`; without that list, the error is raised.
    """
    view = View(review)
    provinces = _provinces(view)
    pilots = _pilots(view, failures)
    style, script = _asset("overview.css"), _asset("overview.js")
    text = _TEMPLATES.get_template("overview.html").render(
        title=review.contracts.round.title,
        base_year=review.contracts.round.base_year,
        target_years="、".join(map(str, review.contracts.round.target_years)),
        code=review.provenance.code,
        content=view.content,
        not_evaluated=_not_evaluated(review),
        style=style,
        style_hash=_digest(style),
        script=script,
        script_hash=_digest(script),
        severities=[{"key": severity, "title": SEVERITY_TITLES[severity]} for severity in SEVERITIES],
        total=_total(provinces),
        provinces=provinces,
        families=_families(view),
        rules=_rules(view),
        pilots=pilots,
        plans=_plans(view, pilots),
        lost=lost_plans(view),
        downloads=[{"name": name, "href": quote(name), "text": text} for name, text in _DOWNLOADS],
    )
    return text.encode()


def _legal(value: object) -> object:
    """What XML cannot hold HTML had better not; markup of ours is left as it is."""
    return replace_forbidden(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_TEMPLATES = Environment(
    loader=PackageLoader("transforms.reports.overview"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_legal,
    trim_blocks=True,
    keep_trailing_newline=True,
)


def _asset(name: str) -> Markup:
    assert _TEMPLATES.loader is not None  # noqa: S101
    return Markup(_TEMPLATES.loader.get_source(_TEMPLATES, name)[0])  # noqa: S704 - a file of ours, as it stands


def _digest(text: str) -> str:
    """What the page's own security policy lets pass: this style, this script, and no other."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _not_evaluated(review: Review) -> list[str]:
    """Titles of the rules that did not run; the reason may quote a submission and is left to the log."""
    rules = review.contracts.rules
    names = [line.split(":")[0] for line in review.not_evaluated]
    return [rules[name].title if name in rules else name for name in dict.fromkeys(names)]


def _provinces(view: View) -> list[Row]:
    """Every province of the round and each other one that sent something; last what belongs to none."""
    counts = _counted(view.findings, ["province"])
    sent = set(view.files["province"])
    rows: list[Row] = []
    longest = max((max(row["quota"] or 0, row["accepted"] or 0) for row in view.provinces.to_dicts()), default=0)
    for row in view.provinces.iter_rows(named=True):
        name, status = row["province"], row["quota_status"]
        state = QUOTA_TITLES[status] if row["submitted"] else _NOTHING
        rows.append(
            row
            | {"name": name, "state": state, "good": state in GOOD, "counts": counts[(name,)]}
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
    """Into the province's package; there is a folder of submissions only where there are some."""
    folder = quote(province)
    links = [{"text": "工作簿", "href": f"{folder}/{quote(province)}{quote('评审工作簿.xlsx')}"}]
    if sent:
        links.append({"text": "报送文件", "href": f"{folder}/submissions/"})
    return [*links, {"text": "全部", "href": f"{folder}/"}]


def _total(provinces: list[Row]) -> Row:
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


def _families(view: View) -> list[Row]:
    family = {rule.id: rule.family for rule in view.contracts.rules.values()}
    found = view.findings.with_columns(family=pl.col("rule").replace_strict(family, return_dtype=pl.String))
    counts = _counted(found, ["family"])
    longest = max((sum(row.values()) for row in counts.values()), default=0)
    return [
        {"name": title, "counts": row, "total": sum(row.values()), "bar": _stacked(row.items(), longest)}
        for key, title in FAMILY_TITLES.items()
        for row in [counts[(key,)]]
    ]


def _rules(view: View) -> list[Row]:
    pilots = pl.struct("province", "pilot").filter(pl.col("pilot").is_not_null()).n_unique()
    found = view.findings.group_by("rule").agg(
        n=pl.len(), provinces=pl.col("province").drop_nulls().n_unique(), pilots=pilots
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


def _pilots(view: View, failures: list[Failure] | None) -> list[Row]:
    """Every pilot expected or received, then the files of which nobody knows who sent them; each with its page."""
    by_pilot = _counted(view.findings, ["province", "pilot"])
    by_file = _counted(view.findings, ["file"])
    values = {row["file"]: row for row in received(view)}
    known = [*expected(view), *_with_plan_only(view)]
    lost = [row for row in values.values() if row["pilot"] is None]
    packaged = set(view.provinces["province"])
    rows = [_pilot(row, values.get(row["file"]), by_pilot[row["province"], row["pilot"]], packaged) for row in known]
    rows += [_pilot(row, row, by_file[(row["file"],)], packaged) for row in lost]
    pages = pilot_pages(view, [*known, *lost], failures)
    return [
        row | {"id": f"pilot-{at}", "page": page} for at, (row, page) in enumerate(zip(rows, pages, strict=True), 1)
    ]


def _with_plan_only(view: View) -> list[Row]:
    """Pilots that nobody asked and that sent a plan without a workbook."""
    names = {(row["province"], row["pilot"]) for row in expected(view)}
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
        "good": row["state"] in GOOD,
        "usable": usable if isinstance(usable, int) else None,
        "wanted": wanted if isinstance(wanted, int) else None,
        "counts": counts,
        "links": _links(province, sent=False)[:1] if province in packaged else [],
    }


def _plans(view: View, pilots: list[Row]) -> list[Row]:
    """Every plan that counts: how many parts are in which state, and which are not simply there; no words of it."""
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
                {"name": _part_title(view, part), "state": PART_STATES[state]}
                for part, state in one.parts
                if state != "present"
            ],
        }
        for one in tallies(view)
    ]


def _part_title(view: View, part: str) -> str:
    chapter, title = part_name(view, part)
    return chapter if chapter.endswith(title) or title == WHOLE else f"{chapter}·{title}"


def _counted(findings: pl.DataFrame, by: list[str]) -> dict[tuple[str | None, ...], dict[str, int]]:
    """How many findings of each severity, by some columns; zeros for whoever has none."""
    counts: dict[tuple[str | None, ...], dict[str, int]] = defaultdict(lambda: dict.fromkeys(SEVERITIES, 0))
    for *key, severity in findings.select(*by, "severity").iter_rows():
        counts[tuple(key)][severity] += 1
    return counts


def _quota_bar(quota: int | None, accepted: int | None, longest: int) -> list[Row]:
    """Accepted, then what is over the quota or still open."""
    wanted, there = quota or 0, accepted or 0
    parts = [("accepted", min(wanted, there)), ("over", max(0, there - wanted)), ("open", max(0, wanted - there))]
    return _stacked(parts, longest)


def _stacked(parts: Iterable[tuple[str, int]], longest: int) -> list[Row]:
    """Rectangles side by side, as parts of 100."""
    bars, x = [], 0.0
    for key, n in parts:
        if n:
            bars.append({"key": key, "x": f"{x:.2f}", "width": f"{100 * n / longest:.2f}"})
            x += 100 * n / longest
    return bars
