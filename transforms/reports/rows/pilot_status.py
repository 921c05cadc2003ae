"""State and number of findings of every pilot and province: the one source of every sheet, page and letter."""

from collections.abc import Sequence
from functools import lru_cache

import polars as pl

from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.aggregation.statistics import unused_reason
from transforms.reports.rows.plan_rows import PLAN_STATE_TITLES
from transforms.reports.sheet_parts.tables import Row
from transforms.reports.view import QUOTA_TITLES, QUOTA_UNKNOWN, View

ACCEPTED = "有效"
OFF_ROSTER = "名单外"
NOT_SENT = "未报送"
NOT_READ = "文件未能读取"
NO_SUBMISSION = "未收到报送"
NO_PLAN_SENT = "未收到"
PLAN_CHECKED = "已核对"
# In a progress round, of the plan that is assessed.
PLAN_ADOPTED, PLAN_NOT_ADOPTED = "原方案已采用", "原方案不可采用"
# Of several files of a pilot the one with the first of these standings represents it.
_BEST = ("counts", "conflict", "shared", "faulty")
_COUNTED = ("file", "kind", "indicator", "year", "usable", "qualifier", "change", "value")
Counts = dict[str, int]


@lru_cache(maxsize=1)
def open_findings(view: View) -> pl.DataFrame:
    """Return the findings that no reviewer has dismissed."""
    return view.findings.filter(~pl.col("finding_key").is_in(sorted(view.dismissed)))


def count_findings(findings: pl.DataFrame, *by: str) -> dict[tuple[str | None, ...], Counts]:
    """Count findings of each severity by columns."""
    counts: dict[tuple[str | None, ...], Counts] = {}
    for *key, severity in findings.select(*by, "severity").iter_rows():
        counts.setdefault(tuple(key), dict.fromkeys(SEVERITIES, 0))[severity] += 1
    return counts


def counts_in_words(row: Row) -> str:
    """Return the counts of a pilot or province in Chinese: 错误1、提示2; 无 without any."""
    return "、".join(f"{SEVERITY_TITLES[name]}{row[name]}" for name in SEVERITIES if row[name]) or "无"


def open_in_words(row: Row) -> str:
    """Return the counts of what a reviewer has still to decide: an info needs nothing."""
    return counts_in_words(row | {"info": 0})


def on_roster(view: View, row: Row) -> str:
    """Return in Chinese whether a pilot is on the roster; a dash where that is not published."""
    if not row["listed"] and not view.contracts.round.names_pilots(row["province"]):
        return "—"
    return "是" if row["listed"] else "否"


@lru_cache(maxsize=1)  # a dozen sheets and letters ask for it
def pilot_statuses(view: View) -> Sequence[Row]:
    """Return one row for each pilot: the roster in its order, then others, last the files of unknown pilots.

    Each has `province, pilot, title, kind, listed, state, good, file, named, plan, usable, wanted, added, unused` and
    the number of open findings by severity, about its workbooks, its plan and itself. `title` is the name to show:
    the submitted one of a park of which the roster only knows the city. `file`, `usable`, `wanted` and `unused` are
    None without a workbook.
    """
    found = open_findings(view)
    counts = count_findings(found, "province", "pilot")
    books, plans = _books(view), _plans(view)
    values = _values(view)
    unread = set(view.visible(view.review.judged.batch.ignored).select("province", "pilot").iter_rows())
    rows = [
        _status(view, (province, pilot.name), pilot.kind, books, plans, values, unread)
        for province, pilot in view.roster()
    ]
    listed = {(row["province"], row["pilot"]) for row in rows}
    places = {province: at for at, province in enumerate(view.contracts.round.quotas)}
    others = sorted(
        {*books, *plans} - listed, key=lambda key: (places.get(key[0] or "", len(places)), key[0] or "", key[1])
    )
    rows += [_status(view, key, None, books, plans, values, unread) for key in others]
    rows = [row | counts.get((row["province"], row["pilot"]), dict.fromkeys(SEVERITIES, 0)) for row in rows]
    by_file = count_findings(found.filter(pl.col("pilot").is_null()), "file")
    lost = view.files.filter(pl.col("pilot").is_null())
    return rows + [
        _row(row, None, row["state"], values)
        | by_file.get((row["file"],), dict.fromkeys(SEVERITIES, 0))
        | {"plan": "—", "listed": False}
        for row in lost.iter_rows(named=True)
    ]


def province_statuses(view: View) -> list[Row]:
    """Return the rows of `Provinces` with `state`, `good` and the number of open findings by severity."""
    counts = count_findings(open_findings(view), "province")
    unread = set(view.review.judged.batch.ignored["province"])
    rows = []
    for row in view.provinces.iter_rows(named=True):
        nothing = NOT_READ if row["province"] in unread else NO_SUBMISSION
        state = QUOTA_TITLES[row["quota_status"]] if row["submitted"] else nothing
        found = counts.get((row["province"],), dict.fromkeys(SEVERITIES, 0))
        if row["submitted"] and not view.contracts.round.publishes_quota(row["province"]):
            state = QUOTA_UNKNOWN
        rows.append(row | {"state": state, "good": state in {QUOTA_TITLES["met"], QUOTA_UNKNOWN}} | found)
    return rows


