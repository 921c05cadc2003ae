"""The page of each pilot in index.html: its findings, parts of its plan, text against table, key projects, files."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

import polars as pl

from contracts.review_form import NOTHING_TO_DO, OPEN
from contracts.rules import SEVERITY_TITLES
from transforms.failures import Failure, attempt
from transforms.plans.compare import VERDICTS
from transforms.reports.rows.plan_rows import PART_STATE_TITLES, PLAN_STATE_TITLES, WHOLE, missing_content, part_name
from transforms.reports.sheet_parts.links import submitted_path
from transforms.reports.view import View
from transforms.safe_text import single_line

Row = dict[str, Any]
# So many rows of one kind are shown; the workbook has all of them.
MOST = 60
_QUOTE, _NAME, _LONGEST = 120, 60, 300
# Contact details stay in the package of the province.
_CONTACT = re.compile(r"联系人|联系电话|联系方式|@|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{3,4}[- ]\d{7,8}(?!\d)")
_FAILED_PAGE = "程序出错，本页未能生成"
_WITHHELD = "（含联系方式，不摘录）"
_LOOKS = {"present": "good", "elsewhere": "good", "thin": "warning", "absent": "bad", "copied": "bad"}
_TROUBLE = {"contradicts": "bad", "differs": "warning"}


def pilot_pages(view: View, pilots: Sequence[Row], failures: list[Failure] | None = None) -> list[Row]:
    """Return a page for each pilot, in their order.

    Args:
        view: the nation's.
        pilots: with `province`, `pilot`, and `file` if the pilot is unknown.
        failures: gets the pilots whose page fails and becomes empty; without it, the error is raised.
    """
    plans = view.review.judged.batch.plans
    books, documents = _by_pilot(view.files), _by_pilot(view.plans)
    findings = _by_pilot(view.findings)
    parts, claims, cells, projects = map(_by_pilot, (plans.parts, plans.claims, plans.cells, plans.projects))

    def page(row: Row) -> Row:
        key = (row["province"], row["pilot"])
        return {
            "findings": _shown([_finding(view, finding) for finding in findings[key]]),
            "parts": [_part(view, part) for part in parts[key]],
            "agreements": sum(claim["verdict"] == "agrees" for claim in claims[key]),
            "differences": _shown([*map(_cell, cells[key]), *_disagreeing(claims[key])]),
            "projects": _shown(list(map(_project, projects[key]))),
            "documents": len(documents[key]),
            "files": _files(view, row, books[key], documents[key]),
        }

    nothing = {
        "findings": _shown([]),
        "parts": [],
        "agreements": 0,
        "differences": _shown([]),
        "projects": _shown([]),
        "documents": 0,
    }
    return [
        attempt(f"index.html {row['province']} {row['pilot']}", failures, partial(page, row))
        or nothing | {"files": [{"what": "", "name": "", "state": _FAILED_PAGE, "href": None}]}
        for row in pilots
    ]


def unidentified_plans(view: View) -> list[Row]:
    """Return plans of unknown pilots."""
    lost = view.plans.filter(pl.col("pilot").is_null())
    return [_document(view, row) for row in lost.iter_rows(named=True)]


def _by_pilot(frame: pl.DataFrame) -> dict[tuple[str | None, str | None], list[Row]]:
    """Group rows by province and pilot; empty lists where there are none."""
    found: dict[tuple[str | None, str | None], list[Row]] = defaultdict(list)
    for row in frame.filter(pl.col("pilot").is_not_null()).iter_rows(named=True):
        found[row["province"], row["pilot"]].append(row)
    return found


def _shown(rows: list[Row]) -> Row:
    return {"rows": rows[:MOST], "more": max(0, len(rows) - MOST)}


def _finding(view: View, finding: Row) -> Row:
    rules = view.contracts.rules
    return {
        "severity": finding["severity"],
        "severity_title": SEVERITY_TITLES[finding["severity"]],
        "name": _evidence(view.indicator_name(finding) or "—", _NAME),
        "year": finding["year"],
        "title": rules[finding["rule"]].heading(finding["status"]),
        "message": _evidence(finding["message"], _LONGEST),
        "advice": _evidence(finding["advice"], _LONGEST),
        **_decision(view, finding),
    }


def _decision(view: View, finding: Row) -> Row:
    """Return the state of a finding; what the reviewers wrote stays in the package of the province."""
    state = view.entry(finding["finding_key"]).state
    title = NOTHING_TO_DO if state is OPEN and finding["severity"] == "info" else state.title
    return {"state": title, "dismissed": state.dismisses}


def _part(view: View, part: Row) -> Row:
    chapter, title = part_name(view, part["part"])
    return {
        "chapter": chapter,
        "title": "" if chapter.endswith(title) else title,
        "whole": title == WHOLE,
        "state": PART_STATE_TITLES[part["state"]],
        "look": _LOOKS[part["state"]],
        "where": _evidence(part["heading"]) if part["heading"] else None,
        "place": f"{part['place']}，{part['length']}字" if part["place"] else None,
        "quote": _evidence(part["quote"]),
        "missing": "、".join(missing_content(view, part)),
    }


def _evidence(text: str | None, longest: int = _QUOTE) -> str:
    """Return a quotation on one line; a placeholder if it has contact details."""
    shown = single_line(text or "", longest)
    return _WITHHELD if _CONTACT.search(shown) else shown


def _disagreeing(claims: Iterable[Row]) -> list[Row]:
    found = [claim for claim in claims if claim["verdict"] in _TROUBLE]
    return [
        {
            "name": claim["name"],
            "year": claim["year"],
            "said": claim["said"],
            "table": f"{claim['table_raw']}（{claim['origin']} {claim['table_cell']}）",
            "verdict": VERDICTS[claim["verdict"]],
            "look": _TROUBLE[claim["verdict"]],
            "where": claim["place"],
            "quote": _evidence(claim["quote"]),
        }
        for claim in sorted(found, key=lambda claim: list(_TROUBLE).index(claim["verdict"]))
    ]


def _cell(cell: Row) -> Row:
    return {
        "name": cell["name"],
        "year": cell["year"],
        "said": cell["raw_value"],
        "table": f"{cell['workbook_raw']}（工作簿{cell['workbook_cell']}）",
        "verdict": VERDICTS["contradicts"],
        "look": _TROUBLE["contradicts"],
        "where": cell["where"],
        "quote": "",
    }


def _project(project: Row) -> Row:
    return {
        "name": _evidence(project["name"], _NAME),
        "period": single_line(project["period"], _QUOTE),
        "supports": _evidence(project["supports"]),
        "status": single_line(project["status"], _QUOTE),
        "cause": _evidence(project["cause"]),
        "lacks": "、".join([*project["lacks"], *project["without"]]),
        "where": f"{project['sheet']} {project['cell']}",
    }


def _files(view: View, row: Row, books: list[Row], documents: list[Row]) -> list[Row]:
    if row["pilot"] is None:
        return [_file(view, "工作簿", row, row["state"])]
    found = [_file(view, "工作簿", one, one["state"]) for one in books]
    return found + [_document(view, one) for one in documents]


def _document(view: View, row: Row) -> Row:
    state = "已核对" if row["standing"] == "counts" else PLAN_STATE_TITLES[row["standing"]]
    # The detail of a superseded document only names files, which have rows of their own.
    why = f"（{single_line(row['detail'], _QUOTE)}）" if row["fault"] and row["detail"] else ""
    return _file(view, "实施方案", row, state + why)


def _file(view: View, what: str, row: Row, state: str) -> Row:
    """Return a received file, linked to the copy in the package of its province if there is one."""
    name, province = row["file"], row["province"]
    packaged = province is not None and province in view.provinces["province"]
    return {
        "what": what,
        "name": single_line(submitted_path(name), _LONGEST),
        "state": state,
        "href": f"{quote(province)}/{quote(name, errors='replace')}" if packaged else None,
    }
