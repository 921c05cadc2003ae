"""index.html: the round at a glance and a page for each pilot, in one file that loads nothing else.

Quotations with contact details are left out.
"""

import base64
import hashlib
from urllib.parse import quote

import polars as pl
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from contracts.rules import SEVERITIES, SEVERITY_TITLES
from transforms.decisions.ledger import EMPTY, Ledger
from transforms.failures import Failure
from transforms.pipeline import Review
from transforms.progress.completion import Tally, tallies
from transforms.reports.overview.pilot_pages import unidentified_plans
from transforms.reports.overview.sections import pilot_rows, plan_rows, province_rows, rule_rows, total_row
from transforms.reports.rows.pilot_status import OFF_ROSTER, count_findings
from transforms.reports.view import View
from transforms.safe_text import replace_forbidden

_DOWNLOADS = (
    ("全国汇总.xlsx", "全国汇总工作簿"),
    ("全国评审情况报告.docx", "全国评审情况报告"),
    ("provinces.csv", "各省名额与报送情况"),
    ("findings.csv", "全部问题"),
    ("observations.csv", "全部指标值"),
    ("plan_targets.csv", "实施方案正文中的全部目标及比对结果"),
    ("run.json", "运行记录：输入文件、校验值、版本"),
)


def render_overview(review: Review, failures: list[Failure] | None = None, ledger: Ledger = EMPTY) -> bytes:
    """Return index.html, with links to the files beside it: the same bytes for the same review.

    Args:
        review: of the round.
        failures: gets the pilots whose page fails; without it, the error is raised.
        ledger: findings that a reviewer has dismissed are not counted, as in the workbooks.
    """
    view = View(review, ledger=ledger)
    provinces = province_rows(view)
    pilots = pilot_rows(view, failures)
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
        total=total_row(provinces),
        settled=count_findings(view.findings.filter(pl.col("finding_key").is_in(sorted(view.dismissed)))).get(
            (), dict.fromkeys(SEVERITIES, 0)
        ),
        progress=review.contracts.round.kind == "progress",
        reported_years="、".join(map(str, review.contracts.round.reported_years)),
        due="、".join(map(str, review.contracts.round.due)),
        done=tallies(review.achievement).get((), Tally()),
        outside=sum(row["state"] == OFF_ROSTER for row in pilots),
        provinces=provinces,
        rules=rule_rows(view),
        pilots=pilots,
        plans=plan_rows(view, pilots),
        lost=unidentified_plans(view),
        downloads=[{"name": name, "href": quote(name), "text": text} for name, text in _DOWNLOADS],
    )
    return text.encode()


def _without_forbidden(value: object) -> object:
    """Replace forbidden characters in text; markup stays as it is."""
    return replace_forbidden(value) if isinstance(value, str) and not isinstance(value, Markup) else value


_TEMPLATES = Environment(
    loader=PackageLoader("transforms.reports.overview"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_without_forbidden,
    trim_blocks=True,
    keep_trailing_newline=True,
)


def _asset(name: str) -> Markup:
    assert _TEMPLATES.loader is not None  # noqa: S101
    return Markup(_TEMPLATES.loader.get_source(_TEMPLATES, name)[0])  # noqa: S704 - a file of this package


def _digest(text: str) -> str:
    """Return the SHA-256 by which the page's security policy allows this style or script and no other."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _not_evaluated(review: Review) -> list[str]:
    """Return titles of the rules that did not run; the reasons may quote a submission and stay in the log."""
    rules = review.contracts.rules
    names = [line.split(":")[0] for line in review.not_evaluated]
    return [rules[name].title if name in rules else name for name in dict.fromkeys(names)]