def _status(
    view: View,
    key: tuple[str | None, str],
    kind: str | None,
    books: dict[tuple[str | None, str], Row],
    plans: dict[tuple[str | None, str], Row],
    values: dict[str, Row],
    unread: set[tuple[str | None, str]],
) -> Row:
    province, pilot = key
    book, plan = books.get(key), plans.get(key)
    known = view.contracts.round.listed.get(pilot)
    listed = known is not None and known[0] == province
    off = not listed and view.contracts.round.names_pilots(province)
    missing: Row = {
        "province": province,
        "kind": (plan or {}).get("kind"),
        "file": None,
        "named": None,
        "version": None,
        "filled_on": None,
        "contacts": [],
        "state": OFF_ROSTER if off else NOT_READ if key in unread else NOT_SENT,
    }
    row = _row(book or missing, pilot, (book or missing)["state"], values)
    return row | {
        "kind": kind or row["kind"],
        "listed": listed,
        "title": view.pilot_title(province, pilot),
        "plan": _plan_state(view, key, plan),
    }


def _plan_state(view: View, key: tuple[str | None, str], plan: Row | None) -> str:
    if view.contracts.round.kind == "progress":
        adopted = view.review.judged.batch.accepted_plans.select("province", "pilot").unique().rows()
        return PLAN_ADOPTED if key in adopted else PLAN_NOT_ADOPTED
    return NO_PLAN_SENT if plan is None else PLAN_STATE_TITLES.get(plan["standing"], PLAN_CHECKED)


def _row(book: Row, pilot: str | None, state: str, values: dict[str, Row]) -> Row:
    nothing = {"usable": None, "wanted": None, "added": None, "unused": None}
    names = ("province", "kind", "file", "named", "version", "filled_on", "contacts")
    row = {name: book[name] for name in names} | {"pilot": pilot, "title": pilot or "（试点不明）", "state": state}
    row |= {"good": state == ACCEPTED} | values.get(book["file"] or "", nothing)
    if row["usable"] is not None and state != ACCEPTED:
        row["unused"] = state
    return row


def _books(view: View) -> dict[tuple[str | None, str], Row]:
    """Return for each province and pilot the workbook with the best standing."""
    order = pl.col("standing").replace_strict(_BEST, range(len(_BEST)), default=len(_BEST), return_dtype=pl.Int8)
    sent = view.files.filter(pl.col("pilot").is_not_null()).sort(order, "file")
    best = sent.unique(["province", "pilot"], keep="first", maintain_order=True)
    return {(row["province"], row["pilot"]): row for row in best.iter_rows(named=True)}


def _plans(view: View) -> dict[tuple[str | None, str], Row]:
    """Return by pilot the plan that counts, or else the first one."""
    sent = view.plans.filter(pl.col("pilot").is_not_null()).sort(pl.col("standing") != "counts", maintain_order=True)
    best = sent.unique(["province", "pilot"], keep="first", maintain_order=True)
    return {(row["province"], row["pilot"]): row for row in best.iter_rows(named=True)}


def _values(view: View) -> dict[str, Row]:
    """Return by file the number of usable and wanted values, of added indicators, and why values were not used."""
    years = view.contracts.round.required_years
    wanted = {kind: len(table.indicators) * len(years) for kind, table in view.contracts.tables.items()}
    read = view.review.judged.batch.observations.select(_COUNTED)
    mine = read.join(view.files, on="file", how="semi", maintain_order="left")
    own = ~pl.col("indicator").str.starts_with("X-")
    counts = mine.group_by("file").agg(
        kind=pl.col("kind").first(),
        usable=pl.col("usable").sum().cast(pl.Int64),
        added=pl.col("indicator").filter(~own).n_unique(),
    )
    doubtful = mine.filter(~pl.col("usable") & own & pl.col("year").is_in(years))
    why = doubtful.unique(["file", "indicator", "year"], keep="first", maintain_order=True)  # one of repeated rows
    why = why.with_columns(reason=unused_reason())
    reasons: dict[str, list[str]] = {}
    for file, reason, n in why.group_by("file", "reason", maintain_order=True).len().iter_rows():
        reasons.setdefault(file, []).append(f"{reason}{n}")
    return {
        row["file"]: {
            "usable": row["usable"],
            "wanted": wanted[row["kind"]],
            "added": row["added"],
            "unused": "、".join(reasons.get(row["file"], [])) or None,
        }
        for row in counts.iter_rows(named=True)
    }
